package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// savedAgo is a phone that iCloud saved so long ago, and no computer ever.
func savedAgo(age time.Duration) checks.Input {
	in := inputOf(false)
	in.Phone.CloudBackupEnabled = facts.Of(true)
	in.Phone.LastCloudBackup = facts.Of(today.Add(-age))
	in.Phone.LastLocalBackup = facts.Datum[time.Time]{State: facts.Absent}
	in.Record = facts.Datum[facts.Record]{Reason: facts.RecordNone}
	return in
}

// TestSafetyComesFirst sees the sentence and the shape of each state at the
// top of the phone's page, above all that is said of iCloud.
func TestSafetyComesFirst(t *testing.T) {
	const day = 24 * time.Hour
	unseen := savedAgo(0)
	unseen.Phone.LastCloudBackup = facts.Datum[time.Time]{}
	unseen.Phone.LastLocalBackup = facts.Datum[time.Time]{}
	copied := savedAgo(25 * day)
	copied.Local = checks.Local{Exists: true, Finished: today.Add(-3 * time.Hour), Proven: true}
	shapes := map[string]string{}
	for name, c := range map[string]struct {
		in    checks.Input
		state checks.SafetyState
		sees  string
		mark  string
	}{
		"iCloud saved it today": {savedAgo(10 * time.Hour), checks.Safe, "Your iPhone is safe. iCloud has a complete copy, from ", "pass"},
		"only copied here":      {copied, checks.Safe, "Your iPhone is safe. A complete copy is on this computer, from ", "pass"},
		"ageing":                {savedAgo(9 * day), checks.Ageing, "Your last copy is 9 days old.", "warn"},
		"unsafe":                {savedAgo(25 * day), checks.Unsafe, "Nothing has been saved for 25 days.", "fail"},
		"unknown":               {unseen, checks.SafetyUnknown, "We couldn’t see whether there is a recent copy", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(c.in), nil }
				r.plug(phoneA)
				if got := r.phones[0].state.Safety.State; got != c.state {
					t.Fatalf("it is %s, not %s", got, c.state)
				}
				r.sees(c.sees)
				s := r.screen.(*readyScreen).safety
				if s.mark.Resource != widgets.MarkResource(c.mark) {
					t.Errorf("its mark is %s", s.mark.Resource.Name())
				}
				shapes[string(c.state)] = s.mark.Resource.Name()
				verdict := words.English().Text(r.phones[0].state.Verdict)
				if first, second := r.heightOf(c.sees), r.heightOf(verdict); first >= second {
					t.Errorf("%q stands at %v, and the verdict at %v", c.sees, first, second)
				}
			})
		})
	}
	different := map[string]bool{}
	for _, shape := range shapes {
		different[shape] = true
	}
	if len(different) != 4 {
		t.Errorf("four states have the shapes %v", shapes)
	}
}

// heightOf is where a text stands from the top.
func (r *rig) heightOf(text string) float32 {
	r.t.Helper()
	for _, o := range r.placed() {
		if l, ok := o.CanvasObject.(*widget.Label); ok && strings.Contains(l.Text, strings.TrimSuffix(text, "…")) {
			return o.at.Y
		}
	}
	r.t.Fatalf("cannot see %q", text)
	return 0
}

// TestSafetyBeforeAndWithoutADiagnosis: nothing is called safe, and nothing
// lost, of a phone that was not looked at.
func TestSafetyBeforeAndWithoutADiagnosis(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			return diagnosis.State{}, fault.New(fault.PhoneSilent, "read the facts", nil)
		}
		r.plug(phoneA)
		r.sees("We couldn't see whether there is a recent copy")
		if s := r.screen.(*readyScreen).safety; s.mark.Resource != widgets.MarkResource("unknown") {
			t.Error("it has another mark than that of what is not known")
		}
	})
}

// TestSafetyStandsStill: a longer sentence moves nothing until the user acts.
func TestSafetyStandsStill(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shows(rowOf("one", checks.Fail, "bad"))
		r.plug(phoneA)
		r.settle(minWidth, minHeight)
		before := r.rowPlaces()["one"]
		long := rowsState(rowOf("one", checks.Fail, "bad"))
		long.Safety = checks.Safety{State: checks.Unsafe, Sentence: saying(strings.Repeat("nothing was saved ", 20))}
		r.hears(long)
		if after := r.rowPlaces()["one"]; after != before || before == (fyne.Position{}) {
			t.Errorf("the row moved from %v to %v", before, after)
		}
		r.overlaps()
	})
}

// TestABackupHereShowsWhy: as long as no record of the phone's own was read,
// the verdict says what a backup to this computer would show.
func TestABackupHereShowsWhy(t *testing.T) {
	const says = "Back up to this computer: it also shows why iCloud fails."
	in := savedAgo(25 * 24 * time.Hour)
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(in), nil }
		r.plug(phoneA)
		if got := r.screen.(*readyScreen).verdict.aside.Text; got != says {
			t.Errorf("below the verdict stands %q", got)
		}
		in.Record = facts.Of(facts.Record{Of: today, Outcomes: facts.Of([]facts.Outcome{
			{At: today.Add(-10 * time.Hour), Codes: []facts.ErrorCode{{Domain: "MBErrorDomain", Number: 303}}}})})
		in.Local = checks.Local{Exists: true, Finished: today, Proven: true}
		r.hears(stateOf(in))
		r.misses(says)
		r.sees("The iPhone’s own record, as of 23 November 2026")
	})
}

// TestDoneShowsWhy: when the record was read out of the backup that was just
// made, its page says why iCloud fails, and the checklist is put in order when
// the user comes back to it, or when the record comes after that.
func TestDoneShowsWhy(t *testing.T) {
	before := savedAgo(25 * 24 * time.Hour)
	after := before
	after.Record = facts.Of(facts.Record{Of: today, Outcomes: facts.Of([]facts.Outcome{
		{At: today.Add(-10 * time.Hour), Codes: []facts.ErrorCode{{Domain: "MBErrorDomain", Number: 303}}}})})
	after.Local = checks.Local{Exists: true, Finished: today, Proven: true}
	for _, late := range []bool{false, true} {
		inWindow(t, nil, func(r *rig) {
			r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(before), nil }
			r.start()
			r.end(proven, nil)
			r.sees("iCloud Backup", words.English().Text(stateOf(before).Verdict))
			if late {
				r.tap("Done")
			}
			r.hears(stateOf(after))
			if !late {
				r.sees(words.English().Text(stateOf(after).Verdict), "doesn't repair iCloud Backup by itself")
				r.tap("Done")
			}
			if got := r.rowNames()[:2]; !slices.Contains(got, "icloud-storage") {
				t.Errorf("late %v: the first rows are %s", late, got)
			}
		})
	}
	saved := before
	saved.Phone.LastCloudBackup = facts.Of(today.Add(-10 * time.Hour))
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(saved), nil }
		r.start()
		r.end(proven, nil)
		r.sees("iCloud backups work")
		r.misses("doesn't repair iCloud Backup")
	})
}

// TestSentencesGetTheirRoom: what comes first to the page is not cut to the
// room of what stood there while nothing was known.
func TestSentencesGetTheirRoom(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		known := make(chan struct{})
		long := rowsState(rowOf("one", checks.Fail, "bad"))
		long.Safety = checks.Safety{State: checks.Unsafe, Sentence: saying(strings.Repeat("nothing was saved ", 12))}
		long.Verdict = saying(strings.Repeat("nothing was saved ", 14))
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { <-known; return long, nil }
		r.plug(phoneA)
		r.settle(minWidth, minHeight)
		r.sees("Looking for the newest copy")
		close(known)
		r.drain()
		s := r.screen.(*readyScreen)
		if s.safety.text.Cut() || s.verdict.text.Cut() {
			t.Errorf("cut: %q, %q", s.safety.text.Label.Text, s.verdict.text.Label.Text)
		}
	})
}
