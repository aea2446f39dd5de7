package usbmux

import (
	"os"
	"path/filepath"
	"testing"

	"lifeboat/device/fault"
)

// TestInstalled: a service that Windows always has, one that nobody has, and
// the apps of the Store, which have none.
func TestInstalled(t *testing.T) {
	if !hasService("RpcSs") || hasService("Lifeboat tests have no such service") {
		t.Error("services are not distinguished")
	}
	data := filepath.Join(t.TempDir(), "Anna [home]")
	t.Setenv("LOCALAPPDATA", data)
	if hasService(serviceName) {
		t.Skip("iTunes is installed here")
	}
	see := func(ok bool, app string, code fault.Code) {
		t.Helper()
		if gotOK, gotApp := installed(); gotOK != ok || gotApp != app {
			t.Errorf("%v, %q, want %v, %q", gotOK, gotApp, ok, app)
		}
		_, err := dial(t.Context(), Default())
		if err == nil {
			t.Skip("something listens at usbmuxd's place here")
		}
		if got, _ := fault.As(err).Args["Program"].(string); fault.Of(err) != code || got != app {
			t.Errorf("%v, %q, want %s, %q", err, got, code, app)
		}
	}
	see(false, "", fault.MuxMissing)
	for _, app := range []struct{ folder, name string }{
		{"AppleInc.iTunes_nzyj5cx40ttqa", "iTunes"}, {"AppleInc.AppleDevices_nzyj5cx40ttqa", "Apple Devices"},
	} {
		if err := os.MkdirAll(filepath.Join(data, "Packages", app.folder), 0o700); err != nil {
			t.Fatal(err)
		}
		see(true, app.name, fault.MuxStopped)
	}
}
