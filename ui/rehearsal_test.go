package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/state/reminder"
)

// TestRehearse: from a backup's row to what was proven, which the row shows afterwards.
func TestRehearse(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.openBackups()
		for number, can := range map[int]bool{6: true, 5: true, 3: false, 2: false} {
			if got := r.row(number).rehearse.Visible(); got != can {
				t.Errorf("backup %d can be rehearsed: %v", number, got)
			}
		}
		r.press(r.row(5).rehearse)
		r.sees("Would the backup of 22 November 2026 restore?", "Your iPhone isn't needed")
		r.tap("Prove it")
		r.sees("The backup of 22 November 2026, 12:00 can be restored", "all its 12,341 files (22 GB) came out", "Its password opened it")
		r.tap("Close")
		if got := r.row(5).state.Text; !strings.Contains(got, "Restore rehearsed today.") {
			t.Errorf("its row says %q", got)
		}
		if got := r.row(6).state.Text; strings.Contains(got, "rehearsed") {
			t.Errorf("another row says %q", got)
		}
	})
}

// TestRehearsalFails: what does not come out is named, and the row says so as long as
// nothing better is known.
func TestRehearsalFails(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.failsToRestore()
		r.sees("can't be restored completely", "4 files didn't reach a simulated iPhone", "• 3 photos", "couldn't be noted")
		v := keptHere()[0].Versions[1]
		v.Rehearsed = vault.Rehearsal{Date: r.Now(), Problems: 4}
		if said, failed := r.rehearsed(v); !failed || !strings.Contains(said, "tried today") {
			t.Errorf("%q", said)
		}
	})
}

// failsToRestore rehearses a backup that does not restore as a whole.
func (r *rig) failsToRestore() {
	r.t.Helper()
	r.engine.backups.rehearse = func(context.Context, string, func(rehearsal.Progress)) (rehearsal.Result, error) {
		result := rehearsal.Result{Managed: true, ProblemCount: 4, Version: keptHere()[0].Versions[1]}
		for _, g := range []verify.Group{verify.Photos, verify.Videos, verify.Photos, verify.Photos} {
			result.Problems = append(result.Problems, verify.Problem{Kind: rehearsal.Different, Group: g})
		}
		return result, nil
	}
	r.openBackups()
	r.press(r.row(5).rehearse)
	r.tap("Prove it")
}

// rehearses leads to a rehearsal that goes on.
func (r *rig) rehearses() {
	r.engine.backups.rehearse = func(ctx context.Context, _ string, report func(rehearsal.Progress)) (rehearsal.Result, error) {
		report(rehearsal.Progress{Files: 4000, FilesTotal: 12341, Bytes: 5e9, BytesTotal: 22e9})
		return rehearsal.Result{}, waits(ctx)
	}
	r.openBackups()
	r.press(r.row(5).rehearse)
	r.tap("Prove it")
	r.pass(2 * time.Second)
}

// offersRehearsal is a window in which a rehearsal was offered.
func (r *rig) offersRehearsal() {
	r.t.Helper()
	var memory reminder.Memory
	memory.SeeProven(udidA, "Anna's iPhone", time.Time{}, today)
	offer := memory.Plan(today.AddDate(0, 2, 0), nil).Remind
	if offer == nil {
		r.t.Fatal("none is offered after two months")
	}
	r.openBackups()
	r.Offer = offer
	r.Changed()
	r.drain()
}

// TestRehearsalOffer: where it was offered, it is one tap away, also for whoever opens
// the window only then; stopping it leaves all as it was.
func TestRehearsalOffer(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.offersRehearsal()
		r.sees("Anna's iPhone: would its backup restore?", "A backup is worth what comes back out of it")
		r.Tab(state.Overview)
		r.hidden = true
		r.Reveal()
		r.drain()
		r.sees("A backup is worth what comes back out of it")
		r.tap("Prove that it restores …")
		r.tap("Prove it")
		r.sees("The backup of 23 November 2026, 12:00 can be restored")
		r.tap("Close")
		r.misses("A backup is worth")
	})
	inWindow(t, nil, func(r *rig) {
		r.rehearses()
		r.tap("Cancel")
		r.misses("onto a simulated iPhone", "12:00 can be restored")
	})
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.rehearse = func(_ context.Context, password string, _ func(rehearsal.Progress)) (rehearsal.Result, error) {
			return rehearsal.Result{Version: vault.Version{Number: 5}}, map[string]error{"": fault.New(fault.PasswordNeeded, "open", nil)}[password]
		}
		r.openBackups()
		r.press(r.row(5).rehearse)
		r.tap("Prove it")
		r.fill("right")
		r.tap("Continue")
		r.sees("The backup of 22 November 2026, 12:00 can be restored")
	})
}

// TestRehearsalSetting: a person who does not want to be offered one says so once.
func TestRehearsalSetting(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.plug(phoneA)
		r.tap("Settings")
		r.sees("Offer to prove that it restores")
		r.SetOffersRehearsal(r.Current(), false)
		if r.OffersRehearsal(r.Current()) {
			t.Error("it is offered")
		}
	})
}

func init() {
	states = append(states,
		windowState{"rehearse?", func(r *rig) { r.openBackups(); r.press(r.row(5).rehearse) }, []string{"Would the backup of", "Prove it", "Cancel"}},
		windowState{"rehearsing", (*rig).rehearses, []string{"onto a simulated iPhone", "5.0 GB of 22 GB", "Cancel"}},
		windowState{"rehearsed", func(r *rig) { r.openBackups(); r.press(r.row(5).rehearse); r.tap("Prove it") }, []string{"12,341 files"}},
		windowState{"rehearsal failed", (*rig).failsToRestore, []string{"can't be restored completely"}},
		windowState{"rehearsal offered", (*rig).offersRehearsal, []string{"would its backup restore?", "Prove that it restores …"}},
	)
}
