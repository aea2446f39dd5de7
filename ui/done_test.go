package ui

import (
	"fmt"
	"strings"
	"testing"

	"lifeboat/backup"
	backupsource "lifeboat/backup/content/source"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// ended ends the backup, and shows what was proven.
func (r *rig) ended(result backup.Result) {
	r.t.Helper()
	r.start()
	r.end(result, nil)
	r.tap("What was proven")
}

// TestDoneNews says what is new in plain words, whatever there is to say.
func TestDoneNews(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, c := range []struct {
		name    string
		version vault.Version
		earlier int
		sees    string
	}{
		{"first", vault.Version{Number: 1, Added: 9}, 0, "This is the first backup of this iPhone here, with everything in it. It took"},
		{"nothing new", vault.Version{Number: 2}, 1, "Nothing has changed since the backup before. The earlier backup is kept."},
		{"one", vault.Version{Number: 3, Added: 1}, 2, "1 file is new, 0 changed, and 0 removed since the backup before. The 2 earlier backups are kept."},
		{"unknown", vault.Version{Number: 3, Removed: 1}, -1, "1 removed since the backup before. It took"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				kept := []state.Kept{{UDID: udidA, Versions: make([]vault.Version, c.earlier+1)}, {UDID: udidB, Versions: make([]vault.Version, 9)}}
				kept[0].Versions = append(kept[0].Versions, vault.Version{Unfinished: true}, vault.Version{Trashed: today})
				if c.earlier >= 0 {
					kept[0].Versions[0].Current = true
				} else {
					r.engine.backups.err = fault.New(fault.DestFailed, "list", nil)
				}
				r.engine.backups.kept = kept
				result := proven
				result.Version = c.version
				r.ended(result)
				r.sees(c.sees)
			})
		})
	}
}

// TestDoneDepth says no more than what was proven.
func TestDoneDepth(t *testing.T) {
	for _, c := range []struct {
		depth     verify.Depth
		encrypted bool
		sees      string
	}{
		{verify.Full, true, "Every file was opened with your password."},
		{verify.Full, false, "Every file was read from end to end."},
		{verify.Quick, true, "Every new or changed file was opened with your password."},
		{verify.Quick, false, "Every new or changed file was read."},
		{verify.Sample, true, "700 files picked at random could be opened."},
	} {
		t.Run(fmt.Sprint(c.depth, c.encrypted), func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				result := proven
				result.Verified = verify.Report{Level: verify.Level{Depth: c.depth}, Depth: c.depth, Encrypted: c.encrypted, Sampled: 700}
				r.ended(result)
				r.sees(c.sees)
				if c.sees != "Every file was opened with your password." {
					r.misses("Every file was opened with your password.")
				}
			})
		})
	}
}

// TestDoneLeadsToBackups, and from there to the phone.
func TestDoneLeadsToBackups(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.kept = keptHere()
		r.ended(proven)
		r.press(r.button("Backups"))
		if r.Page().Name != state.BackupsPage {
			t.Fatalf("the page is %q", r.Page().Name)
		}
		r.sees("Anna's iPhone")
		r.tap("Overview")
		r.sees("Back Up Now", "What was proven")
	})
}

// TestDoneDoubtful: of a backup with doubtful files nothing is said that was not
// found, and the mark is no tick.
func TestDoneDoubtful(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		result := proven
		result.Doubtful = 2
		result.Verified.ProblemCount = 2
		r.ended(result)
		r.sees("2 files are doubtful")
		r.misses("Every file was opened", "Anna's iPhone is backed up.", "The last backup without doubtful files")
		for _, o := range r.objects() {
			if m, ok := o.(*widgets.Mark); ok && m.Status() == "pass" {
				t.Error("a tick on a doubtful backup")
			}
		}
		if len(r.app.sent) != 1 || strings.Contains(r.app.sent[0].Content, "every new file was checked") {
			t.Errorf("the system was asked to show %q", r.app.sent[0])
		}
	})
}

// TestDoneWithin: what is in the backup is said once it is known, and nothing waits for it.
func TestDoneWithin(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		c := enginetest.Made()
		c.All = append(c.All, enginetest.Kind{ID: "whatsapp", Err: backupsource.ErrNotListed})
		c.LookHolds = make(chan struct{})
		r.engine.backups.inside = c
		result := proven
		result.Version.Number = 1
		result.Dir = vault.Dir("/home/anna/Lifeboat Backups", udidA) // as Windows writes it too
		r.ended(result)
		r.sees("It took 13 minutes")
		r.misses("In it:")
		close(c.LookHolds)
		r.drain()
		r.sees("In it: 2 photos and videos (of 1 not the original), 2 messages until 22 November 2026. WhatsApp: not in it.")
		if !c.Closed.Load() {
			t.Error("the backup is still open")
		}
	})
}
