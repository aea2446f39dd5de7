package contenttest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emersion/go-ical"
)

// ICalendar reads an iCalendar file with a reader that is not ours, and sees that its
// lines are such as the format has them.
func ICalendar(t testing.TB, file string) *ical.Calendar {
	t.Helper()
	lines := strings.Split(file, "\r\n")
	for _, line := range lines {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00") || !utf8.ValidString(line) {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	if lines[len(lines)-1] != "" {
		t.Error("the last line does not end")
	}
	calendar, err := ical.NewDecoder(strings.NewReader(file)).Decode()
	if err != nil {
		t.Fatalf("%v: %.2000q", err, file)
	}
	return calendar
}

// Property is the value of a property as it stands in the file, "" if there is none.
func Property(c *ical.Component, name string) string {
	if p := c.Props.Get(name); p != nil {
		return p.Value
	}
	return ""
}

// Plain is the text of a property, "" if there is none.
func Plain(t testing.TB, c *ical.Component, name string) string {
	t.Helper()
	p := c.Props.Get(name)
	if p == nil {
		return ""
	}
	text, err := p.Text()
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return text
}
