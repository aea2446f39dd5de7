package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/format"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// blobBelow gives a content of more than 100 bytes below a folder.
func blobBelow(t *testing.T, dir string) (path string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && format.ValidFileID(d.Name()) {
			if info, infoErr := d.Info(); infoErr == nil && info.Size() > 100 {
				path = name
			}
		}
		return err
	})
	if err != nil || path == "" {
		t.Fatal("no content", err)
	}
	return path
}

func turn(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 4
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLayOutProves: a copy is called ready only where every file of it is what
// once arrived. What is missing or differs is named, and what could not be
// restored at all is refused.
func TestLayOutProves(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for name, c := range map[string]struct {
		harm    func(t *testing.T, dir, id string)
		differs int
		code    fault.Code
	}{
		"intact":                {func(*testing.T, string, string) {}, 0, ""},
		"a flipped bit":         {func(t *testing.T, dir, id string) { turn(t, filepath.Join(dir, id[:2], id)) }, 1, ""},
		"a missing file":        {func(t *testing.T, dir, id string) { remove(t, filepath.Join(dir, id[:2], id)) }, 1, ""},
		"a file that is cut":    {func(t *testing.T, dir, id string) { must(t, os.Truncate(filepath.Join(dir, id[:2], id), 5)) }, 1, ""},
		"no Info.plist":         {func(t *testing.T, dir, _ string) { remove(t, filepath.Join(dir, format.InfoName)) }, 1, ""},
		"no Manifest.db":        {func(t *testing.T, dir, _ string) { remove(t, filepath.Join(dir, format.ManifestDBName)) }, 0, fault.VersionDamaged},
		"a turned Manifest.db":  {func(t *testing.T, dir, _ string) { turn(t, filepath.Join(dir, format.ManifestDBName)) }, 0, fault.VersionDamaged},
		"a Status.plist broken": {func(t *testing.T, dir, _ string) { must(t, os.Truncate(filepath.Join(dir, format.StatusName), 9)) }, 0, fault.VersionDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			r.mustRun(r.job())
			dir := vault.Dir(r.root, r.cfg.UDID)
			path := blobBelow(t, dir)
			c.harm(t, dir, filepath.Base(path))
			copied, err := layOut(t, r.root, r.cfg.UDID)
			if fault.Of(err) != c.code {
				t.Fatalf("%v, %+v", err, copied)
			}
			if err == nil && (copied.DifferCount != c.differs || copied.Ready() != (c.differs == 0) || !copied.Known) {
				t.Fatalf("%+v", copied)
			}
			if c.differs > 0 && name != "no Info.plist" && !strings.Contains(copied.Differs[0], filepath.Base(path)) {
				t.Errorf("%v does not name %s", copied.Differs, path)
			}
		})
	}
}

// TestLayOutForeign: of another program's backup nobody knows what once arrived.
func TestLayOutForeign(t *testing.T) {
	for _, pw := range []string{secret, ""} {
		root := t.TempDir()
		dir := backuptest.Make(t, root, content.Generate(6, 20, 1<<16), pw)
		copied, err := layOut(t, root, backuptest.UDID)
		if err != nil || copied.Known || copied.Unread || copied.Ready() || copied.Files < 24 {
			t.Errorf("%q: %v, %+v", pw, err, copied)
		}
		if pw == "" { // its list can be read
			remove(t, blobBelow(t, dir))
			if copied, err := layOut(t, root, backuptest.UDID); fault.Of(err) != fault.BackupDamaged || fault.As(err).Args["Path"] != dir {
				t.Errorf("%v, %+v", err, copied)
			}
		}
		data, err := os.ReadFile(filepath.Join(dir, format.StatusName))
		if err != nil {
			t.Fatal(err)
		}
		data = []byte(strings.Replace(string(data), "finished", "removing", 1))
		must(t, os.WriteFile(filepath.Join(dir, format.StatusName), data, 0o600))
		if copied, err := layOut(t, root, backuptest.UDID); fault.Of(err) != fault.BackupUnfinished {
			t.Errorf("%v, %+v", err, copied)
		}
	}
}

// TestLayOutUnread: where what the vault wrote down cannot be read, a backup of
// its own is not said to be another program's.
func TestLayOutUnread(t *testing.T) {
	for _, name := range []string{"meta.json", "changes"} {
		r := newRig(t, nil)
		r.mustRun(r.job())
		turn(t, filepath.Join(r.root, ".lifeboat", r.cfg.UDID, "versions", "000001", name))
		copied, err := layOut(t, r.root, r.cfg.UDID)
		if err != nil || copied.Known || !copied.Unread || copied.Ready() || copied.Files < 24 {
			t.Errorf("%s: %v, %+v", name, err, copied)
		}
	}
}

func layOut(t *testing.T, root, udid string) (vault.Copy, error) {
	t.Helper()
	view, err := vault.OpenView(afero.NewOsFs(), root, udid, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	return view.LayOut(context.Background(), afero.NewOsFs(), t.TempDir(), nil)
}

func remove(t *testing.T, path string) { t.Helper(); must(t, os.Remove(path)) }

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}
