package transcript

import (
	"encoding/binary"
	"fmt"

	"lifeboat/device/safeplist"
)

// maxFrame bounds what is collected of one message, in bytes.
const maxFrame = 16 << 20

// reader cuts the bytes of one side of a connection into units: it passes
// over skip bytes, collects want, and calls step with them, which says what
// comes next. With no step it only counts.
type reader struct {
	s    *Stream
	who  byte
	step func(unit []byte)
	want int
	skip int64
	unit []byte
	// bytes that came after it stopped to read, -1 while it reads.
	unread  int64
	counted bool
}

func (r *reader) expect(n int, step func([]byte)) { r.want, r.step = n, step }

// collect hands the next n bytes to step: at once if there are none to wait for.
func (r *reader) collect(n int, step func([]byte)) {
	if n == 0 {
		step(nil)
		return
	}
	r.expect(n, step)
}

func (r *reader) feed(p []byte) {
	for len(p) > 0 {
		if r.step == nil {
			r.unread += int64(len(p))
			return
		}
		if r.skip > 0 {
			n := min(r.skip, int64(len(p)))
			r.skip -= n
			p = p[n:]
			continue
		}
		// More than is wanted is there when the other side changed what comes.
		n := min(max(r.want-len(r.unit), 0), len(p))
		r.unit = append(r.unit, p[:n]...)
		p = p[n:]
		if len(r.unit) < r.want {
			return
		}
		unit := r.unit[:r.want]
		if more := r.unit[r.want:]; len(more) > 0 {
			p = append(append([]byte(nil), more...), p...)
		}
		r.unit = nil
		r.step(unit)
		if cap(unit) <= 64<<10 && r.unit == nil {
			r.unit = unit[:0]
		}
	}
}

// stop no longer reads this side.
func (r *reader) stop() {
	if r.step != nil || !r.counted {
		r.step, r.unit, r.counted = nil, nil, true
		r.s.r.line(r.s.id, r.who, "unread")
	}
}

// finish writes what was counted, and what was begun and did not end.
func (r *reader) finish() {
	if f := &r.s.device.file; f.begun && f.upload == (r.who == '<') {
		f.bytes -= r.skip
		r.file("cut", "")
	}
	way := "to"
	if r.who == '<' {
		way = "from"
	}
	if r.unread > 0 {
		r.s.r.line(r.s.id, '=', fmt.Sprintf("bytes %d %s phone", r.unread, way))
	}
}

// say writes a message of this side.
func (r *reader) say(what func(*writer)) { r.s.r.message(r.s.id, r.who, what) }

// protocols say how each service is read; others are raw.
var protocols = map[string]func(*Stream){
	Lockdown:                              frames,
	"com.apple.mobile.notification_proxy": frames, "com.apple.mobile.insecure_notification_proxy": frames,
	"com.apple.mobile.installation_proxy": frames,
	"com.apple.springboardservices":       frames,
	"com.apple.mobile.diagnostics_relay":  frames,
	"com.apple.mobile.MCInstall":          frames,
	"com.apple.mobilebackup2":             deviceLinks,
	"com.apple.afc":                       afc,
	"com.apple.crashreportcopymobile":     afc,
}

// raw is a service whose bytes are only counted: logs, packets.
func raw(s *Stream) {
	s.phone.stop()
	s.host.stop()
}

// frames is a service whose messages are property lists behind a length.
func frames(s *Stream) {
	s.phone.frame(s.phone.dict)
	s.host.frame(s.host.dict)
}

// frame reads a length and as many bytes, and hands them to body.
func (r *reader) frame(body func([]byte)) {
	r.expect(4, func(head []byte) {
		n := binary.BigEndian.Uint32(head)
		if n > maxFrame {
			r.stop()
			return
		}
		r.collect(int(n), body)
	})
}

func (r *reader) dict(body []byte) {
	v, err := safeplist.Decode(body)
	if err != nil {
		r.stop()
		return
	}
	r.say(func(w *writer) { w.value(v, hidden) })
	r.frame(r.dict)
}
