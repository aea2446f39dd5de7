package sleepinhibit

import (
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestHold: macOS lists the wish while it is held.
func TestHold(t *testing.T) {
	release, err := Hold(t.Context(), "testing")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	out, err := exec.CommandContext(t.Context(), "/usr/bin/pmset", "-g", "assertions").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "caffeinate") {
		t.Errorf("%v: %s", err, out)
	}
	release()
	release()
}
