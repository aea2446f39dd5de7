package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

// OpenShared opens the file of a lock so that others may move and remove it
// meanwhile, as everywhere else: package os does not share that, and a lock
// could not be taken over from somebody whose computer fell asleep. A link is
// not followed.
func OpenShared(path string, flag int) (*os.File, error) {
	failed := func(err error) (*os.File, error) { return nil, &fs.PathError{Op: "open", Path: path, Err: err} }
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return failed(err)
	}
	access, disposition := uint32(windows.GENERIC_READ), uint32(windows.OPEN_EXISTING)
	if flag&os.O_RDWR != 0 {
		access |= windows.GENERIC_WRITE
	}
	if flag&os.O_CREATE != 0 {
		disposition = windows.CREATE_NEW
	}
	handle, err := windows.CreateFile(name, access, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE,
		nil, disposition, windows.FILE_ATTRIBUTE_NORMAL|windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return failed(err)
	}
	file := os.NewFile(uintptr(handle), path)
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		if err == nil {
			err = syscall.ELOOP
		}
		return failed(err)
	}
	return file, nil
}

// lockedByte lies far behind the content of a lock's file: Windows lets
// nobody else read what is locked, and the holder is to be read.
const lockedByte = 1 << 30

// TryLock locks an open file until it is closed.
func TryLock(file *os.File) (got bool, err error) {
	err = control(file, func(handle uintptr) error {
		return windows.LockFileEx(windows.Handle(handle), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
			0, 1, 0, &windows.Overlapped{Offset: lockedByte})
	})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	case errors.Is(err, windows.ERROR_INVALID_FUNCTION), errors.Is(err, windows.ERROR_NOT_SUPPORTED):
		return false, fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return false, err
}
