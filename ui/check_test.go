package ui

import (
	"strings"
	"testing"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/history"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// opens plugs a phone in whose checks these are, and opens the page of one.
func (r *rig) opens(id string, results ...checks.Result) {
	r.t.Helper()
	r.shows(results...)
	r.plug(phoneA)
	r.tap("Error: " + id)
}

// typing is a result with a question about a text.
func typing(id string) checks.Result {
	one := rowOf(id, checks.Ask, "look")
	one.Questions = []checks.Question{{ID: "error-text", Ask: saying("What does it say?")}}
	return one
}

// heightOf is where the first text that holds these words stands from the top.
func (r *rig) heightOf(words string) float32 {
	r.t.Helper()
	for _, o := range r.placed() {
		switch l := o.CanvasObject.(type) {
		case *widgets.Text:
			if strings.Contains(l.Text, words) {
				return o.at.Y
			}
		case *widgets.Action:
			if l.Text == words {
				return o.at.Y
			}
		}
	}
	r.t.Fatalf("cannot see %q; there is:\n  %s", words, strings.Join(r.texts(), "\n  "))
	return 0
}

// TestCheckPage has the value, why it matters and what to do, and brings news in.
func TestCheckPage(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "it is broken")
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying("Fix it."), Effort: checks.Retry}, {ID: "one/b", Text: saying("Or not."), Effort: checks.Erase}}
		r.opens("one", one)
		r.sees("Error: one", "it is broken", "Why it matters", "Why one", "What to do", "1", "Fix it.", "Costs nothing but time",
			"2", "Or not.", "Back up to this computer first")
		if got := r.page.(*checkPage).mark.Status(); got != "fail" {
			t.Errorf("the mark is %s", got)
		}
		r.hears(rowsState(rowOf("one", checks.Pass, "it is whole")))
		r.sees("it is whole")
		r.misses("it is broken", "What to do", "Fix it.")
		if got := r.page.(*checkPage).mark.Status(); got != "pass" {
			t.Errorf("the mark is %s", got)
		}
		r.tap("Back to the overview")
		r.sees("Back Up Now")
	})
}

// TestEvidence is folded, and once it is open stays so and up to date. It opens
// by keyboard.
func TestEvidence(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Evidence = map[string]string{"host/Speed": "12"}
		r.opens("one", one)
		r.misses("host/Speed")
		r.o.Window.Canvas().Focus(r.folds()[0])
		r.key(fyne.KeySpace)
		r.sees("host/Speed = 12")
		two := one
		two.Evidence = map[string]string{"host/Speed": "13"}
		r.hears(rowsState(two))
		r.sees("host/Speed = 13")
		r.misses("host/Speed = 12")
		r.key(fyne.KeyF5)
		r.sees("host/Speed")
		r.key(fyne.KeyReturn)
		r.misses("host/Speed")
		r.hears(rowsState(rowOf("one", checks.Fail, "bad")))
		r.misses("Details")
	})
}

// TestChanged says on a check's page how it was last time.
func TestChanged(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			s := rowsState(rowOf("power", checks.Fail, "none"), rowOf("other", checks.Fail, "none"))
			s.Changes = []history.Change{{ID: "power", From: checks.Pass, To: checks.Fail}}
			return s, nil
		}
		r.plug(phoneA)
		r.tap("Error: power")
		r.sees("Last time: Good.")
		r.key(fyne.KeyEscape)
		r.tap("Error: other")
		r.misses("Last time")
	})
}

// TestQuestion is answered with two taps. No second answer can be given while the
// first is on its way, and it counts only when it was taken; then it is ticked with
// its date, stays where it is until the page is left, and can be changed.
func TestQuestion(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		bad := rowOf("bad", checks.Fail, "bad")
		r.opens("one", bad, askingRow("one", nil))
		r.settle(minWidth, minHeight)
		r.sees("Is it on?", "Look there.")
		if got := r.o.Window.Canvas().Focused(); got != nil {
			t.Errorf("Enter, pressed once too often, would answer: %T has the keyboard", got)
		}
		before := r.heightOf("Is it on?")
		r.tap("Error: Yes")
		if got := r.engine.noted("answer"); len(got) != 1 || got[0] != "answer icloud-switch on" {
			t.Errorf("answered %q", got)
		}
		if !r.button("Error: No").Disabled() || !r.button("Error: Yes").Disabled() {
			t.Error("a second answer can be given while the first is on its way")
		}
		r.hears(rowsState(rowOf("bad", checks.Pass, "good"), askingRow("one", nil)))
		if !r.button("Error: No").Disabled() {
			t.Error("news without the answer lets another be given")
		}
		answered := askingRow("one", &checks.Answer{Choice: "on", At: today})
		answered.Status, answered.Finding = checks.Pass, saying("it is on")
		r.hears(rowsState(bad, answered))
		r.sees("You answered on 23 November 2026: “Error: Yes”", "it is on")
		r.misses("Error: No", "Look there.")
		if after := r.heightOf("Is it on?"); after != before {
			t.Errorf("the question jumped from %v to %v", before, after)
		}
		r.tap("Change the answer")
		r.tap("Error: No")
		if got := r.engine.noted("answer"); len(got) != 2 || got[1] != "answer icloud-switch off" {
			t.Errorf("answered %q", got)
		}
	})
}

// TestAnswerAtOnce counts at once where a diagnosis takes long: the answer that
// was given is shown busy, and no longer once it is taken.
func TestAnswerAtOnce(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.opens("one", askingRow("one", nil))
		r.tap("Error: Yes")
		r.key(fyne.KeyEscape)
		r.tap("Error: one")
		r.hears(rowsState(askingRow("one", &checks.Answer{Choice: "on", At: today})))
		r.sees("You answered on 23 November 2026")
		if r.button("Change the answer").Disabled() {
			t.Error("an answer that was taken cannot be changed")
		}
	})
}

// TestWalk leads from question to question, and back at the end.
func TestWalk(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		third := typing("three")
		r.shows(askingRow("one", nil), rowOf("fine", checks.Pass, "good"), third)
		r.plug(phoneA)
		r.tap("Answer 2 questions")
		if at := r.Page(); at.Check != "one" {
			t.Fatalf("the first question is that of %q", at.Check)
		}
		r.tap("Error: Yes")
		r.hears(rowsState(askingRow("one", &checks.Answer{Choice: "on", At: today}), rowOf("fine", checks.Pass, "good"), third))
		if b := r.button("Next question"); b.Importance != primaryImportance {
			t.Error("the way on does not stand out after the answer")
		}
		r.tap("Next question")
		if at := r.Page(); at.Check != "three" {
			t.Fatalf("the next question is that of %q", at.Check)
		}
		r.sees("What does it say?", "Back to the overview")
		r.tap("Back to the overview")
		if at := r.Page(); at != (state.Page{Name: state.Overview}) {
			t.Errorf("the walk ends at %v", at)
		}
		r.sees("Answer 1 question")
	})
}

// TestAnswerFails says so and lets the person try again.
func TestAnswerFails(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		gone := fault.New(fault.PhoneGone, "answer", nil)
		r.engine.answer = func(checks.QuestionID, checks.Answer) error { return gone }
		r.opens("one", askingRow("one", nil))
		r.tap("Error: Yes")
		r.sees(r.explain(gone).Happened)
		r.engine.answer = nil
		r.tap("Error: Yes")
		r.misses(r.explain(gone).Happened)
	})
}

// TestTypedText survives news and leaving the page, and Tab leaves the field.
func TestTypedText(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.opens("one", typing("one"))
		box := find(r, func(*widgets.TextBox) bool { return true })
		test.Type(box, "Last backup could ")
		other := typing("one")
		other.Status, other.Finding = checks.Warn, saying("news")
		r.hears(rowsState(other))
		if now := find(r, func(*widgets.TextBox) bool { return true }); now != box || now.Text != "Last backup could " {
			t.Errorf("after news there is another field, with %q", now.Text)
		}
		if box.AcceptsTab() {
			t.Error("Tab is a trap")
		}
		r.tap("Back")
		r.tap("Error: one")
		box = find(r, func(*widgets.TextBox) bool { return true })
		if box.Text != "Last backup could " {
			t.Errorf("after leaving the page the field holds %q", box.Text)
		}
		box.CursorColumn = len(box.Text)
		test.Type(box, "not be completed")
		r.tap("OK")
		if got := r.engine.noted("answer"); len(got) != 1 || got[0] != "answer error-text Last backup could not be completed" {
			t.Errorf("answered %q", got)
		}
	})
}

// TestEmptyText is no answer.
func TestEmptyText(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.opens("one", typing("one"))
		r.tap("OK")
		if got := r.engine.noted("answer"); len(got) != 0 {
			t.Errorf("answered %q", got)
		}
	})
}

// TestEscapeInField leaves the page from within a field too.
func TestEscapeInField(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.opens("one", typing("one"))
		r.o.Window.Canvas().Focus(find(r, func(*widgets.TextBox) bool { return true }))
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
	})
}

// TestWheelPassesFields scrolls the page also where the mouse is over a field.
func TestWheelPassesFields(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := typing("one")
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying(strings.Repeat("A long step. ", 120))}}
		r.opens("one", one)
		r.settle(minWidth, minHeight)
		over := find(r, func(*widgets.Wheel) bool { return true })
		box := find(r, func(*widgets.TextBox) bool { return true })
		if over.Size() != box.Size() {
			t.Errorf("the wheel is taken on %v of %v", over.Size(), box.Size())
		}
		before := r.heightOf("What does it say?")
		var _ fyne.Scrollable = over
		over.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -40)})
		if got := before - r.heightOf("What does it say?"); got != 40 {
			t.Errorf("the page went by %v", got)
		}
	})
}

// TestFixesAreRedrawn shows the steps of the newest result, with their buttons.
func TestFixesAreRedrawn(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying("Wait."), Effort: checks.Retry}}
		r.opens("one", one)
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

// TestStepsAreTended: the facts are read often while the steps of a check that is
// not in order are looked at, and no longer.
func TestStepsAreTended(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Fix = []checks.Fix{{ID: "one/a", Text: saying("Wait."), Effort: checks.Retry}}
		r.shows(one, rowOf("fine", checks.Pass, "good"))
		r.plug(phoneA)
		r.tap("Error: fine")
		r.key(fyne.KeyEscape)
		if got := r.engine.noted("open"); len(got) != 0 {
			t.Errorf("the engine got %q", got)
		}
		r.tap("Error: one")
		r.key(fyne.KeyEscape)
		if got := strings.Join(r.engine.noted("open"), ","); got != "open true,open false" {
			t.Errorf("the engine got %q", got)
		}
	})
}
