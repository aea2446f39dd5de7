package services

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Operations of AFC.
const (
	afcStatus     = 0x01
	afcData       = 0x02
	afcReadDir    = 0x03
	afcRemove     = 0x08
	afcMakeDir    = 0x09
	afcStat       = 0x0A
	afcDeviceInfo = 0x0B
	afcOpen       = 0x0D
	afcOpened     = 0x0E
	afcRead       = 0x0F
	afcWrite      = 0x10
	afcSeek       = 0x11
	afcTell       = 0x12
	afcTold       = 0x13
	afcClose      = 0x14
	afcTruncate   = 0x15
	afcRename     = 0x18
	afcLock       = 0x1B
	afcRemoveAll  = 0x22
)

const (
	afcHeaderSize = 40
	afcMagic      = "CFA6LPAA"
	// maxAFCFields bounds the fields of a request: two paths at most.
	maxAFCFields = 64 << 10
	// maxAFCRead bounds what one read request is given.
	maxAFCRead = 4 << 20
)

var errAFCFrame = errors.New("malformed AFC packet")

// afcPacket is the head of a request with its fields; the payload (only a
// write has one) is still in the stream.
type afcPacket struct {
	number  uint64 // repeated in the answer
	op      uint64
	fields  []byte
	payload int64
}

// readAFC reads one packet up to its payload. The header is little-endian:
// magic, length of all, length without payload, packet number, operation.
func readAFC(r io.Reader) (afcPacket, error) {
	var h [afcHeaderSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return afcPacket{}, err
	}
	entire, this := binary.LittleEndian.Uint64(h[8:]), binary.LittleEndian.Uint64(h[16:])
	switch {
	case string(h[:8]) != afcMagic:
		return afcPacket{}, fmt.Errorf("%w: magic %q", errAFCFrame, h[:8])
	case this < afcHeaderSize, this-afcHeaderSize > maxAFCFields, entire < this, entire > 1<<62:
		return afcPacket{}, fmt.Errorf("%w: lengths %d and %d", errAFCFrame, entire, this)
	}
	p := afcPacket{
		number: binary.LittleEndian.Uint64(h[24:]), op: binary.LittleEndian.Uint64(h[32:]),
		fields: make([]byte, this-afcHeaderSize), payload: int64(entire - this),
	}
	_, err := io.ReadFull(r, p.fields)
	return p, err
}

// writeAFC answers packet number: fields count as header data, payload
// follows. Both go out in one write.
func writeAFC(w io.Writer, number, op uint64, fields, payload []byte) error {
	this := afcHeaderSize + len(fields)
	buf := make([]byte, this, this+len(payload))
	copy(buf, afcMagic)
	binary.LittleEndian.PutUint64(buf[8:], uint64(this+len(payload)))
	binary.LittleEndian.PutUint64(buf[16:], uint64(this))
	binary.LittleEndian.PutUint64(buf[24:], number)
	binary.LittleEndian.PutUint64(buf[32:], op)
	copy(buf[afcHeaderSize:], fields)
	_, err := w.Write(append(buf, payload...))
	return err
}

func word(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }
