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
	"lifeboat/ui/state"
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
	if p.Empty() {
		m.passwords.Delete(udid)
	}
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

// push taps a button, a link or a tab as soon as it can be tapped.
func (r *liveRig) push(text string) {
	r.t.Helper()
	var b fyne.Tappable
	r.until(60*time.Second, "the button "+text, func() bool {
		for _, o := range r.objects() {
			switch o := o.(type) {
			case *widgets.Action:
				if o.Text == text && !o.Disabled() {
					b = o
				}
			case *widgets.MenuItem:
				if o.Text == text && !o.Disabled() {
					b = o
				}
			case *widgets.Link:
				if o.Text == text {
					b = o
				}
			case *widgets.Tab:
				if o.Text == text {
					b = o
				}
			}
		}
		return b != nil
	})
	test.Tap(b)
}

// rest waits until nothing is done to a backup.
func (r *liveRig) rest() {
	r.t.Helper()
	r.until(time.Minute, "rest", func() bool { return r.Backups != nil && !r.Backups.Looking && !r.Backups.Changing() })
}

// version is the row of a backup.
func (r *liveRig) version(number int) *versionRow {
	r.t.Helper()
	var row *versionRow
	key := state.VersionKey{UDID: r.sim.UDID(), Number: number}
	r.until(time.Minute, "the row", func() bool { row = r.page.(*backupsPage).rows[key]; return row != nil })
	return row
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
	live := r.o.Engine.(*engine.Engine)
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
	r.push("What was proven")
	r.says("is backed up", "This is the first backup", "Every file was opened with your password")
	r.push("Done")
	if err := r.sim.Edit(content.Edits{Changed: 5, Added: 3, Removed: 2}); err != nil {
		t.Fatal(err)
	}
	r.until(time.Minute, "encryption is known", func() bool {
		p := r.Current()
		on, _ := p.State.Phone().WillEncrypt.Known()
		return on && !p.Looking
	})
	r.push("Back Up Now") // which asks nothing: the password is known
	r.push("What was proven")
	r.says("3 files are new, 5 changed, and 2 removed", "The earlier backup is kept")
	r.push("Done")

	r.push("Backups")
	r.says("Complete when it was checked", "Complete: every file was read", "Since the backup before it: 3 new files, 5 changed, 2 removed", "is in this backup only")
	row := r.version(1)
	row.fold.Toggle()
	r.rest()
	test.Tap(row.check)
	r.push("Full check")
	r.says("were read from end to end and could be opened")
	r.push("OK")

	r.until(time.Minute, "the menu", func() bool { return !row.more.Button.Disabled() && !row.delete.Disabled() })
	test.Tap(row.more.Button)
	r.push("Delete")
	r.says("is in the trash until", "In the trash until")
	r.rest()
	r.push("Undo")
	r.lost("In the trash until")

	to := t.TempDir()
	r.rest()
	r.LayOut(r.Backups.Kept[0], row.version, to)
	r.says("is copied")
	r.push("OK")
	if _, err := os.Stat(filepath.Join(to, r.sim.UDID(), "Manifest.db")); err != nil {
		t.Error(err)
	}
	r.rest()
	r.LayOut(r.Backups.Kept[0], row.version, to)
	r.says("There is already something")
	r.push("Close")

	// A file that is lost is found, and what the older backup has of it is named or put in its place.
	damage(t, filepath.Join(drive, r.sim.UDID()))
	r.rest()
	test.Tap(r.version(2).check)
	r.push("Quick check")
	r.says("damaged or missing file")
	r.push("Close")
	r.says("Damaged: 1 problem")

	// Where the window still counts what the backups take, Windows renames nothing.
	r.until(time.Minute, "the drive is free", func() bool { return os.Rename(drive, drive+" unplugged") == nil })
	r.keyDown(&fyne.KeyEvent{Name: fyne.KeyF5})
	r.says("The folder that holds your backups isn't there", "It was last seen on")
	if err := os.Rename(drive+" unplugged", drive); err != nil {
		t.Fatal(err)
	}
	r.keyDown(&fyne.KeyEvent{Name: fyne.KeyF5})
	r.says("Damaged: 1 problem")
	r.keyDown(&fyne.KeyEvent{Name: fyne.KeyEscape})
	r.says("Back Up Now", "Saved ")
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
