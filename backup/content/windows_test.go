package content_test

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/content"
	"lifeboat/backup/content/contenttest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/export"
	"lifeboat/device/phonesim/content/apps"
)

// windows is a file system in memory with the rules of Windows: upper and lower case
// are the same, some characters and names are not taken, and neither is what ends with
// a dot or a space.
type windows struct{ afero.Fs }

var errName = errors.New("the filename, directory name, or volume label syntax is incorrect")

// key is what a name has in common with all that are the same to Windows.
func key(name string) (string, error) {
	if len(name) > 2000 {
		return "", errName
	}
	for part := range strings.SplitSeq(strings.Trim(name, "/"), "/") {
		stem, _, _ := strings.Cut(strings.ToLower(part), ".")
		stem = strings.TrimRight(stem, " ")
		port := len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt")) && stem[3] >= '0' && stem[3] <= '9'
		switch {
		case len([]rune(part)) > 255, strings.ContainsAny(part, "<>:\"\\|?*"), strings.ContainsFunc(part, func(r rune) bool { return r < ' ' }):
			return "", &fs.PathError{Op: "open", Path: name, Err: errName}
		case strings.HasSuffix(part, "."), strings.HasSuffix(part, " "), port, stem == "con", stem == "prn", stem == "aux", stem == "nul":
			return "", &fs.PathError{Op: "open", Path: name, Err: errName}
		}
	}
	return strings.ToLower(name), nil
}

func (w windows) OpenFile(name string, flag int, perm fs.FileMode) (afero.File, error) {
	k, err := key(name)
	if err != nil {
		return nil, err
	}
	return w.Fs.OpenFile(k, flag, perm)
}

func (w windows) Open(name string) (afero.File, error) { return w.OpenFile(name, os.O_RDONLY, 0) }

func (w windows) MkdirAll(name string, perm fs.FileMode) error {
	k, err := key(name)
	if err != nil {
		return err
	}
	return w.Fs.MkdirAll(k, perm)
}

func (w windows) Stat(name string) (fs.FileInfo, error) {
	k, err := key(name)
	if err != nil {
		return nil, err
	}
	return w.Fs.Stat(k)
}

func (w windows) Remove(name string) error { return w.Fs.Remove(strings.ToLower(name)) }

func (w windows) Chtimes(name string, a, m time.Time) error {
	return w.Fs.Chtimes(strings.ToLower(name), a, m)
}

func (w windows) Rename(from, to string) error {
	k, err := key(to)
	if err != nil {
		return err
	}
	if _, err := w.Fs.Stat(k); err == nil {
		return fs.ErrExist
	}
	return w.Fs.Rename(strings.ToLower(from), k)
}

// An export onto a disk with the rules of Windows loses nothing: what the phone has is
// in a file, byte for byte, or is named among what was left out.
func TestExportOntoWindows(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes backups of whole phones")
	}
	for name, of := range map[string]struct {
		phone    apps.Phone
		shape    apps.Shape
		password string
	}{
		"nasty": {apps.Nasty(), apps.IOS27, "a password 🔑"},
		"demo":  {apps.Demo(), apps.IOS15, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := contenttest.Open(t, of.password, contenttest.Files(t, of.shape, of.phone)...)
			disk := windows{afero.NewMemMapFs()}
			done, err := content.Export(t.Context(), b, content.Kinds, export.New(disk, nil), kind.Options{Hidden: true, Deleted: true, SmallPictures: true, Zone: time.UTC}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			wholly(t, disk, done, of.phone.In(of.shape))
		})
	}
}

// wholly sees that everything of a phone that is a file was exported, and that as many
// things as there are were written or left out.
func wholly(t *testing.T, disk afero.Fs, done content.Exported, phone apps.Phone) {
	t.Helper()
	sums, names := map[[32]byte]bool{}, 0
	err := afero.Walk(disk, "/", func(name string, info fs.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		if names++; strings.HasSuffix(name, ".part") {
			t.Errorf("%s was left behind", name)
		}
		data, err := afero.ReadFile(disk, name)
		sums[sha256.Sum256(data)] = true
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The list of what was left out is written after they were counted.
	if names != done.Files+1 {
		t.Errorf("%d files are there, and %d were written", names, done.Files)
	}
	left := map[string]bool{}
	for _, l := range done.Left {
		left[path.Base(l.What)] = true
	}
	wanted := 0
	want := func(what string, data []byte) {
		if data == nil {
			return
		}
		if wanted++; !sums[sha256.Sum256(data)] && !left[what] {
			t.Errorf("%q is neither there nor named", what)
		}
	}
	for _, p := range phone.Photos {
		if p.State == apps.Here {
			want(p.Name, p.Data)
			want(p.Name, p.Rendered)
			want(p.Name, p.Movie)
		}
	}
	for _, c := range phone.Chats {
		for _, m := range c.Messages {
			for _, a := range m.Attachments {
				if !a.Absent && !a.Sticker {
					want(a.Name, a.Data)
				}
			}
		}
	}
	for _, f := range phone.Files {
		if !strings.HasPrefix(f.Path, "Documents/") && !strings.HasPrefix(f.Path, apps.OnMyPhoneFolder+"/") {
			continue // what apps keep for themselves
		}
		want(path.Base(f.Path), f.Data)
	}
	if wanted < 20 {
		t.Errorf("the phone has only %d files", wanted)
	}
}
