// Package icalendar writes iCalendar files (RFC 5545), which calendars and lists of
// tasks of all makers read. Go modules for it were tried: one does not fold its lines
// and refuses names with a quotation mark, the other puts marks into names that no
// reader takes away.
package icalendar

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Writer writes one file. The first error of the disk is what Close gives.
type Writer struct {
	out *bufio.Writer
}

// New begins a file with the name of a calendar and its colour, which is left out if
// it is no "#RRGGBB".
func New(w io.Writer, name, color string) *Writer {
	out := &Writer{out: bufio.NewWriter(w)}
	out.Begin("VCALENDAR")
	out.Line("VERSION", "2.0")
	out.Line("PRODID", "-//Lifeboat//EN")
	out.Line("CALSCALE", "GREGORIAN")
	out.Text("X-WR-CALNAME", name)
	if isColor(color) {
		out.Line("X-APPLE-CALENDAR-COLOR", color)
	}
	return out
}

func isColor(s string) bool {
	return (len(s) == 7 || len(s) == 9) && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
}

// Close ends the file, which stays open.
func (w *Writer) Close() error {
	w.End("VCALENDAR")
	return w.out.Flush()
}

// Begin begins a part, such as "VEVENT".
func (w *Writer) Begin(part string) { w.Line("BEGIN", part) }

// End ends a part.
func (w *Writer) End(part string) { w.Line("END", part) }

// longestLine is where lines are folded, in bytes.
const longestLine = 75

// Line writes a property, which may have parameters, with a value that needs no
// quoting. It is folded where it is too long, and never within a letter.
func (w *Writer) Line(property, value string) {
	rest := property + ":" + value
	for room := longestLine; len(rest) > room; room = longestLine - 1 {
		cut := room
		for cut > 1 && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		w.out.WriteString(rest[:cut])
		w.out.WriteString("\r\n ")
		rest = rest[cut:]
	}
	w.out.WriteString(rest)
	w.out.WriteString("\r\n")
}

// Text writes a property with a text, if that says something.
func (w *Writer) Text(property, text string) {
	if strings.TrimSpace(text) != "" {
		w.Line(property, Quote(text))
	}
}

// URI writes a property with an address, if there is one.
func (w *Writer) URI(property, address string) {
	if address = uri(address); address != "" {
		w.Line(property, address)
	}
}

// uri is an address on one line.
func uri(address string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, address)
}

var quoter = strings.NewReplacer("\\", "\\\\", "\r\n", "\\n", "\n", "\\n", "\r", "\\n", "\u2028", "\\n", "\u2029", "\\n", ",", "\\,", ";", "\\;")

// Quote makes a text fit for a value. Line breaks of all sorts become the one there is;
// other control characters, which no file of the kind may have, are left out.
func Quote(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, quoter.Replace(text))
}

// Parameter is a value of a parameter, in quotation marks.
func Parameter(text string) string {
	return `"` + strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\n':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, text) + `"`
}

// Form is how a time is meant: as a day, as what the clock on the wall shows wherever
// one is, or in a time zone. The first two count by what they are in UTC.
type Form struct {
	Day, Floating bool
	Zone          string
}

// Wall is the moment at which the clock of this computer shows what t is in UTC; the
// zero time if that is zero.
func Wall(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	t = t.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.Local)
}

const (
	dayForm   = "20060102"
	clockForm = "20060102T150405"
	utcForm   = clockForm + "Z"
)

// Times writes a property with one or more times of a form, none with none.
func (w *Writer) Times(property string, f Form, times ...time.Time) {
	// A clock that is set back shows an hour twice; of these the second is written as
	// world time.
	var plain, world []string
	for _, t := range times {
		if text, ok := f.format(t); ok {
			plain = append(plain, text)
		} else {
			world = append(world, text)
		}
	}
	if len(plain) > 0 {
		w.Line(property+f.parameter(), strings.Join(plain, ","))
	}
	if len(world) > 0 {
		w.Line(property, strings.Join(world, ","))
	}
}

// UTC writes a property with a moment, if there is one.
func (w *Writer) UTC(property string, t time.Time) {
	if !t.IsZero() {
		w.Line(property, t.UTC().Format(utcForm))
	}
}

func (f Form) parameter() string {
	zone, _ := Zone(f.Zone)
	switch {
	case f.Day:
		return ";VALUE=DATE"
	case f.Floating || zone == time.UTC:
		return ""
	}
	return ";TZID=" + f.Zone
}

// format writes a time; ok is false if it stands in UTC in place of its zone.
func (f Form) format(t time.Time) (text string, ok bool) {
	t = t.UTC()
	zone, _ := Zone(f.Zone)
	switch {
	case f.Day:
		return t.Format(dayForm), true
	case f.Floating:
		return t.Format(clockForm), true
	case zone == time.UTC:
		return t.Format(utcForm), true
	}
	local := t.In(zone)
	if set, _ := local.ZoneBounds(); !set.IsZero() {
		_, before := set.Add(-time.Second).Zone()
		_, after := local.Zone()
		if local.Sub(set) < time.Duration(before-after)*time.Second {
			return t.Format(utcForm), false
		}
	}
	return local.Format(clockForm), true
}

// Alarm rings so long after the start of an event, or the time a task is due, which is
// before it if that is negative; or At a moment, if that is not zero.
type Alarm struct {
	After time.Duration
	At    time.Time
}

// Alarm writes an alarm, of an event or of a task.
func (w *Writer) Alarm(a Alarm, title string, task bool) {
	w.Begin("VALARM")
	w.Line("ACTION", "DISPLAY")
	if strings.TrimSpace(title) == "" {
		title = "-" // one is asked for
	}
	w.Text("DESCRIPTION", title)
	switch {
	case !a.At.IsZero():
		w.UTC("TRIGGER;VALUE=DATE-TIME", a.At)
	case task:
		w.Line("TRIGGER;RELATED=END", duration(a.After))
	default:
		w.Line("TRIGGER", duration(a.After))
	}
	w.End("VALARM")
}

// duration writes a length of time in whole seconds: "-PT30M".
func duration(d time.Duration) string {
	sign, seconds := "", int64(d/time.Second)
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	if days := seconds / (24 * 3600); days > 0 && seconds%(24*3600) == 0 {
		return fmt.Sprintf("%sP%dD", sign, days)
	}
	out := sign + "PT"
	for _, unit := range []struct {
		length int64
		letter string
	}{{3600, "H"}, {60, "M"}, {1, "S"}} {
		if n := seconds / unit.length; n > 0 || unit.length == 1 && strings.HasSuffix(out, "T") {
			out += fmt.Sprint(n) + unit.letter
			seconds %= unit.length
		}
	}
	return out
}
