//go:build !windows

package main

import (
	"os"
	"os/exec"
)

// interruptible lets interrupt reach cmd alone, once it runs.
func interruptible(cmd *exec.Cmd) {}

// interrupt does what Ctrl+C does.
func interrupt(cmd *exec.Cmd) error { return cmd.Process.Signal(os.Interrupt) }
