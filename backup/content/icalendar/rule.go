package icalendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The values of Rule.Every.
const (
	Daily   = "DAILY"
	Weekly  = "WEEKLY"
	Monthly = "MONTHLY"
	Yearly  = "YEARLY"
)

// Rule says when something comes again: every Interval days, weeks, months or years.
// It ends after Count times if that is not 0, or with Until if that is not zero.
type Rule struct {
	Every           string
	Interval, Count int
	// Until has the form of the times of what comes again.
	Until time.Time
	// Days are weekdays such as "MO"; "2TU" is the second Tuesday of the month, or of
	// the year if that is what comes again and there are no Months; "-1FR" the last
	// Friday.
	Days []string
	// Dates are days of the month, Months are 1 to 12.
	Dates, Months []int
}

// mostInterval bounds how far two times of something may be from each other, and how
// often it may come.
const mostInterval = 10_000

// Fits bounds the numbers of a rule, and reports whether it can be what somebody wanted.
func (r *Rule) Fits() bool {
	r.Interval = max(1, r.Interval)
	switch r.Every {
	case Daily, Weekly, Monthly, Yearly:
		return r.Interval <= mostInterval && r.Count >= 0 && r.Count <= mostInterval
	}
	return false
}

// Day reads a weekday such as "MO", "0MO", "+2TU" or "-1FR".
func Day(text string) (day string, ok bool) {
	if len(text) < 2 || len(text) > 5 {
		return "", false
	}
	number, day := text[:len(text)-2], text[len(text)-2:]
	switch day {
	case "MO", "TU", "WE", "TH", "FR", "SA", "SU":
	default:
		return "", false
	}
	n := 0
	if number != "" {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n < -53 || n > 53 {
			return "", false
		}
	}
	if n != 0 {
		day = strconv.Itoa(n) + day
	}
	return day, true
}

// Rule writes a rule of something whose times have a form.
func (w *Writer) Rule(r Rule, f Form) {
	out := "FREQ=" + r.Every
	if r.Interval > 1 {
		out += fmt.Sprintf(";INTERVAL=%d", r.Interval)
	}
	if len(r.Days) > 0 {
		out += ";BYDAY=" + strings.Join(r.Days, ",")
	}
	if len(r.Dates) > 0 {
		out += ";BYMONTHDAY=" + numbers(r.Dates)
	}
	if len(r.Months) > 0 {
		out += ";BYMONTH=" + numbers(r.Months)
	}
	switch {
	case r.Count > 0:
		out += fmt.Sprintf(";COUNT=%d", r.Count)
	case r.Until.IsZero():
	case f.Day:
		out += ";UNTIL=" + r.Until.UTC().Format(dayForm)
	case f.Floating:
		out += ";UNTIL=" + r.Until.UTC().Format(clockForm)
	default:
		out += ";UNTIL=" + r.Until.UTC().Format(utcForm)
	}
	w.Line("RRULE", out)
}

func numbers(all []int) string {
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}
