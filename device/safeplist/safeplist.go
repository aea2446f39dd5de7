// Package safeplist decodes property lists that come from a phone or from a
// folder anybody may have written to.
//
// The general decoder trusts three things that such input may not be trusted
// with: how deep it nests, how often one object refers to another (a
// kilobyte can unfold to gigabytes), and the lengths it states. Decode
// bounds all three and never panics. Values have the types that
// howett.net/plist gives them: uint64, int64, float64, bool, string, []byte,
// time.Time, plist.UID, []any and map[string]any.
package safeplist

import (
	"bytes"
	"errors"
	"fmt"
)

const (
	// MaxDepth is how deep collections may nest. The deepest plists of a
	// backup (the Lockdown domains in Manifest.plist) nest fewer than ten deep.
	MaxDepth = 64
	// maxNodes is how many values a plist may unfold to, and nodesPerByte how many for
	// each byte of it, on top of fewNodes: a phone shares texts and numbers, each time by
	// a reference, and no collections. A message has a plist, and there are many messages.
	maxNodes     = 1 << 20
	nodesPerByte = 16
	fewNodes     = 4096
	// maxUnfolded is how many bytes of strings and data a plist may unfold
	// to, for each byte of it, on top of a fixed allowance; a large one, such as a
	// list of apps with their icons, no more than mostShared beyond twice its size.
	maxUnfolded = 64
	mostShared  = 64 << 20
)

var (
	// ErrTooDeep: collections nest more than MaxDepth deep, or hold themselves.
	ErrTooDeep = errors.New("plist nests too deep")
	// ErrTooBig: the plist unfolds to more than is reasonable.
	ErrTooBig = errors.New("plist unfolds to too much")
	// ErrFormat: it is no XML or binary plist.
	ErrFormat = errors.New("not a property list")
)

// Decode decodes an XML or binary plist.
func Decode(data []byte) (any, error) {
	if bytes.HasPrefix(data, []byte("bplist0")) {
		return decodeBinary(data)
	}
	return decodeXML(data)
}

// Dict decodes a plist whose root is a dictionary.
func Dict(data []byte) (map[string]any, error) { return root[map[string]any](data, "a dictionary") }

// Array decodes a plist whose root is an array.
func Array(data []byte) ([]any, error) { return root[[]any](data, "an array") }

// root decodes a plist whose root is a T, which is called what.
func root[T any](data []byte, what string) (d T, err error) {
	v, err := Decode(data)
	if err != nil {
		return d, err
	}
	d, ok := v.(T)
	if !ok {
		return d, fmt.Errorf("%w: the root is %T, not %s", ErrFormat, v, what)
	}
	return d, nil
}

// Int gives a decoded number as an int64. Phones and other hosts write
// negative numbers in three ways (8 bytes signed, 16 bytes, or as the unsigned
// number with the same bits); all come out right
// (device/PROTOCOL.md#numbers-in-property-lists).
func Int(v any) (int64, bool) {
	switch n := v.(type) {
	case uint64:
		return int64(n), true
	case int64:
		return n, true
	}
	return 0, false
}

// Bool gives a decoded switch, which phones send as a boolean or as the
// numbers 0 and 1; not ok for all else.
func Bool(v any) (on, ok bool) {
	if n, is := Int(v); is {
		return n == 1, n == 0 || n == 1
	}
	on, ok = v.(bool)
	return on, ok
}

// Code gives a decoded status or error number, which are 32 bits wide.
func Code(v any) (int, bool) {
	n, ok := Int(v)
	return int(int32(uint32(n))), ok
}
