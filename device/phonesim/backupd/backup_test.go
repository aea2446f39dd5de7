package backupd

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

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
	served := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { served <- engine.Serve(ctx, phone) }()
	done := make(chan error, 1)
	go func() { done <- <-served; cancel() }()
	t.Cleanup(func() { cancel(); host.Close() })
	return newTestHost(host, root), done
}

// pipe is a connection over a unix socket, which buffers as real ones do.
func pipe(t testing.TB) (net.Conn, net.Conn) {
	t.Helper()
	listener, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	host, err := net.Dial("unix", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	phone, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
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

func TestFirst(t *testing.T) {
	engine := newTestEngine(t, testConfig(t, content.Generate(1, 600, 20<<20)))
	if code := setPassword(t, engine, "", "pässword"); code != 0 {
		t.Fatal(code)
	}
	root := t.TempDir()
	_, answer := backUp(t, engine, root)
	if answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
}
