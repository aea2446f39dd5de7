package ui

import (
	"strconv"
	"strings"
	"testing"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/history"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// saying is a text that is worded as itself.
func saying(text string) words.Text { return words.T("ui.details.error", words.Args{"Error": text}) }

// rowOf is a result for the screen alone.
func rowOf(id string, status checks.Status, finding string) checks.Result {
	return checks.Result{ID: id, Status: status, Title: saying(id), Finding: saying(finding), Why: saying("Why " + id)}
}

// shows makes the engine find these rows when it looks.
func (r *rig) shows(results ...checks.Result) {
	r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return rowsState(results...), nil }
}

func rowsState(results ...checks.Result) diagnosis.State {
	s := diagnosis.State{Input: inputOf(false), Results: results, Verdict: saying("verdict")}
	for _, r := range results {
		s.Pending = s.Pending || r.Pending
		if r.Status == checks.Fail || r.Status == checks.Warn {
			s.Next = append(s.Next, r.Fix...)
		}
	}
	return s
}

// rowNames are the ids of the rows in the order in which they stand.
func (r *rig) rowNames() (names []string) {
	list := r.screen.(*readyScreen).list
	for _, o := range r.placed() {
		for id, row := range list.rows {
			if o.CanvasObject == row.fold {
				names = append(names, id)
			}
		}
	}
	return names
}

// rowPlaces are where the rows stand.
func (r *rig) rowPlaces() map[string]fyne.Position {
	places := map[string]fyne.Position{}
	list := r.screen.(*readyScreen).list
	for _, o := range r.placed() {
		for id, row := range list.rows {
			if o.CanvasObject == row.fold {
				places[id] = o.at
			}
		}
	}
	return places
}

// TestGroups sees the groups, the gravest first, and within them cautions,
// questions and what is not known. What is still being read has one of its own,
// which suspects no check, then or when it is there.
func TestGroups(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		slow := rowOf("slow", checks.Unknown, "soon")
		slow.Pending = true
		r.shows(slow, rowOf("unread", checks.Unknown, "?"), rowOf("fine", checks.Pass, "good"), rowOf("ask", checks.Ask, "look"),
			rowOf("bad", checks.Fail, "bad"), rowOf("risk", checks.Warn, "risk"), rowOf("worse", checks.Fail, "bad"))
		r.plug(phoneA)
		want := "bad worse risk ask unread slow fine"
		if got := strings.Join(r.rowNames(), " "); got != want {
			t.Errorf("rows stand as %s, want %s", got, want)
		}
		r.sees("Stops the backup (2)", "Could get in the way (3)", "Still being checked (1)", "Fine (1)")
		r.hears(rowsState(rowOf("slow", checks.Pass, "good"), rowOf("unread", checks.Unknown, "?"), rowOf("fine", checks.Pass, "good"), rowOf("ask", checks.Ask, "look"),
			rowOf("bad", checks.Fail, "bad"), rowOf("risk", checks.Warn, "risk"), rowOf("worse", checks.Fail, "bad")))
		r.sees("Could get in the way (3)", "Checked last (1)", "Fine (1)")
		r.misses("Still being checked")
	})
}

// TestRowsStandStill sends every kind of news and sees that no row moves.
func TestRowsStandStill(t *testing.T) {
	long := strings.Repeat("a finding that is much longer than the one before ", 8)
	slow := rowOf("slow", checks.Unknown, "soon")
	slow.Pending = true
	base := func() []checks.Result {
		return []checks.Result{rowOf("one", checks.Fail, "bad"), rowOf("two", checks.Warn, "risk"), slow, rowOf("three", checks.Pass, "good")}
	}
	for name, news := range map[string]func(s *diagnosis.State){
		"another status":    func(s *diagnosis.State) { s.Results[0].Status = checks.Pass },
		"a longer finding":  func(s *diagnosis.State) { s.Results[0].Finding = saying(long) },
		"a shorter finding": func(s *diagnosis.State) { s.Results[1].Finding = saying("") },
		"what was slow":     func(s *diagnosis.State) { s.Results[2] = rowOf("slow", checks.Fail, long[:90]) },
		"a longer verdict":  func(s *diagnosis.State) { s.Verdict = saying(long) },
		"changes": func(s *diagnosis.State) {
			s.Changes = []history.Change{{ID: "one", From: checks.Pass, To: checks.Fail}}
		},
		"another next step": func(s *diagnosis.State) {
			s.Next = []checks.Fix{{ID: "one/x", Text: saying(long), Action: checks.SwitchOn}}
		},
		"no next step":        func(s *diagnosis.State) { s.Next = nil },
		"another blocker":     func(s *diagnosis.State) { s.Results[3].Status = checks.Fail },
		"results in disorder": func(s *diagnosis.State) { s.Results[0], s.Results[3] = s.Results[3], s.Results[0] },
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
					s := rowsState(base()...)
					s.Next = []checks.Fix{{ID: "one/first", Text: saying("Do this.")}}
					return s, nil
				}
				r.plug(phoneA)
				r.settle(width, height)
				before := r.rowPlaces()
				s := rowsState(base()...)
				s.Next = []checks.Fix{{ID: "one/first", Text: saying("Do this.")}}
				news(&s)
				r.hears(s)
				r.settle(width, height)
				after := r.rowPlaces()
				for id, at := range before {
					if after[id] != at {
						t.Errorf("%s moved from %v to %v", id, at, after[id])
					}
				}
				r.overlaps()
				if slow := r.screen.(*readyScreen).list.rows["slow"]; slow.finding.Cut() {
					t.Errorf("what was slow has no room for two lines: %q", slow.finding.Label.Text)
				}
			})
		})
	}
}

// TestNewsIsShownInPlace sees the word, the mark and the text of a row change.
func TestNewsIsShownInPlace(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "it is broken"))
		r.plug(phoneA)
		r.sees("it is broken", "Problem")
		r.hears(rowsState(rowOf("one", checks.Pass, "it is whole")))
		r.sees("it is whole", "Good")
		r.misses("it is broken", "Problem")
		row := r.screen.(*readyScreen).list.rows["one"]
		if row.mark.Resource != widgets.MarkResource("pass") {
			t.Error("the mark is still that of a problem")
		}
	})
}

// TestCutFinding shows the whole of a text, that had no room, in the opened row.
func TestCutFinding(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "short"))
		r.plug(phoneA)
		r.settle(width, height)
		long := strings.Repeat("word ", 60) + "at the very end"
		r.hears(rowsState(rowOf("one", checks.Fail, long)))
		r.sees("…")
		r.misses("at the very end")
		r.folds()[0].Toggle()
		r.sees("at the very end")
		r.tap("Check again")
		r.shows(rowOf("one", checks.Fail, long))
		r.tap("Check again")
		r.settle(width, height)
		if r.screen.(*readyScreen).list.rows["one"].finding.Cut() {
			t.Error("the row does not take the room that it needs although the user asked")
		}
	})
}

// TestRegroups moves rows when the user acts, and only then.
func TestRegroups(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "bad"), rowOf("two", checks.Warn, "risk"))
		r.plug(phoneA)
		repaired := []checks.Result{rowOf("one", checks.Pass, "good"), rowOf("two", checks.Warn, "risk")}
		r.hears(rowsState(repaired...))
		if got := strings.Join(r.rowNames(), " "); got != "one two" {
			t.Errorf("rows moved by themselves: %s", got)
		}
		r.shows(repaired...)
		r.tap("Check again")
		if got := strings.Join(r.rowNames(), " "); got != "two one" {
			t.Errorf("after Check again rows stand as %s", got)
		}
		r.misses("Stops the backup")
		r.sees("Could get in the way (1)", "Fine (1)")
	})
}

// TestFolds stay open through news and Check again, and with the keyboard.
func TestFolds(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.misses("Why it matters")
		r.Options.Window.Canvas().Focus(r.folds()[0])
		r.key("Space")
		r.sees("Why it matters")
		r.hears(healthy())
		r.sees("Why it matters")
		r.tap("Check again")
		r.sees("Why it matters")
		r.Options.Window.Canvas().Focus(r.folds()[0])
		r.key("Return")
		r.misses("Why it matters")
	})
}

// TestEvidence stays open and up to date.
func TestEvidence(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Evidence = map[string]string{"host/Speed": "12"}
		r.shows(one)
		r.plug(phoneA)
		r.folds()[0].Toggle()
		r.folds()[1].Toggle()
		r.sees("host/Speed = 12")
		two := one
		two.Evidence = map[string]string{"host/Speed": "13"}
		r.hears(rowsState(two))
		r.sees("host/Speed = 13")
		r.misses("host/Speed = 12")
	})
}

// TestCheckAgainIsNeverDead comes back although nothing comes of it.
func TestCheckAgainIsNeverDead(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.engine.looks = make(chan struct{}, 9) // nobody listens
		r.tap("Check again")
		if !r.button("Check again").Disabled() {
			t.Error("Check again can be tapped while it works")
		}
		r.pass(lookMost + 1e9)
		if r.button("Check again").Disabled() {
			t.Error("Check again stays dead")
		}
	})
}

// TestChanged tells what differs from last time, in the aside and in the row.
func TestChanged(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			s := rowsState(rowOf("Power", checks.Fail, "none"))
			s.Changes = []history.Change{{ID: "Power", From: checks.Pass, To: checks.Fail}}
			return s, nil
		}
		r.plug(phoneA)
		r.sees("1 thing has changed since last time: Error: Power")
		r.folds()[0].Toggle()
		r.sees("Last time: Good.")
	})
}

// askingRow is a result with a question about a choice.
func askingRow(given *checks.Answer) checks.Result {
	one := rowOf("one", checks.Ask, "look")
	one.Questions = []checks.Question{{ID: "icloud-switch", Ask: saying("Is it on?"), Where: saying("Look there."), Given: given,
		Choices: []checks.Choice{{ID: "on", Text: saying("Yes")}, {ID: "off", Text: saying("No")}}}}
	return one
}

// TestQuestion is answered with two taps, counts at once, shows the answer
// with its date, and lets it be changed. The row stays under the finger.
func TestQuestion(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		others := []checks.Result{rowOf("bad", checks.Fail, "bad")}
		for _, id := range []string{"u1", "u2", "u3", "u4", "u5", "u6"} {
			others = append(others, rowOf(id, checks.Unknown, "not read"))
		}
		r.shows(append(others, askingRow(nil))...)
		r.plug(phoneA)
		r.settle(minWidth, minHeight)
		list := r.screen.(*readyScreen).list
		list.rows["one"].fold.Toggle()
		r.sees("Is it on?", "Look there.")
		r.settle(minWidth, minHeight)
		list.scroll.ScrollToOffset(fyne.NewPos(0, 150))
		before := r.rowPlaces()["one"].Y
		r.tap("Error: Yes")
		if got := r.engine.noted("answer"); len(got) != 1 || got[0] != "answer icloud-switch on" {
			t.Errorf("answered %q", got)
		}
		if !r.button("Error: No").Disabled() {
			t.Error("a second answer can be given while the first is on its way")
		}
		between := append([]checks.Result{rowOf("bad", checks.Pass, "good")}, others[1:]...)
		r.hears(rowsState(append(between, askingRow(nil))...))
		r.sees("Stops the backup (1)") // news without the answer moves nothing
		answered := askingRow(&checks.Answer{Choice: "on", At: today})
		answered.Status = checks.Pass
		s := rowsState(append(others, answered)...)
		s.Input.Answers = checks.Answers{"icloud-switch": {Choice: "on", At: today}}
		r.hears(s)
		r.sees("You answered on 23 November 2026: “Error: Yes”", "Fine (1)")
		r.settle(minWidth, minHeight)
		if list.scroll.Offset.Y == 150 {
			t.Error("the row did not move within the list, so that nothing is proven")
		}
		if after := r.rowPlaces()["one"].Y; after != before {
			t.Errorf("the row jumped on the screen from %v to %v", before, after)
		}
		r.tap("Change the answer")
		r.tap("Error: No")
		if got := r.engine.noted("answer"); len(got) != 2 || got[1] != "answer icloud-switch off" {
			t.Errorf("answered %q", got)
		}
	})
}

// TestAnswerFails says so and lets the user try again.
func TestAnswerFails(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.answer = func(checks.QuestionID, checks.Answer) error { return fault.New(fault.PhoneGone, "answer", nil) }
		r.shows(askingRow(nil))
		r.plug(phoneA)
		r.folds()[0].Toggle()
		r.tap("Error: Yes")
		r.sees(r.explain(fault.New(fault.PhoneGone, "answer", nil)).Happened)
		r.engine.answer = nil
		r.tap("Error: Yes")
		r.misses(r.explain(fault.New(fault.PhoneGone, "answer", nil)).Happened)
	})
}

// TestTypedText survives news, and Tab leaves it.
func TestTypedText(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Ask, "look")
		one.Questions = []checks.Question{{ID: "error-text", Ask: saying("What does it say?")}}
		r.shows(one)
		r.plug(phoneA)
		r.folds()[0].Toggle()
		box := find(r, func(*widgets.TextBox) bool { return true })
		test.Type(box, "Last backup could ")
		other := one
		other.Status, other.Finding = checks.Warn, saying("news")
		r.hears(rowsState(other))
		if now := find(r, func(*widgets.TextBox) bool { return true }); now != box || now.Text != "Last backup could " {
			t.Errorf("after news there is another field, with %q", now.Text)
		}
		test.Type(box, "not be completed")
		if box.AcceptsTab() {
			t.Error("Tab is a trap")
		}
		r.tap("OK")
		if got := r.engine.noted("answer"); len(got) != 1 || got[0] != "answer error-text Last backup could not be completed" {
			t.Errorf("answered %q", got)
		}
	})
}

// TestWheelPassesFields scrolls the page also where the mouse is over a field.
func TestWheelPassesFields(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Ask, "look")
		one.Questions = []checks.Question{{ID: "error-text", Ask: saying("What does it say?")}}
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying(strings.Repeat("A long step. ", 90))}}
		r.shows(one)
		r.plug(phoneA)
		r.folds()[0].Toggle()
		r.settle(minWidth, minHeight)
		scroll := r.screen.(*readyScreen).list.scroll
		over := find(r, func(*widgets.Wheel) bool { return true })
		box := find(r, func(*widgets.TextBox) bool { return true })
		if over.Size() != box.Size() {
			t.Errorf("the wheel is taken on %v of %v", over.Size(), box.Size())
		}
		var _ fyne.Scrollable = over
		over.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -40)})
		if scroll.Offset.Y != 40 {
			t.Errorf("the page went to %v", scroll.Offset.Y)
		}
	})
}

// TestEmptyText is no answer.
func TestEmptyText(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Ask, "look")
		one.Questions = []checks.Question{{ID: "error-text", Ask: saying("What does it say?")}}
		r.shows(one)
		r.plug(phoneA)
		r.folds()[0].Toggle()
		r.tap("OK")
		if got := r.engine.noted("answer"); len(got) != 0 {
			t.Errorf("answered %q", got)
		}
	})
}

// TestNextStep has the button of the first step, and counts all.
func TestNextStep(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying("Switch it on."), Action: checks.SwitchOn}, {ID: "one/b", Text: saying("Or wait.")}}
		r.shows(one)
		r.plug(phoneA)
		r.sees("Next step", "Switch it on.", "Switch it on from here", "All steps (2)")
		r.hears(rowsState(rowOf("one", checks.Pass, "good")))
		r.sees("Nothing needs to be fixed")
		r.misses("Switch it on from here")
		if !r.button("All steps (0)").Disabled() {
			t.Error("an empty list can be opened")
		}
	})
}

// TestFixesAreRedrawn shows the steps of the newest result, with their buttons.
func TestFixesAreRedrawn(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying("Wait."), Effort: checks.Retry}}
		r.shows(one)
		r.plug(phoneA)
		r.folds()[0].Toggle()
		r.sees("Costs nothing but time")
		two := one
		two.Fix = []checks.Fix{{ID: "one/b", Text: saying("Look at Apple's page."), Effort: checks.Look, Action: checks.OpenStatus}}
		r.hears(rowsState(two))
		r.misses("Costs nothing but time")
		r.tap("Open Apple's status page")
		if len(r.opened) != 1 || r.opened[0] != statusPage {
			t.Errorf("opened %q", r.opened)
		}
	})
}

// TestManyStates at once leave only the newest, and no flood.
func TestManyStates(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		posted := r.posted.Load()
		for i := range 100 {
			s := healthy()
			s.Input.Phone.BatteryLevel = facts.Of(i)
			s.Verdict = saying(strconv.Itoa(i))
			r.engine.states <- s
		}
		r.drain()
		if updates := r.posted.Load() - posted; updates > 2 {
			t.Errorf("%d updates for 100 states that nobody waited for", updates)
		}
		r.sees("Error: 99")
	})
}
