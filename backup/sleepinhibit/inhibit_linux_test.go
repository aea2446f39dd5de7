package sleepinhibit

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A computer without a bus, as in a container, is reported as an error at once.
func TestNoBus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	release, err := Hold(t.Context(), "testing")
	if err == nil {
		t.Error("granted by nobody")
	}
	release()
	release()
}

// A bus that accepts and then says nothing holds nobody up.
func TestSilentBus(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+path)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := Hold(ctx, "testing")
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("granted by a silent bus")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it waits for ever")
	}
}
