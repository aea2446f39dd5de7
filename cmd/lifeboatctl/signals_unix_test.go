//go:build !windows

package main

import (
	"os"
	"syscall"
)

var interrupts = map[string]func(*os.Process) error{
	"Ctrl+C":          func(p *os.Process) error { return p.Signal(os.Interrupt) },
	"kill":            func(p *os.Process) error { return p.Signal(syscall.SIGTERM) },
	"terminal closed": func(p *os.Process) error { return p.Signal(syscall.SIGHUP) },
}

func ownGroup() *syscall.SysProcAttr { return nil }
