// Package devicelog reads the phone's log as it is written: from
// os_trace_relay, whose entries have a form, or on phones without it from
// syslog_relay, whose lines are text (checks/SIGNALS.md#log-of-the-phone).
package devicelog

import (
	"strings"
	"unicode"

	"lifeboat/device/facts"
)

// Reader reads a log line by line.
type Reader interface {
	// Next waits for the next line, as long as it takes. Lines that make no
	// sense are passed over; an error is the end of the log, which the end of
	// the connection is too.
	Next() (facts.LogLine, error)
}

// Bounds on what is kept of a line, in bytes; longer texts are cut.
const (
	maxProcess = 128
	maxText    = 8 << 10
)

// tidy makes a text of the phone one that can be shown and searched: cut to
// a number of bytes, without half characters, and on one line.
func tidy(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
