package vault

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

const noFollow = 0

// lockedByte lies far behind the content of a lock's file: Windows lets
// nobody else read what is locked, and the holder is to be read.
const lockedByte = 1 << 30

// tryFlock locks an open file until it is closed.
func tryFlock(file *os.File) (got bool, err error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) {
		failed = windows.LockFileEx(windows.Handle(fd), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
			0, 1, 0, &windows.Overlapped{Offset: lockedByte})
	}); err != nil {
		return false, err
	}
	switch {
	case failed == nil:
		return true, nil
	case errors.Is(failed, windows.ERROR_LOCK_VIOLATION), errors.Is(failed, windows.ERROR_IO_PENDING):
		return false, nil
	case errors.Is(failed, windows.ERROR_INVALID_FUNCTION), errors.Is(failed, windows.ERROR_NOT_SUPPORTED):
		return false, fmt.Errorf("%w: %w", errors.ErrUnsupported, failed)
	}
	return false, failed
}

// processLives says whether a process of this computer runs.
func processLives(pid int) bool {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED)
	}
	defer windows.CloseHandle(process)
	const stillActive = 259
	var code uint32
	return windows.GetExitCodeProcess(process, &code) != nil || code == stillActive
}
