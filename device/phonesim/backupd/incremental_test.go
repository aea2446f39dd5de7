package backupd

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

func incrementalRequest() map[string]any {
	return map[string]any{"MessageName": "Backup", "TargetIdentifier": testUDID}
}

// addTo runs a backup that may add to the one that is there.
func addTo(t testing.TB, engine *Engine, root string, hook func(*testHost)) (*testHost, map[string]any) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(root, testUDID), 0o755); err != nil {
		t.Fatal(err)
	}
	host, done := connect(t, engine, root)
	if hook != nil {
		hook(host)
	}
	if err := host.hello(); err != nil {
		t.Fatal(err)
	}
	answer, err := host.request(incrementalRequest())
	if err != nil {
		t.Fatal(err)
	}
	host.leave(t, done)
	return host, answer
}

// succeed runs a backup and checks that it is of the kind that is wanted.
func succeed(t testing.TB, engine *Engine, root string, want Run) (*testHost, Run) {
	t.Helper()
	host, answer := addTo(t, engine, root, nil)
	if answer["ErrorCode"] != uint64(0) {
		t.Fatalf("final answer %v", answer)
	}
	got := engine.LastRun()
	if got.Incremental != want.Incremental || got.Resumed != want.Resumed || !strings.Contains(got.Why, want.Why) || (got.Why == "") != (want.Why == "") {
		t.Fatalf("the backup was %+v, not %+v", got, want)
	}
	return host, got
}

// checkSame compares a backup with the phone as checkBackup does, whatever the
// order of the rows, and looks for what is too much.
func checkSame(t *testing.T, source content.Source, dir, password string) *storedBackup {
	t.Helper()
	b := checkBackup(t, walkLike(t, source, openBackup(t, dir, password)), dir, password)
	wanted := map[string]bool{"Manifest.db": true, "Manifest.plist": true, "Status.plist": true}
	for _, r := range b.rows {
		if r.flags == 1 {
			wanted[filepath.Join(r.id[:2], r.id)] = true
		}
	}
	for name := range tree(t, dir) {
		if !wanted[name] {
			t.Errorf("%s was left", name)
		}
	}
	return b
}

// walkLike is a source that is walked in the order of a backup's rows.
func walkLike(t *testing.T, source content.Source, b *storedBackup) content.Source {
	t.Helper()
	place := map[string]int{}
	for i, r := range b.rows {
		place[r.id] = i
	}
	var files []content.File
	_ = source.Walk(func(f content.File) error { files = append(files, f); return nil })
	sort.SliceStable(files, func(i, k int) bool {
		return place[fileID(files[i].Domain, files[i].Path)] < place[fileID(files[k].Domain, files[k].Path)]
	})
	return ordered{source, files}
}

type ordered struct {
	content.Source
	files []content.File
}

func (o ordered) Walk(visit func(content.File) error) error {
	for _, f := range o.files {
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

func (h *testHost) count(name string) (n int) {
	for _, seen := range h.seen {
		if seen == name {
			n++
		}
	}
	return n
}

// Each backup after the first sends what changed and nothing else, and what
// the host then has is the phone as it is, byte by byte.
func TestIncremental(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for name, password := range map[string]string{"plain": "", "encrypted": "secret"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			phone := content.Edit(content.Generate(7, 400, 3<<20), 2)
			cfg := testConfig(t, phone)
			engine := newTestEngine(t, cfg)
			if password != "" {
				setPassword(t, engine, "", password)
			}
			root := t.TempDir()
			dir := filepath.Join(root, testUDID)
			succeed(t, engine, root, Run{Why: "no backup"})
			checkSame(t, phone, dir, password)
			for _, n := range []content.Edits{{Changed: 9}, {Added: 4}, {Removed: 5}, {}, {Changed: 150, Added: 140, Removed: 150}, {Changed: 1, Added: 1, Removed: 1}} {
				if err := phone.Apply(n); err != nil {
					t.Fatal(err)
				}
				engine = newTestEngine(t, cfg) // it outlasts the program
				host, run := succeed(t, engine, root, Run{Incremental: true})
				if run.Files != n.Changed+n.Added || host.files != run.Files+6 { // four times Status.plist, and the manifests
					t.Errorf("%+v: %d files of %+v came", n, host.files, run)
				}
				b := checkSame(t, phone, dir, password)
				if b.status["IsFullBackup"] != false || b.status["SnapshotState"] != "finished" || b.status["BackupState"] != "new" {
					t.Errorf("Status.plist: %v", b.status)
				}
				if lists := host.count("DLContentsOfDirectory"); lists != 2*(prefixes+1) {
					t.Errorf("%d folders were listed", lists)
				}
				if moves, want := host.count("DLMessageMoveItems"), 2+(run.Files+batchSize-1)/batchSize; moves != want {
					t.Errorf("%+v: %d messages of moves, not %d", n, moves, want)
				}
				if removals, want := host.count("DLMessageRemoveItems"), 2+(n.Removed+batchSize-1)/batchSize; removals != want {
					t.Errorf("%+v: %d messages of removals, not %d", n, removals, want)
				}
			}
		})
	}
}

// Two hosts may each have backups of one phone and add to them.
func TestIncrementalOfSeveralHosts(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	phone := content.Edit(content.Generate(7, 60, 1<<20), 2)
	engine := newTestEngine(t, testConfig(t, phone))
	one, two := t.TempDir(), t.TempDir()
	succeed(t, engine, one, Run{Why: "no backup"})
	succeed(t, engine, two, Run{Why: "no backup"})
	for range 3 {
		if err := phone.Apply(content.Edits{Changed: 3, Added: 2, Removed: 1}); err != nil {
			t.Fatal(err)
		}
		for _, root := range []string{one, two} {
			succeed(t, engine, root, Run{Incremental: true})
			checkSame(t, phone, filepath.Join(root, testUDID), "")
		}
	}
	for range rememberedBackups {
		succeed(t, engine, t.TempDir(), Run{Why: "no backup"})
	}
	succeed(t, engine, one, Run{Why: "does not know"})
	checkSame(t, phone, filepath.Join(one, testUDID), "")
}

// What is not as it was sent makes a full backup, which repairs everything.
func TestIncrementalGoesFull(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	firstBlob := func(t *testing.T, dir string) string {
		blobs, err := filepath.Glob(filepath.Join(dir, "??", "*"))
		if err != nil || len(blobs) == 0 {
			t.Fatal(blobs, err)
		}
		for _, name := range blobs {
			if info, err := os.Stat(name); err == nil && info.Size() > 100 {
				return name
			}
		}
		t.Fatal("no file of some size")
		return ""
	}
	status := func(change func(map[string]any)) func(*testing.T, string, *Engine) {
		return func(t *testing.T, dir string, _ *Engine) {
			name := filepath.Join(dir, "Status.plist")
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var v map[string]any
			if _, err := plist.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			change(v)
			if data, err = plist.Marshal(v, plist.BinaryFormat); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tc := range map[string]struct {
		spoil func(t *testing.T, dir string, engine *Engine)
		why   string
		code  uint64
	}{
		"a file is gone": {func(t *testing.T, dir string, _ *Engine) { _ = os.Remove(firstBlob(t, dir)) }, "the host lacks", 0},
		"a file is cut":  {func(t *testing.T, dir string, _ *Engine) { _ = os.Truncate(firstBlob(t, dir), 50) }, "the host lacks", 0},
		"a folder is gone": {func(t *testing.T, dir string, _ *Engine) {
			_ = os.RemoveAll(filepath.Dir(firstBlob(t, dir)))
		}, "the host lacks", 0},
		"no Manifest.plist": {func(_ *testing.T, dir string, _ *Engine) { _ = os.Remove(filepath.Join(dir, "Manifest.plist")) }, "Manifest.plist", 0},
		"no Manifest.db":    {func(_ *testing.T, dir string, _ *Engine) { _ = os.Remove(filepath.Join(dir, "Manifest.db")) }, "Manifest.db", 0},
		"another Manifest.db": {func(_ *testing.T, dir string, _ *Engine) {
			_ = os.WriteFile(filepath.Join(dir, "Manifest.db"), []byte("other"), 0o600)
		}, "Manifest.db", 0},
		"no Status.plist": {func(_ *testing.T, dir string, _ *Engine) { _ = os.Remove(filepath.Join(dir, "Status.plist")) }, "no backup", 0},
		"a new password":  {func(t *testing.T, _ string, engine *Engine) { setPassword(t, engine, "secret", "other") }, "encryption", 0},
		"an old format":   {status(func(v map[string]any) { v["Version"] = "2.4" }), "format", 0},
		"another UUID":    {status(func(v map[string]any) { v["UUID"] = "../../.." }), "does not know", 0},
		"a strange state": {status(func(v map[string]any) { v["SnapshotState"] = "resting" }), "does not know", 0},
		"an empty Manifest.plist": {func(_ *testing.T, dir string, _ *Engine) {
			_ = os.Truncate(filepath.Join(dir, "Manifest.plist"), 0)
		}, "", 205},
		"a Manifest.plist of rubbish": {func(_ *testing.T, dir string, _ *Engine) {
			_ = os.WriteFile(filepath.Join(dir, "Manifest.plist"), []byte("<dict>"), 0o600)
		}, "", 205},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			phone := content.Edit(content.Generate(7, 80, 1<<20), 2)
			engine := newTestEngine(t, testConfig(t, phone))
			setPassword(t, engine, "", "secret")
			root := t.TempDir()
			dir := filepath.Join(root, testUDID)
			succeed(t, engine, root, Run{Why: "no backup"})
			if err := phone.Apply(content.Edits{Changed: 3, Added: 3, Removed: 3}); err != nil {
				t.Fatal(err)
			}
			tc.spoil(t, dir, engine)
			_, answer := addTo(t, engine, root, nil)
			if answer["ErrorCode"] != tc.code {
				t.Fatalf("final answer %v", answer)
			}
			if tc.code != 0 {
				return
			}
			run := engine.LastRun()
			if run.Incremental || !strings.Contains(run.Why, tc.why) {
				t.Errorf("the backup was %+v", run)
			}
			password := "secret"
			if name == "a new password" {
				password = "other"
			}
			if name == "no Status.plist" { // then it does not know that anything has to go
				checkBackup(t, phone, dir, password)
			} else {
				checkSame(t, phone, dir, password)
			}
			succeed(t, engine, root, Run{Incremental: true})
		})
	}
}

// A full backup that was asked for is a full one.
func TestForceFullBackup(t *testing.T) {
	phone := content.Edit(content.Generate(7, 80, 1<<20), 2)
	engine := newTestEngine(t, testConfig(t, phone))
	root := t.TempDir()
	succeed(t, engine, root, Run{Why: "no backup"})
	if err := phone.Apply(content.Edits{Changed: 3, Added: 3, Removed: 3}); err != nil {
		t.Fatal(err)
	}
	if _, answer := backUp(t, engine, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	if run := engine.LastRun(); run.Incremental || run.Files < 80 || run.Why != "a full one was asked for" {
		t.Errorf("it was %+v", run)
	}
	checkSame(t, phone, filepath.Join(root, testUDID), "")
}

// A file that cannot be read any more goes, and comes back when it can be.
func TestIncrementalUnreadable(t *testing.T) {
	phone := content.Edit(content.Generate(7, 80, 1<<20), 2)
	engine := newTestEngine(t, testConfig(t, phone))
	root := t.TempDir()
	dir := filepath.Join(root, testUDID)
	succeed(t, engine, root, Run{Why: "no backup"})
	if err := phone.Apply(content.Edits{Changed: 5}); err != nil {
		t.Fatal(err)
	}
	engine.SetFaults(Faults{Uploads: []UploadError{{Nth: 2, Code: 0x0B, Text: "Input/output error"}}})
	succeed(t, engine, root, Run{Incremental: true})
	named := 0
	for _, r := range openBackup(t, dir, "").rows {
		if r.flags == 1 {
			named++
		}
	}
	if named != 79 || len(tree(t, dir)) != 79+3 {
		t.Errorf("%d files are there and %d in the manifest", len(tree(t, dir))-3, named)
	}
	engine.SetFaults(Faults{})
	if _, run := succeed(t, engine, root, Run{Incremental: true}); run.Files != 1 {
		t.Errorf("the next one was %+v", run)
	}
	checkSame(t, phone, dir, "")
}

// The files of a folder are compared by size and time of change.
func TestIncrementalOfFolder(t *testing.T) {
	from := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(from, "HomeDomain", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a", "b", "c/d", "c/e", "f"} {
		write(name, "first text of "+name)
	}
	source, err := content.Folder(from)
	if err != nil {
		t.Fatal(err)
	}
	engine := newTestEngine(t, testConfig(t, source))
	root := t.TempDir()
	succeed(t, engine, root, Run{Why: "no backup"})
	write("a", "longer than it was before")
	write("g", "new")
	touched := filepath.Join(from, "HomeDomain", "b")
	info, err := os.Stat(touched)
	if err != nil {
		t.Fatal(err)
	}
	later := info.ModTime().Add(1e10)
	if err := os.Chtimes(touched, later, later); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(from, "HomeDomain", "c")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(from, "HomeDomain", "f")); err != nil {
		t.Fatal(err)
	}
	write("f/now a folder", "x")
	if _, run := succeed(t, engine, root, Run{Incremental: true}); run.Files != 4 {
		t.Errorf("it was %+v", run)
	}
	checkSame(t, source, filepath.Join(root, testUDID), "")
}
