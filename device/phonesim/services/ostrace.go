package services

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"

	"howett.net/plist"

	"lifeboat/device/phonesim/wire"
)

const (
	// traceLogMessages is the bit of MessageFilter that asks for log lines.
	traceLogMessages = 1 << 2
	// traceDebug is the bit of StreamFlags that adds info and debug lines.
	traceDebug = 0x20
	// traceHeader is the fixed part of an entry in bytes.
	traceHeader = 129
)

// ServeTrace is com.apple.os_trace_relay: structured entries in binary form.
func (l *Log) ServeTrace(ctx context.Context, conn net.Conn) error {
	for {
		request, err := wire.Read(conn)
		if err != nil {
			return err
		}
		switch request.String("Request") {
		case "PidList":
			if err := writeTraceReply(conn, map[string]any{"Status": "RequestSuccessful", "Payload": l.processes()}); err != nil {
				return err
			}
		case "StartActivity":
			if err := writeTraceReply(conn, map[string]any{"Status": "RequestSuccessful"}); err != nil {
				return err
			}
			return l.trace(ctx, conn, request)
		default:
			if err := writeTraceReply(conn, map[string]any{"Status": "RequestFailed"}); err != nil {
				return err
			}
		}
	}
}

// writeTraceReply sends a property list the way this service does: the
// length of a length (4 bytes), that length, and the list; all little-endian.
func writeTraceReply(conn net.Conn, v any) error {
	body, err := plist.Marshal(v, plist.XMLFormat)
	if err != nil {
		return err
	}
	frame := binary.LittleEndian.AppendUint32(nil, 4)
	frame = binary.LittleEndian.AppendUint32(frame, uint32(len(body)))
	_, err = conn.Write(append(frame, body...))
	return err
}

func (l *Log) processes() map[string]any {
	all := map[string]any{}
	for _, line := range l.Lines {
		if !line.heard() {
			continue
		}
		all[fmt.Sprint(line.PID)] = map[string]any{"ProcessName": line.Process}
	}
	return all
}

// trace streams what the request asks for: of one process or of all (-1),
// with info and debug lines only if it wants them.
func (l *Log) trace(ctx context.Context, conn net.Conn, request wire.Dict) error {
	pid, _ := request.Int("Pid")
	if uint32(pid) == 0xffffffff {
		pid = -1
	}
	filter, _ := request.Int("MessageFilter")
	flags, _ := request.Int("StreamFlags")
	return l.play(ctx, conn, func(line LogLine) error {
		quiet := line.Level == LogInfo || line.Level == LogDebug
		if filter&traceLogMessages == 0 || pid >= 0 && int(pid) != line.PID || quiet && flags&traceDebug == 0 {
			return nil
		}
		_, err := conn.Write(l.entry(line))
		return err
	})
}

// entry encodes a line: the byte 2, a length, a packed little-endian header
// and the texts, each ended by a zero byte that its length counts.
func (l *Log) entry(line LogLine) []byte {
	path := "/usr/libexec/" + line.Process
	h := make([]byte, traceHeader)
	now := l.Now()
	le := binary.LittleEndian
	h[0] = 2
	le.PutUint32(h[1:], traceLogMessages)
	le.PutUint32(h[5:], traceHeader)
	le.PutUint32(h[9:], uint32(line.PID))
	le.PutUint64(h[13:], uint64(line.PID))
	le.PutUint16(h[37:], uint16(len(path)+1))
	le.PutUint64(h[55:], uint64(now.Unix()))
	le.PutUint32(h[63:], uint32(now.Nanosecond()/1000))
	h[68] = byte(line.Level)
	le.PutUint32(h[83:], uint32(line.PID)*16+3) // thread
	le.PutUint16(h[107:], uint16(len(path)+1))
	le.PutUint32(h[109:], uint32(len(line.Text)+1))
	texts := list(path, path, line.Text)
	if line.Subsystem != "" {
		le.PutUint16(h[117:], uint16(len(line.Subsystem)+1))
		le.PutUint16(h[121:], uint16(len(line.Category)+1))
		texts = append(texts, list(line.Subsystem, line.Category)...)
	}
	frame := le.AppendUint32([]byte{2}, uint32(len(h)+len(texts)))
	return append(append(frame, h...), texts...)
}
