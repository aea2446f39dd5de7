package ui

import (
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

// TestMain keeps the collector at its usual work, whatever make test says: Fyne's
// driver for tests holds on to what it has drawn, which may be GiBs already.
func TestMain(m *testing.M) {
	debug.SetGCPercent(100)
	goleak.VerifyTestMain(m)
}
