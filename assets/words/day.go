package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/cases"
)

// Day is the day of a moment as people call it at now, by the computer's own
// calendar: "today", "yesterday", "5 November", and of another year "5 November 2025".
func Day(t, now time.Time) Text {
	t, now = t.Local(), now.Local()
	switch {
	case sameDay(t, now):
		return T("units.day.today", nil)
	case sameDay(t, now.AddDate(0, 0, -1)):
		return T("units.day.yesterday", nil)
	}
	args := Args{"Day": strconv.Itoa(t.Day()), "Month": T("units.month."+strings.ToLower(t.Month().String()), nil)}
	if t.Year() == now.Year() {
		return T("units.day.date", args)
	}
	args["Year"] = strconv.Itoa(t.Year())
	return T("units.date", args)
}

// DayTime is a moment with its time of day: "today, 17:16", "5 November, 20:40".
func DayTime(t, now time.Time) Text {
	return T("units.day.time", Args{"Day": Day(t, now), "Time": clock(t)})
}

// When is a moment within a sentence, after "from": "today at 17:16", "yesterday
// at 21:02"; what is longer ago has no time of day: "5 November".
func When(t, now time.Time) Text {
	day := Day(t, now)
	if day.Args != nil { // a date
		return day
	}
	return T("units.day.at", Args{"Day": day, "Time": clock(t)})
}

// OnDay is the day of a moment within a sentence, after "checked": "today",
// "yesterday", "on 5 November".
func OnDay(t, now time.Time) Text {
	day := Day(t, now)
	if day.Args == nil {
		return day
	}
	return T("units.day.on", Args{"Day": day})
}

// clock is a time of day, in the computer's own time zone.
func clock(t time.Time) Text {
	t = t.Local()
	return T("units.time", Args{"Hour": fmt.Sprintf("%02d", t.Hour()), "Minute": fmt.Sprintf("%02d", t.Minute())})
}

// sameDay reports whether two local moments are of one day of the calendar.
func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}

// Heading words t for a line of its own: with a capital at its beginning, as the
// language writes it ("Today, 17:16").
func (c *Catalogue) Heading(t Text) string {
	said := c.Text(t)
	_, first := utf8.DecodeRuneInString(said)
	return cases.Upper(c.language).String(said[:first]) + said[first:]
}
