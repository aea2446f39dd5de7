package disk

import (
	"errors"
	"io/fs"
	"slices"
	"syscall"

	"lifeboat/device/fault"
)

// Full reports whether err means that the disk, or the account's share of it,
// has no room left.
func Full(err error) bool {
	return isAny(err, full)
}

// isAny reports whether err is one of some kinds.
func isAny(err error, kinds []error) bool {
	return slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) })
}

// Held reports whether err means that a name could not be touched: for lack of
// rights, or because some program has open what bears it. Windows has the same
// error for both.
func Held(err error) bool {
	return errors.Is(err, fs.ErrPermission) || sharing(err)
}

// Fault makes the *fault.Error of a failed operation on path. Errors that
// carry a code already are returned as they are; nil stays nil.
func Fault(op, path string, err error) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	return fault.New(code(err), op, err).With("Path", path)
}

// Reading is Fault for an operation that only read: where permission is
// missing, that says nothing about writing, nor about what is there.
func Reading(op, path string, err error) error {
	var known *fault.Error
	if err != nil && !errors.As(err, &known) && errors.Is(err, fs.ErrPermission) && !kept(err) {
		return fault.New(fault.DestUnreadable, op, err).With("Path", path)
	}
	return Fault(op, path, err)
}

// Misplaced reports whether err means that something of another kind stands at
// the path, or within it: a link, a file instead of a folder, a folder instead
// of a file. The disk is not at fault then.
func Misplaced(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EISDIR) || errors.Is(err, syscall.ELOOP)
}

// Read gives err, of reading file, the number syscall.EISDIR if that is a
// folder. Windows opens folders as files, and has no number of its own for
// reading them: that one also comes from disks that fail.
func Read(file interface{ Stat() (fs.FileInfo, error) }, err error) error {
	if err == nil || errors.Is(err, syscall.EISDIR) {
		return err
	}
	info, statErr := file.Stat()
	if statErr != nil || !info.IsDir() {
		return err
	}
	return &fs.PathError{Op: "read", Path: info.Name(), Err: syscall.EISDIR}
}

// kept reports whether the system keeps programs out of a place until its owner
// lets them in, which only macOS does.
func kept(err error) bool { return guarded != nil && errors.Is(err, guarded) }

func code(err error) fault.Code {
	switch {
	case Full(err):
		return fault.DestFull
	case kept(err):
		return fault.DestGuarded
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.DestNotAllowed
	case Misplaced(err):
		return fault.DestOdd
	}
	return fault.DestFailed
}
