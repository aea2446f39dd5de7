package backupd

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"lifeboat/device/phonesim/content"
)

const testUDID = "00008120-000A1B2C3D4E5F60"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testConfig is a phone that is fast to back up.
func testConfig(t testing.TB, source content.Source) Config {
	t.Helper()
	return Config{
		StateDir: t.TempDir(),
		Content:  source,
		UDID:     testUDID,
		Identity: Identity{DeviceName: "Ada's iPhone", ProductType: "iPhone15,2", ProductVersion: "17.5.1", BuildVersion: "21F90", SerialNumber: "F17TESTTEST"},
	}
}

func newTestEngine(t testing.TB, cfg Config) *Engine {
	t.Helper()
	engine, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// connect serves one connection of the engine and speaks as a host over it.
func connect(t testing.TB, engine *Engine, root string) (*testHost, <-chan error) {
	t.Helper()
	phone, host := pipe(t)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		served <- engine.Serve(ctx, phone)
	}()
	t.Cleanup(func() {
		cancel()
		host.Close()
		<-ended
	})
	return newTestHost(host, root), served
}

// pipe is a connection over a socket, which buffers as real ones do: no more
// than a socket of the system's own, so that a test knows what has arrived.
func pipe(t testing.TB) (net.Conn, net.Conn) {
	t.Helper()
	network, address := "unix", filepath.Join(t.TempDir(), "s")
	if runtime.GOOS == "windows" {
		network, address = "tcp", "127.0.0.1:0"
	}
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	host, err := net.Dial(network, listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	phone, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if host, ok := host.(*net.TCPConn); ok {
		host.SetReadBuffer(64 << 10)
		phone.(*net.TCPConn).SetWriteBuffer(64 << 10)
	}
	return phone, host
}

func backupRequest() map[string]any {
	return map[string]any{"MessageName": "Backup", "TargetIdentifier": testUDID, "Options": map[string]any{"ForceFullBackup": true}}
}

// setPassword asks for a change of the password and returns the final code.
func setPassword(t testing.TB, engine *Engine, old, fresh string) uint64 {
	t.Helper()
	host, done := connect(t, engine, "")
	if err := host.hello(); err != nil {
		t.Fatal(err)
	}
	request := map[string]any{"MessageName": "ChangePassword", "TargetIdentifier": testUDID}
	if old != "" {
		request["OldPassword"] = old
	}
	if fresh != "" {
		request["NewPassword"] = fresh
	}
	answer, err := host.request(request)
	if err != nil {
		t.Fatal(err)
	}
	host.leave(t, done)
	return answer["ErrorCode"].(uint64)
}

// leave ends a session in order.
func (h *testHost) leave(t testing.TB, done <-chan error) {
	t.Helper()
	if err := h.send("DLMessageDisconnect", "___EmptyParameterString___"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	h.conn.Close()
}

// backUp runs a whole backup and returns the final answer.
func backUp(t testing.TB, engine *Engine, root string) (*testHost, map[string]any) {
	t.Helper()
	if root != "" {
		if err := os.MkdirAll(filepath.Join(root, testUDID), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	host, done := connect(t, engine, root)
	if err := host.hello(); err != nil {
		t.Fatal(err)
	}
	answer, err := host.request(backupRequest())
	if err != nil {
		t.Fatal(err)
	}
	host.leave(t, done)
	return host, answer
}

// checkBackup compares a backup with the phone it is of, byte by byte.
func checkBackup(t *testing.T, source content.Source, dir, password string) *storedBackup {
	t.Helper()
	b := openBackup(t, dir, password)
	rows := b.rows
	classes := map[int64]int{}
	err := source.Walk(func(file content.File) error {
		if len(rows) == 0 {
			t.Fatalf("the manifest ends before %s of %s", file.Path, file.Domain)
		}
		r := &rows[0]
		rows = rows[1:]
		if r.domain != file.Domain || r.path != file.Path || r.flags != int(file.Kind) {
			t.Fatalf("row %s %s %d is %s of %s", r.domain, r.path, r.flags, file.Path, file.Domain)
		}
		if r.number("Size") != file.Size || r.number("Mode") != int64(file.Mode) || r.number("LastModified") != file.ModTime.Unix() {
			t.Errorf("%s: %v is not %+v", r.path, r.file, file)
		}
		if file.Kind != content.Regular {
			if target, _ := r.at("Target").(string); target != file.Target {
				t.Errorf("%s points to %q", r.path, target)
			}
			if _, err := os.Stat(filepath.Join(dir, r.id[:2], r.id)); err == nil {
				t.Errorf("%s has content", r.path)
			}
			return nil
		}
		classes[r.number("ProtectionClass")]++
		if wantKey := password != ""; (r.encryptionKey() != nil) != wantKey {
			t.Errorf("%s: key %x", r.path, r.encryptionKey())
		}
		want, err := source.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer want.Close()
		data, err := io.ReadAll(want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.content(t, r), data) {
			t.Errorf("%s of %s is not what is on the phone", r.path, r.domain)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 0 {
		t.Errorf("the manifest has %d rows too many, such as %s", len(rows), rows[0].path)
	}
	if classes[3] < classes[1]+classes[2]+classes[4] {
		t.Errorf("protection classes are %v", classes)
	}
	return b
}

// tree is every file below a folder, with its content's hash.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[name] = fmt.Sprintf("%d %x", len(data), sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestBackup(t *testing.T) {
	for _, tc := range []struct {
		name, password string
		faults         Faults
	}{
		{"plain", "", Faults{}},
		{"encrypted", "pässword 🔑", Faults{}},
		{"encrypted in another order", "secret", Faults{MixedOrder: true}},
		{"pings and unknown messages", "secret", Faults{ExtraPing: true, UnknownMessage: true, StatusWithManifest: true, PurgeAlways: true}},
		{"DeviceLink 300", "", Faults{VersionMajor: 300}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			source := content.Generate(7, 300, 6<<20)
			cfg := testConfig(t, source)
			cfg.Faults = tc.faults
			engine := newTestEngine(t, cfg)
			if tc.password != "" {
				if code := setPassword(t, engine, "", tc.password); code != 0 {
					t.Fatalf("the password was refused with %d", code)
				}
			}
			root := t.TempDir()
			dir := filepath.Join(root, testUDID)
			host, answer := backUp(t, engine, root)
			if answer["ErrorCode"] != uint64(0) {
				t.Fatalf("final answer %v", answer)
			}
			b := checkBackup(t, source, dir, tc.password)
			if b.manifest["IsEncrypted"] != (tc.password != "") || b.manifest["Version"] != "10.0" {
				t.Errorf("Manifest.plist: %v", b.manifest)
			}
			if b.status["SnapshotState"] != "finished" || b.status["Version"] != "3.3" || b.status["IsFullBackup"] != true {
				t.Errorf("Status.plist: %v", b.status)
			}
			for _, left := range []string{"Snapshot", "detour", "detour-copy"} {
				if _, err := os.Stat(filepath.Join(dir, left)); err == nil {
					t.Errorf("%s was left", left)
				}
			}
			checkConduct(t, engine, host, tc.faults)
		})
	}
}

// checkConduct checks what the phone said on its way.
func checkConduct(t *testing.T, engine *Engine, host *testHost, faults Faults) {
	t.Helper()
	count := map[string]int{}
	for _, name := range host.seen {
		count[name]++
	}
	for name, wanted := range map[string]bool{
		"DLMessagePing":            faults.ExtraPing,
		"DLMessageOfAnotherDecade": faults.UnknownMessage,
		"DLMessagePurgeDiskSpace":  faults.PurgeAlways,
		"DLMessageCopyItem":        faults.MixedOrder,
		"DLMessageMoveItems":       !faults.MixedOrder,
	} {
		if (count[name] > 0) != wanted {
			t.Errorf("%s came %d times", name, count[name])
		}
	}
	if folders := count["DLMessageCreateDirectory"]; !faults.MixedOrder && folders != 514 {
		t.Errorf("%d folders were made", folders)
	}
	for i, percent := range host.progress {
		if percent < 0 || percent > 100 || i > 0 && percent < host.progress[i-1]-1 {
			t.Errorf("progress %d is %v after %v", i, percent, host.progress[i-1])
		}
	}
	for _, e := range engine.Exchanges() {
		if e.Elements != 4 || e.Object == "none" || e.Object == "other" {
			t.Errorf("%+v", e)
		}
	}
}

// Two backups of one phone have the same files, byte by byte, also after the
// phone was started again; a new password makes others.
func TestBackupsAreEqual(t *testing.T) {
	cfg := testConfig(t, content.Generate(3, 200, 3<<20))
	cfg.Now = func() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }
	setPassword(t, newTestEngine(t, cfg), "", "one")
	var trees []map[string]string
	run := func() {
		root := t.TempDir()
		if _, answer := backUp(t, newTestEngine(t, cfg), root); answer["ErrorCode"] != uint64(0) {
			t.Fatal(answer)
		}
		files := tree(t, filepath.Join(root, testUDID))
		delete(files, "Status.plist") // holds a new UUID
		trees = append(trees, files)
	}
	run()
	run()
	if diff := cmp.Diff(trees[0], trees[1]); diff != "" {
		t.Errorf("two backups of one phone differ:\n%s", diff)
	}
	setPassword(t, newTestEngine(t, cfg), "one", "two")
	run()
	same := 0
	for name, sum := range trees[2] {
		if trees[0][name] == sum && !strings.HasPrefix(sum, "0 ") {
			same++
		}
	}
	if same > 0 || len(trees[2]) != len(trees[0]) {
		t.Errorf("after a new password %d of %d files are the same, %d before", same, len(trees[2]), len(trees[0]))
	}
}

// A backup over one that is there ends as the new one and nothing else.
func TestBackupOverEarlier(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, testUDID)
	cfg := testConfig(t, content.Generate(3, 300, 1<<20))
	if _, answer := backUp(t, newTestEngine(t, cfg), root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	cfg.Content = content.Generate(4, 100, 1<<20)
	engine := newTestEngine(t, cfg)
	setPassword(t, engine, "", "secret")
	if _, answer := backUp(t, engine, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	b := checkBackup(t, cfg.Content, dir, "secret")
	wanted := map[string]bool{"Manifest.db": true, "Manifest.plist": true, "Status.plist": true}
	for _, r := range b.rows {
		if r.flags == 1 {
			wanted[filepath.Join(r.id[:2], r.id)] = true
		}
	}
	for name := range tree(t, dir) {
		if !wanted[name] {
			t.Errorf("%s was left of the earlier backup", name)
		}
	}
}
