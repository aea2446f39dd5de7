package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lifeboat/backup/keybag"
	"lifeboat/backup/places"
	"lifeboat/device/phonesim/content"
	"lifeboat/ui/engine"
)

// memory is a keyring in memory.
type memory struct{ passwords sync.Map }

func (m *memory) Load(udid string) (keybag.Password, bool, error) {
	text, ok := m.passwords.Load(udid)
	if !ok {
		return keybag.Password{}, false, nil
	}
	return keybag.NewPassword(text.(string)), true, nil
}

func (m *memory) Save(udid string, p keybag.Password) error {
	m.passwords.Store(udid, p.Reveal())
	return nil
}

// says waits until every text can be seen, as part of some line.
func (r *liveRig) says(texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		r.until(60*time.Second, text, func() bool {
			return slices.ContainsFunc(r.texts(), func(s string) bool { return strings.Contains(s, text) })
		})
	}
}

// push taps a button as soon as it can be tapped.
func (r *liveRig) push(text string) {
	r.t.Helper()
	var b *widgets.Action
	r.until(60*time.Second, "the button "+text, func() bool {
		for _, o := range r.objects() {
			if a, ok := o.(*widgets.Action); ok && a.Text == text && !a.Disabled() {
				b = a
				return true
			}
		}
		return false
	})
	test.Tap(b)
}

// lost reports whether a text is gone.
func (r *liveRig) lost(text string) {
	r.t.Helper()
	r.until(60*time.Second, "gone: "+text, func() bool {
		return !slices.ContainsFunc(r.texts(), func(s string) bool { return strings.Contains(s, text) })
	})
}

// Two backups of a phone that changes are listed with what each holds, are
// checked, deleted, taken back and copied; a folder that is gone is offline.
func TestVersionsOfAPhone(t *testing.T) {
	r := newLiveRig(t, [2]string{"passcode", "none"})
	live := r.Engine.(*engine.Engine)
	live.Keyring = &memory{}
	live.Places = &places.Registry{Path: filepath.Join(t.TempDir(), "places.json")}
	drive := filepath.Join(t.TempDir(), "drive")
	if err := os.Mkdir(drive, 0o700); err != nil {
		t.Fatal(err)
	}
	r.Settings.SetDestination(drive)
	r.server.Attach(r.sim)
	r.push("Back Up Now")
	r.until(time.Minute, "the form", func() bool { return len(r.secrets()) == 2 })
	for _, s := range r.secrets() {
		s.SetText("correct horse")
	}
	r.push("Start the backup")
	r.says("is backed up", "This is the first backup", "Every file was opened with your password")
	r.push("Done")
	if err := r.sim.Edit(content.Edits{Changed: 5, Added: 3, Removed: 2}); err != nil {
		t.Fatal(err)
	}
	r.until(time.Minute, "encryption is known", func() bool {
		p := r.current()
		on, _ := p.state.Phone().WillEncrypt.Known()
		return on && !p.looking
	})
	r.push("Back Up Now")
	r.says("3 files are new, 5 changed, and 2 removed", "The earlier backup is kept")
	r.push("Done")

	r.push("Your backups")
	r.says("(the newest)", "Complete when it was checked", "Complete: every file was read", "Since the backup before it: 3 new files, 5 changed, 2 removed", "is in this backup only")
	older := versionKey{r.sim.UDID(), 1}
	row := r.screen.(*versionsScreen).rows[older]
	row.fold.Toggle()

	// Without a password in the keyring the digests are proof enough.
	live.Keyring = &memory{}
	test.Tap(row.check)
	r.push("Full check")
	r.says("exactly as the iPhone once sent it")
	r.push("OK")

	r.push("Delete")
	r.says("is in the trash until", "In the trash until")
	r.push("Undo")
	r.lost("In the trash until")

	to := t.TempDir()
	r.until(time.Minute, "rest", func() bool { return !r.shown.looking && !r.shown.changes })
	r.copyVersionTo(r.shown.kept[0], row.version, to)
	r.says("is copied")
	r.push("OK")
	if _, err := os.Stat(filepath.Join(to, r.sim.UDID(), "Manifest.db")); err != nil {
		t.Error(err)
	}
	r.copyVersionTo(r.shown.kept[0], row.version, to)
	r.says("There is already something")
	r.push("Close")

	// A file that is lost is found, and what the older backup has of it is named or put in its place.
	damage(t, filepath.Join(drive, r.sim.UDID()))
	newest := r.screen.(*versionsScreen).rows[versionKey{r.sim.UDID(), 2}]
	r.until(time.Minute, "rest", func() bool { return !newest.check.Disabled() })
	test.Tap(newest.check)
	r.push("Quick check")
	r.says("damaged or missing file")
	r.push("Close")
	r.says("Damaged: 1 problem")

	// Where the window still counts what the backups take, Windows renames nothing.
	r.until(time.Minute, "the drive is free", func() bool { return os.Rename(drive, drive+" unplugged") == nil })
	r.push("Look again")
	r.says("The folder that holds your backups isn't there", "It was last seen on")
	if err := os.Rename(drive+" unplugged", drive); err != nil {
		t.Fatal(err)
	}
	r.push("Look again")
	r.says("(the newest)")
	r.Options.Window.Canvas().Focus(r.button("Back"))
	r.Options.Window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	r.says("Back Up Now", "Last backup here")
}

// damage removes a content file of a backup.
func damage(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "??", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no content", err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
}
