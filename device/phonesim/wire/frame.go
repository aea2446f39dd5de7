// Package wire reads and writes the frame that most services of an iPhone
// speak: a 4-byte big-endian length and a property list. lockdownd,
// notification_proxy, installation_proxy and their like all use it.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"howett.net/plist"
)

// MaxFrame bounds a request in bytes. The largest one a computer sends is a
// Pair request, of about 6 KiB.
const MaxFrame = 1 << 20

// ErrTooLong: the peer announced a frame longer than [MaxFrame].
var ErrTooLong = errors.New("frame too long")

// Read reads one frame and decodes its property list, XML or binary. It
// returns io.EOF if the stream ended before the frame began.
func Read(r io.Reader) (Dict, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > MaxFrame {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("read frame of %d bytes: %w", n, err)
	}
	return Parse(body)
}

// Parse decodes a property list, XML or binary, whose top is a dictionary.
// The text formats of old, in which nothing at all is a dictionary, are
// refused.
func Parse(body []byte) (Dict, error) {
	var v any
	format, err := plist.Unmarshal(body, &v)
	if err != nil {
		return nil, fmt.Errorf("parse property list: %w", err)
	}
	if format != plist.XMLFormat && format != plist.BinaryFormat {
		return nil, fmt.Errorf("property list in the format %s", plist.FormatNames[format])
	}
	d, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("property list is a %T, not a dictionary", v)
	}
	return d, nil
}

// WriteXML sends v as one frame holding an XML property list.
func WriteXML(w io.Writer, v any) error { return write(w, v, plist.XMLFormat) }

// WriteBinary sends v as one frame holding a binary property list.
func WriteBinary(w io.Writer, v any) error { return write(w, v, plist.BinaryFormat) }

// write hands the whole frame to w at once, so that no two writers can mix
// and no small packet waits for an acknowledgement.
func write(w io.Writer, v any, format int) error {
	body, err := plist.Marshal(v, format)
	if err != nil {
		return fmt.Errorf("encode property list: %w", err)
	}
	frame := make([]byte, 4, 4+len(body))
	binary.BigEndian.PutUint32(frame, uint32(len(body)))
	_, err = w.Write(append(frame, body...))
	return err
}
