package icalendar

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Windows has no time zones of these names
)

type located struct {
	zone  *time.Location
	known bool
}

var (
	zonesMu sync.Mutex
	zones   = map[string]located{}
)

// mostZones bounds how many names are remembered; there are some 600.
const mostZones = 2000

// Zone is the time zone of a name such as "Europe/Berlin". One that is not known is
// UTC, as is that of no name.
func Zone(name string) (zone *time.Location, known bool) {
	switch name {
	case "", "UTC", "GMT":
		return time.UTC, true
	case "Local":
		return time.UTC, false
	}
	zonesMu.Lock()
	defer zonesMu.Unlock()
	if z, found := zones[name]; found {
		return z.zone, z.known
	}
	z := located{time.UTC, false}
	if strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_/+-") == "" {
		if zone, err := time.LoadLocation(name); err == nil {
			z = located{zone, true}
		}
	}
	if len(zones) < mostZones {
		zones[name] = z
	}
	return z.zone, z.known
}

// The years whose changes of the clock are written. Programs that know the zone by its
// name, as most do, take their own.
const (
	firstYear = 1970
	lastYear  = 2037
)

// observance is what a clock does on some days: it changes from one offset to another.
type observance struct {
	from, to int // seconds
	name     string
	summer   bool
}

// Zones writes what the clocks of some time zones do, each once; names that are not
// known are left out.
func (w *Writer) Zones(names []string) {
	done := map[string]bool{}
	for _, name := range names {
		if zone, _ := Zone(name); zone != time.UTC && !done[name] {
			done[name] = true
			w.zone(name, zone)
		}
	}
}

func (w *Writer) zone(name string, zone *time.Location) {
	w.Begin("VTIMEZONE")
	w.Line("TZID", name)
	t := time.Date(firstYear, 1, 1, 0, 0, 0, 0, zone)
	abbreviation, offset := t.Zone()
	now := observance{offset, offset, abbreviation, t.IsDST()}
	w.observance(now, []string{t.Format(clockForm)})
	changes := map[observance][]string{}
	var order []observance
	for {
		_, next := t.ZoneBounds()
		if next.IsZero() || next.Year() > lastYear {
			break
		}
		if !next.After(t) {
			// Where years follow a rule, package time lets each end after 365 days, a
			// leap year's last day at its own begin.
			next = t.Add(24 * time.Hour)
		}
		o := observance{from: now.to, summer: next.IsDST()}
		o.name, o.to = next.Zone()
		if o.name != now.name || o.to != now.to || o.summer != now.summer { // not only a new year
			if changes[o] == nil {
				order = append(order, o)
			}
			changes[o] = append(changes[o], next.UTC().Add(time.Duration(now.to)*time.Second).Format(clockForm))
		}
		t, now = next, o
	}
	for _, o := range order {
		w.observance(o, changes[o])
	}
	w.End("VTIMEZONE")
}

func (w *Writer) observance(o observance, days []string) {
	part := map[bool]string{false: "STANDARD", true: "DAYLIGHT"}[o.summer]
	w.Begin(part)
	w.Line("DTSTART", days[0])
	if len(days) > 1 {
		w.Line("RDATE", strings.Join(days[1:], ","))
	}
	w.Line("TZOFFSETFROM", offset(o.from))
	w.Line("TZOFFSETTO", offset(o.to))
	w.Text("TZNAME", o.name)
	w.End(part)
}

// offset writes an offset from UTC in seconds: "+0100".
func offset(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		text += fmt.Sprintf("%02d", seconds%60)
	}
	return text
}
