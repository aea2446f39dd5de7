package reminder

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones are the same on every computer

	"github.com/google/go-cmp/cmp"
)

// berlin has a day of 23 hours and one of 25.
func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// shown is a reminder and when it came.
type shown struct {
	at time.Time
	Reminder
}

// year lives through days from a morning in February on: it asks when it is
// told to, or up to an hour later, and on is whether the computer is awake. The
// memory goes through its text now and then, as it does when the program is started anew.
func year(t *testing.T, days int, m Memory, on func(now time.Time) bool, happens func(m *Memory, day int, now time.Time) map[string]Live) (all []shown) {
	t.Helper()
	begin := time.Date(2027, time.February, 1, 9, 0, 0, 0, berlin(t))
	end := begin.AddDate(0, 0, days)
	steps := 0
	for now := begin; now.Before(end); {
		if !on(now) {
			now = now.Add(20 * time.Minute)
			continue
		}
		live := happens(&m, int(now.Sub(begin)/day), now)
		plan := m.Plan(now, live)
		if plan.Wait < shortest || plan.Wait > longest {
			t.Fatalf("%v: waits %v", now, plan.Wait)
		}
		if plan.Remind != nil {
			all = append(all, shown{now, *plan.Remind})
			if again := m.Plan(now, live); again.Remind != nil {
				t.Fatalf("%v: twice at once", now)
			}
		}
		if steps++; steps%100 == 0 {
			m = Parse(m.String())
		}
		if plan.Wait == longest { // an hour will do, and does not take the test so long
			plan.Wait = time.Hour
		}
		now = now.Add(plan.Wait)
	}
	for i, s := range all[:max(0, len(all)-1)] {
		next := all[i+1]
		if next.at.YearDay() == s.at.YearDay() && next.at.Year() == s.at.Year() || next.at.Sub(s.at) < apart {
			t.Errorf("reminded at %v and at %v", s.at, next.at)
		}
	}
	return all
}

func always(time.Time) bool { return true }

// saw notes that both kinds were complete a while before now.
func saw(m *Memory, id string, now time.Time, ago time.Duration) {
	m.See(id, id, Computer, Seen{Last: now.Add(-ago), At: now})
	m.See(id, id, ICloud, Seen{Last: now.Add(-ago), At: now})
}

func TestYear(t *testing.T) {
	type state = map[Kind]State
	once := func(do func(m *Memory, now time.Time)) func(m *Memory, day int, now time.Time) map[string]Live {
		done := false
		return func(m *Memory, _ int, now time.Time) map[string]Live {
			if !done {
				do(m, now)
				done = true
			}
			return nil
		}
	}
	for _, c := range []struct {
		name    string
		on      func(time.Time) bool
		happens func(m *Memory, day int, now time.Time) map[string]Live
		want    int
		says    state // of each
		within  [2]int
	}{
		{name: "all is well", happens: func(m *Memory, _ int, now time.Time) map[string]Live {
			saw(m, "anna", now, 6*day)
			return map[string]Live{"anna": {PluggedIn: true}}
		}},
		{name: "nothing is known", happens: func(*Memory, int, time.Time) map[string]Live { return map[string]Live{"anna": {PluggedIn: true}} }},
		{name: "iCloud could not be read", happens: func(m *Memory, _ int, now time.Time) map[string]Live {
			m.See("anna", "Anna", Computer, Seen{Last: now.Add(-day), At: now})
			return nil
		}},
		{name: "no backup here", want: 52, says: state{Computer: None}, within: [2]int{morning, night}, happens: func(m *Memory, _ int, now time.Time) map[string]Live {
			m.See("anna", "Anna", Computer, Seen{At: now})
			m.See("anna", "Anna", ICloud, Seen{Last: now.Add(-day), At: now})
			return nil
		}},
		{name: "no backup here, monthly", want: 12, says: state{Computer: None}, happens: func(m *Memory, _ int, now time.Time) map[string]Live {
			m.See("anna", "Anna", Computer, Seen{At: now})
			m.Choose("anna", Computer, Monthly)
			return nil
		}},
		{name: "off", happens: once(func(m *Memory, now time.Time) {
			saw(m, "anna", now, 300*day)
			m.Choose("anna", Computer, Off)
			m.Choose("anna", ICloud, Off)
		})},
		{name: "iCloud fails", want: 53, says: state{ICloud: Old}, happens: func(m *Memory, _ int, now time.Time) map[string]Live {
			saw(m, "anna", now, time.Hour)
			m.See("anna", "Anna", ICloud, Seen{Last: time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC), At: now})
			return map[string]Live{"anna": {PluggedIn: true}}
		}},
		{name: "iCloud Backup is switched off", want: 53, says: state{ICloud: SwitchedOff}, happens: once(func(m *Memory, now time.Time) {
			m.See("anna", "Anna", ICloud, Seen{Last: now.Add(-40 * day), At: now, Off: true})
		})},
		{name: "iCloud never saved", want: 52, says: state{ICloud: None}, happens: once(func(m *Memory, now time.Time) {
			m.See("anna", "Anna", ICloud, Seen{At: now})
		})},
		// What lies in a drawer is not called unsaved by iCloud.
		{name: "in a drawer", want: 52, says: state{Computer: Old, ICloud: Unseen}, happens: once(func(m *Memory, now time.Time) { saw(m, "anna", now, time.Hour) })},
		// Both kinds come together, though they are due on different days.
		{name: "joined", want: 52, says: state{Computer: Old, ICloud: Old}, happens: once(func(m *Memory, now time.Time) {
			m.See("anna", "Anna", Computer, Seen{Last: now.Add(-3 * day), At: now})
			m.See("anna", "Anna", ICloud, Seen{Last: now.Add(-9 * day), At: now})
			m.kept.Last = now // so that the first day passes
			m.phone("anna").side(ICloud).Reminded = now.Add(-2 * day)
		})},
		{name: "being backed up", happens: func(m *Memory, _ int, now time.Time) map[string]Live {
			saw(m, "anna", now, 90*day)
			return map[string]Live{"anna": {PluggedIn: true, Busy: true}}
		}},
		{name: "three in a drawer", want: 155, happens: once(func(m *Memory, now time.Time) {
			for _, id := range []string{"anna", "ben", "cleo"} {
				saw(m, id, now, time.Hour)
			}
		})},
		// Who uses the computer at night only hears of it there, a day late.
		{name: "night owl", want: 45, within: [2]int{23, 24}, on: func(now time.Time) bool { return now.Hour() == 23 },
			happens: once(func(m *Memory, now time.Time) { saw(m, "anna", now, time.Hour) })},
		{name: "an hour a month", want: 11, on: func(now time.Time) bool { return now.Day() == 15 && now.Hour() == 17 },
			happens: once(func(m *Memory, now time.Time) { saw(m, "anna", now, time.Hour) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.on == nil {
				c.on = always
			}
			all := year(t, 365, Memory{}, c.on, c.happens)
			if len(all) != c.want {
				t.Errorf("%d reminders, want %d", len(all), c.want)
			}
			for _, s := range all {
				says := state{}
				for _, p := range s.Parts {
					says[p.Kind] = p.State
				}
				if c.says != nil && !cmp.Equal(says, c.says) {
					t.Errorf("%v: says %v, want %v", s.at, says, c.says)
				}
				if h := s.at.Hour(); c.within[1] > 0 && (h < c.within[0] || h >= c.within[1]) {
					t.Errorf("reminded at %v", s.at)
				}
			}
		})
	}
}

// TestManyPhones: with more phones than a week has days each has its turn.
func TestManyPhones(t *testing.T) {
	var ids []string
	for i := range 20 {
		ids = append(ids, string(rune('a'+i)))
	}
	m := Memory{}
	heard := map[string]int{}
	for _, s := range year(t, 365, m, always, func(m *Memory, day int, now time.Time) map[string]Live {
		if day == 0 && len(m.kept.Phones) == 0 {
			for _, id := range ids {
				saw(m, id, now, time.Hour)
			}
		}
		return nil
	}) {
		heard[s.Name]++
	}
	for _, id := range ids {
		if heard[id] < 17 || heard[id] > 19 {
			t.Errorf("%s was reminded %d times, want about 18", id, heard[id])
		}
	}
}

// TestAfterSleep: what was missed comes once, within a quarter of an hour of waking.
func TestAfterSleep(t *testing.T) {
	m, now := Memory{}, time.Date(2027, time.May, 3, 10, 0, 0, 0, berlin(t))
	saw(&m, "anna", now, time.Hour)
	if plan := m.Plan(now, nil); plan.Remind != nil || plan.Wait != longest {
		t.Fatalf("%+v", plan)
	}
	now = now.Add(50 * day)
	if m.Plan(now, nil).Remind == nil {
		t.Error("the missed reminder did not come")
	}
	for range 4 * 24 {
		if now = now.Add(longest); m.Plan(now, nil).Remind != nil {
			t.Fatalf("again at %v", now)
		}
	}
}

// TestLongDay: the day on which the clock is set back has 25 hours, and one reminder.
func TestLongDay(t *testing.T) {
	m, midnight := Memory{}, time.Date(2027, time.October, 31, 0, 0, 0, 0, berlin(t))
	for _, id := range []string{"anna", "ben"} {
		saw(&m, id, midnight, 30*day)
	}
	var at []time.Time
	for now := midnight; now.Before(midnight.Add(25 * time.Hour)); now = now.Add(10 * time.Minute) {
		if m.Plan(now, nil).Remind != nil {
			at = append(at, now)
		}
	}
	if len(at) != 1 {
		t.Errorf("reminded at %v", at)
	}
}

// TestNext says when it is worth asking again.
func TestNext(t *testing.T) {
	m, now := Memory{}, time.Date(2027, time.May, 3, 10, 0, 0, 0, berlin(t))
	if plan := m.Plan(now, nil); !plan.Next.IsZero() || plan.Wait != longest {
		t.Errorf("of no phone: %+v", plan)
	}
	m.See("anna", "Anna", Computer, Seen{Last: now.Add(-7*day + 5*time.Minute), At: now})
	if plan := m.Plan(now, nil); !plan.Next.Equal(now.Add(5*time.Minute)) || plan.Wait != 5*time.Minute {
		t.Errorf("%+v", plan)
	}
	m.See("anna", "Anna", Computer, Seen{Last: now.Add(-8 * day), At: now})
	plan := m.Plan(now, nil)
	if plan.Remind == nil || !plan.Next.Equal(now.Add(7*day)) {
		t.Errorf("%+v", plan)
	}
	if !plan.Remind.Is("anna") || plan.Remind.Is("ben") {
		t.Error("it does not know of whom it is")
	}
	if plan.Remind.Name != "Anna" {
		t.Error(plan.Remind.Name)
	}
}
