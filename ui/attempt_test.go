package ui

import (
	"context"
	"testing"
	"time"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"

	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// tries is a scripted attempt: what is heard, and how listening ends.
type tries struct {
	heard chan devicelog.Attempt
	ends  chan error
}

// watches opens the page on which the phone is watched.
func (r *rig) watches() *tries {
	r.t.Helper()
	return r.watchesBy("Try iCloud now and watch")
}

// watchesBy is watches by the button or link with these words.
func (r *rig) watchesBy(words string) *tries {
	r.t.Helper()
	a := &tries{heard: make(chan devicelog.Attempt), ends: make(chan error)}
	r.engine.attempt = func(ctx context.Context, each func(devicelog.Attempt)) error {
		for {
			select {
			case got := <-a.heard:
				each(got)
			case err := <-a.ends:
				return err
			case <-ctx.Done():
				return fault.New(fault.Cancelled, "listen", context.Cause(ctx))
			}
		}
	}
	r.plug(phoneA)
	r.tap(words)
	return a
}

// reports brings what is heard to the screen.
func (r *rig) reports(a *tries, got devicelog.Attempt) {
	a.heard <- got
	r.drain()
}

// ends ends the listening.
func (r *rig) ends(a *tries, err error) {
	a.ends <- err
	r.drain()
}

var (
	ready4 = devicelog.Attempt{Heard: true, Conditions: devicelog.Conditions{
		Enabled: facts.Of(true), Locked: facts.Of(false), OnPower: facts.Of(true), OnWiFi: facts.Of(false)}}
	underWay = devicelog.Attempt{Heard: true, Began: today, Conditions: ready4.Conditions, Phase: "upload",
		Phases: []devicelog.Phase{{Name: "scan", Took: 3118 * time.Millisecond}, {Name: "odd", Took: time.Second}}}
	quota = devicelog.Attempt{Heard: true, Began: today, Ended: today, Outcome: devicelog.Failed, Cause: "icloud-storage",
		Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 303}, {Domain: "CKErrorDomain", Number: 25}}}
)

// rowNaming is what the diagnosis makes of an attempt that names a check.
func rowNaming(got devicelog.Attempt) checks.Result {
	r := rowOf("icloud-storage", checks.Fail, "the log says so")
	r.Fix = []checks.Fix{{ID: "icloud-storage/first", Text: saying("Delete old backups.")}}
	return r
}

// TestAttempt lights the conditions up, shows phases, and names the cause.
func TestAttempt(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		a := r.watches()
		r.sees("Try iCloud now and watch", "Leave the iPhone on its cable", "Press the side button once", "tap “Back Up Now”",
			"not reported yet", "hasn't reported anything yet", "0:00")
		r.pass(65 * time.Second)
		r.sees("1:05")
		r.reports(a, ready4)
		r.sees("switched on", "unlocked", "plugged in", "not connected", "start the backup on it")
		r.misses("not reported yet")
		r.reports(a, underWay)
		r.sees("Now: sending to iCloud", "looking for what is new: 3.1 seconds", "“odd”: 1.0 seconds")
		failed := quota
		failed.Proven = true
		r.reports(a, failed)
		r.hears(rowsState(rowNaming(failed)))
		r.ends(a, nil)
		r.sees("The backup failed. The cause: Error: icloud-storage", "the log says so", "Delete old backups.", "All steps (1)", "Try and watch again")
		r.misses("likely", "Press the side button")
		r.folds()[0].Toggle()
		r.sees("MBErrorDomain 303", "CKErrorDomain 25")
		was := r.clockText()
		r.pass(5 * time.Second)
		if now := r.clockText(); now != was {
			t.Errorf("the clock goes on from %s to %s after the end", was, now)
		}
		r.tap("All steps (1)")
		r.sees("Get iCloud working again", "Delete old backups.")
	})
}

func (r *rig) clockText() string { return r.page.(*attemptPage).clock.Text }

// TestLikelyCause is worded so when the pattern is not proven.
func TestLikelyCause(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		a := r.watches()
		r.reports(a, quota)
		r.hears(rowsState(rowNaming(quota)))
		r.ends(a, nil)
		r.sees("The likely cause: Error: icloud-storage")
	})
}

// TestUnknownCause names no cause, and offers the report.
func TestUnknownCause(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		a := r.watches()
		odd := quota
		odd.Cause = ""
		r.reports(a, odd)
		r.ends(a, nil)
		r.sees("The backup failed", "a reason that Lifeboat doesn't know")
		r.misses("cause:")
		r.tap("Report for Apple Support")
		r.sees("Report for Apple Support")
	})
}

// TestAttemptSucceeds gives the date only when the phone gives a new one.
func TestAttemptSucceeds(t *testing.T) {
	inWindow(t, func(o *Options) { o.Now = func() time.Time { return today } }, func(r *rig) {
		a := r.watches()
		r.reports(a, devicelog.Attempt{Heard: true, Outcome: devicelog.Succeeded, Ended: today})
		r.ends(a, nil)
		r.sees("was completed", "hasn't changed yet", "not reported")
		r.misses("now gives 3 October", "not reported yet")
		if page := r.page.(*attemptPage); page.buttons.Objects[1] != page.leave {
			t.Error("the button that stands out is not the last")
		}
		in := inputOf(false)
		in.Phone.LastCloudBackup = facts.Of(today.Add(time.Minute))
		r.hears(stateOf(in))
		r.sees("its last iCloud backup is from 23 November 2026")
		r.misses("hasn't changed yet")
	})
}

// TestSilentPhone offers the questions after a while, and opens them.
func TestSilentPhone(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("bad", checks.Fail, "bad"), askingRow("ask", nil))
		r.watches()
		r.pass(state.Silence - 2*time.Second)
		r.misses("Answer questions instead")
		r.pass(4 * time.Second)
		r.sees("reports nothing about its backups")
		r.tap("Answer questions instead")
		r.sees("Is it on?")
		r.misses("Why bad")
		if r.Attempt != nil {
			t.Error("it goes on listening")
		}
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
	})
}

// TestTalkativePhone is not called silent.
func TestTalkativePhone(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		a := r.watches()
		r.reports(a, ready4)
		r.pass(state.Silence + 5*time.Second)
		r.misses("Answer questions instead")
	})
}

// TestAttemptCancelled works at any time, by button and by key.
func TestAttemptCancelled(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "bad"), rowOf("two", checks.Warn, "risk"))
		r.watches()
		r.hears(rowsState(rowOf("one", checks.Pass, "good"), rowOf("two", checks.Warn, "risk")))
		r.tap("Cancel")
		r.sees("Back Up Now", "1 fine")
		if r.Attempt != nil {
			t.Error("it goes on")
		}
		if got := r.tileOrder(); got != "two one" {
			t.Errorf("the lines stand as %s", got)
		}
		r.tap("Try iCloud now and watch")
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
		if r.Attempt != nil {
			t.Error("it goes on after Escape")
		}
	})
}

// TestAttemptFailsToListen says why and can be repeated, but not without a phone.
func TestAttemptFailsToListen(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		a := r.watches()
		r.ends(a, fault.New(fault.PhoneGone, "listen", nil))
		r.sees(r.explain(fault.New(fault.PhoneGone, "listen", nil)).Happened)
		r.plug()
		r.sees("Try iCloud now and watch")
		if !r.button("Try and watch again").Disabled() {
			t.Error("a phone that is gone can be watched")
		}
		again := *phoneA
		again.DeviceID++
		r.plug(&again)
		r.pass(time.Second)
		r.tap("Try and watch again")
		r.sees("Press the side button once", "0:00")
		if got := len(r.engine.noted("attempt")); got != 2 {
			t.Errorf("listened %d times, want 2", got)
		}
	})
}

// TestWatchedStep is ticked when there is an outcome, and not before.
func TestWatchedStep(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		one := rowOf("one", checks.Fail, "bad")
		one.Fix = []checks.Fix{{ID: "one/watch", Text: saying("Watch it."), Action: checks.WatchAttempt}}
		r.shows(one)
		a := r.watchesBy("Try iCloud now and watch …") // the button of the step, which stands alone
		r.tap("Cancel")
		r.tap("Try iCloud now and watch …")
		if got := r.engine.noted("tick"); len(got) != 0 {
			t.Errorf("ticked %q before anything was heard", got)
		}
		r.ends(a, fault.New(fault.PhoneSilent, "listen", nil))
		if got := r.engine.noted("tick"); len(got) != 0 {
			t.Errorf("ticked %q although nothing came of it", got)
		}
		r.pass(time.Second)
		r.tap("Try and watch again")
		r.reports(a, quota)
		r.ends(a, nil)
		if got := r.engine.noted("tick"); len(got) != 1 || got[0] != "tick one/watch true" {
			t.Errorf("ticked %q", got)
		}
	})
}

// TestNothingMovesWhileWatched: what comes in moves neither the conditions nor
// what is to be done.
func TestNothingMovesWhileWatched(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		a := r.watches()
		r.settle(width, height)
		needs, guide := r.heightOf("What the iPhone reports"), r.heightOf("Press the side button")
		r.reports(a, ready4)
		r.reports(a, underWay)
		r.layOutAgain()
		if r.heightOf("What the iPhone reports") != needs || r.heightOf("Press the side button") != guide {
			t.Error("something moved")
		}
		r.overlaps()
	})
}

// standOut are the buttons of a page that stand out.
func (r *rig) standOut() (words []string) {
	pieces(r.o.Window.Content(), fyne.Position{}, piece{}, func(p piece) {
		if b, ok := p.CanvasObject.(*widgets.Action); ok && b.Importance == primaryImportance {
			words = append(words, b.Text)
		}
	})
	return words
}

// TestWayOnFromAttempt: what stands out in the end is what helps, and to try again only
// where nothing better is known.
func TestWayOnFromAttempt(t *testing.T) {
	cure := rowNaming(quota)
	cure.Fix[0].Action = checks.SwitchOn
	unknown := quota
	unknown.Cause = ""
	for name, c := range map[string]struct {
		got  devicelog.Attempt
		row  checks.Result
		want string
	}{
		"a cause that Lifeboat can cure": {quota, cure, "Switch it on …"},
		"a cause that the person cures":  {quota, rowNaming(quota), "Try and watch again"},
		"an unknown cause":               {unknown, cure, "Try and watch again"},
		"success":                        {devicelog.Attempt{Heard: true, Ended: today, Outcome: devicelog.Succeeded}, cure, "Back"},
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				a := r.watches()
				if got := r.standOut(); len(got) > 0 {
					t.Errorf("%q stands out while nothing is known", got)
				}
				r.reports(a, c.got)
				r.hears(rowsState(c.row))
				r.ends(a, nil)
				if got := r.standOut(); len(got) != 1 || got[0] != c.want {
					t.Errorf("%q stands out, want %q", got, c.want)
				}
			})
		})
	}
}

// TestWayOnFromCheck: what Lifeboat can do about a check stands out and has the keyboard,
// but not while something is asked.
func TestWayOnFromCheck(t *testing.T) {
	asks := askingRow("one", nil)
	for name, c := range map[string]struct {
		row  checks.Result
		do   checks.Action
		want string // "" for nothing
	}{
		"Lifeboat can fix it": {rowOf("one", checks.Fail, "bad"), checks.SwitchOn, "Switch it on …"},
		"the person fixes it": {rowOf("one", checks.Fail, "bad"), "", ""},
		"something is asked":  {asks, checks.SwitchOn, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				c.row.Fix = []checks.Fix{{ID: "one/a", Text: saying("Fix it."), Action: c.do}, {ID: "one/b", Text: saying("Or so."), Action: checks.RestartPhone}}
				r.opens("one", c.row)
				got := r.standOut()
				if c.want == "" && len(got) == 0 {
					return
				}
				if len(got) != 1 || got[0] != c.want || r.o.Window.Canvas().Focused() != fyne.Focusable(r.button(c.want)) {
					t.Errorf("%q stands out, want %q, and %T has the keyboard", got, c.want, r.o.Window.Canvas().Focused())
				}
			})
		})
	}
}
