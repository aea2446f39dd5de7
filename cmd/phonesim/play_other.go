//go:build !unix

package main

import "os"

// playSignals never delivers: only Unix has SIGUSR1.
func playSignals() (signals <-chan os.Signal, stop func()) { return nil, func() {} }
