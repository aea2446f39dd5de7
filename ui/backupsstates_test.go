package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"lifeboat/ui/state"

	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// incremental is a later backup that was proven.
var incremental = func() backup.Result {
	r := proven
	r.Version, r.Trashed, r.Resumed = keptHere()[0].Versions[0], []int{3, 2}, true
	r.Verified.Level, r.Verified.Depth = verify.Level{Depth: verify.Quick}, verify.Quick
	return r
}()

// damaged is what a check finds of a backup that is not in order.
func damaged(context.Context, string, verify.Level, func(verify.Progress)) (verify.Report, audit.Findings, error) {
	kept := keptHere()[0].Versions
	return verify.Report{Files: 9, ProblemCount: 4, Groups: []verify.GroupCount{
			{Group: verify.Photos, Count: 3}, {Group: verify.Apps, Bundle: strings.Repeat("com.example.", 40), Count: 1}}},
		audit.Findings{RepairedCount: 2, RepairedGroups: []verify.GroupCount{{Group: verify.Videos, Count: 2}}, NextFull: true,
			Problems: []audit.Finding{{Intact: &kept[2]}, {Intact: &kept[2]}, {Intact: &kept[1]}, {}}}, nil
}

// TestStatesOfBackups brings up everything that can be said about backups that are
// kept, at the smallest size of the window and a large one: it is there, worded,
// stands on nothing else, and a sheet fits in the window.
func TestStatesOfBackups(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for name, s := range map[string]struct {
		bring func(r *rig)
		sees  []string
	}{
		"looking": {func(r *rig) {
			r.engine.backups.backups = func(ctx context.Context) ([]state.Kept, error) { return nil, waits(ctx) }
			r.openBackups()
		}, []string{"Lifeboat Backups on this computer", "Looking at the folder"}},
		"none": {func(r *rig) { r.engine.backups.kept = []state.Kept{}; r.openBackups() },
			[]string{"No backups here yet", "Lifeboat Backups on this computer", "Change folder"}},
		"offline": {func(r *rig) { r.engine.backups.err = offline; r.openBackups() },
			[]string{"Anna's drive", "isn't connected", "last seen on 19 November 2026", "as they were"}},
		"failed": {func(r *rig) { r.engine.backups.err = fault.New(fault.DestFailed, "list", nil); r.openBackups() },
			[]string{"What to do", "Details for support"}},
		"all": {func(r *rig) { r.openBackups(); r.openAll() }, []string{
			"Anna's old iPhone", "23 November 2026, 12:00", "22 November 2026, 12:00",
			"Complete when it was checked on 23 November 2026", "Complete: every file was read on 23 November 2026",
			"Damaged: 3 problems were found on 23 November 2026", "In the trash until 7 December 2026", "Unfinished",
			"It hasn't been checked yet", "23 GB in 12,345 files. 6.0 GB of that is in this backup only",
			"5 new files, 2 changed, 1 removed", "Nothing had changed", "It's the first one",
			"Look inside", "Restore to an iPhone …", "Check …", "More …", "Put it back", "The newest backup can't be deleted",
			"Make a new backup while the iPhone still has everything"}},
		"more": {func(r *rig) { r.openBackups(); r.press(r.row(5).more.Button) },
			[]string{"Prove that it restores …", "What changed", "What is gone since …", "Copy to another drive …", "Lay out for Finder …", "Delete"}},
		"more, of the newest": {func(r *rig) { r.openBackups(); r.press(r.row(6).more.Button) },
			[]string{"Prove that it restores …", "What changed", "Copy to another drive …", "Lay out for Finder …", "Show in Files"}},
		"check it?": {func(r *rig) { r.openBackups(); r.press(r.row(5).check) },
			[]string{"How thoroughly should the backup of 22 November 2026 be checked?", "Quick check", "Full check", "Cancel"}},
		"checking": {func(r *rig) {
			r.engine.backups.recheck = func(ctx context.Context, _ string, _ verify.Level, report func(verify.Progress)) (verify.Report, audit.Findings, error) {
				report(verify.Progress{Files: 4000, FilesTotal: 12345, Bytes: 5e9, BytesTotal: 20e9})
				return verify.Report{}, audit.Findings{}, waits(ctx)
			}
			r.openBackups()
			r.press(r.row(5).check)
			r.tap("Full check")
			r.pass(3 * time.Second)
		}, []string{"Checking the backup of 22 November 2026, 12:00", "5.0 GB of 22 GB", "Cancel"}},
		"its password": {func(r *rig) {
			r.engine.backups.recheck = func(context.Context, string, verify.Level, func(verify.Progress)) (verify.Report, audit.Findings, error) {
				return verify.Report{}, audit.Findings{}, fault.New(fault.PasswordNeeded, "verify", nil)
			}
			r.openBackups()
			r.press(r.row(5).check)
			r.tap("Full check")
		}, []string{"Password of the backup of 22 November 2026", "Continue", "Cancel"}},
		"whole": {func(r *rig) { r.openBackups(); r.press(r.row(5).check); r.tap("Full check") },
			[]string{"The backup of 22 November 2026, 12:00 is in order", "All 12,345 files (23 GB) were read from end to end"}},
		"damaged": {func(r *rig) {
			r.engine.backups.recheck = damaged
			r.openBackups()
			r.press(r.row(5).check)
			r.tap("Quick check")
		}, []string{"has 4 damaged or missing files", "• 3 photos", "2 damaged files were repaired", "• 2 videos",
			"2 of them are still undamaged in the backup of 21 November 2026", "the next backup copies everything again"}},
		"copied": {func(r *rig) {
			r.openBackups()
			r.LayOut(r.Backups.Kept[0], r.Backups.Kept[0].Versions[1], "/media/stick")
			r.drain()
		}, []string{"The backup of 22 November 2026, 12:00 is copied", "/media/stick/" + udidA, "Open folder"}},
		"copied with doubt": {func(r *rig) {
			r.engine.backups.layOut = func(context.Context, func(int64)) (vault.Copy, error) {
				return vault.Copy{Dir: "/media/stick/" + udidA, Known: true, DifferCount: 2}, nil
			}
			r.openBackups()
			r.LayOut(r.Backups.Kept[0], r.Backups.Kept[0].Versions[1], "/media/stick")
			r.drain()
		}, []string{"Don't rely on this copy alone: 2 files are missing"}},
		"deleted": {func(r *rig) { r.openBackups(); r.press(r.row(5).delete) },
			[]string{"The backup of 22 November 2026, 12:00 is in the trash until", "Undo"}},
		"deleting refused": {func(r *rig) {
			r.engine.backups.trashErr = fault.New(fault.LastVerified, "delete the version", nil).With("Version", 5)
			r.openBackups()
			r.press(r.row(5).delete)
		}, []string{"Backup number 5 can't be deleted", "What to do", "Close"}},
		"stuck": {func(r *rig) { r.start(); r.end(backup.Result{}, fault.New(fault.StuckSamePlace, "back up", nil)) },
			[]string{"stopped at the same point", "Make a full backup", "Try again", "Back"}},
		"failed, files unread": {func(r *rig) {
			r.start()
			for _, name := range []string{"CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.HEIC", "HomeDomain/Library/x.db"} {
				e := receiving
				e.Note = name
				r.event(e)
			}
			r.end(backup.Result{}, fault.New(fault.HostWrite, "back up", nil))
			r.openAll()
		}, []string{"couldn't be saved", "2 files could not be read by the iPhone itself", "IMG_0001.HEIC", "x.db", "restarting it often helps"}},
		"drive offline": {func(r *rig) { r.engine.destinationErr = offline; r.plug(phoneA); r.tap("Back Up Now") },
			[]string{"isn't connected", "last seen on 19 November 2026", "Try again", "Choose another folder"}},
		"done once more": {func(r *rig) {
			r.engine.backups.kept = keptHere()
			r.start()
			r.end(incremental, nil)
			r.tap("What was proven")
		}, []string{"5 files are new, 2 changed, and 1 removed", "It continued where the last one stopped", "The 3 earlier backups are kept",
			"2 old backups went to the trash", "14 days", "Every new or changed file was opened with your password", "Backups"}},
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				s.bring(r)
				r.sees(s.sees...)
				r.misses("[ui.", "[problem.", "<no value>")
				r.settle(width, height)
				r.overlaps()
				r.settle(minWidth, minHeight)
				r.sees(s.sees...)
				r.overlaps()
				if r.sheet == nil {
					return
				}
				if size := r.sheet.popup.Content.Size(); size.Width > minWidth || size.Height > minHeight {
					t.Errorf("the sheet takes %v", size)
				}
			})
		})
	}
}

// TestCheckedToday: the day of a proof is said as days are.
func TestCheckedToday(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		for days, want := range map[int]string{0: "checked today", 1: "checked yesterday", 400: "checked on "} {
			v := vault.Version{Proof: proof(verify.Quick, 0)}
			v.Proof.Date = r.Now().AddDate(0, 0, -days)
			if _, said := r.versionState(v); !strings.Contains(said, want) {
				t.Errorf("%d days ago: %q", days, said)
			}
		}
	})
}
