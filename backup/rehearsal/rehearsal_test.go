package rehearsal

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"
	"go.uber.org/goleak"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/disk"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/wait"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "correct horse"

// day is when the rehearsals of tests are.
var day = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)

// golden lays a vault out that a program of before made, with what is changed at
// one of its versions' files, and gives the folder and the phone.
func golden(t *testing.T, name string) (root, udid string) {
	t.Helper()
	root = t.TempDir()
	file, err := os.Open(filepath.Join("..", "vault", "testdata", filepath.FromSlash(name)+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		to := filepath.Join(root, filepath.FromSlash(h.Name))
		if err == nil && !h.FileInfo().IsDir() {
			var data []byte
			if data, err = io.ReadAll(r); err == nil {
				err = errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, data, 0o600))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			udid = e.Name()
		}
	}
	// What was left half-way is put in order, as each program does.
	v, err := vault.Open(afero.NewOsFs(), root, udid, nil)
	if err == nil {
		err = v.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return root, udid
}

func job(root, udid string, version int, password string) *Job {
	j := &Job{Root: root, UDID: udid, Version: version, Program: "Test 1", Now: func() time.Time { return day }}
	if password != "" {
		j.Password = keybag.NewPassword(password)
	}
	return j
}

// sums are the digests of all files below root but those in which the vault notes
// what it does.
func sums(t *testing.T, root string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || slices.Contains([]string{"meta.json", "reserve", "lock"}, d.Name()) {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every version of a vault comes back, the current one and older ones, encrypted
// and not; its day is noted and nothing else is changed.
func TestVersions(t *testing.T) {
	for name, password := range map[string]string{"format2/sealed": secret, "format2/plain": "", "format1/sealed": secret, "format1/plain": ""} {
		t.Run(name, func(t *testing.T) {
			root, udid := golden(t, name)
			before := sums(t, root)
			all, err := vault.List(afero.NewOsFs(), root, udid)
			if err != nil {
				t.Fatal(err)
			}
			managed := strings.HasPrefix(name, "format2")
			for _, v := range all {
				var last Progress
				result, err := job(root, udid, v.Number, password).Run(t.Context(), func(p Progress) { last = p })
				if err != nil || !result.Passed() || result.Files < 11 || result.Directories < 2 {
					t.Errorf("version %d: %+v, %v", v.Number, result, err)
				}
				if last.Files != last.FilesTotal || last.Files != result.Files || last.Bytes == 0 {
					t.Errorf("version %d: progress ended with %+v of %d files", v.Number, last, result.Files)
				}
				if result.Managed != managed || result.Noted != managed || result.Digests != managed || result.Encrypted != (password != "") {
					t.Errorf("version %d: %+v", v.Number, result)
				}
			}
			after, err := vault.List(afero.NewOsFs(), root, udid)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range after {
				if want := (vault.Rehearsal{Date: day, By: "Test 1"}); managed && v.Rehearsed != want || v.Rehearsed.Passed() != managed {
					t.Errorf("version %d is marked %+v", v.Number, v.Rehearsed)
				}
			}
			if !maps.Equal(before, sums(t, root)) {
				t.Error("the backup was changed")
			}
		})
	}
}

// contentOf is the path of a content of a phone's current version that is long
// enough to be spoiled in its middle.
func contentOf(t *testing.T, root, udid string) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(filepath.Join(root, udid), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && len(d.Name()) == 40 {
			if info, err := d.Info(); err == nil && info.Size() > 100 {
				found = path
			}
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no content: %v", err)
	}
	return found
}

// A flipped byte, a file that is missing, one that is cut, all are found, in the
// current version and where an older one has it, and noted.
func TestDamage(t *testing.T) {
	spoil := func(change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, change(data), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range []string{"format2/sealed", "format2/plain"} {
		for what, tc := range map[string]struct {
			spoil func(*testing.T, string)
			kind  verify.Kind
		}{
			"flipped": {spoil(func(d []byte) []byte { d[40] ^= 1; return d }), verify.Changed},
			"missing": {func(t *testing.T, path string) {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}, verify.Missing},
			"cut":     {spoil(func(d []byte) []byte { return d[:64] }), verify.WrongSize},
			"emptied": {spoil(func([]byte) []byte { return nil }), verify.WrongSize},
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				root, udid := golden(t, name)
				password := ""
				if strings.HasSuffix(name, "sealed") {
					password = secret
				}
				file := contentOf(t, root, udid)
				tc.spoil(t, file)
				result, err := job(root, udid, 0, password).Run(t.Context(), nil)
				if err != nil || result.ProblemCount != 1 || result.Problems[0].Kind != tc.kind || result.Problems[0].FileID != filepath.Base(file) {
					t.Fatalf("%+v, %v", result, err)
				}
				if p := result.Problems[0]; p.Domain == "" || p.Path == "" {
					t.Errorf("it has no name: %+v", p)
				}
				if !result.Noted || result.Version.Rehearsed.Problems != 1 || result.Version.Rehearsed.Passed() {
					t.Errorf("it was noted as %+v", result.Version.Rehearsed)
				}
			})
		}
	}
}

// A key that is not that of its file is found without any digest to go by, in a
// backup that nobody may write to.
func TestWrongKey(t *testing.T) {
	root := t.TempDir()
	source := content.Generate(5, 60, 1<<18)
	wrong := ""
	err := source.Walk(func(f content.File) error {
		if f.Kind == content.Regular && f.Size > 100 {
			wrong = f.Path
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	backuptest.MakeFaulty(t, root, source, secret, backupd.Faults{WrongKey: []string{wrong}})
	before := sums(t, root)
	j := job(root, backuptest.UDID, 0, secret)
	j.Fs = disk.ReadOnly(afero.NewOsFs())
	result, err := j.Run(t.Context(), nil)
	if err != nil || result.ProblemCount != 1 || result.Problems[0].Path != wrong || result.Problems[0].Kind != verify.BadPadding || result.Noted {
		t.Errorf("%+v, %v", result, err)
	}
	if !maps.Equal(before, sums(t, root)) {
		t.Error("the backup was changed")
	}
}

// What keeps a version from being rehearsed is reported as what it is.
func TestCannot(t *testing.T) {
	cut := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, name), 1000); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tc := range map[string]struct {
		password string
		version  int
		spoil    func(t *testing.T, dir string)
		code     fault.Code
	}{
		"the wrong password":   {password: "another", code: fault.PasswordWrong},
		"no password":          {code: fault.PasswordNeeded},
		"an unknown version":   {password: secret, version: 77, code: fault.VersionUnknown},
		"a list that is cut":   {password: secret, spoil: cut("Manifest.db"), code: fault.BackupDamaged},
		"a keybag that is cut": {password: secret, spoil: cut("Manifest.plist"), code: fault.BackupDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			root, udid := golden(t, "format2/sealed")
			if tc.spoil != nil {
				tc.spoil(t, filepath.Join(root, udid))
			}
			result, err := job(root, udid, tc.version, tc.password).Run(t.Context(), nil)
			if fault.Of(err) != tc.code || result.Noted {
				t.Errorf("%v, noted: %v", err, result.Noted)
			}
		})
	}
	t.Run("a backup under way", func(t *testing.T) {
		root, udid := golden(t, "format2/plain")
		v, err := vault.Open(afero.NewOsFs(), root, udid, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if _, err := job(root, udid, 0, "").Run(t.Context(), nil); fault.Of(err) != fault.DestBusy {
			t.Error(err)
		}
	})
}

// The spelling of a password that the phone had is found, though another one was
// typed.
func TestSpelling(t *testing.T) {
	root := t.TempDir()
	backuptest.Make(t, root, content.Generate(5, 10, 1<<16), "Gru\u0308n")
	if result, err := job(root, backuptest.UDID, 0, "Gr\u00fcn").Run(t.Context(), nil); err != nil || !result.Passed() {
		t.Errorf("%+v, %v", result, err)
	}
}

// It ends within a second of being cancelled, wherever it is, and says so.
func TestCancel(t *testing.T) {
	root := t.TempDir()
	backuptest.Make(t, root, content.Generate(5, 300, 4<<20), secret)
	temp := t.TempDir()
	for name, within := range map[string]bool{"before it begins": false, "while files arrive": true} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if !within {
				cancel()
			}
			since := time.Now()
			j := job(root, backuptest.UDID, 0, secret)
			j.Temp, j.everything = temp, true
			_, err := j.Run(ctx, func(p Progress) {
				if p.Files > p.FilesTotal/2 && ctx.Err() == nil {
					since = time.Now()
					cancel()
				}
			})
			if fault.Of(err) != fault.Cancelled {
				t.Errorf("it ended with %v", err)
			}
			if took := time.Since(since); took > wait.Promised(time.Second) {
				t.Errorf("it took %v to end", took)
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("it left %v, %v", left, err)
			}
		})
	}
}
