//go:build !windows

package main

import (
	"os/exec"
	"syscall"
)

var interrupts = map[string]func(*exec.Cmd) error{
	"Ctrl+C":          interrupt,
	"kill":            func(cmd *exec.Cmd) error { return cmd.Process.Signal(syscall.SIGTERM) },
	"terminal closed": func(cmd *exec.Cmd) error { return cmd.Process.Signal(syscall.SIGHUP) },
}

func ownGroup() *syscall.SysProcAttr { return nil }
