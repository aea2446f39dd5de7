package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/ui/state"

	"fyne.io/fyne/v2"

	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
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
				r.engine.keyring[udidA] = "correct horse"
				r.plug(phoneA)
				r.tap("Make a full backup")
				r.sees("Getting ready")
				if len(r.runs.orders) != 2 || !r.runs.orders[1].Full {
					t.Fatalf("orders: %+v", r.runs.orders)
				}
				r.end(backup.Result{}, noRoom)
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
		if r.o.Window.Canvas().Focused() != r.button("Undo") {
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

// TestMoreByKeyboard goes through the menu of a backup with the keyboard alone: what can
// be pressed comes in the order that is seen, Delete last; Escape closes the menu and
// nothing else, and gives the keyboard back.
func TestMoreByKeyboard(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.openBackups()
		row, c := r.row(5), r.o.Window.Canvas()
		at := func() string {
			if a, named := c.Focused().(fyne.Accessible); named {
				return a.AccessibilityLabel()
			}
			return ""
		}
		all := []string{"Prove that it restores …", "What changed", "What is gone since …", "Copy to another drive …", "Lay out for Finder …", "Delete"}
		for _, next := range []func(){func() { r.key(fyne.KeyDown) }, c.FocusNext} { // and Tab
			c.Focus(row.more.Button)
			r.key(fyne.KeyReturn)
			var went []string
			for range all {
				went = append(went, at())
				next()
			}
			if !slices.Equal(went, all) || at() != all[0] {
				t.Errorf("the keyboard goes to %q, and then to %q", went, at())
			}
			r.key(fyne.KeyUp)
			if at() != "Delete" {
				t.Errorf("above the first one is %q", at())
			}
			c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
			r.drain()
			if c.Overlays().Top() != nil || c.Focused() != row.more.Button || r.Page().Name != state.BackupsPage {
				t.Fatalf("after Escape: %v, the keyboard is on %q, page %s", c.Overlays().Top(), at(), r.Page().Name)
			}
		}
		r.key(fyne.KeyReturn)
		r.key(fyne.KeyReturn)
		r.sees("Would the backup of")
		r.tap("Cancel")
		r.press(row.more.Button)
		r.keyDown(&fyne.KeyEvent{Name: fyne.KeyEscape}) // where nothing has the keyboard
		if c.Overlays().Top() != nil || r.Page().Name != state.BackupsPage {
			t.Errorf("the menu is left open: %v, page %s", c.Overlays().Top(), r.Page().Name)
		}
		r.press(row.more.Button)
		r.Tab(state.Overview)
		r.drain()
		if c.Overlays().Top() != nil {
			t.Error("the menu stands over another page")
		}
	})
}

// TestMoreWhileBusy: while something is done to a backup, what else could be done waits,
// and a menu of which nothing can be pressed does not open.
func TestMoreWhileBusy(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.rehearse = func(ctx context.Context, _ string, _ func(rehearsal.Progress)) (rehearsal.Result, error) {
			return rehearsal.Result{}, waits(ctx)
		}
		r.openBackups()
		r.press(r.row(5).rehearse)
		r.tap("Prove it")
		if old, newest := r.row(5), r.row(6); !old.more.Button.Disabled() || newest.more.Button.Disabled() || newest.show.Disabled() || !newest.copy.Disabled() {
			t.Errorf("can be opened: %v, the newest %v, with Show in Files %v and Copy %v", !old.more.Button.Disabled(), !newest.more.Button.Disabled(), !newest.show.Disabled(), !newest.copy.Disabled())
		}
		r.press(r.row(6).more.Button)
		if got := len(r.keyboardStops()); got != 1 {
			t.Errorf("the keyboard goes to %d actions", got)
		}
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

// TestTaskStops when it is stopped, lets nothing else begin meanwhile on a backup,
// and goes on beside other pages: what is done to a backup is not lost by looking
// at something else.
func TestTaskStops(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.layOut = func(ctx context.Context, report func(int64)) (vault.Copy, error) {
			report(11e9)
			return vault.Copy{}, waits(ctx)
		}
		r.openBackups()
		r.LayOut(r.Backups.Kept[0], r.Backups.Kept[0].Versions[1], "/media/stick")
		r.pass(3 * time.Second)
		r.sees("Copying the backup of 22 November 2026", "11 GB of 22 GB")
		if got := r.Backups.Task.Far.Share(); got != 0.5 {
			t.Errorf("it is at %v", got)
		}
		if at, ok := r.o.Window.Canvas().Focused().(fyne.Accessible); ok && at.AccessibilityLabel() == "Cancel" {
			t.Error("Enter pressed once too often would stop it")
		}
		able := func() {
			t.Helper()
			if row := r.row(5); !row.check.Disabled() || !row.delete.Disabled() || !row.copy.Disabled() {
				t.Errorf("can be pressed meanwhile: Check %v, Delete %v, Copy %v", !row.check.Disabled(), !row.delete.Disabled(), !row.copy.Disabled())
			}
		}
		able()
		r.key(fyne.KeyF5)
		if r.Backups.Looking {
			t.Error("Check again looks at what is worked on")
		}
		r.tap("Overview")
		r.sees("Connect your iPhone")
		r.tap("Backups")
		r.sees("Copying the backup of 22 November 2026", "11 GB of 22 GB")
		able()
		r.tap("Cancel")
		r.misses("Copying the backup", "is copied")
		if r.row(5).check.Disabled() {
			t.Error("nothing can be done afterwards")
		}
	})
}

// TestQuitWhileWorking stops the work and closes only then.
func TestQuitWhileWorking(t *testing.T) {
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
		r.Quit()
		r.drain()
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
		r.o.Window.Canvas().Focus(row.check)
		r.engine.backups.kept[0].Versions[2].Proof = proof(verify.Full, 0)
		r.ReloadBackups()
		r.drain()
		r.plug(phoneA)
		if r.row(4) != row || r.o.Window.Canvas().Focused() != row.check || !row.fold.Open {
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
		k := state.Kept{UDID: udidA}
		for n := 120; n > 0; n-- {
			k.Versions = append(k.Versions, vault.Version{Number: n, Date: today.AddDate(0, 0, n)})
		}
		r.engine.backups.kept = []state.Kept{k}
		r.openBackups()
		if n := len(r.page.(*backupsPage).rows); n != 50 {
			t.Errorf("%d rows at first", n)
		}
		r.tap("Show 70 older backups")
		r.tap("Show 20 older backups")
		r.misses("older backup")
		if n := len(r.page.(*backupsPage).rows); n != 120 {
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
		r.SetDestination("/media/anna/drive")
		r.drain()
		r.sees("drive on this computer", "isn't connected")
		r.misses("23 November 2026, 12:00", "Anna's old iPhone")
		r.engine.backups.kept, r.engine.backups.err = keptHere(), nil
		r.key(fyne.KeyF5)
		r.sees("Anna's old iPhone", "23 GB in 12,345 files")
	})
}

// TestLeaveWhileLooking ends the looking.
func TestLeaveWhileLooking(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		ended := false
		r.engine.backups.backups = func(ctx context.Context) ([]state.Kept, error) {
			err := waits(ctx)
			ended = true
			return nil, err
		}
		r.openBackups()
		r.sees("Looking at the folder")
		r.key(fyne.KeyEscape)
		synctest.Wait()
		if !ended || r.Backups != nil {
			t.Errorf("ended %v, still open %v", ended, r.Backups != nil)
		}
		r.sees("Connect your iPhone")
	})
}
