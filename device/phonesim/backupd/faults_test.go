package backupd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"lifeboat/device/phonesim/content"
)

// interrupted runs a backup that does not come to a final answer, and returns
// how the host and the phone saw it end.
func interrupted(t *testing.T, engine *Engine, hook func(host *testHost)) (*testHost, error, error) {
	t.Helper()
	root := t.TempDir()
	host, done := connect(t, engine, root)
	if hook != nil {
		hook(host)
	}
	if err := host.hello(); err != nil {
		t.Fatal(err)
	}
	answer, err := host.request(backupRequest())
	if err == nil {
		t.Fatalf("there was a final answer: %v", answer)
	}
	host.conn.Close()
	return host, err, <-done
}

func TestDetach(t *testing.T) {
	cfg := testConfig(t, content.Generate(5, 300, 12<<20))
	last := int64(-1)
	for tenth := 1; tenth <= 9; tenth++ {
		t.Run(fmt.Sprintf("at %d tenths", tenth), func(t *testing.T) {
			cfg.Faults = Faults{DetachAt: float64(tenth) / 10}
			var pulled atomic.Int32
			engine := newTestEngine(t, cfg)
			host, hostSaw, phoneSaw := interrupted(t, engine, func(host *testHost) {
				engine.cfg.Detach = func() { pulled.Add(1); host.conn.Close() }
			})
			if pulled.Load() != 1 || !errors.Is(phoneSaw, errDetached) {
				t.Errorf("pulled %d times, the phone saw %v, the host %v", pulled.Load(), phoneSaw, hostSaw)
			}
			if done := host.received + int64(len(host.seen)); done <= last {
				t.Errorf("%d bytes and messages had come by then, at the tenth before %d", done, last)
			} else {
				last = done
			}
		})
	}
	engine := newTestEngine(t, cfg)
	engine.SetFaults(Faults{})
	if _, answer := backUp(t, engine, t.TempDir()); answer["ErrorCode"] != uint64(0) {
		t.Errorf("the next backup ended with %v", answer)
	}
}

// The cable is pulled before the final answer even where there was less to send
// than the phone had thought.
func TestDetachOfLess(t *testing.T) {
	cfg := testConfig(t, boastful{content.Generate(5, 100, 1<<20)})
	cfg.Faults = Faults{DetachAt: 0.9}
	if _, _, phoneSaw := interrupted(t, newTestEngine(t, cfg), nil); !errors.Is(phoneSaw, errDetached) {
		t.Errorf("the phone saw %v", phoneSaw)
	}
}

// boastful is a phone that tells files to be larger than they are.
type boastful struct{ content.Source }

func (b boastful) Walk(visit func(content.File) error) error {
	return b.Source.Walk(func(f content.File) error { f.Size *= 100; return visit(f) })
}

func (b boastful) Open(f content.File) (io.ReadCloser, error) {
	f.Size /= 100
	return b.Source.Open(f)
}

// Without a hook the agent closes its own connection.
func TestDetachAlone(t *testing.T) {
	for _, faults := range []Faults{{DetachAtMessage: 520}, {DetachAt: 0.999999}, {DetachAt: 1e-9}} {
		cfg := testConfig(t, content.Generate(5, 100, 1<<20))
		cfg.Faults = faults
		host, hostSaw, phoneSaw := interrupted(t, newTestEngine(t, cfg), nil)
		if !errors.Is(phoneSaw, errDetached) || hostSaw == nil {
			t.Errorf("%+v: the phone saw %v, the host %v", faults, phoneSaw, hostSaw)
		}
		if faults.DetachAtMessage > 0 && len(host.seen)-1 != faults.DetachAtMessage { // one is the answer to Hello
			t.Errorf("pulled after %d messages instead of %d", len(host.seen)-1, faults.DetachAtMessage)
		}
	}
}

// A phone that fell silent keeps the connection until the host gives up.
func TestSilent(t *testing.T) {
	for _, faults := range []Faults{{SilentAfter: 0.5}, {HugeFrame: true}} {
		synctest.Test(t, func(t *testing.T) {
			cfg := testConfig(t, content.Generate(5, 100, 1<<20))
			cfg.Faults = faults
			engine := newTestEngine(t, cfg)
			phone, conn := net.Pipe()
			served := make(chan error, 1)
			go func() { served <- engine.Serve(t.Context(), phone) }()
			host := newTestHost(conn, t.TempDir())
			asked := make(chan error, 1)
			go func() {
				err := host.hello()
				if err == nil {
					_, err = host.request(backupRequest())
				}
				asked <- err
			}()
			synctest.Wait()
			select {
			case err := <-served:
				t.Errorf("%+v: the phone left with %v", faults, err)
			case err := <-asked:
				if !faults.HugeFrame {
					t.Errorf("%+v: the host ended with %v", faults, err)
				}
			default:
			}
			conn.Close()
			if err := <-served; !errors.Is(err, errSilent) {
				t.Errorf("%+v: the phone ended with %v", faults, err)
			}
			synctest.Wait()
		})
	}
}

func TestFinalErrors(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*Config)
		host   func(*testHost)
		code   uint64
		text   string
	}{
		{name: "at the start", change: func(c *Config) { c.Faults.AtStart = Answer{Code: 25, Text: "restore"} }, code: 25, text: "restore"},
		{name: "at the end without a text", change: func(c *Config) { c.Faults.AtEnd = Answer{Code: 102} }, code: 102},
		{name: "setup unfinished", change: func(c *Config) { c.SetupUnfinished = true }, code: 212, text: "Device setup is not finished"},
		{name: "encryption required", change: func(c *Config) { c.RequiresEncryption = true }, code: 207, text: "Backup encryption is required"},
		{name: "passcode refused", change: func(c *Config) { c.Passcode = Passcode{Set: true, Refused: true} }, code: 208, text: "Device locked"},
		{name: "cancelled on the phone", change: func(c *Config) { c.Faults.CancelAt = 0.5 }, code: 202, text: "Backup was cancelled on the device"},
		{name: "closing check", change: func(c *Config) { c.Faults.FailClosingCheck = true }, code: 205, text: "Manifest.db: a fault that was asked for"},
		{name: "disk full", host: func(h *testHost) { h.free = 1 }, code: 105},
		{name: "disk full, DeviceLink 300", host: func(h *testHost) { h.free, h.version = 1, 300 }, code: 105},
		{name: "host purged too little", host: func(h *testHost) {
			h.free, h.purge = 1, []any{"DLMessageStatusResponse", 0, "", 5}
		}, code: 105},
		{name: "host cannot write", host: func(h *testHost) {
			h.refuse = func(path string) int {
				if filepath.Base(path) == "Manifest.db" {
					return -15
				}
				return 0
			}
		}, code: 104},
		{name: "host loses a file", host: func(h *testHost) {
			h.onAsk = func(name string) {
				if name == "DLContentsOfDirectory" {
					files, _ := filepath.Glob(filepath.Join(h.root, testUDID, "??", "*"))
					if len(files) > 0 {
						_ = os.Remove(files[0])
					}
				}
			}
		}, code: 205},
		{name: "host cuts a file", host: func(h *testHost) {
			h.onAsk = func(name string) {
				if name == "DLContentsOfDirectory" {
					files, _ := filepath.Glob(filepath.Join(h.root, testUDID, "??", "*"))
					for _, file := range files {
						_ = os.Truncate(file, 3)
					}
				}
			}
		}, code: 205},
		{name: "host changes the manifest", host: func(h *testHost) {
			h.onAsk = func(name string) {
				if name == "DLMessageRemoveItems" {
					_ = os.WriteFile(filepath.Join(h.root, testUDID, "Manifest.db"), []byte("x"), 0o644)
				}
			}
		}, code: 205, text: "Manifest.db: it is not what was sent"},
		{name: "host loses the manifest", host: func(h *testHost) {
			h.onAsk = func(name string) {
				if name == "DLMessageRemoveItems" {
					_ = os.Remove(filepath.Join(h.root, testUDID, "Manifest.plist"))
				}
			}
		}, code: 205},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := testConfig(t, content.Generate(5, 150, 2<<20))
			if tc.change != nil {
				tc.change(&cfg)
			}
			host, done := connect(t, newTestEngine(t, cfg), t.TempDir())
			if tc.host != nil {
				tc.host(host)
			}
			if err := host.hello(); err != nil {
				t.Fatal(err)
			}
			answer, err := host.request(backupRequest())
			if err != nil {
				t.Fatal(err)
			}
			if answer["ErrorCode"] != tc.code {
				t.Errorf("the answer is %v, not %d", answer, tc.code)
			}
			text, there := answer["ErrorDescription"]
			if tc.text != "" && text != tc.text || tc.name == "at the end without a text" && there {
				t.Errorf("the text is %q", text)
			}
			host.leave(t, done)
		})
	}
}

// Files that the phone cannot read are reported as such, are in no manifest, and
// spoil nothing else.
func TestEntryErrors(t *testing.T) {
	source := content.Generate(5, 60, 6<<20)
	var files []content.File
	_ = source.Walk(func(f content.File) error {
		if f.Kind == content.Regular && f.Size > 100 {
			files = append(files, f)
		}
		return nil
	})
	cfg := testConfig(t, source)
	cfg.Faults.Entries = []EntryError{
		{Domain: files[0].Domain, Path: files[0].Path, Code: 0x0B, Text: "Input/output error", AfterBytes: 50},
		{Domain: files[1].Domain, Path: files[1].Path, Code: 0x06, Text: "No such file"},
		{Domain: files[2].Domain, Path: files[2].Path, Code: 0x01, AfterBytes: 1 << 40},
	}
	engine := newTestEngine(t, cfg)
	setPassword(t, engine, "", "secret")
	root := t.TempDir()
	host, answer := backUp(t, engine, root)
	if answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	b := openBackup(t, filepath.Join(root, testUDID), "secret")
	for i, want := range []string{"11 Input/output error", "6 No such file", "1 "} {
		id := fileID(files[i].Domain, files[i].Path)
		if got := host.failed[testUDID+"/Snapshot/"+id[:2]+"/"+id]; got != want {
			t.Errorf("the entry of file %d ended with %q", i, got)
		}
		for _, r := range b.rows {
			if r.id == id {
				t.Errorf("%s is in the manifest", r.path)
			}
		}
	}
	if len(b.rows) < 60-3 {
		t.Errorf("only %d rows are left", len(b.rows))
	}
}

// A host is tried with paths that it must not obey, with every operation.
func TestHostilePaths(t *testing.T) {
	cfg := testConfig(t, content.Generate(5, 60, 1<<20))
	cfg.Faults.HostilePaths = HostilePaths(testUDID)
	engine := newTestEngine(t, cfg)
	root := t.TempDir()
	before := tree(t, filepath.Dir(root))
	if _, answer := backUp(t, engine, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	after := tree(t, filepath.Dir(root))
	for name := range after {
		if _, old := before[name]; !old && !filepath.IsLocal(name) {
			t.Errorf("%s is outside", name)
		}
	}
	asked := map[string]map[string]bool{}
	for _, e := range engine.Exchanges() {
		if asked[e.About] == nil {
			asked[e.About] = map[string]bool{}
		}
		asked[e.About][e.Request] = true
	}
	for _, path := range cfg.Faults.HostilePaths {
		if path == "" {
			delete(asked[path], "DLMessageGetFreeDiskSpace") // is about nothing
			asked[path]["DLMessageDownloadFiles"] = true     // an empty name would end it
		}
		if len(asked[path]) != 7 {
			t.Errorf("%q was tried with %v", path, asked[path])
		}
	}
}

// The contents of a file that cannot be opened are left out like those of a
// phone, without an entry.
func TestUnreadableFile(t *testing.T) {
	source := &holed{Source: content.Generate(5, 60, 1<<20)}
	root := t.TempDir()
	engine := newTestEngine(t, testConfig(t, source))
	host, answer := backUp(t, engine, root)
	if answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	b := openBackup(t, filepath.Join(root, testUDID), "")
	regular := 0
	for _, r := range b.rows {
		if r.flags == 1 {
			regular++
		}
		if r.id == fileID(source.opens.Domain, source.opens.Path) || r.id == fileID(source.reads.Domain, source.reads.Path) {
			t.Errorf("%s is in the manifest", r.path)
		}
	}
	if regular != 58 || len(host.failed) != 1 {
		t.Errorf("%d files in the manifest, %v failed", regular, host.failed)
	}
}

// holed is a phone on which one file cannot be opened and another not be read.
type holed struct {
	content.Source
	opens, reads content.File
}

func (h *holed) Open(f content.File) (io.ReadCloser, error) {
	if h.opens.Path == "" {
		h.opens = f
	}
	if f == h.opens {
		return nil, os.ErrPermission
	}
	if h.reads.Path == "" {
		h.reads = f
	}
	if f == h.reads {
		return io.NopCloser(io.MultiReader(bytes.NewReader(make([]byte, 10)), badReader{})), nil
	}
	return h.Source.Open(f)
}

type badReader struct{}

func (badReader) Read([]byte) (int, error) { return 0, errors.New("bad block") }

// A spoiled file never ends with right padding, which one key of 256 would
// leave it by chance.
func TestSpoiledFileTells(t *testing.T) {
	all := content.Generate(3, 8, 1<<12)
	var file content.File
	if err := all.Walk(func(f content.File) error {
		if f.Kind == content.Regular && f.Size > 0 {
			file = f
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	chance := 0
	for n := range 3000 {
		j := &job{content: all, state: &state{Secret: fmt.Append(nil, n), Encrypted: true}, faults: Faults{WrongKey: []string{file.Path}}}
		e := &entry{File: file}
		e.key = j.fileKey(e)
		key, err := j.sentKey(e)
		if err != nil {
			t.Fatal(err)
		}
		if tells, err := j.paddingTells(e, key); err != nil || !tells {
			t.Fatalf("key %d: the padding tells %v, %v", n, tells, err)
		}
		if tells, _ := j.paddingTells(e, j.state.derive("another", fmt.Sprint(e.Path, 0))); !tells {
			chance++
		}
	}
	if chance == 0 {
		t.Error("no key of 3000 would have left right padding")
	}
}
