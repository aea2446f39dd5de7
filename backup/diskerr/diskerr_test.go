package diskerr

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"lifeboat/device/fault"
)

func TestHeld(t *testing.T) {
	for _, c := range []struct {
		err  error
		want bool
	}{{syscall.EACCES, true}, {&fs.PathError{Err: fs.ErrPermission}, true}, {syscall.ENOSPC, false}, {syscall.EIO, false}, {nil, false}} {
		if Held(c.err) != c.want {
			t.Errorf("%v", c.err)
		}
	}
}

func TestFault(t *testing.T) {
	path := func(err error) error { return fmt.Errorf("x: %w", &fs.PathError{Op: "write", Path: "/p", Err: err}) }
	for _, c := range []struct {
		err  error
		want fault.Code
	}{
		{path(syscall.ENOSPC), fault.DestFull},
		{path(full[1]), fault.DestFull},
		{path(syscall.EACCES), fault.DestNotAllowed},
		{path(syscall.EROFS), fault.DestNotAllowed},
		{path(syscall.EIO), fault.DestFailed},
		{path(syscall.ENOTDIR), fault.DestOdd},
		{path(syscall.EISDIR), fault.DestOdd},
		{path(syscall.ELOOP), fault.DestOdd},
		{errors.New("no space left on device"), fault.DestFailed}, // a text is no evidence
		{fault.New(fault.PhoneGone, "", nil), fault.PhoneGone},
		{nil, ""},
	} {
		if got := fault.Of(Fault("write", "/p", c.err)); got != c.want {
			t.Errorf("%v: %s, want %s", c.err, got, c.want)
		}
	}
}

// TestReading: who may not read is not told of writing.
func TestReading(t *testing.T) {
	for err, want := range map[error]fault.Code{
		syscall.EACCES: fault.DestUnreadable, syscall.EPERM: fault.DestUnreadable, syscall.EIO: fault.DestFailed,
		syscall.ENOTDIR: fault.DestOdd, syscall.EROFS: fault.DestNotAllowed, nil: "",
	} {
		if got := fault.Of(Reading("read", "/p", err)); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

// TestGuarded: where macOS asks a person's consent is not where an account has
// no right, and no other system has such a place.
func TestGuarded(t *testing.T) {
	before := guarded
	defer func() { guarded = before }()
	for _, c := range []struct {
		guard error
		err   error
		want  fault.Code
	}{
		{syscall.EPERM, syscall.EPERM, fault.DestGuarded},
		{syscall.EPERM, syscall.EACCES, fault.DestNotAllowed},
		{syscall.EPERM, syscall.EROFS, fault.DestNotAllowed},
		{syscall.EPERM, syscall.ENOSPC, fault.DestFull},
		{nil, syscall.EPERM, fault.DestNotAllowed},
	} {
		guarded = c.guard
		if got := fault.Of(Fault("read", "/p", &fs.PathError{Op: "open", Path: "/p", Err: c.err})); got != c.want {
			t.Errorf("%v where %v is guarded: %s, want %s", c.err, c.guard, got, c.want)
		}
	}
}
