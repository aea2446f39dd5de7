package library

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/backuptest"
	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/backuptest/links"
	"lifeboat/backup/format"
	"lifeboat/backup/places"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// TestUsualPlaces: each system's places, by the names that its programs use.
func TestUsualPlaces(t *testing.T) {
	for _, tc := range []struct {
		goos, roaming string
		want          []string
	}{
		{"darwin", "", []string{"/h/Library/Application Support/MobileSync/Backup", "/h/Library/Application Support/iMazing/Backups"}},
		{"windows", "/h/AppData/Roaming", []string{"/h/Apple/MobileSync/Backup", "/h/AppData/Roaming/Apple Computer/MobileSync/Backup", "/h/AppData/Roaming/iMazing/Backups"}},
		{"windows", "", []string{"/h/Apple/MobileSync/Backup"}},
		{"linux", "", nil},
	} {
		var got []string
		for _, p := range usualPlacesOf(tc.goos, "/h", tc.roaming) {
			if got = append(got, filepath.ToSlash(p.Dir)); len(p.Of) == 0 {
				t.Errorf("%s: nobody's: %s", tc.goos, p.Dir)
			}
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s: %s", tc.goos, d)
		}
	}
}

// others is a place of another program with one backup in it.
func others(t *testing.T, password string) (l *Library, place, dir string) {
	t.Helper()
	l, place = newLibrary(t), filepath.Join(t.TempDir(), "MobileSync", "Backup")
	if err := os.MkdirAll(place, 0o700); err != nil {
		t.Fatal(err)
	}
	l.Usual = []UsualPlace{{place, []Program{Finder, ITunes}}}
	return l, place, backuptest.Make(t, place, content.Generate(5, 3, 1000), password)
}

func foreign(t *testing.T, l *Library, except ...string) ([]Foreign, []Unread) {
	t.Helper()
	found, unread, err := l.Foreign(t.Context(), except...)
	if err != nil {
		t.Fatal(err)
	}
	return found, unread
}

// TestForeign: what other programs made is found with all that it says of itself,
// and what is ours, no backup, or listed already, is not.
func TestForeign(t *testing.T) {
	l, place, dir := others(t, "x")
	aside := backuptest.UDID + "-20240102-030405"
	renamed := filepath.Join(place, "Old phone")
	if err := errors.Join(
		os.CopyFS(filepath.Join(place, aside), os.DirFS(dir)), os.CopyFS(renamed, os.DirFS(dir)),
		format.WriteInfo(l.Fs, renamed, format.Info{UDID: backuptest.UDID}),
		os.Mkdir(filepath.Join(place, "00008030-000000000000000E"), 0o700), // what a program left that never began
		os.Mkdir(filepath.Join(place, "photos"), 0o700),
		os.WriteFile(filepath.Join(place, "note"), nil, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	found, unread := foreign(t, l)
	if len(found) != 3 || len(unread) != 0 {
		t.Fatalf("%+v, %+v", found, unread)
	}
	for _, f := range found {
		if f.UDID != backuptest.UDID || f.DeviceName != "Test" || !f.Encrypted || !f.Finished || f.Date.IsZero() || f.Err != nil ||
			f.Aside != (f.Folder == aside) || cmp.Diff(f.Of, []Program{Finder, ITunes}) != "" || f.Dir != filepath.Join(place, f.Folder) {
			t.Errorf("%+v", f)
		}
		bytes, err := l.ForeignSize(t.Context(), f)
		if err != nil || bytes < 1000 {
			t.Errorf("%d, %v", bytes, err)
		}
	}
	if found, _ := foreign(t, l, place); len(found) != 0 {
		t.Errorf("listed already: %+v", found)
	}
	// With iMazing's own folder beside it, any of them may be iMazing's.
	if err := os.Mkdir(filepath.Join(place, iMazingFolder), 0o700); err != nil {
		t.Fatal(err)
	}
	if found, _ = foreign(t, l); len(found) != 3 || cmp.Diff(found[0].Of, []Program{Finder, ITunes, IMazing}) != "" {
		t.Errorf("%+v", found)
	}
	// One that Lifeboat keeps versions of, as somebody chose that folder, is ours.
	v, err := vault.Open(l.Fs, place, backuptest.UDID, nil)
	if err == nil {
		err = errors.Join(v.Adopt(), v.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	if found, _ = foreign(t, l); len(found) != 2 {
		t.Errorf("%+v", found)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, _, err := l.Foreign(stopped); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
	if _, err := l.ForeignSize(stopped, found[0]); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
}

// TestForeignOnAnotherDrive: people put a link to a larger drive where a program
// keeps its backups, or in the place of one of them. Where it leads to nothing,
// that is not to say that there is no backup.
func TestForeignOnAnotherDrive(t *testing.T) {
	l, place, dir := others(t, "")
	drive := filepath.Join(t.TempDir(), "drive")
	one := filepath.Join(t.TempDir(), "one")
	for _, d := range []string{drive, one} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	moved := filepath.Join(one, backuptest.UDID)
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	links.Make(t, moved, dir)
	whole := filepath.Join(t.TempDir(), "whole")
	links.Make(t, place, whole)
	l.Usual = []UsualPlace{{whole, []Program{ITunes}}, {place, []Program{Finder}}}
	found, unread := foreign(t, l)
	if len(found) != 1 || len(unread) != 0 || !found[0].Finished || found[0].Of[0] != ITunes {
		t.Fatalf("%+v, %+v", found, unread)
	}
	if size, err := l.ForeignSize(t.Context(), found[0]); err != nil || size < 1000 {
		t.Errorf("%d, %v", size, err)
	}
	k := found[0].Kept()
	if k.Versions, _ = l.Versions(k); len(k.Versions) != 1 || k.Versions[0].Unfinished {
		t.Errorf("%+v", k.Versions)
	}
	if copied, err := l.LayOut(t.Context(), k, 1, filepath.Join(drive, "out"), nil); err != nil || copied.Files < 4 {
		t.Errorf("%+v, %v", copied, err)
	}

	// Each drive is unplugged.
	if err := os.RemoveAll(one); err != nil {
		t.Fatal(err)
	}
	found, unread = foreign(t, l)
	if len(found) != 1 || len(unread) != 0 || fault.Of(found[0].Err) != fault.DestOffline || found[0].UDID != backuptest.UDID {
		t.Errorf("%+v, %+v", found, unread)
	}
	if err := os.RemoveAll(filepath.Dir(place)); err != nil {
		t.Fatal(err)
	}
	found, unread = foreign(t, l)
	if len(found) != 0 || len(unread) != 1 || unread[0].Dir != whole || fault.Of(unread[0].Err) != fault.DestOffline {
		t.Errorf("%+v, %+v", found, unread)
	}
	// In circles.
	for _, link := range []string{whole, whole + "2"} {
		os.Remove(link)
	}
	links.Make(t, whole+"2", whole)
	links.Make(t, whole, whole+"2")
	if found, unread = foreign(t, l); len(found) != 0 || len(unread) != 1 {
		t.Errorf("%+v, %+v", found, unread)
	}
}

// TestForeignUnread: what may not be read is said to be so, and hides nothing else.
func TestForeignUnread(t *testing.T) {
	l, place, dir := others(t, "")
	second := filepath.Join(t.TempDir(), "second")
	if err := os.CopyFS(filepath.Join(second, filepath.Base(dir)), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	l.Usual = append(l.Usual, UsualPlace{second, []Program{IMazing}})
	native := l.Fs
	for name, except := range map[string]string{"a place": place, "a backup": dir} {
		l.Fs = faultfs.New(native, faultfs.Plan{Kind: faultfs.Any, N: 1, Lasting: true, Err: syscall.EPERM, Except: func(name string) bool {
			return name != except && !strings.HasPrefix(name, dir+string(filepath.Separator))
		}})
		found, unread := foreign(t, l)
		want := fault.DestUnreadable
		if runtime.GOOS == "darwin" {
			want = fault.DestGuarded
		}
		switch {
		case except == place && (len(found) != 1 || len(unread) != 1 || unread[0].Dir != place || fault.Of(unread[0].Err) != want):
			t.Errorf("%s: %+v, %+v", name, found, unread)
		case except == dir && (len(found) != 2 || len(unread) != 0 || fault.Of(errors.Join(found[0].Err, found[1].Err)) != want):
			t.Errorf("%s: %+v, %+v", name, found, unread)
		}
	}
	// One that is damaged is there, and says so.
	l.Fs = native
	if err := os.WriteFile(filepath.Join(dir, format.StatusName), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, _ := foreign(t, l)
	if len(found) != 2 || fault.Of(errors.Join(found[0].Err, found[1].Err)) != fault.BackupDamaged {
		t.Errorf("%+v", found)
	}
}

// state is each name below a folder with its length and its date; that of a
// folder tells whether anything was made or removed in it.
func state(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		all[path] = info.ModTime().String() + info.Mode().String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// writes are the operations that change something.
var writes = []faultfs.Kind{faultfs.Create, faultfs.Mkdir, faultfs.Write, faultfs.Rename, faultfs.Remove, faultfs.Sync}

// TestForeignIsNeverWritten: whatever is asked of another program's backup, or of
// one that is said to be one, nothing in its folder changes, even where a program
// of ours had died in it.
func TestForeignIsNeverWritten(t *testing.T) {
	for _, managed := range []bool{false, true} {
		l, place, _ := others(t, "")
		counted := faultfs.New(l.Fs, faultfs.Plan{})
		k := Kept{Root: place, UDID: backuptest.UDID}
		if managed { // then only whoever asks can say that it is to be left alone
			k.Foreign = true
			v, err := vault.Open(l.Fs, place, k.UDID, nil)
			if err == nil {
				err = errors.Join(v.Adopt(), v.Close())
			}
			if err == nil { // a decision of a program that died, which List carries out otherwise
				err = os.WriteFile(filepath.Join(place, ".lifeboat", k.UDID, "journal.json"), []byte("{}"), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		before := state(t, place)
		for _, fsys := range []afero.Fs{l.Fs, counted} {
			l.Fs = fsys
			for what, do := range map[string]func() error{
				"trash":    func() error { return l.Trash(k, time.Now(), 1) },
				"undelete": func() error { return l.Undelete(k, 1) },
				"prune":    func() error { _, _, err := l.Prune(k, vault.DefaultPolicy, time.Now()); return err },
			} {
				if err := do(); fault.Of(err) != fault.NotOurs {
					t.Errorf("%s: %v", what, err)
				}
			}
			all, err := l.Versions(k)
			if err != nil || len(all) != 1 {
				t.Fatalf("%+v, %v", all, err)
			}
			k.Versions = all
			if _, err := l.Sizes(k); err != nil {
				t.Error(err)
			}
			if _, err := l.WouldPrune(k, vault.DefaultPolicy, time.Now()); err != nil {
				t.Error(err)
			}
			foreign(t, l)
		}
		for _, kind := range writes {
			if counted.Count(kind) > 0 {
				t.Errorf("managed %v: %d times %v", managed, counted.Count(kind), kind)
			}
		}
		if _, err := l.LayOut(t.Context(), k, 1, filepath.Join(t.TempDir(), "out"), nil); err != nil {
			t.Error(err)
		}
		if d := cmp.Diff(before, state(t, place)); d != "" {
			t.Errorf("managed %v: %s", managed, d)
		}
	}
}

// TestRemembered: each folder that backups were seen in is listed, with the day,
// also where it is away.
func TestRemembered(t *testing.T) {
	l := newLibrary(t)
	here, away := t.TempDir(), filepath.Join(t.TempDir(), "away")
	day := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for dir, seen := range map[string]time.Time{here: day, away: day.AddDate(0, 0, -7)} {
		if err := l.Places.Remember(places.Place{Root: dir, Volume: "Blue", LastSeen: seen}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := l.Remembered(t.Context())
	if err != nil || len(all) != 2 || !all[0].Here || all[0].Root != here || all[1].Here || !all[1].LastSeen.Equal(day.AddDate(0, 0, -7)) {
		t.Fatalf("%+v, %v", all, err)
	}
	if said := words.English().Text(all[1].Words()); !strings.Contains(said, "“Blue” isn't connected") || !strings.Contains(said, "27 October 2026") {
		t.Error(said)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if all, err := l.Remembered(stopped); err != nil || len(all) != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestForeignWords: each state of a backup, in the place of none to three programs.
func TestForeignWords(t *testing.T) {
	programs := []Program{Finder, ITunes, IMazing, AppleDevices}
	seen := map[string]bool{}
	for n := range len(programs) {
		for _, f := range []Foreign{
			{}, {Existing: Existing{Finished: true}}, {Existing: Existing{Finished: true, Encrypted: true, DeviceName: "Test"}}, {Err: fs.ErrPermission},
		} {
			f.Of, f.UDID = programs[len(programs)-n:], backuptest.UDID
			said := words.English().Text(f.Words())
			if seen[said] || strings.Contains(said, "[") || strings.Contains(said, "<") || strings.Contains(said, backuptest.UDID) == (f.DeviceName != "") {
				t.Errorf("%+v: %q", f, said)
			}
			seen[said] = true
		}
	}
}

// TestHandOver: Apple's program gets a version where it looks, whose folder need not be
// there yet; of two the one counts that is there.
func TestHandOver(t *testing.T) {
	base := t.TempDir()
	old, now := filepath.Join(base, "roaming", "Backup"), filepath.Join(base, "Apple", "Backup")
	l := &Library{Usual: []UsualPlace{{filepath.Join(base, "iMazing"), []Program{IMazing}}, {now, []Program{AppleDevices, ITunes}}, {old, []Program{ITunes}}}}
	if dir, program := l.HandOver(); dir != now || program != AppleDevices {
		t.Errorf("none is there: %s of %s", dir, program)
	}
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	if dir, program := l.HandOver(); dir != old || program != ITunes {
		t.Errorf("the older is there: %s of %s", dir, program)
	}
	l.Usual = l.Usual[:2]
	root := t.TempDir()
	backuptest.Make(t, root, content.Generate(1, 5, 1<<12), "")
	copied, err := l.LayOut(t.Context(), Kept{Root: root, UDID: backuptest.UDID}, 1, "", nil)
	if err != nil || copied.Dir != filepath.Join(now, backuptest.UDID) {
		t.Errorf("%+v, %v", copied, err)
	}
	l.Usual = []UsualPlace{}
	if _, err := l.LayOut(t.Context(), Kept{Root: root, UDID: backuptest.UDID}, 1, "", nil); fault.Of(err) != fault.DestMissing {
		t.Errorf("without a program: %v", err)
	}
}
