package record_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/record"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

const (
	secret = "correct horse"
	marker = "MARKER-IN-THE-RECORD"
	path   = "Library/Preferences/com.apple.MobileBackup.plist"
)

func own(t *testing.T) []byte {
	t.Helper()
	data, err := plist.Marshal(map[string]any{
		"BackupStateInfo": map[string]any{"isCloud": true, "errors": []any{
			map[string]any{"domain": "MBErrorDomain", "code": 303, "localizedDescription": marker},
		}},
	}, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func source(files ...content.Extra) content.Source {
	return content.With(content.Generate(1, 15, 1<<16), files...)
}

func TestRead(t *testing.T) {
	kept := content.Extra{Domain: "HomeDomain", Path: path, Data: own(t)}
	for name, tc := range map[string]struct {
		files    []content.Extra
		password string // of the backup
		given    string
		state    facts.State
		reason   string
	}{
		"plain":                     {[]content.Extra{kept}, "", "", facts.Read, ""},
		"plain, and a password":     {[]content.Extra{kept}, "", secret, facts.Read, ""},
		"encrypted":                 {[]content.Extra{kept}, secret, secret, facts.Read, ""},
		"of an old iOS":             {[]content.Extra{{Domain: "RootDomain", Path: path, Data: kept.Data}}, secret, secret, facts.Read, ""},
		"without the password":      {[]content.Extra{kept}, secret, "", facts.NotRead, facts.RecordLocked},
		"with another password":     {[]content.Extra{kept}, secret, "wrong", facts.NotRead, facts.RecordLocked},
		"a phone without":           {nil, secret, secret, facts.Absent, "MissingValue"},
		"an empty file":             {[]content.Extra{{Domain: "HomeDomain", Path: path}}, secret, secret, facts.Refused, "WrongType"},
		"no property list":          {[]content.Extra{{Domain: "HomeDomain", Path: path, Data: kept.Data[:60]}}, secret, secret, facts.Refused, "WrongType"},
		"a length of no full block": {[]content.Extra{{Domain: "HomeDomain", Path: path, Data: append([]byte("<plist><dict/></plist>"), bytes.Repeat([]byte(" "), 26)...)}}, secret, secret, facts.Read, ""},
	} {
		t.Run(name, func(t *testing.T) {
			root, temp := t.TempDir(), t.TempDir()
			t.Setenv("TMPDIR", temp)
			dir := backuptest.Make(t, root, source(tc.files...), tc.password)
			before := files(t, root)
			d, err := record.Read(t.Context(), afero.NewReadOnlyFs(afero.NewOsFs()), dir, keybag.NewPassword(tc.given))
			if err != nil || d.State != tc.state || d.Reason != tc.reason {
				t.Fatalf("%v %q, %v", d.State, d.Reason, err)
			}
			if tc.reason != "MissingValue" && d.Value.Of.IsZero() {
				t.Error("it is not said of when it is")
			}
			if tc.state == facts.Read && tc.given == secret && tc.files[0].Path == path && bytes.Equal(tc.files[0].Data, kept.Data) {
				if all := d.Value.Outcomes.Value; len(all) != 1 || all[0].Codes[0].Number != 303 {
					t.Errorf("outcomes: %+v", all)
				}
			}
			if after := files(t, root); after != before {
				t.Errorf("the backup's folder has changed:\n%s\n%s", before, after)
			}
			if left := files(t, temp); left != "" {
				t.Errorf("left behind: %s", left)
			}
			if plain := holds(t, root, marker); plain != (tc.password == "") {
				t.Errorf("the record lies there in plain: %v", plain)
			}
		})
	}
}

// files lists all files below a folder.
func files(t *testing.T, root string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != root {
			names = append(names, strings.TrimPrefix(path, root))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, "\n")
}

// holds looks into every file below a folder for a text.
func holds(t *testing.T, root, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found = found || bytes.Contains(data, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What is no finished backup, or a damaged one, is not read, and nothing is said
// of a record then.
func TestNoBackup(t *testing.T) {
	kept := content.Extra{Domain: "HomeDomain", Path: path, Data: own(t)}
	blob := filepath.Join("2f", "2f0b2af6ff2371fcfaf405572b94d0e8551c5659")
	for name, tc := range map[string]struct {
		harm func(dir string) error
		code fault.Code // "" for no error
	}{
		"no folder":        {os.RemoveAll, ""},
		"unfinished":       {func(dir string) error { return finish(dir, "uploading") }, ""},
		"no status":        {func(dir string) error { return os.Remove(filepath.Join(dir, format.StatusName)) }, ""},
		"the file is gone": {func(dir string) error { return os.Remove(filepath.Join(dir, blob)) }, fault.BackupDamaged},
		"another length":   {func(dir string) error { return os.Truncate(filepath.Join(dir, blob), 30) }, fault.BackupDamaged},
		"another end":      {func(dir string) error { return os.WriteFile(filepath.Join(dir, blob), make([]byte, 32), 0o600) }, fault.BackupDamaged},
		"a folder there": {func(dir string) error {
			os.Remove(filepath.Join(dir, blob))
			return os.Mkdir(filepath.Join(dir, blob), 0o700)
		}, fault.BackupDamaged},
		"a link there": {func(dir string) error {
			os.Remove(filepath.Join(dir, blob))
			return os.Symlink("/etc/passwd", filepath.Join(dir, blob))
		}, fault.BackupDamaged},
		"far too long":      {func(dir string) error { return os.Truncate(filepath.Join(dir, blob), 1<<30) }, fault.BackupDamaged},
		"no Manifest.db":    {func(dir string) error { return os.Remove(filepath.Join(dir, format.ManifestDBName)) }, fault.BackupDamaged},
		"a cut Manifest.db": {func(dir string) error { return os.Truncate(filepath.Join(dir, format.ManifestDBName), 4096) }, fault.BackupDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			dir := backuptest.Make(t, t.TempDir(), source(kept), secret)
			if err := tc.harm(dir); err != nil {
				t.Skip(err) // no links here
			}
			d, err := record.Read(t.Context(), afero.NewOsFs(), dir, keybag.NewPassword(secret))
			if d.State != facts.NotRead || fault.Of(err) != tc.code {
				t.Errorf("%+v, %v (%s)", d, err, fault.Of(err))
			}
		})
	}
}

func finish(dir, state string) error {
	name := filepath.Join(dir, format.StatusName)
	var d map[string]any
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if _, err := plist.Unmarshal(data, &d); err != nil {
		return err
	}
	d["SnapshotState"] = state
	if data, err = plist.Marshal(d, plist.BinaryFormat); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o600)
}

func TestCancelled(t *testing.T) {
	dir := backuptest.Make(t, t.TempDir(), source(content.Extra{Domain: "HomeDomain", Path: path, Data: own(t)}), secret)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if d, err := record.Read(ctx, afero.NewOsFs(), dir, keybag.NewPassword(secret)); fault.Of(err) != fault.Cancelled || d.State != facts.NotRead {
		t.Errorf("%+v, %v", d, err)
	}
}
