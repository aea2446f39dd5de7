package usbmuxd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"howett.net/plist"

	"lifeboat/device/phonesim/wire"
)

const (
	headerSize = 16
	// maxFrame is the command buffer of the real daemon, header included.
	maxFrame = 64 << 10
	// versionPlist marks frames that carry property lists; version 0 is the
	// binary protocol that no client of today speaks first.
	versionPlist = 1
	messagePlist = 8
)

var (
	errTooLong    = errors.New("frame too long")
	errBadVersion = errors.New("frame of another protocol version")
)

// readFrame reads one request: four little-endian words (length with the
// header, version, message, tag) and an XML property list. The tag is valid
// whenever the header could be read, so that errBadVersion can be answered.
func readFrame(r io.Reader) (request wire.Dict, tag uint32, err error) {
	var h [headerSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return nil, 0, err
	}
	length, version := binary.LittleEndian.Uint32(h[0:]), binary.LittleEndian.Uint32(h[4:])
	message := binary.LittleEndian.Uint32(h[8:])
	tag = binary.LittleEndian.Uint32(h[12:])
	if length < headerSize || length > maxFrame {
		return nil, tag, fmt.Errorf("%w: %d bytes", errTooLong, length)
	}
	body := make([]byte, length-headerSize)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, tag, fmt.Errorf("read frame of %d bytes: %w", length, err)
	}
	if version != versionPlist || message != messagePlist {
		return nil, tag, fmt.Errorf("%w: version %d, message %d", errBadVersion, version, message)
	}
	request, err = wire.Parse(body)
	return request, tag, err
}

// encodeFrame makes one message to a client: XML, the only format that
// libusbmuxd reads.
func encodeFrame(v any, tag uint32) ([]byte, error) {
	body, err := plist.Marshal(v, plist.XMLFormat)
	if err != nil {
		return nil, fmt.Errorf("encode property list: %w", err)
	}
	frame := make([]byte, headerSize, headerSize+len(body))
	binary.LittleEndian.PutUint32(frame[0:], uint32(headerSize+len(body)))
	binary.LittleEndian.PutUint32(frame[4:], versionPlist)
	binary.LittleEndian.PutUint32(frame[8:], messagePlist)
	binary.LittleEndian.PutUint32(frame[12:], tag)
	return append(frame, body...), nil
}
