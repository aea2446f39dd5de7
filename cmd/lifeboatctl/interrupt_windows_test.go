package main

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/windows"
)

// interruptible lets interrupt reach cmd alone, once it runs.
func interruptible(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// interrupt is Ctrl+Break: a process group of its own ignores Ctrl+C
// (CreateProcess, CREATE_NEW_PROCESS_GROUP), and Go makes os.Interrupt of both.
func interrupt(cmd *exec.Cmd) error {
	return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(cmd.Process.Pid))
}
