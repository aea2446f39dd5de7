package words

import (
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// bytes writes a size with at most one decimal: "713 MB", "38.8 GB".
func (c *Catalogue) bytes(n int64) string { return humanize.Bytes(uint64(max(0, n))) }

// date writes a day in the computer's own time zone: "4 October 2026". Its words
// and their order are of the catalogue, since golang.org/x/text writes no dates.
func (c *Catalogue) date(t time.Time) string {
	t = t.Local()
	month := c.Say("units.month."+strings.ToLower(t.Month().String()), nil)
	return c.Say("units.date", Args{"Day": strconv.Itoa(t.Day()), "Month": month, "Year": strconv.Itoa(t.Year())})
}

// span writes a duration roughly, in its largest fitting unit.
func (c *Catalogue) span(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return c.Say("units.seconds", Args{"N": Count(max(1, d.Round(time.Second)/time.Second))})
	case d < 90*time.Minute:
		return c.Say("units.minutes", Args{"N": Count(d.Round(time.Minute) / time.Minute)})
	case d < 48*time.Hour:
		return c.Say("units.hours", Args{"N": Count(d.Round(time.Hour) / time.Hour)})
	}
	return c.Say("units.days", Args{"N": Count(d / (24 * time.Hour))})
}
