package sleepinhibit

import (
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestHold: the system grants it, to several at a time, and each is let go by
// whoever holds it, on whatever thread that happens to run.
func TestHold(t *testing.T) {
	var all sync.WaitGroup
	for range 4 {
		release, err := Hold(t.Context(), "testing")
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			release()
			release()
		})
	}
	all.Wait()
}
