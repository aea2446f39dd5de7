package devicelog

import (
	"bufio"
	"context"
	"errors"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/wire"
)

// SyslogService is the name under which lockdownd starts syslog_relay.
const SyslogService = "com.apple.syslog_relay"

// maxLine bounds a line, in bytes; longer ones are passed over.
const maxLine = 64 << 10

// Syslog reads the log from syslog_relay, which begins unasked. Its lines
// give their time without year and zone, so that a line's time is this
// computer's when it came.
type Syslog struct {
	ctx context.Context
	r   *bufio.Reader
	now func() time.Time
}

// NewSyslog reads from conn, whose end is the end of the log. now is called for
// the time of each line; nil is time.Now.
func NewSyslog(ctx context.Context, conn net.Conn, now func() time.Time) *Syslog {
	if now == nil {
		now = time.Now
	}
	return &Syslog{ctx, bufio.NewReaderSize(conn, maxLine), now}
}

// Next implements [Reader].
func (s *Syslog) Next() (facts.LogLine, error) {
	for {
		raw, err := s.r.ReadSlice(0) // every line ends with a zero byte
		complete := err == nil
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = s.r.ReadSlice(0)
		}
		if err != nil {
			return facts.LogLine{}, wire.Explain(s.ctx, "read the log", err)
		}
		if !complete {
			continue
		}
		if line, ok := parseSyslog(string(raw)); ok {
			line.At = s.now().UTC()
			return line, nil
		}
	}
}

// syslogLine is "Nov  4 10:11:12 HOST PROGRAM(LIBRARY)[PID] <Level>: TEXT".
var syslogLine = regexp.MustCompile(`(?s)^[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} .{1,300}? ([^ ()\[\]]{1,128})(?:\([^()]{0,300}\))?\[\d{1,9}\] <[A-Za-z]{1,16}>: (.*)$`)

// parseSyslog reads a line, but for its time; false means that it is none.
func parseSyslog(raw string) (facts.LogLine, bool) {
	m := syslogLine.FindStringSubmatch(strings.Trim(raw, "\n\r\x00"))
	if m == nil {
		return facts.LogLine{}, false
	}
	return facts.LogLine{Process: tidy(unescape(m[1]), maxProcess), Text: tidy(unescape(m[2]), maxText)}, true
}

// escapes are how syslog writes bytes that are not plain ASCII: \M-c and \M^c
// for high ones, \^c for control characters, \ooo in octal, \\ itself.
var escapes = regexp.MustCompile(`\\(?:M-[!-~]|M\^[?-_]|\^[?-_]|[0-3][0-7]{2}|\\)`)

// unescape turns them into the bytes that they stand for. What only looks
// alike is left as it is.
func unescape(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		last := e[len(e)-1]
		switch {
		case e == `\\`:
			return `\`
		case strings.HasPrefix(e, `\M-`):
			return string([]byte{last | 0x80})
		case strings.HasPrefix(e, `\M^`):
			return string([]byte{last ^ 0x40 | 0x80})
		case strings.HasPrefix(e, `\^`):
			return string([]byte{last ^ 0x40})
		}
		n, _ := strconv.ParseUint(e[1:], 8, 8) // three octal digits up to 377
		return string([]byte{byte(n)})
	})
}
