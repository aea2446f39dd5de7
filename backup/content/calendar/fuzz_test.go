package calendar

import (
	"testing"

	"lifeboat/backup/content/icalendar"
)

// FuzzDays: what is understood of the weekdays of a rule is weekdays.
func FuzzDays(f *testing.F) {
	for _, specifier := range []string{"", "D=0MO,2TU", "D=-1FR;", "D=+53SU", "D=54SU", "D=", "M=1", "D=0MO,\r\nX"} {
		f.Add(specifier)
	}
	f.Fuzz(func(t *testing.T, specifier string) {
		all, ok := days(specifier)
		if len(all) > 0 && !ok {
			t.Errorf("%q gives %q, not understood", specifier, all)
		}
		for _, day := range all {
			if again, ok := icalendar.Day(day); !ok || again != day || len(day) > 5 {
				t.Errorf("the day %q", day)
			}
		}
	})
}
