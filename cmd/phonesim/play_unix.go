//go:build unix

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// playSignals delivers each SIGUSR1, which lets the log script go on.
func playSignals() (signals <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 16)
	signal.Notify(c, syscall.SIGUSR1)
	return c, func() { signal.Stop(c) }
}
