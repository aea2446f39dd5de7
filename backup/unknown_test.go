package backup

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/backup/audit"
	"lifeboat/backup/backuptest"
	"lifeboat/backup/format"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// TestUnknownIsNotDamaged: what Lifeboat does not know, may not read, or finds
// instead of what it looks for gets its own name.
func TestUnknownIsNotDamaged(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	info := func(udid string) func(string) error {
		return func(dir string) error {
			data, err := plist.Marshal(map[string]any{"Target Identifier": udid}, plist.XMLFormat)
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, format.InfoName), data, 0o600)
			}
			return err
		}
	}
	folder := func(name string) func(string) error {
		return func(dir string) error {
			name := filepath.Join(dir, name)
			if err := os.Remove(name); err != nil {
				return err
			}
			return os.Mkdir(name, 0o700)
		}
	}
	for name, c := range map[string]struct {
		harm     func(dir string) error
		want     fault.Code
		problems int
	}{
		"iOS 9": {func(dir string) error {
			return os.Rename(filepath.Join(dir, format.ManifestDBName), filepath.Join(dir, format.OlderName))
		}, fault.OlderFormat, 0},
		"no Info.plist":              {func(dir string) error { return os.Remove(filepath.Join(dir, format.InfoName)) }, fault.BackupDamaged, 1},
		"an Info.plist broken":       {func(dir string) error { return os.Truncate(filepath.Join(dir, format.InfoName), 20) }, fault.BackupDamaged, 1},
		"another phone's":            {info("00008020-000A1B2C3D4E5F60"), fault.BackupDamaged, 1},
		"its own in capitals":        {info("00008110-000a1b2c3d4e5f60"), "", 0},
		"an Info.plist of none":      {info(""), "", 0},
		"a folder as Manifest.plist": {folder(format.ManifestName), fault.BackupDamaged, 0},
		"a folder as Manifest.db":    {folder(format.ManifestDBName), fault.BackupDamaged, 0},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			dir := backuptest.Make(t, root, content.Generate(6, 20, 1<<16), "")
			must(t, c.harm(dir))
			if all, err := library.Locate(afero.NewOsFs(), root); err != nil || len(all) != 1 {
				t.Fatal(all, err)
			}
			check := &audit.Job{Fs: afero.NewOsFs(), Root: root, UDID: backuptest.UDID, Level: verify.Level{Depth: verify.Quick}}
			report, _, err := check.Run(context.Background(), nil)
			if fault.Of(err) != c.want || report.ProblemCount != c.problems {
				t.Errorf("%v, %+v", err, report)
			}
		})
	}
}

// deniedFs may not be read below a folder.
type deniedFs struct {
	afero.Fs
	dir string
}

func (d deniedFs) refuse(op, name string) error {
	if rel, err := filepath.Rel(d.dir, name); err == nil && filepath.IsLocal(rel) && rel != "." {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrPermission}
	}
	return nil
}

func (d deniedFs) Stat(name string) (fs.FileInfo, error) {
	if err := d.refuse("stat", name); err != nil {
		return nil, err
	}
	return d.Fs.Stat(name)
}

func (d deniedFs) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := d.Stat(name)
	return info, true, err
}

func (d deniedFs) Open(name string) (afero.File, error) {
	if err := d.refuse("open", name); err != nil {
		return nil, err
	}
	return d.Fs.Open(name)
}

// TestMayNotRead: what may not be read is neither no backup nor a folder that
// may not be written.
func TestMayNotRead(t *testing.T) {
	root := t.TempDir()
	dir := backuptest.Make(t, root, content.Generate(6, 20, 1<<16), "")
	for _, denied := range []string{root, dir} {
		if all, err := library.Locate(deniedFs{afero.NewOsFs(), denied}, root); fault.Of(err) != fault.DestUnreadable {
			t.Errorf("%s: %v, %v", denied, all, err)
		}
	}
	if _, err := library.Inspect(deniedFs{afero.NewOsFs(), dir}, root, backuptest.UDID); fault.Of(err) != fault.DestUnreadable {
		t.Error(err)
	}
	if _, err := verify.Open(verify.Subject{Fs: deniedFs{afero.NewOsFs(), dir}, Dir: dir}); fault.Of(err) != fault.DestUnreadable {
		t.Error(err)
	}
	if _, err := library.Locate(afero.NewOsFs(), filepath.Join(dir, format.StatusName)); fault.Of(err) != fault.DestNotFolder {
		t.Error(err)
	}
}

// TestForeignSizes: of another program's backup only the files at its top are
// looked at, so that nothing is said of its size.
func TestForeignSizes(t *testing.T) {
	root := t.TempDir()
	backuptest.Make(t, root, content.Generate(6, 20, 1<<20), secret)
	list, err := vault.List(afero.NewOsFs(), root, backuptest.UDID)
	if err != nil || len(list) != 1 || !list[0].Uncounted || list[0].Bytes != 0 || list[0].Files != 0 {
		t.Errorf("%v, %+v", err, list)
	}
}
