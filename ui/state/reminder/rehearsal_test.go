package reminder

import (
	"testing"
	"time"
)

// offers asks every hour for so many days, and gives the days on which a
// rehearsal is offered and those of a reminder.
func offers(m *Memory, from time.Time, days int, live map[string]Live) (offered, reminded []int) {
	for now := from; now.Before(from.AddDate(0, 0, days)); now = now.Add(time.Hour) {
		n := int(now.Sub(from) / day)
		switch r := m.Plan(now, live).Remind; {
		case r == nil:
		case r.Rehearse:
			offered = append(offered, n)
		default:
			reminded = append(reminded, n)
		}
		*m = Parse(m.String())
	}
	return offered, reminded
}

func TestRehearsal(t *testing.T) {
	from := time.Date(2027, time.March, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		before func(m *Memory)
		live   map[string]Live
		want   []int // days of 100
	}{
		{"no proven backup", func(m *Memory) { m.phone("anna") }, nil, nil},
		{"never rehearsed", func(m *Memory) { m.SeeProven("anna", "Anna", time.Time{}, from) }, nil, []int{30, 60, 90}},
		{"rehearsed 20 days ago", func(m *Memory) {
			m.SeeProven("anna", "Anna", time.Time{}, from.AddDate(0, 0, -50))
			m.SeeProven("anna", "Anna", from.AddDate(0, 0, -20), from)
		}, nil, []int{10, 40, 70}},
		{"rehearsed on a day to come", func(m *Memory) { m.SeeProven("anna", "Anna", from.AddDate(9, 0, 0), from) }, nil, []int{30, 60, 90}},
		{"not wanted", func(m *Memory) {
			m.SeeProven("anna", "Anna", time.Time{}, from)
			m.ChooseRehearsal("anna", Off)
		}, nil, nil},
		{"a backup under way", func(m *Memory) { m.SeeProven("anna", "Anna", time.Time{}, from) }, map[string]Live{"anna": {Busy: true}}, nil},
		{"two phones, on two days", func(m *Memory) {
			m.SeeProven("anna", "Anna", time.Time{}, from)
			m.SeeProven("ben", "Ben", time.Time{}, from)
		}, nil, []int{30, 31, 60, 61, 90, 91}},
		{"offered by a clock that was ahead", func(m *Memory) {
			m.SeeProven("anna", "Anna", time.Time{}, from.AddDate(2, 0, 0))
			offers(m, from.AddDate(2, 1, 0), 10, nil)
			m.SeeProven("anna", "Anna", time.Time{}, from)
		}, nil, []int{30, 60, 90}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m Memory
			c.before(&m)
			got, reminded := offers(&m, from, 100, c.live)
			if len(got) != len(c.want) || len(reminded) > 0 {
				t.Fatalf("offered on days %v, not %v; reminded on %v", got, c.want, reminded)
			}
			for i, d := range got {
				if d < c.want[i] || d > c.want[i]+1 {
					t.Errorf("offered on days %v, not %v", got, c.want)
				}
			}
		})
	}
}

// A reminder of a backup goes first, and an offer waits for another day.
func TestRehearsalWaits(t *testing.T) {
	from := time.Date(2027, time.March, 1, 0, 0, 0, 0, time.UTC)
	var m Memory
	m.SeeProven("anna", "Anna", time.Time{}, from)
	saw(&m, "anna", from, 0)
	offered, reminded := offers(&m, from, 60, nil)
	if len(offered) == 0 || len(offered) > 2 || len(reminded) < 7 {
		t.Errorf("offered on days %v, reminded on %v", offered, reminded)
	}
	for _, o := range offered {
		for _, r := range reminded {
			if o == r {
				t.Errorf("both on day %d", o)
			}
		}
	}
	if m.ChosenRehearsal("anna") != Monthly || m.ChosenRehearsal("nobody") != Monthly {
		t.Error("it is not offered unless somebody wants it")
	}
	if m.ChooseRehearsal("anna", Off); m.ChosenRehearsal("anna") != Off {
		t.Error("a choice is not kept")
	}
}
