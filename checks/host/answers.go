package host

import (
	"errors"
	"io/fs"
	"math"

	"lifeboat/backup/disk"
	"lifeboat/device/facts"
)

// denied is the reason when the operating system keeps this account out.
const denied = "permission denied"

// datumOf returns the datum of an answer of the operating system.
func datumOf[T any](v T, err error) facts.Datum[T] {
	if err != nil {
		return facts.Datum[T]{Reason: reason(err)}
	}
	return facts.Of(v)
}

// measured makes a datum of a size; more than a datum holds is its most.
func measured(n uint64, err error) facts.Datum[int64] {
	return datumOf(int64(min(n, math.MaxInt64)), err)
}

// proven makes a datum of an attempt to write. That a full drive takes no
// file says nothing about permission; its free space says enough.
func proven(err error) facts.Datum[bool] {
	switch {
	case err == nil:
		return facts.Of(true)
	case disk.Full(err):
		return facts.Datum[bool]{Reason: "drive full"}
	}
	return facts.Datum[bool]{State: facts.Read, Value: false, Reason: reason(err)}
}

// reason returns the text of an error without the path in it, which may hold a name.
func reason(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return denied
	}
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
