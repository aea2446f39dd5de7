package transcript

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Operations of AFC of which more than the length is known.
const (
	afcStatus   = 0x01
	afcReadDir  = 0x03
	afcFileInfo = 0x0a
	afcOpen     = 0x0d
	afcHandle   = 0x0e
	afcRead     = 0x0f
	afcClose    = 0x14
	afcLock     = 0x1b
)

const (
	afcMagic = "CFA6LPAA"
	afcHead  = 40
	maxAFC   = 64 << 10 // bytes of a packet that are collected: more is content
)

func afc(s *Stream) {
	s.phone.afcPacket()
	s.host.afcPacket()
}

// afcPacket reads one packet: of its content, only what begins a request.
func (r *reader) afcPacket() {
	r.expect(afcHead, func(head []byte) {
		total, op := binary.LittleEndian.Uint64(head[8:]), binary.LittleEndian.Uint64(head[32:])
		if string(head[:8]) != afcMagic || total < afcHead || total > 1<<32 {
			r.stop()
			return
		}
		rest := int64(total) - afcHead
		collect := min(rest, maxAFC)
		r.collect(int(collect), func(data []byte) {
			r.say(func(w *writer) { w.afc(r.who == '>', op, rest, data) })
			r.skip = rest - collect
			r.afcPacket()
		})
	})
}

// afc writes a packet; of data only numbers and paths of requests.
func (w *writer) afc(request bool, op uint64, size int64, data []byte) {
	fmt.Fprintf(&w.b, "afc %d bytes=%d", op, size)
	at := func(i int) uint64 {
		if len(data) < i+8 {
			return 0
		}
		return binary.LittleEndian.Uint64(data[i:])
	}
	path := func(data []byte) {
		name, _, _ := bytes.Cut(data, []byte{0})
		w.b.WriteString(" path=")
		w.path(string(name))
	}
	switch {
	case !request && op == afcStatus:
		fmt.Fprintf(&w.b, " status=%d", at(0))
	case !request && op == afcHandle:
		fmt.Fprintf(&w.b, " handle=%d", at(0))
	case !request: // content
	case op == afcReadDir, op == afcFileInfo:
		path(data)
	case op == afcOpen && len(data) > 8:
		fmt.Fprintf(&w.b, " mode=%d", at(0))
		path(data[8:])
	case op == afcRead:
		fmt.Fprintf(&w.b, " handle=%d count=%d", at(0), at(8))
	case op == afcClose:
		fmt.Fprintf(&w.b, " handle=%d", at(0))
	case op == afcLock:
		fmt.Fprintf(&w.b, " handle=%d lock=%d", at(0), at(8))
	}
}
