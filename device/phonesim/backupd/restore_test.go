package backupd

import (
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

func restoreRequest(password string) map[string]any {
	options := map[string]any{"RestoreSystemFiles": true, "RestoreShouldReboot": false, "RestoreDontCopyBackup": true, "RemoveItemsNotRestored": false}
	if password != "" {
		options["Password"] = password
	}
	return map[string]any{"MessageName": "Restore", "TargetIdentifier": testUDID, "SourceIdentifier": testUDID, "Options": options}
}

// restoreFrom has a phone restore what is below root.
func restoreFrom(t testing.TB, engine *Engine, root string, request map[string]any) (*testHost, map[string]any) {
	t.Helper()
	host, done := connect(t, engine, root)
	if err := host.hello(); err != nil {
		t.Fatal(err)
	}
	answer, err := host.request(request)
	if err != nil {
		t.Fatal(err)
	}
	host.leave(t, done)
	return host, answer
}

// restoredAs is what a phone must be restored with to be as the source is.
func restoredAs(t testing.TB, source content.Source) map[string]string {
	t.Helper()
	want := map[string]string{}
	err := source.Walk(func(f content.File) error {
		restored := fmt.Sprintf("%d %o %s", f.Kind, f.Mode, f.Target)
		if f.Kind == content.Regular {
			in, err := source.Open(f)
			if err != nil {
				return err
			}
			defer in.Close()
			sum := sha256.New()
			n, err := io.Copy(sum, in)
			if err != nil {
				return err
			}
			restored += fmt.Sprintf(" %d %x", n, sum.Sum(nil))
		}
		want[f.Domain+"-"+f.Path] = restored
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// checkRestored compares what a phone was restored with.
func checkRestored(t testing.TB, engine *Engine, want map[string]string) {
	t.Helper()
	got, was, err := engine.Restored()
	if err != nil || !was {
		t.Fatalf("restored: %v, %v", was, err)
	}
	found := map[string]bool{}
	for _, f := range got.Files {
		restored := fmt.Sprintf("%d %o %s", f.Kind, f.Mode, f.Target)
		if f.Kind == content.Regular {
			restored += fmt.Sprintf(" %d %s", f.Size, f.SHA256)
		}
		name := f.Domain + "-" + f.Path
		if found[name] = true; want[name] != restored {
			t.Errorf("%s was restored as %q, not %q", name, restored, want[name])
		}
	}
	if len(found) != len(want) || len(got.Files) != len(want) {
		t.Errorf("%d entries under %d names were restored, not %d", len(got.Files), len(found), len(want))
	}
}

// A backup is restored as the phone was: with a password and without, sizes
// that differ and odd rows among it, onto another phone with another password.
func TestRestore(t *testing.T) {
	for name, password := range map[string]string{"encrypted": "eins", "plain": ""} {
		t.Run(name, func(t *testing.T) {
			source := content.Generate(7, 300, 1<<20)
			cfg := testConfig(t, source)
			cfg.Faults = Faults{SizesDiffer: 20, OddRows: true}
			old, root := newTestEngine(t, cfg), t.TempDir()
			if password != "" {
				setPassword(t, old, "", password)
			}
			if _, answer := backUp(t, old, root); answer["ErrorCode"] != uint64(0) {
				t.Fatal(answer)
			}
			other := testConfig(t, content.Generate(8, 3, 1000))
			restarted := make(chan bool, 1)
			other.Restart = func() { restarted <- true }
			phone := newTestEngine(t, other)
			setPassword(t, phone, "", "zwei")
			request := restoreRequest(password)
			delete(request["Options"].(map[string]any), "RestoreShouldReboot") // it does unless it is told not to
			host, answer := restoreFrom(t, phone, root, request)
			if answer["ErrorCode"] != uint64(0) {
				t.Fatal(answer)
			}
			checkRestored(t, phone, restoredAs(t, source))
			got, _, _ := phone.Restored()
			if got.Source != testUDID || !maps.Equal(got.Options, map[string]bool{
				"RestoreSystemFiles": true, "RestorePreserveSettings": false, "RestoreShouldReboot": true,
				"RestoreDontCopyBackup": true, "RemoveItemsNotRestored": false,
			}) {
				t.Errorf("it was restored with %+v", got.Options)
			}
			asked := strings.Join(host.seen, " ")
			if want := "DLMessageProcessMessage " + strings.Repeat("DLMessageDownloadFiles ", 4+3) + "DLMessageProcessMessage"; asked != want {
				t.Errorf("the phone asked %s", asked)
			}
			select {
			case <-restarted:
			case <-time.After(time.Minute):
				t.Error("the phone did not restart")
			}
			data, err := os.ReadFile(filepath.Join(other.StateDir, RestoredName))
			if err != nil || password != "" && bytes.Contains(data, []byte(password+`"`)) {
				t.Errorf("the password was kept, or %v", err)
			}
		})
	}
}

// What a phone refuses, and that it then says of nothing that it was restored.
func TestRestoreRefused(t *testing.T) {
	cfg := testConfig(t, content.Generate(7, 60, 1<<18))
	maker, root := newTestEngine(t, cfg), t.TempDir()
	setPassword(t, maker, "", "eins")
	if _, answer := backUp(t, maker, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	info, err := plist.Marshal(map[string]any{"Product Version": "17.5.1"}, plist.XMLFormat)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, testUDID, "Info.plist"), info, 0o600); err != nil {
		t.Fatal(err)
	}
	blob := openBackup(t, filepath.Join(root, testUDID), "eins")
	var first storedRow
	for _, r := range blob.rows {
		if r.flags == 1 && r.at("Digest") == nil && r.number("Size") > 100 {
			first = r
			break
		}
	}
	stored := filepath.Join(first.id[:2], first.id)
	edit := func(name string, change func(map[string]any)) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			var dict map[string]any
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			format, err := plist.Unmarshal(data, &dict)
			if err != nil {
				t.Fatal(err)
			}
			change(dict)
			if data, err = plist.Marshal(dict, format); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(name string, data []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	nothing := func(*testing.T, string) {}
	set := func(key string, value any) func(map[string]any) {
		return func(d map[string]any) { d[key] = value }
	}
	noise := make([]byte, 1600)
	_, _ = rand.Read(noise)
	right := restoreRequest("eins")
	for _, tc := range []struct {
		name    string
		change  func(*testing.T, string)
		phone   func(*Config)
		request map[string]any
		code    uint64
	}{
		{"nothing changed", nothing, nil, right, 0},
		{"Find My is on", nothing, func(c *Config) { c.FindMy = func() bool { return true } }, right, 211},
		{"a restore from iCloud", nothing, func(c *Config) {
			c.CloudRestore, c.FindMy = func() bool { return true }, func() bool { return true }
		}, right, 25},
		{"a restore under way", nothing, func(c *Config) {
			c.Faults.RestoreLocked, c.FindMy = true, func() bool { return true }
		}, right, 1},
		{"locked", nothing, func(c *Config) { c.Locked = func() bool { return true } }, right, 208},
		{"no passcode", nothing, func(c *Config) { c.Passcode = Passcode{Set: true, Restore: true, Refused: true} }, right, 208},
		{"a fault later", nothing, func(c *Config) {
			c.Faults.Restore, c.Faults.RestoreErrorAt = Answer{Code: 100}, RestorePoint{Share: 0.5}
		}, right, 100},
		{"a fault after a size", nothing, func(c *Config) {
			c.Faults.Restore, c.Faults.RestoreErrorAt = Answer{Code: 11}, RestorePoint{Bytes: 1000}
		}, right, 11},
		{"a fault", nothing, func(c *Config) { c.Faults.Restore = Answer{Code: 25} }, right, 25},
		{"another phone's request", nothing, nil, map[string]any{"MessageName": "Restore", "TargetIdentifier": "other"}, 1},
		{"a folder that is not there", nothing, nil, map[string]any{"MessageName": "Restore", "TargetIdentifier": testUDID, "SourceIdentifier": testUDID + "/none"}, 204},
		{"no Status.plist", remove("Status.plist"), nil, right, 204},
		{"an empty Status.plist", write("Status.plist", nil), nil, right, 204},
		{"another Status.plist", write("Status.plist", []byte("bplist99")), nil, right, 205},
		{"an old format", edit("Status.plist", set("Version", "2.3")), nil, right, 203},
		{"a format to come", edit("Status.plist", set("Version", "4.0")), nil, right, 203},
		{"no Manifest.plist", remove("Manifest.plist"), nil, right, 205},
		{"no Manifest.db", remove("Manifest.db"), nil, right, 205},
		{"another Manifest.db", write("Manifest.db", noise), nil, right, 205},
		{"no keybag", edit("Manifest.plist", func(d map[string]any) { delete(d, "BackupKeyBag") }), nil, right, 205},
		{"no password", nothing, nil, restoreRequest(""), 207},
		{"the wrong password", nothing, nil, restoreRequest("zwei"), 207},
		{"no Info.plist", remove("Info.plist"), nil, right, 0},
		{"a newer iOS", edit("Info.plist", set("Product Version", "17.6")), nil, right, 203},
		{"a newer third number", edit("Info.plist", set("Product Version", "17.5.2")), nil, right, 203},
		{"one that asks for less", func(t *testing.T, dir string) {
			edit("Info.plist", set("Product Version", "17.5.2"))(t, dir)
			edit("Manifest.plist", set("RequiredProductVersion", "17.5"))(t, dir)
		}, nil, right, 0},
		{"an older iOS", edit("Info.plist", set("Product Version", "9.3.5")), nil, right, 0},
		{"a full phone", nothing, func(c *Config) { c.RestoreSpace = func() int64 { return 1000 } }, right, 106},
		{"room enough", nothing, func(c *Config) { c.RestoreSpace = func() int64 { return 1 << 30 } }, right, 0},
		{"a file less", remove(stored), nil, right, 205},
		// Other blocks would end as one of 256 files does: with a padding. These end with bytes of the file.
		{"a file less a block", func(t *testing.T, dir string) {
			path := filepath.Join(dir, stored)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			write(stored, data[:len(data)-aes.BlockSize])(t, dir)
		}, nil, right, 205},
		{"a file that is no blocks", write(stored, noise[:17]), nil, right, 205},
	} {
		t.Run(tc.name, func(t *testing.T) {
			copied := t.TempDir()
			if err := os.CopyFS(copied, os.DirFS(root)); err != nil {
				t.Fatal(err)
			}
			tc.change(t, filepath.Join(copied, testUDID))
			cfg := testConfig(t, content.Generate(1, 1, 1))
			if tc.phone != nil {
				tc.phone(&cfg)
			}
			phone := newTestEngine(t, cfg)
			_, answer := restoreFrom(t, phone, copied, tc.request)
			if answer["ErrorCode"] != tc.code {
				t.Errorf("it was answered %v, not %d", answer, tc.code)
			}
			if _, was, err := phone.Restored(); err != nil || was != (tc.code == 0) {
				t.Errorf("restored: %v, %v", was, err)
			}
			if left, _ := filepath.Glob(filepath.Join(cfg.StateDir, "*restore*")); len(left) > 0 && tc.code != 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

// A digest says about bytes that decrypt all the same.
func TestRestoreDigest(t *testing.T) {
	cfg := testConfig(t, content.Generate(7, 60, 1<<18))
	phone, root := newTestEngine(t, cfg), t.TempDir()
	if _, answer := backUp(t, phone, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	for _, r := range openBackup(t, filepath.Join(root, testUDID), "").rows {
		if r.at("Digest") == nil || r.number("Size") == 0 {
			continue
		}
		name := filepath.Join(root, testUDID, r.id[:2], r.id)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		data[0] ^= 1
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, answer := restoreFrom(t, phone, root, restoreRequest("")); answer["ErrorCode"] != uint64(205) {
			t.Errorf("a changed %s was answered %v", r.path, answer)
		}
		return
	}
	t.Fatal("no row has a digest")
}

func FuzzUnlockKeybag(f *testing.F) {
	bag, err := newKeybag("eins", Rounds{PBKDF2SHA256: 1, PBKDF2SHA1: 1}, false)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bag.TLV)
	f.Add(bag.TLV[:200])
	f.Add([]byte("UUID\x00\x00\x00\x00UUID\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, tlv []byte) {
		header, _, err := parseKeybag(tlv)
		if err != nil {
			return
		}
		for _, tag := range []string{"ITER", "DPIC"} { // costs only time
			if v := header[tag]; len(v) == 4 {
				v[0], v[1] = 0, 0
			}
		}
		_, _ = unlockKeybag(t.Context(), tlv, "eins")
	})
}

func FuzzRestoreRow(f *testing.F) {
	e := newEntry(content.File{Domain: "HomeDomain", Path: "a", Kind: content.Regular, Mode: 0o100644})
	e.digest = make([]byte, 20)
	f.Add(1, e.appendBlob(nil, make([]byte, 44)))
	f.Add(0, []byte("bplist00"))
	f.Fuzz(func(t *testing.T, flags int, blob []byte) {
		var r restoreRow
		_ = r.parse(flags, blob)
	})
}
