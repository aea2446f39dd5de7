package words

import (
	"testing"
	"time"
)

// TestDays: a moment is worded by the calendar of this computer, and not by the
// hours that have gone by.
func TestDays(t *testing.T) {
	zone := time.Local
	time.Local = time.FixedZone("", 2*60*60)
	defer func() { time.Local = zone }()
	now := time.Date(2026, 3, 1, 0, 30, 0, 0, time.Local)
	for _, c := range []struct {
		at                    time.Time
		day, moment, sentence string
	}{
		{now.Add(-29 * time.Minute), "today", "today, 00:01", "today at 00:01"},
		{now.Add(-31 * time.Minute).UTC(), "yesterday", "yesterday, 23:59", "yesterday at 23:59"},
		{now.Add(-24 * time.Hour), "yesterday", "yesterday, 00:30", "yesterday at 00:30"},
		{now.Add(-25 * time.Hour), "27 February", "27 February, 23:30", "27 February"},
		{time.Date(2025, 12, 31, 23, 0, 0, 0, time.Local), "31 December 2025", "31 December 2025, 23:00", "31 December 2025"},
		{time.Date(2025, 3, 1, 9, 5, 0, 0, time.Local), "1 March 2025", "1 March 2025, 09:05", "1 March 2025"},
		{now.Add(24 * time.Hour), "2 March", "2 March, 00:30", "2 March"},
	} {
		english := English()
		if day, moment, sentence := english.Text(Day(c.at, now)), english.Text(DayTime(c.at, now)), english.Text(When(c.at, now)); day != c.day || moment != c.moment || sentence != c.sentence {
			t.Errorf("%v: %q, %q, %q", c.at, day, moment, sentence)
		}
		want := c.day
		if c.day != "today" && c.day != "yesterday" {
			want = "on " + c.day
		}
		if on := english.Text(OnDay(c.at, now)); on != want {
			t.Errorf("%v: %q, not %q", c.at, on, want)
		}
	}
}

// TestHeading: a line of its own begins with a capital, of the language's own.
func TestHeading(t *testing.T) {
	now := time.Now()
	if got := English().Heading(Day(now, now)); got != "Today" {
		t.Error(got)
	}
	if got := English().Heading(Text{}); got != "" {
		t.Errorf("%q", got)
	}
}
