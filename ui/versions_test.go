package ui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"

	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/device/fault"
)

// TestFullBackup is offered where building upon what is there cannot help,
// and only while the phone is there.
func TestFullBackup(t *testing.T) {
	for _, code := range []fault.Code{fault.StuckSamePlace, fault.BackupCorrupt, fault.BackupDamaged} {
		t.Run(string(code), func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.start()
				if r.runs.orders[0].Full {
					t.Error("the first try is a full one")
				}
				r.plug()
				r.end(backup.Result{}, fault.New(code, "back up", nil))
				if !r.button("Make a full backup").Disabled() {
					t.Error("it is offered without a phone")
				}
				r.encrypted()
				r.plug(phoneA)
				r.tap("Make a full backup")
				r.sees("Getting ready")
				if len(r.runs.orders) != 2 || !r.runs.orders[1].Full {
					t.Fatalf("orders: %+v", r.runs.orders)
				}
				r.end(backup.Result{}, fault.New(fault.PhoneGone, "back up", nil))
				r.misses("Make a full backup")
				r.tap("Try again")
				if len(r.runs.orders) != 3 || !r.runs.orders[2].Full {
					t.Error("the second try of a full backup is none")
				}
			})
		})
	}
	inWindow(t, nil, func(r *rig) {
		r.start()
		r.end(backup.Result{}, noRoom)
		r.misses("Make a full backup")
	})
}

// TestDeleteAndUndo offers to undo at once, with the keyboard on it, and later
// in the row.
func TestDeleteAndUndo(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.openBackups()
		if b := r.row(6).delete; b.Visible() {
			t.Error("the newest backup can be deleted")
		}
		r.press(r.row(5).delete)
		if b := r.row(5).delete; b.Visible() {
			t.Error("a deleted backup can be deleted")
		}
		if r.Options.Window.Canvas().Focused() != r.button("Undo") {
			t.Error("the keyboard is not on Undo")
		}
		r.key(fyne.KeyReturn)
		r.misses("Undo")
		if got := strings.Join(r.engine.noted("undelete"), ","); got != "undelete 5" {
			t.Errorf("calls: %q", got)
		}
		if got := r.row(5).state.Text; !strings.Contains(got, "Complete") {
			t.Errorf("after Undo it is %q", got)
		}
		r.press(r.row(3).restore)
		if got := r.row(3).state.Text; strings.Contains(got, "trash") {
			t.Errorf("taken back it is %q", got)
		}
		r.engine.backups.trashErr = fault.New(fault.LastVerified, "delete the version", nil)
		r.press(r.row(5).delete)
		r.tap("Close")
		r.misses("Undo")
	})
}

// TestCheckPassword takes the keyring's password, and asks only when none fits.
func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		name, keyring string
		asked         bool
	}{{"in the keyring", "right", false}, {"wrong in the keyring", "wrong", true}, {"unknown", "", true}} {
		t.Run(c.name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				if c.keyring != "" {
					r.engine.keyring[udidA] = c.keyring
				}
				r.engine.backups.recheck = func(_ context.Context, p string, l verify.Level, _ func(verify.Progress)) (verify.Report, audit.Findings, error) {
					switch p {
					case "right":
						return verify.Report{Depth: l.Depth}, audit.Findings{}, nil
					case "":
						return verify.Report{}, audit.Findings{}, fault.New(fault.PasswordNeeded, "verify", nil)
					}
					return verify.Report{}, audit.Findings{}, fault.New(fault.PasswordWrong, "verify", nil)
				}
				r.openBackups()
				r.press(r.row(5).check)
				r.tap("Quick check")
				if c.asked {
					r.fill("worse")
					r.tap("Continue")
					r.sees("doesn't open this backup")
					r.fill("right")
					r.key(fyne.KeyReturn)
				}
				r.sees("is in order")
				if len(r.secrets()) > 0 {
					t.Error("it still asks")
				}
			})
		})
	}
}

// TestUnreadVersion: of a backup whose notes cannot be read nothing is said that
// is not known, and nothing is left blank.
func TestUnreadVersion(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		kept := keptHere()
		kept[0].Versions[2].Unread = true
		r.engine.backups.kept = kept
		r.openBackups()
		row := r.row(4)
		if row.size.Visible() || row.news.Visible() || !row.advice.Visible() || !row.check.Visible() {
			t.Errorf("size %v, news %v, advice %v, check %v", row.size.Visible(), row.news.Visible(), row.advice.Visible(), row.check.Visible())
		}
		r.sees("Lifeboat's notes about this backup can't be read", "Check it to see whether it's complete")
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

// TestCheckedWords says what each depth has shown.
func TestCheckedWords(t *testing.T) {
	for _, c := range []struct {
		report verify.Report
		sees   string
	}{
		{verify.Report{Depth: verify.Quick}, "are there."},
		{verify.Report{Depth: verify.Sample, Sampled: 3}, "3 files that were read could be opened"},
		{verify.Report{Depth: verify.Full}, "could be opened"},
		{verify.Report{Depth: verify.Full, Locked: true}, "exactly as the iPhone once sent it"},
	} {
		inWindow(t, nil, func(r *rig) {
			r.engine.backups.recheck = func(context.Context, string, verify.Level, func(verify.Progress)) (verify.Report, audit.Findings, error) {
				return c.report, audit.Findings{}, nil
			}
			r.openBackups()
			r.press(r.row(5).check)
			r.tap("Quick check")
			r.sees(c.sees)
			r.misses("[ui.")
		})
	}
}

// TestTaskStops when it is cancelled, lets nothing else begin meanwhile, and
// holds the page.
func TestTaskStops(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.layOut = func(ctx context.Context, report func(int64)) (vault.Copy, error) {
			report(11e9)
			return vault.Copy{}, waits(ctx)
		}
		r.openBackups()
		r.copyVersionTo(r.shown.kept[0], r.shown.kept[0].Versions[1], "/media/stick")
		r.pass(2 * eventsEvery)
		r.sees("Copying the backup of 22 November 2026", "11 GB of 22 GB")
		if v := r.screen.(*versionsScreen).taskBand.bar.Value; v != 0.5 {
			t.Errorf("the bar is at %v", v)
		}
		for _, b := range []*widgets.Action{r.row(5).check, r.row(5).delete, r.row(5).copy, r.button("Back"), r.button("Look again")} {
			if !b.Disabled() {
				t.Errorf("%q can be pressed meanwhile", b.Text)
			}
		}
		r.screen.(*versionsScreen).leave()
		if r.shown == nil {
			t.Fatal("Escape left the work behind")
		}
		r.tap("Cancel")
		r.misses("Copying the backup", "is copied")
		r.tap("Back")
		r.sees("Connect your iPhone")
	})
}

// TestCloseWhileWorking stops the work and closes only then.
func TestCloseWhileWorking(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		wind := make(chan struct{})
		r.engine.backups.recheck = func(ctx context.Context, _ string, _ verify.Level, _ func(verify.Progress)) (verify.Report, audit.Findings, error) {
			err := waits(ctx)
			<-wind
			return verify.Report{}, audit.Findings{}, err
		}
		r.openBackups()
		r.press(r.row(5).check)
		r.tap("Full check")
		r.closeAsked()
		r.sees("Stopping")
		if r.closed {
			t.Error("closed before the work had ended")
		}
		close(wind)
		r.drain()
		if !r.closed {
			t.Error("the window stays open")
		}
	})
}

// TestBackupsKeepTheirPlace when sizes, proofs and phones come in: rows that are
// open stay open, and the keyboard stays where it is.
func TestBackupsKeepTheirPlace(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.openBackups()
		row := r.row(4)
		r.Options.Window.Canvas().Focus(row.check)
		r.engine.backups.kept[0].Versions[2].Proof = proof(verify.Full, 0)
		r.reloadBackups()
		r.drain()
		r.plug(phoneA)
		if r.row(4) != row || r.Options.Window.Canvas().Focused() != row.check {
			t.Error("the row is another one")
		}
		if got := row.state.Text; !strings.Contains(got, "Complete") {
			t.Errorf("the row says %q", got)
		}
		r.sees("Anna's iPhone")
	})
}

// TestManyBackups lists them in portions.
func TestManyBackups(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		k := Kept{UDID: udidA}
		for n := 120; n > 0; n-- {
			k.Versions = append(k.Versions, vault.Version{Number: n, Date: today.AddDate(0, 0, n)})
		}
		r.engine.backups.kept = []Kept{k}
		r.openBackups()
		r.tap("Show 70 older backups")
		r.tap("Show 20 older backups")
		r.misses("older backup")
		if n := len(r.screen.(*versionsScreen).rows); n != 120 {
			t.Errorf("%d rows", n)
		}
	})
}

// TestOtherFolder is looked at, and what the old one held is forgotten.
func TestOtherFolder(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.openBackups()
		r.engine.backups.kept = nil
		r.engine.backups.err = offline
		r.destinationChosen("/media/anna/drive")
		r.drain()
		r.sees("In /media/anna/drive", "isn't connected")
		r.misses("(the newest)")
		r.engine.backups.kept, r.engine.backups.err = keptHere(), nil
		r.tap("Look again")
		r.sees("(the newest)")
	})
}

// TestLeaveWhileLooking ends the looking.
func TestLeaveWhileLooking(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		ended := false
		r.engine.backups.backups = func(ctx context.Context) ([]Kept, error) {
			err := waits(ctx)
			ended = true
			return nil, err
		}
		r.openBackups()
		r.key(fyne.KeyEscape)
		synctest.Wait()
		if !ended || r.shown != nil {
			t.Errorf("ended %v, still open %v", ended, r.shown != nil)
		}
		r.sees("Connect your iPhone")
	})
}

// TestCheckNeverGoesBack though the proof's own totals grow as it reads the lists.
func TestCheckNeverGoesBack(t *testing.T) {
	v, last := keptHere()[0].Versions[0], -1.0
	for _, p := range []verify.Progress{
		{FilesTotal: 100, BytesTotal: 1e9}, {Files: 90, FilesTotal: 100, Bytes: 1e9, BytesTotal: 1e9}, {Files: 95, FilesTotal: v.Files, Bytes: 2e9, BytesTotal: v.Bytes},
		{Files: v.Files, FilesTotal: v.Files, Bytes: v.Bytes, BytesTotal: v.Bytes},
	} {
		share := farOf(p, v, verify.Level{Depth: verify.Full}).share()
		if share < last {
			t.Errorf("from %v back to %v", last, share)
		}
		last = share
	}
	if last != 1 {
		t.Errorf("ends at %v", last)
	}
	if share := farOf(verify.Progress{Files: v.Files / 5, FilesTotal: 10}, v, verify.Level{Depth: verify.Quick}).share(); share != 0.2 {
		t.Errorf("a quick check is at %v", share)
	}
}
