package ui

import (
	"testing"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/history"
	"lifeboat/device"
)

// repair is a phone with two troubles and three steps.
func repair() (power, account checks.Result) {
	power = rowOf("power", checks.Fail, "none")
	power.Fix = []checks.Fix{{ID: "power/plug", Text: saying("Plug it in."), Effort: checks.Setting, Seen: true}}
	account = rowOf("account", checks.Warn, "odd")
	account.Fix = []checks.Fix{
		{ID: "account/look", Text: saying("Look for a banner."), Effort: checks.Look},
		{ID: "common/local-first", Text: saying("Back up here first."), Effort: checks.Tidy, Action: checks.BackUpHere},
		{ID: "account/out", Text: saying("Sign out and in."), Effort: checks.SignOut},
	}
	return power, account
}

// guides opens the list of steps.
func (r *rig) guides() {
	r.t.Helper()
	power, account := repair()
	r.shows(power, account)
	r.plug(phoneA)
	r.tap("All steps (4)")
}

// stepPlaces are where the steps stand.
func (r *rig) stepPlaces() (all []fyne.Position) {
	for _, row := range r.screen.(*guidedScreen).rows {
		for _, o := range r.placed() {
			if o.CanvasObject == row.content {
				all = append(all, o.at)
			}
		}
	}
	return all
}

// TestGuided shows the steps in their order, says which ones are seen, and
// tells the engine that a step is worked on for as long.
func TestGuided(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.guides()
		r.sees("What to do, step by step", "Plug it in.", "Lifeboat sees it by itself", "Look for a banner.", "I've done this",
			"keeps what a later step may remove", "Back up to this computer", "1.", "4.")
		if got := r.engine.noted("open"); len(got) != 1 || got[0] != "open true" {
			t.Errorf("the engine got %q", got)
		}
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
		if got := r.engine.noted("open"); len(got) != 2 || got[1] != "open false" {
			t.Errorf("the engine got %q", got)
		}
	})
}

// TestStepTurnsGreen when its check passes, where it stands.
func TestStepTurnsGreen(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.guides()
		r.settle(width, height)
		before := r.stepPlaces()
		power, account := repair()
		power.Status, power.Finding = checks.Pass, saying("plugged in")
		r.hears(rowsState(power, account))
		r.settle(width, height)
		r.sees("Done: Lifeboat has seen it.", "Plug it in.")
		row := r.screen.(*guidedScreen).rows[0]
		if row.done.Resource != widgets.MarkResource("pass") || row.number.Visible() {
			t.Error("the step has no green mark")
		}
		after := r.stepPlaces()
		for i := range before {
			if before[i] != after[i] {
				t.Errorf("step %d moved from %v to %v", i+1, before[i], after[i])
			}
		}
		power.Status = checks.Fail
		r.hears(rowsState(power, account))
		r.misses("Done: Lifeboat has seen it.")
	})
}

// TestStepIsTicked by the user, and taken back.
func TestStepIsTicked(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.guides()
		row := r.screen.(*guidedScreen).rows[1]
		if r.screen.(*guidedScreen).rows[0].tick.Visible() {
			t.Error("what Lifeboat sees by itself is asked of the user")
		}
		test.Tap(row.tick)
		r.drain()
		s := rowsState(repair())
		s.Tried = map[string]history.Tried{"account/look": {FixID: "account/look", At: today}}
		r.hears(s)
		r.sees("You did this on 23 November 2026.")
		test.Tap(row.tick)
		r.drain()
		r.hears(rowsState(repair()))
		r.misses("You did this on")
		want := []string{"tick account/look true", "tick account/look false"}
		if got := r.engine.noted("tick"); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("the engine got %q, want %q", got, want)
		}
	})
}

// TestNewStepsComeLast and those that nobody needs stay, marked.
func TestNewStepsComeLast(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.guides()
		power, account := repair()
		power.Status = checks.Warn
		power.Fix = []checks.Fix{{ID: "power/new", Text: saying("A new step.")}}
		r.hears(rowsState(power, account))
		rows := r.screen.(*guidedScreen).rows
		if len(rows) != 5 || rows[4].text.Text != "Error: A new step." || rows[0].text.Text != "Error: Plug it in." {
			t.Errorf("there are %d steps", len(rows))
		}
		r.sees("No longer needed.")
	})
}

// TestStepBacksUp ticks the step when the backup has worked, and comes back to the list.
func TestStepBacksUp(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backUp = r.runs.backUp
		r.guides()
		r.tap("Back up to this computer")
		r.fill("correct horse", "correct horse")
		r.tap("Start the backup")
		r.end(backup.Result{}, noRoom)
		if got := r.engine.noted("tick"); len(got) != 0 {
			t.Errorf("a backup that failed ticks %q", got)
		}
		r.tap("Try again")
		r.fill("correct horse", "correct horse")
		r.tap("Start the backup")
		r.end(proven, nil)
		r.tap("Done")
		r.sees("What to do, step by step")
		if got := r.engine.noted("tick"); len(got) != 1 || got[0] != "tick common/local-first true" {
			t.Errorf("ticked %q", got)
		}
	})
}

// TestOpenRowIsTended has the facts read often while steps are open on the checklist.
func TestOpenRowIsTended(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		fine := rowOf("fine", checks.Pass, "good")
		r.shows(power, account, fine)
		r.plug(phoneA)
		folds := r.folds()
		folds[2].Toggle()
		r.drain()
		if got := r.engine.noted("open"); len(got) != 0 {
			t.Errorf("the engine got %q", got)
		}
		folds[0].Toggle()
		folds[0].Toggle()
		r.drain()
		if got := r.engine.noted("open"); len(got) != 2 || got[0] != "open true" || got[1] != "open false" {
			t.Errorf("the engine got %q", got)
		}
	})
}

// TestAllGreen says so at the top of the list.
func TestAllGreen(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.guides()
		power, account := repair()
		power.Status, account.Status = checks.Pass, checks.Pass
		s := rowsState(power, account)
		s.Verdict = saying("all is well")
		r.hears(s)
		r.sees("all is well")
		for i, row := range r.screen.(*guidedScreen).rows {
			if row.number.Visible() && i != 2 {
				t.Errorf("step %d is open", i+1)
			}
		}
	})
}

// TestTickedBoxes are those of the state and of nobody else.
func TestTickedBoxes(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			s := rowsState(repair())
			s.Tried = map[string]history.Tried{"account/out": {FixID: "account/out", At: today}}
			return s, nil
		}
		r.plug(phoneA)
		r.tap("All steps (4)")
		ticked := 0
		for _, o := range r.objects() {
			if c, ok := o.(*widgets.TickBox); ok && c.Checked {
				ticked++
			}
		}
		if ticked != 1 {
			t.Errorf("%d boxes are ticked, want 1", ticked)
		}
	})
}

// TestKeyboardIsSeen goes through a long list with Tab in the smallest window
// and sees that whatever has the keyboard is in sight.
func TestKeyboardIsSeen(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		for _, f := range r.folds() {
			f.Toggle()
		}
		r.settle(minWidth, minHeight)
		c := r.Options.Window.Canvas()
		scroll := r.screen.(*readyScreen).list.scroll
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(scroll).Y
		seen, inside := map[fyne.Focusable]bool{}, 0
		for range 200 {
			c.FocusNext()
			o := c.Focused().(fyne.CanvasObject)
			if seen[c.Focused()] {
				break
			}
			seen[c.Focused()] = true
			if f, ok := o.(*widgets.Fold); ok {
				o = f.Bar
			}
			if _, around := widgets.PageScroll(c.Content(), o); around {
				continue
			}
			inside++
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
			if at >= top+scroll.Size().Height || at+o.Size().Height <= top {
				t.Errorf("%T stands at %v, out of sight", o, at-top)
			}
		}
		if inside < 10 || scroll.Offset.Y == 0 {
			t.Errorf("the keyboard went to %d places only, down to %v", inside, scroll.Offset.Y)
		}
	})
}

// TestEscapeWithoutFocus leaves the pages that can be left.
func TestEscapeWithoutFocus(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		for _, open := range []func(){
			func() { r.tap(r.allSteps()) }, func() { r.tap("Try iCloud now and watch …") }, func() { r.tap("Report for support …") },
		} {
			open()
			r.misses("Backups go to")
			r.Options.Window.Canvas().Unfocus()
			r.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
			r.drain()
			r.sees("Backups go to")
		}
		r.typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
		r.sees("Backups go to")
	})
}
