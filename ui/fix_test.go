package ui

import (
	"strings"
	"testing"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"

	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/history"
	"lifeboat/device"
)

// repair is a phone with two troubles and four steps.
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

// repairing opens the list of steps of a phone.
func (r *rig) repairing(results ...checks.Result) *fixPage {
	r.t.Helper()
	r.shows(results...)
	r.plug(phoneA)
	r.tap("All steps (4)")
	return r.page.(*fixPage)
}

// lineOrder are the lines of the other steps, from the top: "2 Look for a banner."
func (f *fixPage) lineOrder() string {
	var all []string
	for _, l := range f.lines {
		if l.content.Visible() {
			all = append(all, l.number.Text+" "+strings.TrimPrefix(l.text.Text, "Error: "))
		}
	}
	return strings.Join(all, " | ")
}

// TestOneStepAtATime shows the step to do now in full and the others below it, each
// with what it costs, says which ones are seen, and tells the engine for as
// long that a step is worked on.
func TestOneStepAtATime(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		f := r.repairing(power, account)
		r.sees("Get iCloud working again", "Step 1 of 4", "Plug it in.", "Error: none", "Lifeboat sees it by itself", "I've done this", "Later",
			"Look for a banner.", "keeps what a later step may remove", "Back up to this computer first")
		r.misses("Step 2 of 4")
		if got, want := f.lineOrder(), "2 Look for a banner. | 3 Back up here first. | 4 Sign out and in."; got != want {
			t.Errorf("below stands %s, want %s", got, want)
		}
		if got := strings.Join(r.engine.noted("open"), ","); got != "open true" {
			t.Errorf("the engine got %q", got)
		}
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
		if got := strings.Join(r.engine.noted("open"), ","); got != "open true,open false" {
			t.Errorf("the engine got %q", got)
		}
	})
}

// TestStepIsSeen ticks a step by itself when its check passes, where it stands,
// and the next one is the one to do; what is bad again is not ticked.
func TestStepIsSeen(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		f := r.repairing(power, account)
		fixed := power
		fixed.Status, fixed.Finding = checks.Pass, saying("plugged in")
		r.hears(rowsState(fixed, account))
		r.sees("Done: Lifeboat has seen it.", "Plug it in.", "Step 2 of 4")
		if l := f.lines[0]; l.mark.Status() != "pass" || !l.mark.Visible() || l.number.Visible() {
			t.Error("the step has no mark")
		}
		if got, want := f.lineOrder(), "1 Plug it in. | 3 Back up here first. | 4 Sign out and in."; got != want {
			t.Errorf("below stands %s, want %s", got, want)
		}
		if got := r.button("I've done this"); r.o.Window.Canvas().Focused() != got {
			t.Error("the keyboard is not on the button of the next step")
		}
		r.hears(rowsState(power, account))
		r.misses("Done: Lifeboat has seen it.")
		r.sees("Step 1 of 4")
	})
}

// TestStepsStandStill: news that concerns no step moves none.
func TestStepsStandStill(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		f := r.repairing(power, account)
		r.settle(width, height)
		before, button := f.lineOrder(), r.button("I've done this")
		at := r.heightOf("Look for a banner.")
		s := rowsState(power, account, rowOf("new", checks.Fail, "bad"))
		s.Next[0], s.Next[1] = s.Next[1], s.Next[0] // the diagnosis has another order now
		r.hears(s)
		r.settle(width, height)
		if got := f.lineOrder(); got != before {
			t.Errorf("the steps stand as %s, not as %s", got, before)
		}
		if r.button("I've done this") != button {
			t.Error("the button was drawn anew under the finger")
		}
		if got := r.heightOf("Look for a banner."); got != at {
			t.Errorf("a step moved from %v to %v", at, got)
		}
		r.overlaps()
	})
}

// TestStepIsTicked by the person, and taken back.
func TestStepIsTicked(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		power.Status = checks.Pass
		r.shows(power, account)
		r.plug(phoneA)
		r.tap("All steps (3)")
		r.sees("Look for a banner.")
		r.tap("I've done this")
		s := rowsState(power, account)
		s.Tried = map[string]history.Tried{"account/look": {FixID: "account/look", At: today}}
		r.hears(s)
		r.sees("You did this on 23 November 2026.", "Step 2 of 3")
		r.tap("Take it up again")
		r.hears(rowsState(power, account))
		r.misses("You did this on")
		r.sees("Step 1 of 3")
		if got := strings.Join(r.engine.noted("tick"), ","); got != "tick account/look true,tick account/look false" {
			t.Errorf("the engine got %q", got)
		}
	})
}

// TestStepIsPutOff leads to the next one; it comes back when nothing else is
// left, or when the person takes it up.
func TestStepIsPutOff(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		f := r.repairing(power, account)
		r.tap("Later")
		r.sees("Step 2 of 4")
		if f.lines[0].mark.Visible() {
			t.Error("a step that was put off is ticked")
		}
		r.tap("Take it up again")
		r.sees("Step 1 of 4")
		for range 4 {
			r.tap("Later")
		}
		r.sees("Step 1 of 4")
		if got := r.engine.noted("tick"); len(got) != 0 {
			t.Errorf("the engine got %q", got)
		}
	})
}

// TestNewStepsComeLast and those that nobody needs stay, marked.
func TestNewStepsComeLast(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		f := r.repairing(power, account)
		power.Status = checks.Warn
		power.Fix = []checks.Fix{{ID: "power/new", Text: saying("A new step.")}}
		r.hears(rowsState(power, account))
		r.sees("Step 2 of 5", "No longer needed.")
		if got, want := f.lineOrder(), "1 Plug it in. | 3 Back up here first. | 4 Sign out and in. | 5 A new step."; got != want {
			t.Errorf("below stands %s, want %s", got, want)
		}
		if f.lines[0].mark.Status() == "pass" {
			t.Error("what nobody needs any more is ticked as done")
		}
	})
}

// TestStepBacksUp ticks the step when the backup has worked, and not before.
func TestStepBacksUp(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backUp = r.runs.backUp
		power, account := repair()
		r.repairing(power, account)
		r.tap("Later")
		r.tap("Later")
		r.tap("Back up to this computer")
		for _, s := range r.secrets() {
			s.SetText("correct horse")
		}
		r.tap("Start the backup")
		r.end(backup.Result{}, noRoom)
		if got := r.engine.noted("tick"); len(got) != 0 {
			t.Errorf("a backup that failed ticks %q", got)
		}
		r.tap("Try again")
		for _, s := range r.secrets() {
			s.SetText("correct horse")
		}
		r.tap("Start the backup")
		r.end(proven, nil)
		if got := strings.Join(r.engine.noted("tick"), ","); got != "tick common/local-first true" {
			t.Errorf("ticked %q", got)
		}
	})
}

// TestAllStepsDone says so in place of a step, and what comes next.
func TestAllStepsDone(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		f := r.repairing(power, account)
		r.misses("All steps are done")
		power.Status, account.Status = checks.Pass, checks.Pass
		s := rowsState(power, account)
		s.Verdict = saying("all is well")
		r.hears(s)
		r.sees("all is well", "All steps are done", "overnight")
		r.misses("Step 1 of", "I've done this")
		for i, l := range f.lines {
			// The backup first was not for a check that passes now: nobody needs it any more.
			if l.number.Visible() || !l.mark.Visible() {
				t.Errorf("step %d is open", i+1)
			}
		}
	})
}

// TestTickedSteps are those of the state and of nobody else.
func TestTickedSteps(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			s := rowsState(repair())
			s.Tried = map[string]history.Tried{"account/out": {FixID: "account/out", At: today}}
			return s, nil
		}
		r.plug(phoneA)
		r.tap("All steps (4)")
		for i, l := range r.page.(*fixPage).lines {
			if got, want := l.mark.Visible(), i == 3; got != want {
				t.Errorf("step %d: ticked %v, want %v", i+1, got, want)
			}
		}
	})
}

// TestStepsAreKept when the person looks at something else and comes back: the
// same list, with what was put off.
func TestStepsAreKept(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		r.repairing(power, account)
		r.tap("Later")
		r.tap("Settings")
		r.tap("Back")
		if at := r.Page().Name; at != state.FixPage {
			t.Fatalf("Back leads to %s", at)
		}
		r.sees("Step 2 of 4", "Take it up again")
	})
}

// TestEscapeWithoutFocus leaves the pages that can be left, and no other.
func TestEscapeWithoutFocus(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		r.shows(power, account)
		r.plug(phoneA)
		for name, open := range map[state.PageName]string{state.FixPage: "All steps (4)", state.AttemptPage: "Try iCloud now and watch",
			state.ReportPage: "Report for Apple Support", state.CheckPage: "Error: power", state.SettingsPage: "Settings", state.BackupsPage: "Backups"} {
			r.tap(open)
			if got := r.Page().Name; got != name {
				t.Errorf("%q leads to %s", open, got)
			}
			r.o.Window.Canvas().Unfocus()
			r.key(fyne.KeyEscape)
			r.sees("Back Up Now")
		}
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
		if r.closed {
			t.Error("Escape closed the window")
		}
	})
}

// TestBackupsCostNothing: a backup is no step that costs money or removes something.
func TestBackupsCostNothing(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		for _, a := range []checks.Action{checks.BackUpHere, checks.WatchAttempt} {
			if got := r.cost(checks.Fix{Effort: checks.Tidy, Action: a}); !strings.HasPrefix(got, "Costs nothing but time") {
				t.Errorf("%s: %q", a, got)
			}
		}
	})
}

// TestOnePrimaryStep has one button that stands out, that of the step to do now.
func TestOnePrimaryStep(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		power, account := repair()
		r.repairing(power, account)
		n := 0
		for _, o := range r.objects() {
			if b, ok := o.(*widgets.Action); ok && b.Importance == primaryImportance {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d buttons stand out", n)
		}
	})
}
