package ui

import (
	"context"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lifeboat/backup/content"
	"lifeboat/backup/export"
	"lifeboat/device/fault"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/state"
)

// gone leads to what is gone since a backup.
func (r *rig) gone() {
	r.engine.backups.inside, r.engine.backups.newer = enginetest.Made(), enginetest.Later()
	r.openBackups()
	r.press(r.row(5).gone)
}

// TestGone: from an older backup's row to what the newest has no longer, and just that
// is taken out.
func TestGone(t *testing.T) {
	inWindow(t, func(o *Options) {
		o.Pick = func(context.Context, string, string) (string, error) { return "/home/anna/Out", nil }
	}, func(r *rig) {
		r.openBackups()
		if r.row(6).gone.Visible() || r.row(3).gone.Visible() || !r.row(1).gone.Visible() {
			t.Error("the newest or a deleted backup is compared, or an old one is not")
		}
		r.gone()
		r.sees("Gone since the backup of 22 November 2026, 12:00", "Compared with the newest backup, of 23 November 2026, 12:00",
			"Photos and videos: 1 gone since, 1 new.", "Messages: 1 gone since, none new.", "Notes can't be compared", "Take out just these …")
		r.tap("Show them")
		r.sees("Photos and videos: gone since 22 November 2026", "Lisbon · IMG_0001.HEIC", "1 photo or video")
		r.misses("IMG_0002.HEIC")
		r.Back()
		r.drain()
		c := r.engine.backups.inside
		c.Exported = content.Exported{Progress: export.Progress{Files: 2, Bytes: 4e6}}
		r.tap("Take out just these …")
		r.sees("1 photo or video", "1 message")
		r.tap("Choose a folder …")
		r.drain()
		r.sees("Taken out", "/home/anna/Out")
		if !slices.Equal(c.Refs, []string{"p1", "m2"}) {
			t.Errorf("taken out: %q", c.Refs)
		}
	})
}

// TestGoneFar: the page says how far the comparison is, and Cancel ends it.
func TestGoneFar(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.comparing()
		r.sees("Comparing the backup of 22 November 2026, 12:00", "Messages · 12,000 entries read", "Cancel")
		r.misses("Take out just these …")
		if got := r.page.(*gonePage).foot.bar.Value(); got != 0.25 {
			t.Errorf("the bar is at %v", got)
		}
		r.o.Window.Canvas().Focus(r.button("Cancel"))
		r.engine.backups.newer.CompareHolds <- struct{}{}
		r.drain()
		r.misses("Cancel", "entries read")
		if f := r.o.Window.Canvas().Focused(); f != fyne.Focusable(r.button("Take out just these …")) {
			t.Errorf("the keyboard is on %T", f)
		}
		r.Back()
		r.drain()
		r.press(r.row(5).gone)
		r.tap("Cancel")
		if r.Page().Name != state.BackupsPage || r.Inside != nil {
			t.Errorf("Cancel leads to %s", r.Page().Name)
		}
	})
}

// comparing leads to a comparison that goes on.
func (r *rig) comparing() {
	r.engine.backups.inside, r.engine.backups.newer = enginetest.Made(), enginetest.Later()
	r.engine.backups.newer.CompareHolds = make(chan struct{}, 1)
	r.openBackups()
	r.press(r.row(5).gone)
	r.pass(2 * time.Second)
}

func init() {
	states = append(states,
		windowState{"gone, comparing", (*rig).comparing, []string{"Comparing the backup of", "Cancel"}},
		windowState{"gone", (*rig).gone, []string{"Gone since the backup of", "Take out just these …"}},
		windowState{"gone of a kind", func(r *rig) { r.gone(); r.tap("Show them") }, []string{"IMG_0001.HEIC"}},
		windowState{"nothing gone", func(r *rig) {
			r.engine.backups.inside, r.engine.backups.newer = enginetest.Later(), enginetest.Later()
			r.openBackups()
			r.press(r.row(5).gone)
		}, []string{"nothing that can be compared is gone", "Messages: the same in both"}},
		windowState{"gone, locked", func(r *rig) {
			r.engine.backups.opens = func(string) error { return fault.New(fault.PasswordNeeded, "open", nil) }
			r.gone()
			r.tap("Cancel")
		}, []string{"This backup is locked", "Enter the password …"}},
		windowState{"gone, damaged", func(r *rig) {
			r.engine.backups.opens = func(string) error { return fault.New(fault.BackupDamaged, "open", nil) }
			r.gone()
		}, []string{"Gone since the backup of"}},
	)
}
