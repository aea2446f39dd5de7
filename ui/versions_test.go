package ui

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// shelves is the part of [scripted] that keeps backups. Each method answers
// with its function, or goes well.
type shelves struct {
	kept     []Kept
	err      error // of listing
	backups  func(ctx context.Context) ([]Kept, error)
	recheck  func(ctx context.Context, password string, level verify.Level, report func(verify.Progress)) (verify.Report, backup.Findings, error)
	layOut   func(ctx context.Context, report func(int64)) (vault.Copy, error)
	trashErr error
}

func (s *scripted) Backups(ctx context.Context, dir string) ([]Kept, error) {
	return s.shelves.list(ctx)
}

func (s *scripted) Sizes(_ context.Context, k Kept) (map[int]int64, error) {
	own := map[int]int64{}
	for _, v := range k.Versions {
		own[v.Number] = int64(v.Number) * 1e9
	}
	return own, nil
}

func (s *scripted) Recheck(ctx context.Context, k Kept, number int, p keybag.Password, l verify.Level, report func(verify.Progress)) (verify.Report, backup.Findings, error) {
	s.note("recheck %d %s", number, l)
	if s.shelves.recheck != nil {
		return s.shelves.recheck(ctx, p.Reveal(), l, report)
	}
	return verify.Report{Files: 12345, Bytes: 23e9, Level: l, Depth: l.Depth}, backup.Findings{}, nil
}

func (s *scripted) LayOut(ctx context.Context, k Kept, number int, to string, report func(int64)) (vault.Copy, error) {
	s.note("lay out %d %s", number, to)
	if s.shelves.layOut != nil {
		return s.shelves.layOut(ctx, report)
	}
	return vault.Copy{Dir: to + "/" + k.UDID, Known: true}, nil
}

func (s *scripted) Trash(_ context.Context, _ Kept, number int) error {
	s.note("trash %d", number)
	return s.shelves.mark(number, today, s.shelves.trashErr)
}

func (s *scripted) Undelete(_ context.Context, _ Kept, number int) error {
	s.note("undelete %d", number)
	return s.shelves.mark(number, time.Time{}, nil)
}

func (s *shelves) list(ctx context.Context) ([]Kept, error) {
	if s.backups != nil {
		return s.backups(ctx)
	}
	return s.kept, s.err
}

// mark deletes a backup of the first phone, or takes it back.
func (s *shelves) mark(number int, trashed time.Time, err error) error {
	if err != nil {
		return err
	}
	changed := s.kept[0]
	changed.Versions = nil
	for _, v := range s.kept[0].Versions {
		if v.Number == number {
			v.Trashed = trashed
		}
		changed.Versions = append(changed.Versions, v)
	}
	s.kept = append([]Kept{changed}, s.kept[1:]...)
	return nil
}

func proof(level verify.Depth, problems int) vault.Proof {
	return vault.Proof{Level: string(level), Date: today, By: "Lifeboat 0.1.0", Problems: problems}
}

// keptHere are backups in every state, of two phones.
func keptHere() []Kept {
	return []Kept{
		{Root: "/home/anna/Lifeboat Backups", UDID: udidA, Name: "Anna's old iPhone", Encrypted: true, Versions: []vault.Version{
			{Number: 6, Date: today, Files: 12345, Bytes: 23e9, Added: 5, Changed: 2, Removed: 1, Current: true, Proof: proof(verify.Quick, 0)},
			{Number: 5, Date: today.AddDate(0, 0, -1), Files: 12341, Bytes: 22e9, Added: 1, Proof: proof(verify.Full, 0)},
			{Number: 4, Date: today.AddDate(0, 0, -2), Files: 12340, Bytes: 22e9, Proof: proof(verify.Full, 3)},
			{Number: 3, Date: today.AddDate(0, 0, -9), Files: 12000, Bytes: 21e9, Added: 2, Proof: proof(verify.Sample, 0), Trashed: today},
			{Number: 2, Date: today.AddDate(0, 0, -20), Files: 100, Bytes: 1e9, Added: 2, Unfinished: true},
			{Number: 1, Date: today.AddDate(0, 0, -40)},
		}},
		{Root: "/home/anna/Lifeboat Backups", UDID: udidB, Versions: []vault.Version{
			{Number: 1, Date: today, Files: 10, Bytes: 5e6, Current: true, Proof: proof(verify.Full, 0)}}},
	}
}

var offline = fault.New(fault.DestOffline, "look at the backups", nil).With("Drive", "Anna's drive").
	With("Path", "/media/anna/drive").With("LastSeen", words.Date(today.AddDate(0, 0, -4)))

// shelved opens the page of backups.
func (r *rig) shelved() {
	if r.engine.shelves.kept == nil && r.engine.shelves.err == nil {
		r.engine.shelves.kept = keptHere()
	}
	r.plug()
	r.tap("Your backups")
}

// openAll opens every fold in sight.
func (r *rig) openAll() {
	for _, f := range r.folds() {
		if !f.open {
			f.Toggle()
		}
	}
}

// row is the row of a backup of the first phone.
func (r *rig) row(number int) *versionRow {
	r.t.Helper()
	row := r.screen.(*versionsScreen).rows[versionKey{udidA, number}]
	if row == nil {
		r.t.Fatalf("there is no row of backup %d", number)
	}
	if !row.fold.open {
		row.fold.Toggle()
	}
	return row
}

// press taps a button of a row.
func (r *rig) press(b *action) {
	r.t.Helper()
	if b.Disabled() || !b.Visible() {
		r.t.Fatalf("button %q cannot be pressed", b.Text)
	}
	test.Tap(b)
	r.drain()
}

func waits(ctx context.Context) error {
	<-ctx.Done()
	return fault.New(fault.Cancelled, "wait", ctx.Err())
}

func init() {
	states = append(states, []state{
		{"backups, looking", func(r *rig) {
			r.engine.shelves.backups = func(ctx context.Context) ([]Kept, error) { return nil, waits(ctx) }
			r.shelved()
		}, []string{"Your backups", "Looking at the folder", "Back"}},
		{"backups, none", func(r *rig) { r.engine.shelves.kept = []Kept{}; r.shelved() },
			[]string{"No backups here yet", "In /home/anna/Lifeboat Backups", "Look again"}},
		{"backups, offline", func(r *rig) { r.engine.shelves.err = offline; r.shelved() },
			[]string{"Anna's drive", "is not connected", "last seen on 19 November 2026", "as they were", "Look again"}},
		{"backups, failed", func(r *rig) {
			r.engine.shelves.err = fault.New(fault.DestFailed, "list", nil)
			r.shelved()
		}, []string{"What to do", "Details for support", "Look again"}},
		{"backups", func(r *rig) { r.shelved(); r.openAll() }, []string{
			"Anna's old iPhone", "23 November 2026, 12:00 (the newest)", "22 November 2026, 12:00",
			"Complete when it was checked on 23 November 2026", "Whole: every file was read on 23 November 2026",
			"Damaged: 3 problems were found on 23 November 2026", "In the trash until 7 December 2026", "Unfinished",
			"It has not been checked yet", "23 GB in 12,345 files. Only this backup needs 6.0 GB of that",
			"5 new files, 2 changed, 1 removed", "Nothing had changed", "It is the first one",
			"Check now …", "Copy to a folder …", "Delete", "Take it back", "The newest backup cannot be deleted",
			"Make a new backup while the iPhone still has everything"}},
		{"check a backup?", func(r *rig) { r.shelved(); r.press(r.row(5).check) },
			[]string{"How thoroughly should the backup of 22 November 2026 be checked?", "Quick check", "Full check", "Cancel"}},
		{"checking a backup", func(r *rig) {
			r.engine.shelves.recheck = func(ctx context.Context, _ string, _ verify.Level, report func(verify.Progress)) (verify.Report, backup.Findings, error) {
				report(verify.Progress{Files: 4000, FilesTotal: 12345, Bytes: 5e9, BytesTotal: 20e9})
				return verify.Report{}, backup.Findings{}, waits(ctx)
			}
			r.shelved()
			r.press(r.row(5).check)
			r.tap("Full check")
			r.pass(2 * eventsEvery)
		}, []string{"Checking the backup of 22 November 2026, 12:00", "5.0 GB of 22 GB", "Cancel"}},
		{"a backup's password", func(r *rig) {
			r.engine.shelves.recheck = func(_ context.Context, p string, _ verify.Level, _ func(verify.Progress)) (verify.Report, backup.Findings, error) {
				return verify.Report{}, backup.Findings{}, fault.New(fault.PasswordNeeded, "verify", nil)
			}
			r.shelved()
			r.press(r.row(5).check)
			r.tap("Full check")
		}, []string{"Password of the backup of 22 November 2026", "Continue", "Cancel"}},
		{"a whole backup", func(r *rig) { r.shelved(); r.press(r.row(5).check); r.tap("Full check") },
			[]string{"The backup of 22 November 2026, 12:00 is in order", "All 12,345 files (23 GB) were read from end to end"}},
		{"a damaged backup", func(r *rig) {
			r.engine.shelves.recheck = func(context.Context, string, verify.Level, func(verify.Progress)) (verify.Report, backup.Findings, error) {
				return verify.Report{Files: 9, ProblemCount: 4, Groups: []verify.GroupCount{
						{Group: verify.Photos, Count: 3}, {Group: verify.Apps, Bundle: strings.Repeat("com.example.", 40), Count: 1}}}, backup.Findings{
						MendedCount: 2, MendedGroups: []verify.GroupCount{{Group: verify.Videos, Count: 2}}, NextFull: true,
						Problems: []backup.Finding{{Whole: &keptHere()[0].Versions[2]}, {Whole: &keptHere()[0].Versions[2]}, {Whole: &keptHere()[0].Versions[1]}, {}},
					}, nil
			}
			r.shelved()
			r.press(r.row(5).check)
			r.tap("Quick check")
		}, []string{"has 4 damaged or missing files", "• 3 photos", "2 damaged files were mended", "• 2 videos",
			"2 of them are still whole in the backup of 21 November 2026", "the next backup brings everything anew"}},
		{"a copied backup", func(r *rig) {
			r.shelved()
			r.copyVersionTo(r.shelf.kept[0], r.shelf.kept[0].Versions[1], "/media/stick")
			r.drain()
		}, []string{"The backup of 22 November 2026, 12:00 is copied", "/media/stick/" + udidA, "Open folder"}},
		{"a deleted backup", func(r *rig) { r.shelved(); r.press(r.row(5).delete) },
			[]string{"The backup of 22 November 2026, 12:00 is in the trash until", "Undo"}},
		{"deleting refused", func(r *rig) {
			r.engine.shelves.trashErr = fault.New(fault.LastVerified, "delete the version", nil).With("Version", 5)
			r.shelved()
			r.press(r.row(5).delete)
		}, []string{"Backup number 5 cannot be deleted", "What to do", "Close"}},
		{"stuck", func(r *rig) { r.start(); r.end(backup.Result{}, fault.New(fault.StuckSamePlace, "back up", nil)) },
			[]string{"stopped at the same point", "Make a full backup", "Try again", "Back"}},
		{"failed, files unread", func(r *rig) {
			r.start()
			for _, name := range []string{"CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.HEIC", "HomeDomain/Library/x.db"} {
				e := receiving
				e.Note = name
				r.event(e)
			}
			r.end(backup.Result{}, fault.New(fault.HostWrite, "back up", nil))
			r.openAll()
		}, []string{"could not be saved", "2 files could not be read by the iPhone itself", "IMG_0001.HEIC", "x.db", "restart of the iPhone"}},
		{"drive offline", func(r *rig) { r.engine.destinationErr = offline; r.plug(phoneA); r.tap("Back Up Now") },
			[]string{"is not connected", "last seen on 19 November 2026", "Try again", "Choose another folder"}},
		{"done once more", func(r *rig) {
			r.engine.shelves.kept = keptHere()
			r.start()
			r.end(incremental, nil)
		}, []string{"5 files are new, 2 changed, and 1 removed", "It went on where the last one stopped", "The 3 earlier backups are kept",
			"2 old backups went to the trash", "14 days", "Every file that is new or changed opened with your password", "Your backups"}},
	}...)
}

// incremental is a later backup that was proven.
var incremental = func() backup.Result {
	r := proven
	r.Version, r.Trashed, r.Resumed = keptHere()[0].Versions[0], []int{3, 2}, true
	r.Verified.Level, r.Verified.Depth = verify.Level{Depth: verify.Quick}, verify.Quick
	return r
}()

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
		r.shelved()
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
		if got := r.row(5).state.Text; !strings.Contains(got, "Whole") {
			t.Errorf("after Undo it is %q", got)
		}
		r.press(r.row(3).restore)
		if got := r.row(3).state.Text; strings.Contains(got, "trash") {
			t.Errorf("taken back it is %q", got)
		}
		r.engine.shelves.trashErr = fault.New(fault.LastVerified, "delete the version", nil)
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
				r.engine.shelves.recheck = func(_ context.Context, p string, l verify.Level, _ func(verify.Progress)) (verify.Report, backup.Findings, error) {
					switch p {
					case "right":
						return verify.Report{Depth: l.Depth}, backup.Findings{}, nil
					case "":
						return verify.Report{}, backup.Findings{}, fault.New(fault.PasswordNeeded, "verify", nil)
					}
					return verify.Report{}, backup.Findings{}, fault.New(fault.PasswordWrong, "verify", nil)
				}
				r.shelved()
				r.press(r.row(5).check)
				r.tap("Quick check")
				if c.asked {
					r.fill("worse")
					r.tap("Continue")
					r.sees("does not open this backup")
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

// TestCheckedWords says what each depth has shown.
func TestCheckedWords(t *testing.T) {
	for _, c := range []struct {
		report verify.Report
		sees   string
	}{
		{verify.Report{Depth: verify.Quick}, "are there."},
		{verify.Report{Depth: verify.Sample, Sampled: 3}, "3 files that were read could be opened"},
		{verify.Report{Depth: verify.Full}, "could be opened"},
		{verify.Report{Depth: verify.Full, Locked: true}, "bit for bit"},
	} {
		inWindow(t, nil, func(r *rig) {
			r.engine.shelves.recheck = func(context.Context, string, verify.Level, func(verify.Progress)) (verify.Report, backup.Findings, error) {
				return c.report, backup.Findings{}, nil
			}
			r.shelved()
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
		r.engine.shelves.layOut = func(ctx context.Context, report func(int64)) (vault.Copy, error) {
			report(11e9)
			return vault.Copy{}, waits(ctx)
		}
		r.shelved()
		r.copyVersionTo(r.shelf.kept[0], r.shelf.kept[0].Versions[1], "/media/stick")
		r.pass(2 * eventsEvery)
		r.sees("Copying the backup of 22 November 2026", "11 GB of 22 GB")
		if v := r.screen.(*versionsScreen).taskBand.bar.Value; v != 0.5 {
			t.Errorf("the bar is at %v", v)
		}
		for _, b := range []*action{r.row(5).check, r.row(5).delete, r.row(5).copy, r.button("Back"), r.button("Look again")} {
			if !b.Disabled() {
				t.Errorf("%q can be pressed meanwhile", b.Text)
			}
		}
		r.screen.(*versionsScreen).leave()
		if r.shelf == nil {
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
		r.engine.shelves.recheck = func(ctx context.Context, _ string, _ verify.Level, _ func(verify.Progress)) (verify.Report, backup.Findings, error) {
			err := waits(ctx)
			<-wind
			return verify.Report{}, backup.Findings{}, err
		}
		r.shelved()
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

// TestShelfKeepsItsPlace when sizes, proofs and phones come in: rows that are
// open stay open, and the keyboard stays where it is.
func TestShelfKeepsItsPlace(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.shelved()
		row := r.row(4)
		r.Options.Window.Canvas().Focus(row.check)
		r.engine.shelves.kept[0].Versions[2].Proof = proof(verify.Full, 0)
		r.lookAtShelf()
		r.drain()
		r.plug(phoneA)
		if r.row(4) != row || r.Options.Window.Canvas().Focused() != row.check {
			t.Error("the row is another one")
		}
		if got := row.state.Text; !strings.Contains(got, "Whole") {
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
		r.engine.shelves.kept = []Kept{k}
		r.shelved()
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
		r.shelved()
		r.engine.shelves.kept = nil
		r.engine.shelves.err = offline
		r.destinationChosen("/media/anna/drive")
		r.drain()
		r.sees("In /media/anna/drive", "is not connected")
		r.misses("(the newest)")
		r.engine.shelves.kept, r.engine.shelves.err = keptHere(), nil
		r.tap("Look again")
		r.sees("(the newest)")
	})
}

// TestLeaveWhileLooking ends the looking.
func TestLeaveWhileLooking(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		ended := false
		r.engine.shelves.backups = func(ctx context.Context) ([]Kept, error) {
			err := waits(ctx)
			ended = true
			return nil, err
		}
		r.shelved()
		r.key(fyne.KeyEscape)
		synctest.Wait()
		if !ended || r.shelf != nil {
			t.Errorf("ended %v, still open %v", ended, r.shelf != nil)
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
