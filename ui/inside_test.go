package ui

import (
	"context"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/backup/content"
	"lifeboat/backup/export"
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
		r.sees("Password of the backup")
		r.fill("right")
		r.tap("Continue")
		r.sees("In the backup of", "Photos and videos", "2, 1 only in iCloud", "Messages", "cannot be read", "Health")
		r.tap("Messages")
		r.sees("Ada Lovelace", "The boat leaves at six. Bring a jacket.", "2 messages")
		r.Back()
		r.drain()
		r.page.(*insidePage).search.SetText("boat")
		r.drain()
		r.sees("Found 1 time in 5 things.", "Messages · Ada Lovelace", "Notes: what this backup has of it cannot be read")
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
		r.sees("Whoever can open the folder can read them", "also 1 hidden thing", "2 photos and videos", "Edited photos")
		r.tap("Choose a folder …")
		r.drain()
		r.sees("Taken out", "3 files (4.0 MB) are in /home/anna/Out", "1 thing was left out", "IMG_0002.HEIC: it cannot be read in this backup")
		if c.Took != "/home/anna/Out" {
			t.Errorf("taken to %q", c.Took)
		}
	})
}
