package reminders

import (
	"testing"
	"time"

	"lifeboat/backup/content/icalendar"
)

// FuzzRule: whatever the lists of a rule hold, it has nothing that no calendar knows.
func FuzzRule(f *testing.F) {
	f.Add(int64(1), int64(2), int64(0), []byte(`[{"dayOfTheWeek":2,"weekNumber":0},{"dayOfTheWeek":7,"weekNumber":-1}]`), []byte("[]"), []byte("null"))
	f.Add(int64(2), int64(1), int64(10), []byte(""), []byte("[1,-1,31]"), []byte("[12]"))
	f.Add(int64(3), int64(1), int64(0), []byte(""), []byte(""), []byte("[-1]"))
	f.Add(int64(3), int64(-1), int64(-1), []byte(`[{"dayOfTheWeek":1e3}]`), []byte("[32]"), []byte("[-1]"))
	f.Fuzz(func(t *testing.T, frequency, interval, count int64, weekdays, dates, months []byte) {
		r, ok := rule(frequency, interval, count, 0, weekdays, dates, months, nil)
		if !ok {
			return
		}
		if r.Every == "" || r.Interval < 1 || r.Count < 0 {
			t.Errorf("%+v", r)
		}
		for _, day := range r.Days {
			if again, ok := icalendar.Day(day); !ok || again != day {
				t.Errorf("the day %q", day)
			}
		}
		for _, n := range r.Dates {
			if n == 0 || n < -31 || n > 31 {
				t.Errorf("the date %d", n)
			}
		}
		for _, n := range r.Months {
			if n < 1 || n > 12 {
				t.Errorf("the month %d", n)
			}
		}
	})
}

// FuzzAlarm: an alarm rings in a year that can be written.
func FuzzAlarm(f *testing.F) {
	for _, clock := range []string{`{"year":2026,"month":1,"day":20,"hour":8,"minute":30}`, `{"year":9999,"month":12,"day":31,"hour":99,"second":-1}`, `{"year":9999,"month":12,"day":31,"hour":23}`, `{"year":1,"month":1,"day":1,"minute":-9223372036854775808}`, `[]`, `{`} {
		f.Add([]byte(clock), "Europe/Berlin", true)
		f.Add([]byte(clock), "", false)
	}
	f.Fuzz(func(t *testing.T, clock []byte, zone string, due bool) {
		r := Reminder{Zone: zone}
		if due {
			r.Due = time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC)
		}
		a, ok := r.alarm(trigger{clock: clock})
		if year := a.At.UTC().Year(); ok && (year < 1 || year > 9999) {
			t.Errorf("%s rings in %d", clock, year)
		}
	})
}
