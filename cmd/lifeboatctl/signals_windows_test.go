package main

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// Ctrl+C cannot be sent to one group, and a console cannot be closed by a
// program that is in it; the Go runtime gives Ctrl+C as os.Interrupt like
// Ctrl+Break, and a console that closes as SIGTERM.
var interrupts = map[string]func(*exec.Cmd) error{
	"Ctrl+Break": interrupt,
}

// ownGroup is for a program that is interrupted alone, in the console of this
// one, which gets one if it has none.
func ownGroup() *syscall.SysProcAttr {
	windows.NewLazySystemDLL("kernel32.dll").NewProc("AllocConsole").Call()
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}
