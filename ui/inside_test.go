package ui

import (
	"context"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/export"
	"lifeboat/backup/library"
	"lifeboat/device/fault"
	"lifeboat/ui/enginetest"
)

// TestLookInside: from a backup's row to what is in it, through the password, to one
// kind and to what was found.
func TestLookInside(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.inside = enginetest.Made()
		r.engine.backups.opens = func(password string) error {
			if password != "right" {
				return fault.New(fault.PasswordNeeded, "open", nil)
			}
			return nil
		}
		r.openBackups()
		r.press(r.row(6).look)
		r.sees("Password of the backup", "This backup is locked")
		r.tap("Cancel")
		r.tap("Enter the password …")
		r.fill("right")
		r.tap("Continue")
		r.sees("In the backup of", "Photos and videos", "2, 1 only in iCloud", "Messages", "cannot be read", "Health")
		r.tap("Messages")
		r.sees("Boat crew", "Ada Lovelace", "8 messages", "2 messages")
		r.Back()
		r.drain()
		r.page.(*insidePage).search.SetText("boat")
		r.drain()
		r.sees("Found 1 time in 5 things.", "Messages · Boat crew · Ada Lovelace", "Notes: this part of the backup can't be read")
		r.misses("See you there!")
	})
}

// TestTakeOutSheet: what is ticked is taken out into the folder that is chosen, and what
// was left out is named.
func TestTakeOutSheet(t *testing.T) {
	inWindow(t, func(o *Options) {
		o.Pick = func(context.Context, string, string) (string, error) { return "/home/anna/Out", nil }
	}, func(r *rig) {
		c := enginetest.Made()
		c.Exported = content.Exported{Progress: export.Progress{Files: 3, Bytes: 4e6}, LeftCount: 1, Left: []export.Left{{What: "IMG_0002.HEIC", Why: words.T("content.left.unreadable", nil)}}}
		r.engine.backups.inside = c
		r.openBackups()
		r.press(r.row(6).look)
		r.tap("Take out …")
		r.sees("Whoever can open the folder can read them", "also 1 hidden thing", "also 1 small picture", "2 photos and videos", "Edited photos")
		r.tap("Choose a folder …")
		r.drain()
		r.sees("Taken out", "3 files (4.0 MB) are in /home/anna/Out", "1 thing was left out", "IMG_0002.HEIC: it cannot be read in this backup")
		if c.Took != "/home/anna/Out" {
			t.Errorf("taken to %q", c.Took)
		}
	})
}

// inside leads the window into what is in a backup.
func (r *rig) inside() {
	r.engine.backups.inside = enginetest.Made()
	r.openBackups()
	r.press(r.row(6).look)
}

func init() {
	states = append(states,
		windowState{"inside", (*rig).inside, []string{"In the backup of", "Photos and videos", "Take out …"}},
		windowState{"inside searched", func(r *rig) {
			r.inside()
			r.page.(*insidePage).search.SetText("boat")
			r.drain()
		}, []string{"Found 1 time"}},
		windowState{"inside a kind", func(r *rig) { r.inside(); r.tap("Photos and videos") }, []string{"All photos and videos (37)"}},
		windowState{"inside damaged", func(r *rig) {
			r.engine.backups.opens = func(string) error { return fault.New(fault.BackupDamaged, "open", nil) }
			r.inside()
		}, []string{"In the backup of"}},
		windowState{"taking out asked", func(r *rig) { r.inside(); r.tap("Take out …") }, []string{"Take things out of the backup"}},
		windowState{"taking out", func(r *rig) {
			r.inside()
			r.engine.backups.inside.Holds = make(chan struct{})
			r.TakeOut([]kind.ID{"photos"}, "/home/anna/Out", kind.Options{})
			r.pass(2 * time.Second)
		}, []string{"Taking things out of the backup", "1.5 MB of 3.0 MB"}},
		windowState{"thing", func(r *rig) {
			r.inside()
			r.tap("Messages")
			r.showThing(r.engine.backups.inside.All[1].Things[0])
		}, []string{"The boat leaves at six"}},
	)
}

// TestHandOver: Apple's program on this computer gets the backup where it looks for it,
// and the person the steps; without such a program a folder is chosen.
func TestHandOver(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.engine.backups.handOver, r.engine.backups.program = "/Users/anna/MobileSync/Backup", library.Finder
		r.openBackups()
		r.press(r.row(6).layOut)
		r.sees("Restore with Finder", "The backup here stays as it is")
		r.tap("Copy it for Finder")
		r.drain()
		r.sees("Finder can restore it now", "choose the iPhone on the left under Locations", "Choose the backup of 23 November 2026")
		if got := r.engine.noted("lay out"); len(got) != 1 || got[0] != "lay out 6 /Users/anna/MobileSync/Backup" {
			t.Errorf("%q", got)
		}
	})
	inWindow(t, nil, func(r *rig) {
		r.openBackups()
		r.press(r.row(6).layOut)
		r.sees("neither Finder nor the Apple Devices app")
	})
}
