// Package contenttest makes backups of phones whose apps hold given data, and exports
// of them, for tests of the kinds.
package contenttest

import (
	"context"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
	"lifeboat/backup/keybag"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/content/apps"
)

// Open makes a backup with these files and opens it; with a password it is encrypted.
func Open(t testing.TB, password string, files ...content.Extra) *source.Backup {
	t.Helper()
	root := t.TempDir()
	backuptest.Make(t, root, content.With(nothing{}, files...), password)
	b, err := source.Open(context.Background(), afero.NewReadOnlyFs(afero.NewOsFs()), root, backuptest.UDID, 1, keybag.NewPassword(password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// nothing is a phone without any file.
type nothing struct{}

func (nothing) Walk(func(content.File) error) error { return nil }

func (nothing) Open(content.File) (io.ReadCloser, error) { return nil, fs.ErrNotExist }

// Build makes the files of some apps of a phone.
type Build = func(apps.Shape, apps.Phone) ([]content.Extra, error)

// Phone makes and opens a backup of a phone in one of its shapes, without a password:
// what some apps have, or all.
func Phone(t testing.TB, shape apps.Shape, phone apps.Phone, some ...Build) *source.Backup {
	t.Helper()
	return Open(t, "", Files(t, shape, phone, some...)...)
}

// Files are the files of a phone in one of its shapes: what some apps have, or all.
func Files(t testing.TB, shape apps.Shape, phone apps.Phone, some ...Build) (all []content.Extra) {
	t.Helper()
	if len(some) == 0 {
		some = []Build{apps.Build}
	}
	for _, build := range some {
		files, err := build(shape, phone)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, files...)
	}
	return all
}

// Things are all things of a kind, in the order in which it gives them.
func Things(t testing.TB, k kind.Kind, b *source.Backup) []kind.Thing {
	t.Helper()
	var all []kind.Thing
	if _, err := k.Things(t.Context(), b, func(one kind.Thing) error {
		all = append(all, one)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// Export exports a kind into memory, and returns what was written, by path, and the
// folder.
func Export(t testing.TB, k kind.Kind, b *source.Backup, o kind.Options) (map[string]string, *export.Folder) {
	t.Helper()
	fsys := afero.NewMemMapFs()
	folder := export.New(fsys, nil)
	if err := k.Export(t.Context(), b, folder, o); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	if err := afero.Walk(fsys, "/", func(path string, info fs.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		data, err := afero.ReadFile(fsys, path)
		// On Windows afero joins names with \, which no name that is safe has within it.
		files[strings.ReplaceAll(path, `\`, "/")[1:]] = string(data)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return files, folder
}
