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

// statuses lists the codes: their words, and which error of this computer is
// which; the first match counts.
var statuses = []struct {
	status Status
	text   string
	is     func(error) bool // nil: no error of this computer
}{
	{OK, "success", nil},
	{NotImplemented, "not implemented", nil},
	{BadParameter, "bad parameter", nil},
	{MultiStatus, "Multi status", nil},
	{NoSpace, "no space left", disk.Full},
	{NoEntry, "no such file or directory", is(fs.ErrNotExist)},
	{Failed, "failed", is(syscall.ENOTEMPTY)}, // Go counts it as ErrExist
	{Exists, "file exists", is(fs.ErrExist)},
	{NotDirectory, "not a directory", is(syscall.ENOTDIR)},
	{IsDirectory, "is a directory", is(syscall.EISDIR)},
	{Loop, "too many links", is(syscall.ELOOP)},
	{IOError, "input/output error", is(syscall.EIO)},
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
	for _, s := range statuses {
		if s.is != nil && s.is(err) {
			return s.status
		}
	}
	return Failed
}

// Error words the code for logs and for the phone.
func (s Status) Error() string {
	for _, known := range statuses {
		if known.status == s {
			return known.text
		}
	}
	return "failed"
}
