package main

import (
	"errors"
	"fmt"
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
// Where there is no console, as under Wine without a terminal, it is
// [errors.ErrUnsupported].
func interrupt(cmd *exec.Cmd) error {
	err := windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(cmd.Process.Pid))
	if errors.Is(err, windows.ERROR_INVALID_ACCESS) && windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil {
		return fmt.Errorf("Wine has no console here: %w", errors.ErrUnsupported)
	}
	return err
}
