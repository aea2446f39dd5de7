package ui

import (
	"strconv"
	"strings"
	"testing"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/history"
	"lifeboat/device"
	"lifeboat/device/facts"
)

// list is the checklist of the overview that is shown.
func (r *rig) list() *checklist {
	r.t.Helper()
	o, ok := r.page.(*overview)
	if !ok {
		r.t.Fatalf("the page is a %T", r.page)
	}
	return o.list
}

// tile is the line of a check.
func (r *rig) tile(id string) *widgets.Tile {
	r.t.Helper()
	tile := r.list().tiles[id]
	if tile == nil {
		r.t.Fatalf("there is no line of %q", id)
	}
	return tile
}

// tileOrder are the ids of the checks in the order in which their lines stand.
func (r *rig) tileOrder() string {
	var ids []string
	for _, o := range r.list().grid.Objects {
		for id, tile := range r.list().tiles {
			if o == tile {
				ids = append(ids, id)
			}
		}
	}
	return strings.Join(ids, " ")
}

// places are where the lines of the checklist and the parts above it stand.
func (r *rig) places() map[string]fyne.Position {
	o := r.page.(*overview)
	parts := map[fyne.CanvasObject]string{
		o.band.content.Container: "(band)", o.cloud.content: "(iCloud)", o.local.content: "(here)", o.cloud.button: "(fix)", o.local.button: "(back up)",
		r.list().title: "(title)",
	}
	for id, tile := range r.list().tiles {
		parts[tile] = id
	}
	places := map[string]fyne.Position{}
	for _, shown := range r.placed() {
		if name, ok := parts[shown.CanvasObject]; ok {
			places[name] = shown.at
		}
	}
	return places
}

// standsStill fails the test if anything moved.
func (r *rig) standsStill(before map[string]fyne.Position) {
	r.t.Helper()
	after := r.places()
	if len(before) == 0 {
		r.t.Fatal("nothing is there that could move")
	}
	for name, at := range before {
		if after[name] != at {
			r.t.Errorf("%s moved from %v to %v", name, at, after[name])
		}
	}
}

// layOutAgain lets the next frame come at the size that the window has: a text
// keeps its room as long as its width stays.
func (r *rig) layOutAgain() {
	size := r.o.Window.Canvas().Size()
	for i := range 3 {
		r.o.Window.Resize(size.AddWidthHeight(0, float32(i%2)))
	}
}

// TestOrder has the gravest checks first, within them the order of the
// diagnosis, and says how many there are of each. What is still being read
// stands with what is not known, and is no fault.
func TestOrder(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		slow := rowOf("slow", checks.Unknown, "soon")
		slow.Pending = true
		rest := []checks.Result{rowOf("unread", checks.Unknown, "?"), rowOf("fine", checks.Pass, "good"), rowOf("ask", checks.Ask, "look"),
			rowOf("bad", checks.Fail, "bad"), rowOf("risk", checks.Warn, "risk"), rowOf("worse", checks.Fail, "bad")}
		r.shows(append([]checks.Result{slow}, rest...)...)
		r.plug(phoneA)
		const want = "bad worse risk ask slow unread fine"
		if got := r.tileOrder(); got != want {
			t.Errorf("the lines stand as %s, want %s", got, want)
		}
		r.sees("2 problems", "1 fine", "Error: bad", "Error: slow")
		if got := r.tile("slow").Status(); got != string(checks.Unknown) {
			t.Errorf("what is still read is %q", got)
		}
		r.hears(rowsState(append([]checks.Result{rowOf("slow", checks.Pass, "good")}, rest...)...))
		r.sees("2 problems", "2 fine")
		if got := r.tileOrder(); got != want {
			t.Errorf("what was slow moved the lines: %s", got)
		}
	})
}

// TestChecksInSight has all checks of a phone in sight at the size that the
// window first has, each with a name and a value, and none cut off.
func TestChecksInSight(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.settle(width, height)
		if got, want := len(r.list().tiles), len(r.Current().State.Results); got != want || want < 15 {
			t.Errorf("there are %d lines of %d checks", got, want)
		}
		for _, o := range r.placed() {
			tile, ok := o.CanvasObject.(*widgets.Tile)
			if !ok {
				continue
			}
			name, value := tile.Words()
			if name == "" || value == "" || strings.HasSuffix(name, "…") {
				t.Errorf("a line says %q: %q", name, value)
			}
			if bottom := o.at.Y + tile.Size().Height; bottom > height {
				t.Errorf("%q ends at %v, below the window", name, bottom)
			}
		}
		r.overlaps()
	})
}

// TestLinesStandStill sends every kind of news and sees that nothing moves on
// the overview.
func TestLinesStandStill(t *testing.T) {
	long := strings.Repeat("a finding that is much longer than the one before ", 8)
	slow := rowOf("slow", checks.Unknown, "soon")
	slow.Pending = true
	base := func() diagnosis.State {
		s := rowsState(rowOf("one", checks.Fail, "bad"), rowOf("two", checks.Warn, "risk"), slow, rowOf("three", checks.Pass, "good"))
		s.Next = []checks.Fix{{ID: "one/first", Text: saying("Do this.")}}
		s.Overview = overviewFor(s)
		return s
	}
	for name, news := range map[string]func(s *diagnosis.State){
		"another status":   func(s *diagnosis.State) { s.Results[0].Status = checks.Pass },
		"a longer value":   func(s *diagnosis.State) { s.Results[0].Value = saying(long) },
		"a shorter value":  func(s *diagnosis.State) { s.Results[1].Value = saying("") },
		"a longer name":    func(s *diagnosis.State) { s.Results[1].Short = saying(long) },
		"what was slow":    func(s *diagnosis.State) { s.Results[2] = rowOf("slow", checks.Fail, long[:90]) },
		"a longer verdict": func(s *diagnosis.State) { s.Verdict = saying(long) },
		"changes": func(s *diagnosis.State) {
			s.Changes = []history.Change{{ID: "one", From: checks.Pass, To: checks.Fail}}
		},
		"another next step": func(s *diagnosis.State) {
			s.Next = []checks.Fix{{ID: "one/x", Text: saying(long), Action: checks.SwitchOn}}
			s.Overview = overviewFor(*s)
		},
		"more steps":          func(s *diagnosis.State) { s.Next = append(s.Next, checks.Fix{ID: "one/y", Text: saying("More.")}) },
		"another blocker":     func(s *diagnosis.State) { s.Results[3].Status = checks.Fail },
		"results in disorder": func(s *diagnosis.State) { s.Results[0], s.Results[3] = s.Results[3], s.Results[0] },
		"a longer band": func(s *diagnosis.State) {
			s.Overview.Band.Headline, s.Overview.Band.Detail = saying(long), saying(long)
		},
		"a longer cause":  func(s *diagnosis.State) { s.Overview.ICloud.Cause = saying(long) },
		"no cause":        func(s *diagnosis.State) { s.Overview.ICloud.Cause = saying("") },
		"a longer folder": func(s *diagnosis.State) { s.Overview.Local.Trouble = saying(long) },
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return base(), nil }
				r.plug(phoneA)
				r.settle(width, height)
				before := r.places()
				s := base()
				news(&s)
				r.hears(s)
				r.layOutAgain()
				r.standsStill(before)
				r.overlaps()
			})
		})
	}
}

// TestNewsIsShownInPlace sees the mark and the value of a line change.
func TestNewsIsShownInPlace(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "it is broken"))
		r.plug(phoneA)
		r.sees("Error: one: Error: it is broken", "1 problem")
		if got := r.tile("one").Status(); got != "fail" {
			t.Errorf("the mark is %q", got)
		}
		r.hears(rowsState(rowOf("one", checks.Pass, "it is whole")))
		r.sees("Error: one: Error: it is whole", "1 fine")
		r.misses("it is broken", "1 problem")
		if got := r.tile("one").Status(); got != "pass" {
			t.Errorf("the mark is %q", got)
		}
	})
}

// TestCutValue shows the whole of what had no room in the line on the check's
// own page.
func TestCutValue(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		long := strings.Repeat("word ", 60) + "at the very end"
		r.shows(rowOf("one", checks.Fail, long))
		r.plug(phoneA)
		r.settle(width, height)
		if size := r.tile("one").Size(); size.Width > width || size.Height > 40 {
			t.Errorf("a long value makes the line %v", size)
		}
		r.tap("Error: one")
		r.sees("at the very end", "Why one")
	})
}

// TestRearranged moves lines when the person comes back to them, and only then:
// not by themselves, and not for Check again.
func TestRearranged(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "bad"), rowOf("two", checks.Warn, "risk"))
		r.plug(phoneA)
		repaired := []checks.Result{rowOf("one", checks.Pass, "good"), rowOf("two", checks.Warn, "risk")}
		r.hears(rowsState(repaired...))
		r.shows(repaired...)
		r.key(fyne.KeyF5)
		if got := r.tileOrder(); got != "one two" {
			t.Errorf("lines moved by themselves: %s", got)
		}
		r.tap("Error: one")
		r.key(fyne.KeyEscape)
		if got := r.tileOrder(); got != "two one" {
			t.Errorf("when the person comes back the lines stand as %s", got)
		}
	})
}

// TestNewCheck has a line of its own when a later diagnosis has more checks.
func TestNewCheck(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "bad"))
		r.plug(phoneA)
		r.hears(rowsState(rowOf("one", checks.Fail, "bad"), rowOf("two", checks.Ask, "look")))
		r.sees("Error: one", "Error: two")
	})
}

// TestOtherChecks are shown although there are as many as before.
func TestOtherChecks(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "bad"))
		r.plug(phoneA)
		r.hears(rowsState(rowOf("two", checks.Fail, "bad")))
		r.sees("Error: two")
		r.misses("Error: one")
	})
}

// TestCheckAgainIsNeverDead says that the phone is looked at, and stops saying
// so although nothing comes of it.
func TestCheckAgainIsNeverDead(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.misses("Looking at your iPhone")
		r.engine.looks = make(chan struct{}, 9) // nobody listens
		r.key(fyne.KeyF5)
		r.sees("Looking at your iPhone")
		r.pass(6e9)
		r.misses("Looking at your iPhone")
		r.key(fyne.KeyF5)
		if got := r.engine.noted("look"); len(got) != 2 {
			t.Errorf("looked %d times, want 2", len(got))
		}
	})
}

// TestCloudCard has the button of the first step, and counts all of them.
func TestCloudCard(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying("Switch it on."), Action: checks.SwitchOn}, {ID: "one/b", Text: saying("Or wait.")}}
		r.shows(one)
		r.plug(phoneA)
		r.sees("Switch it on …", "All steps (2)")
		one.Fix = one.Fix[1:]
		r.hears(rowsState(one))
		r.misses("All steps", "Switch it on …")
		r.tap("Show me how")
		r.sees("Get iCloud working again", "Or wait.")
		r.key(fyne.KeyEscape)
		r.hears(rowsState(rowOf("one", checks.Pass, "good")))
		r.misses("Show me how", "All steps", "Switch it on …")
	})
}

// TestOnePrimary has never two buttons that stand out, whatever the phone is like,
// and the keyboard on it for whoever comes to the page.
func TestOnePrimary(t *testing.T) {
	for _, kind := range []checks.PrimaryKind{checks.PrimaryNone, checks.PrimaryBackUp, checks.PrimaryFix, checks.PrimaryAnswer} {
		inWindow(t, nil, func(r *rig) {
			one := rowOf("one", checks.Fail, "bad")
			one.Fix = []checks.Fix{{ID: "one/a", Text: saying("Switch it on."), Action: checks.SwitchOn}}
			s := rowsState(one, askingRow("two", nil))
			s.Overview.Primary.Kind = kind
			r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return s, nil }
			r.plug(phoneA)
			var primary []string
			for _, o := range r.objects() {
				if b, ok := o.(*widgets.Action); ok && b.Importance == primaryImportance {
					primary = append(primary, b.Text)
				}
			}
			want := map[checks.PrimaryKind]string{checks.PrimaryBackUp: "Back Up Now", checks.PrimaryFix: "Switch it on …", checks.PrimaryAnswer: "Answer 1 question"}[kind]
			if got := strings.Join(primary, ", "); got != want {
				t.Errorf("%s: these stand out: %q, want %q", kind, got, want)
			}
			r.tap("Error: one")
			r.key(fyne.KeyEscape)
			focused, _ := r.o.Window.Canvas().Focused().(*widgets.Action)
			if want != "" && (focused == nil || focused.Text != want) {
				t.Errorf("%s: the keyboard is not on %q", kind, want)
			}
		})
	}
}

// TestManyStates at once leave only the newest, and no flood.
func TestManyStates(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		posted := r.posted.Load()
		for i := range 100 {
			s := healthy()
			s.Input.Phone.BatteryLevel = facts.Of(i)
			s.Overview.Band.Headline = saying(strconv.Itoa(i))
			r.engine.states <- s
		}
		r.drain()
		if updates := r.posted.Load() - posted; updates > 2 {
			t.Errorf("%d updates for 100 states that nobody waited for", updates)
		}
		r.sees("Error: 99", "99 %")
	})
}

// TestKeyboardIsSeen goes through the overview with Tab in the smallest window
// and sees that whatever has the keyboard is in sight.
func TestKeyboardIsSeen(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.settle(minWidth, minHeight)
		c := r.o.Window.Canvas()
		scroll := r.page.(*overview).scroll
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(scroll).Y
		seen, inside := map[fyne.Focusable]bool{}, 0
		for range 200 {
			c.FocusNext()
			o := c.Focused().(fyne.CanvasObject)
			if seen[c.Focused()] {
				break
			}
			seen[c.Focused()] = true
			if _, around := widgets.PageScroll(c.Content(), o); around {
				continue
			}
			inside++
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
			if at >= top+scroll.Size().Height || at+o.Size().Height <= top {
				t.Errorf("%T stands at %v of %v, out of sight", o, at-top, scroll.Size().Height)
			}
		}
		if inside < 20 || scroll.Offset.Y == 0 {
			t.Errorf("the keyboard went to %d places only, down to %v", inside, scroll.Offset.Y)
		}
	})
}

// TestLookedAtOtherPage: Check again works from the page of a check too.
func TestLookedAtOtherPage(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "bad"))
		r.plug(phoneA)
		r.tap("Error: one")
		r.shows(rowOf("one", checks.Pass, "good now"))
		r.key(fyne.KeyF5)
		r.sees("good now")
		if at := r.Page(); at.Name != state.CheckPage {
			t.Errorf("the page is %v", at)
		}
	})
}
