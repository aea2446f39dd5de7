package torture

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/powerfs"
	"lifeboat/backup/format"
	"lifeboat/backup/vault"
)

// kindOf says what a file of the vault is, "" for one that says nothing about
// a version's contents. version is the one to verify, 0 for the current one.
func kindOf(name string) (kind string, version int) {
	rest, ok := strings.CutPrefix(name, root[1:]+"/")
	if !ok || strings.HasSuffix(name, "/") {
		return "", 0
	}
	if rel, ok := strings.CutPrefix(rest, udid+"/"); ok {
		return "current " + part(rel), 0
	}
	rest = strings.TrimPrefix(rest, ".lifeboat/"+udid+"/")
	if rel, ok := strings.CutPrefix(rest, "versions/"); ok {
		number, rel, _ := strings.Cut(rel, "/")
		fmt.Sscanf(number, "%06d", &version)
		if rel, ok := strings.CutPrefix(rel, "data/"); ok {
			return "earlier " + part(rel), version
		}
		return rel, version
	}
	return rest, 0 // vault.json
}

// part is a file's name, or "content".
func part(rel string) string {
	switch rel {
	case format.InfoName, format.StatusName, format.ManifestName, format.ManifestDBName:
		return rel
	}
	return "content"
}

// flip changes one bit of a file.
func flip(fsys afero.Fs, name string, bit int64) error {
	file, err := fsys.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	one := make([]byte, 1)
	if _, err := file.ReadAt(one, bit/8); err != nil && err != io.EOF {
		return errors.Join(err, file.Close())
	}
	one[0] ^= 1 << (bit % 8)
	_, err = file.WriteAt(one, bit/8)
	return errors.Join(err, file.Close())
}

// TestBitFlips turns one bit at a time around in each kind of file of a
// vault. Full verification of all versions finds it, with the password and
// without; the number of the format alone is rewritten.
func TestBitFlips(t *testing.T) {
	beside(t)
	random := rand.New(rand.NewPCG(seed(t), 4))
	var fs *powerfs.FS
	tell(t, disks[0], func(_ *book, s scene) {
		if s.brings == 5 { // before anything was removed
			fs = s.fs.Killed(s.fs.Len())
		}
	})
	fs.Forget()
	all := map[string][]string{}
	for name, data := range fs.Tree() {
		if kind, _ := kindOf(name); kind != "" && len(data) > 0 {
			all[kind] = append(all[kind], name)
		}
	}
	for _, kind := range []string{
		"current content", "current Info.plist", "current Status.plist", "current Manifest.plist", "current Manifest.db",
		"earlier content", "earlier Info.plist", "earlier Status.plist", "earlier Manifest.plist", "earlier Manifest.db",
		"changes", "meta.json", "vault.json",
	} {
		if len(all[kind]) == 0 {
			t.Errorf("there is no %s", kind)
			continue
		}
		found, tries := 0, pick(200, 5, 1)
		if span > 0 {
			tries = 100
		}
		for range tries {
			name := all[kind][random.IntN(len(all[kind]))]
			info, err := fs.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			bit := random.Int64N(info.Size() * 8)
			for _, password := range []string{secret, ""} {
				img := fs.Killed(fs.Len())
				if err := flip(img, name, bit); err != nil {
					t.Fatal(err)
				}
				err := noticed(img, password)
				if kind == "vault.json" && err == nil && img.Tree()[name] == fs.Tree()[name] {
					found++ // nothing of a backup is in it: it was rewritten
				} else if err == nil {
					t.Errorf("%s: bit %d of %s is not found; password: %v", kind, bit, path.Base(name), password != "")
				} else {
					found++
				}
			}
		}
		t.Logf("%s: %d found", kind, found)
	}
}

// noticed verifies all versions, and returns what is found.
func noticed(fsys afero.Fs, password string) error {
	if err := reopen(fsys); err != nil {
		return err
	}
	versions, err := vault.List(fsys, root, udid)
	if err != nil {
		return err
	}
	if len(versions) != 5 {
		return fmt.Errorf("%d versions", len(versions))
	}
	for _, v := range versions {
		if _, err := inspect(fsys, v.Number, password); err != nil {
			return fmt.Errorf("version %d: %w", v.Number, err)
		}
	}
	return nil
}
