package devicelog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/wire"
)

// TraceService is the name under which lockdownd starts os_trace_relay.
const TraceService = "com.apple.os_trace_relay"

// What is asked for: log lines, and of them those that are always written,
// which leaves out the flood of info and debug lines (seen on iOS 18.7.1).
const (
	logMessages   = 1 << 2 // MessageFilter
	usualLevels   = 0      // StreamFlags
	everyProcess  = -1     // Pid
	startAccepted = "RequestSuccessful"
)

// Bounds on what a phone may send, in bytes.
const (
	maxStatus = 64 << 10
	maxEntry  = 1 << 20
)

// Trace reads the log from os_trace_relay.
type Trace struct {
	ctx context.Context
	r   *bufio.Reader
}

// StartTrace has os_trace_relay begin, which it must within patience. It does
// not own conn, whose end is the end of the log.
func StartTrace(ctx context.Context, conn net.Conn, patience time.Duration) (*Trace, error) {
	const op = "start the log"
	t := &Trace{ctx, bufio.NewReader(conn)}
	defer wire.Guard(ctx, conn, patience)()
	err := wire.WriteFrame(conn, map[string]any{
		"Request": "StartActivity", "Pid": everyProcess, "MessageFilter": logMessages, "StreamFlags": usualLevels,
	})
	if err != nil {
		return nil, wire.Explain(ctx, op, err)
	}
	answer, err := readStatus(t.r)
	if err != nil {
		return nil, wire.Explain(ctx, op, err)
	}
	if status, _ := answer["Status"].(string); status != startAccepted {
		return nil, &fault.Error{Code: fault.ServiceRefused, Op: op, Domain: "os_trace_relay", Text: status}
	}
	return t, nil
}

// readStatus reads the answer to a request: the length of a length, 4 bytes;
// that length; and a plist. Both are little-endian.
func readStatus(r io.Reader) (map[string]any, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n == 0 || n > 8 {
		return nil, fmt.Errorf("length of %d bytes", n)
	}
	var length [8]byte
	if _, err := io.ReadFull(r, length[:n]); err != nil {
		return nil, err
	}
	total := binary.LittleEndian.Uint64(length[:])
	if total > maxStatus {
		return nil, fmt.Errorf("status of %d bytes", total)
	}
	body := make([]byte, total)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	return safeplist.Dict(body)
}

// Next implements [Reader].
func (t *Trace) Next() (facts.LogLine, error) {
	for {
		entry, err := readEntry(t.r)
		if err != nil {
			return facts.LogLine{}, wire.Explain(t.ctx, "read the log", err)
		}
		if line, ok := parseEntry(entry); ok {
			return line, nil
		}
	}
}

// entryMark begins every entry.
const entryMark = 2

// readEntry reads one entry: a mark, a length of 4 bytes little-endian, and
// so many bytes.
func readEntry(r io.Reader) ([]byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if head[0] != entryMark {
		return nil, errors.New("not an entry of the log")
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > maxEntry {
		return nil, fmt.Errorf("entry of %d bytes", n)
	}
	var body bytes.Buffer // grows with what really arrives
	if _, err := io.CopyN(&body, r, int64(n)); err != nil {
		return nil, errors.Join(io.ErrUnexpectedEOF, err)
	}
	return body.Bytes(), nil
}

// Where things are in an entry: a packed little-endian header, and behind it
// the path of the program, that of the image, and the text.
const (
	entryPathSize    = 37  // 2 bytes
	entrySeconds     = 55  // 8 bytes, Unix time
	entryMicros      = 63  // 4 bytes
	entryImageSize   = 107 // 2 bytes
	entryMessageSize = 109 // 4 bytes
	entryHeader      = 129
)

// maxSeconds is a time beyond all years that a date can have.
const maxSeconds = 1 << 37

// parseEntry reads an entry; false means that it makes no sense.
func parseEntry(b []byte) (facts.LogLine, bool) {
	if len(b) < entryHeader {
		return facts.LogLine{}, false
	}
	le := binary.LittleEndian
	seconds, micros := le.Uint64(b[entrySeconds:]), le.Uint32(b[entryMicros:])
	if seconds > maxSeconds || micros >= 1e6 {
		return facts.LogLine{}, false
	}
	// Signed and wide, so that no sum of sizes can wrap around.
	sizes := []int64{int64(le.Uint16(b[entryPathSize:])), int64(le.Uint16(b[entryImageSize:])), int64(le.Uint32(b[entryMessageSize:]))}
	var texts [3]string
	rest := b[entryHeader:]
	for i, size := range sizes {
		if size > int64(len(rest)) {
			return facts.LogLine{}, false
		}
		text, _, _ := bytes.Cut(rest[:size], []byte{0})
		texts[i], rest = string(text), rest[size:]
	}
	return facts.LogLine{
		At: time.Unix(int64(seconds), int64(micros)*1000).UTC(), Process: tidy(path.Base(texts[0]), maxProcess), Text: tidy(texts[2], maxText),
	}, texts[0] != ""
}
