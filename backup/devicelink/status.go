package devicelink

import (
	"errors"
	"io/fs"
	"syscall"

	"lifeboat/backup/disk"
)

// Status is the code of a DLMessageStatusResponse
// (device/PROTOCOL.md#status-codes).
type Status int

// The codes that phones know.
const (
	OK             Status = 0
	Failed         Status = -1 // anything without a code of its own
	NotImplemented Status = -2
	BadParameter   Status = -3
	NoEntry        Status = -6
	Exists         Status = -7
	NotDirectory   Status = -8
	IsDirectory    Status = -9
	Loop           Status = -10
	IOError        Status = -11
	MultiStatus    Status = -13 // the object holds one status for each path
	NoSpace        Status = -15
)

// errnos lists which error of this computer is which code; the first match
// counts.
var errnos = []struct {
	is     func(error) bool
	status Status
}{
	{disk.Full, NoSpace},
	{is(fs.ErrNotExist), NoEntry},
	{is(syscall.ENOTEMPTY), Failed}, // Go counts it as ErrExist
	{is(fs.ErrExist), Exists},
	{is(syscall.ENOTDIR), NotDirectory},
	{is(syscall.EISDIR), IsDirectory},
	{is(syscall.ELOOP), Loop},
	{is(syscall.EIO), IOError},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// StatusOf gives the code to answer for an error of this computer. An error
// that is a Status itself stays that.
func StatusOf(err error) Status {
	if err == nil {
		return OK
	}
	var own Status
	if errors.As(err, &own) {
		return own
	}
	for _, e := range errnos {
		if e.is(err) {
			return e.status
		}
	}
	return Failed
}

// Error words the code for logs and for the phone.
func (s Status) Error() string {
	switch s {
	case OK:
		return "success"
	case NotImplemented:
		return "not implemented"
	case BadParameter:
		return "bad parameter"
	case NoEntry:
		return "no such file or directory"
	case Exists:
		return "file exists"
	case NotDirectory:
		return "not a directory"
	case IsDirectory:
		return "is a directory"
	case Loop:
		return "too many links"
	case IOError:
		return "input/output error"
	case MultiStatus:
		return "Multi status"
	case NoSpace:
		return "no space left"
	}
	return "failed"
}
