package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/ui/state"

	"fyne.io/fyne/v2"

	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/widgets"
)

// savedAgo is a phone that iCloud saved so long ago, and no computer ever.
func savedAgo(age time.Duration) checks.Input {
	in := inputOf(false)
	in.Phone.CloudBackupEnabled = facts.Of(true)
	in.Phone.LastCloudBackup = facts.Of(today.Add(-age))
	in.Phone.LastLocalBackup = facts.Datum[time.Time]{State: facts.Absent}
	in.Record = facts.Datum[facts.Record]{Reason: facts.RecordNone}
	in.Host.Kind = facts.Of(checks.DestinationFolder)
	return in
}

// recorded adds the phone's own record of a failure, out of a backup made now.
func recorded(in checks.Input) checks.Input {
	in.Record = facts.Of(facts.Record{Of: today, Outcomes: facts.Of([]facts.Outcome{
		{At: today.Add(-10 * time.Hour), Codes: []facts.ErrorCode{{Domain: "MBErrorDomain", Number: 303}}}})})
	in.Local = checks.Local{Exists: true, Finished: today, Proven: true}
	return in
}

// looksLike makes the engine find a phone like this, and plugs it in.
func (r *rig) looksLike(in checks.Input) *overview {
	r.t.Helper()
	r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(in), nil }
	r.plug(phoneA)
	return r.page.(*overview)
}

// TestSafetyComesFirst sees the sentence and the shape of each state at the
// top of the phone's page, above all that is said of the two places. The shapes
// differ, for who cannot tell the colours apart.
func TestSafetyComesFirst(t *testing.T) {
	const day = 24 * time.Hour
	unseen := savedAgo(0)
	unseen.Phone.LastCloudBackup = facts.Datum[time.Time]{}
	unseen.Phone.LastLocalBackup = facts.Datum[time.Time]{}
	copied := savedAgo(25 * day)
	copied.Local = checks.Local{Exists: true, Finished: today.Add(-3 * time.Hour), Proven: true}
	shapes := map[string]bool{}
	for name, c := range map[string]struct {
		in    checks.Input
		state checks.SafetyState
		mark  string
	}{
		"iCloud saved it today": {savedAgo(10 * time.Hour), checks.Safe, "pass"},
		"only copied here":      {copied, checks.Safe, "pass"},
		"ageing":                {savedAgo(9 * day), checks.Ageing, "warn"},
		"unsafe":                {savedAgo(25 * day), checks.Unsafe, "fail"},
		"unknown":               {unseen, checks.SafetyUnknown, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				o := r.looksLike(c.in)
				shown := r.Current().State.Overview
				if shown.Band.State != c.state {
					t.Fatalf("it is %s, not %s", shown.Band.State, c.state)
				}
				headline := r.text(shown.Band.Headline)
				r.sees(headline, r.text(shown.ICloud.State), r.text(shown.Local.State))
				if got := o.band.mark.Status(); got != c.mark {
					t.Errorf("its mark is %s", got)
				}
				shapes[o.band.mark.Status()] = true
				for _, below := range []string{r.text(shown.ICloud.State), r.text(shown.Local.State), "ICLOUD"} {
					if first, second := r.heightOf(headline), r.heightOf(below); first >= second {
						t.Errorf("%q stands at %v, and %q at %v", headline, first, below, second)
					}
				}
				r.settle(width, height)
				if o.band.headline.Cut() || o.cloud.frame.lines.Cut() || o.local.frame.lines.Cut() {
					t.Errorf("cut: %q, %q, %q", o.band.headline.Label.Text, o.cloud.frame.lines.Label.Text, o.local.frame.lines.Label.Text)
				}
			})
		})
	}
	if len(shapes) != 4 {
		t.Errorf("four states have the shapes %v", shapes)
	}
}

// TestSafetyWithoutADiagnosis: nothing is called safe, and nothing lost, of a
// phone that was not looked at.
func TestSafetyWithoutADiagnosis(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		silent := fault.New(fault.PhoneSilent, "read the facts", nil)
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return diagnosis.State{}, silent }
		r.plug(phoneA)
		r.sees("The iPhone doesn't answer", "We couldn't see whether there is a recent copy", r.explain(silent).Next)
		o := r.page.(*overview)
		if got := o.band.mark.Status(); got != "unknown" {
			t.Errorf("the mark is %q", got)
		}
		if !o.local.button.Disabled() {
			t.Error("a phone of which nothing is known can be backed up")
		}
		if o.list.content.Visible() {
			t.Error("the checklist stands there without a line")
		}
	})
}

// TestABackupHereShowsWhy: as long as no record of the phone's own was read, the
// card of this computer says what a backup there would show; afterwards the card
// of iCloud says what it shows.
func TestABackupHereShowsWhy(t *testing.T) {
	in := savedAgo(25 * 24 * time.Hour)
	inWindow(t, nil, func(r *rig) {
		o := r.looksLike(in)
		says := r.text(r.Current().State.Overview.Local.Shows)
		if says == "" {
			t.Fatal("a backup here would show nothing")
		}
		if !strings.Contains(o.local.frame.lines.Text, says) {
			t.Errorf("the card says %q, and not %q", o.local.frame.lines.Text, says)
		}
		r.hears(stateOf(recorded(in)))
		if strings.Contains(o.local.frame.lines.Text, says) {
			t.Error("it says so although the record was read")
		}
		record := r.text(r.Current().State.Overview.ICloud.Record)
		if record == "" || !strings.Contains(o.cloud.frame.lines.Text, record) {
			t.Errorf("the card says %q, and not %q", o.cloud.frame.lines.Text, record)
		}
	})
}

// TestBackupTurnsGreen: when a backup has ended, the overview comes up by itself
// and is green as soon as the phone was looked at; iCloud is judged on its own, by
// the record that came with the backup, and what was proven is one click away.
func TestBackupTurnsGreen(t *testing.T) {
	in := savedAgo(25 * 24 * time.Hour)
	inWindow(t, nil, func(r *rig) {
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(in), nil }
		r.start()
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return stateOf(recorded(in)), nil }
		r.end(proven, nil)
		o, ok := r.page.(*overview)
		if !ok {
			t.Fatalf("the page is a %T", r.page)
		}
		if got := o.band.mark.Status(); got != "pass" {
			t.Errorf("the band is %q", got)
		}
		if got := o.cloud.frame.mark.Status(); got != "fail" {
			t.Errorf("iCloud is %q", got)
		}
		if got := r.Current().State.Overview.ICloud.CauseID; got != "icloud-storage" {
			t.Errorf("the cause is %q", got)
		}
		r.tap("What was proven")
		if at := r.Page().Name; at != state.JobPage {
			t.Errorf("it leads to %s", at)
		}
		r.key(fyne.KeyEscape)
		r.sees("Back Up Now")
		if got := strings.Fields(r.tileOrder())[:2]; !slices.Contains(got, "icloud-storage") {
			t.Errorf("when the person comes back the first lines are %s", got)
		}
	})
}

// TestSentencesGetTheirRoom: what comes first to the page is not cut to the
// room of what stood there while nothing was known.
func TestSentencesGetTheirRoom(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		known := make(chan struct{})
		long := rowsState(rowOf("one", checks.Fail, "bad"))
		text := saying(strings.Repeat("nothing was saved ", 14))
		long.Overview.Band = checks.Band{State: checks.Unsafe, Headline: text, Detail: text}
		long.Overview.ICloud.State, long.Overview.ICloud.Cause, long.Overview.ICloud.Record = text, text, text
		long.Overview.Local.Trouble, long.Overview.Local.Expect = text, text
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { <-known; return long, nil }
		r.plug(phoneA)
		r.settle(minWidth, minHeight)
		r.sees("Looking for copies")
		close(known)
		r.drain()
		r.layOutAgain()
		o := r.page.(*overview)
		for name, s := range map[string]interface{ Cut() bool }{"headline": o.band.headline, "detail": o.band.detail, "state": o.cloud.frame.state,
			"lines of iCloud": o.cloud.frame.lines, "lines of this computer": o.local.frame.lines} {
			if s.Cut() {
				t.Errorf("the %s is cut", name)
			}
		}
		r.overlaps()
	})
}

// TestChoosesFolder has the folder as the one primary button where there can be no
// backup in this one, and nothing has been saved for long.
func TestChoosesFolder(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		asked := 0
		r.o.Pick = func(context.Context, string, string) (string, error) { asked++; return "", nil }
		in := savedAgo(25 * 24 * time.Hour)
		in.Host.Kind = facts.Of(checks.DestinationMissing)
		o := r.looksLike(in)
		if b, ok := o.first().(*widgets.Action); !ok || b != o.local.button || b.Text != "Choose another folder …" {
			t.Fatalf("the primary button is %v", o.first())
		}
		if o.local.folder.Visible() {
			t.Error("another way to the folder stands beside it")
		}
		r.tap("Choose another folder …")
		if asked != 1 {
			t.Errorf("it was asked for a folder %d times", asked)
		}
	})
}

// TestPrimaryInSight: in the smallest window the primary button is in sight, in
// whichever card it is, and the cards change places when it moves to the other.
func TestPrimaryInSight(t *testing.T) {
	safe := inputOf(true)
	safe.Local = checks.Local{Exists: true, Finished: today, Proven: true}
	inSight := func(t *testing.T, r *rig, text string) {
		t.Helper()
		r.layOutAgain()
		b, ok := r.page.(*overview).first().(*widgets.Action)
		if !ok || b.Text != text {
			t.Fatalf("the primary button is %v, want %q", r.page.(*overview).first(), text)
		}
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
		if bottom := at.Y + b.Size().Height; bottom > minHeight {
			t.Errorf("%q ends at %v", text, bottom)
		}
	}
	inWindow(t, nil, func(r *rig) {
		r.settle(minWidth, minHeight)
		r.looksLike(savedAgo(25 * 24 * time.Hour))
		inSight(t, r, "Back Up Now")
		r.hears(stateOf(safe))
		inSight(t, r, "Switch it on …")
		r.hears(stateOf(savedAgo(25 * 24 * time.Hour)))
		inSight(t, r, "Back Up Now")
	})
	inWindow(t, nil, func(r *rig) {
		r.settle(minWidth, minHeight)
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) {
			return diagnosis.State{}, fault.New(fault.PhoneSilent, "read the facts", nil)
		}
		r.plug(phoneA)
		inSight(t, r, "Try again")
	})
}

// TestCardsStandStill: the cards are as high before anything is known as after, with
// the bar of the drive and without, and the links stand beside buttons as if there were one.
func TestCardsStandStill(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(minWidth, minHeight), fyne.NewSize(width, height)} {
		inWindow(t, nil, func(r *rig) {
			r.settle(size.Width, size.Height)
			known := make(chan diagnosis.State)
			r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { return <-known, nil }
			r.plug(phoneA)
			o := r.page.(*overview)
			stands := func() [3]float32 {
				r.layOutAgain()
				return [3]float32{o.band.content.Size().Height, o.cards.Position().Y, o.cards.Size().Height}
			}
			before := stands()
			in := cloudSaved(today)
			without := in
			without.Host.TotalBytes = facts.Datum[int64]{}
			known <- stateOf(without)
			r.drain()
			if got := stands(); got != before || o.local.bar.Visible() {
				t.Errorf("%v: known, without a bar it is %v; was %v", size, got, before)
			}
			r.hears(stateOf(in))
			if got := stands(); got != before || !o.local.bar.Visible() {
				t.Errorf("%v: with a bar it is %v; was %v", size, got, before)
			}
			if o.cloud.button.Visible() {
				t.Fatal("iCloud has a button")
			}
			middle := func(o fyne.CanvasObject) float32 {
				return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y + o.Size().Height/2
			}
			if a, b := middle(o.cloud.try), middle(o.local.button); size.Width == width && a != b {
				t.Errorf("the links stand at %v, the button beside them at %v", a, b)
			}
		})
	}
}

// TestLastTryFailed: when the page of a failure was left, the overview still says that
// the last try failed, but not that one did which was stopped.
func TestLastTryFailed(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.end(backup.Result{}, noRoom)
		r.tap("Back")
		r.sees("The last try failed. "+r.explain(noRoom).Happened, "Back Up Now")
	})
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.StopJob(r.Running()[0])
		r.drain()
		r.tap("Back")
		r.misses("The last try failed")
		r.sees("Back Up Now")
	})
}

// TestTryStandsOnce: where watching iCloud try is the fix, its button stands alone.
func TestTryStandsOnce(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		o := r.looksLike(cloudSaved(today.AddDate(0, 0, -8)))
		if fix := r.Current().State.Overview.ICloud.Fix; fix == nil || fix.Action != checks.WatchAttempt {
			t.Fatalf("the fix is %v", fix)
		}
		if o.cloud.try.Visible() {
			t.Error("the same stands there as a link")
		}
	})
}

// TestUnreadIsTriedAgain: a phone of which nothing could be read is not looked at
// for ever, and the one primary button reads it again.
func TestUnreadIsTriedAgain(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		failing := fault.New(fault.PhoneSilent, "read the facts", nil)
		reads := 0
		r.engine.check = func(*device.Phone, string) (diagnosis.State, error) { reads++; return diagnosis.State{}, failing }
		r.plug(phoneA)
		r.sees("Not read")
		r.misses("Looking …")
		if b, ok := r.page.(*overview).first().(*widgets.Action); !ok || b.Text != "Try again" {
			t.Fatalf("the primary button is %v", r.page.(*overview).first())
		}
		before := reads
		r.tap("Try again")
		if reads == before {
			t.Error("it was not read again")
		}
	})
}
