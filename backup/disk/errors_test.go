package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// TestReading: who may not read gets no error of writing.
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

// TestRead: whatever a system says to reading a folder, it is the same here,
// and the number of a file stays as it is.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	folder, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if _, err := folder.Read(make([]byte, 1)); !errors.Is(Read(folder, err), syscall.EISDIR) {
		t.Errorf("of a folder: %v", Read(folder, err))
	}
	if err := Read(folder, syscall.EIO); !Misplaced(err) {
		t.Errorf("of a folder: %v", err)
	}
	if err := Read(folder, nil); err != nil {
		t.Error(err)
	}
	file, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := Read(file, syscall.EIO); err != error(syscall.EIO) {
		t.Errorf("of a file: %v", err)
	}
}
