package reminder

import (
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
)

// run asks every quarter of an hour for so long and counts the reminders.
func run(m *Memory, from time.Time, long time.Duration) (n int) {
	for now := from; now.Before(from.Add(long)); now = now.Add(longest) {
		if m.Plan(now, nil).Remind != nil {
			n++
		}
	}
	return n
}

// A clock that was wrong and is set right neither silences nor floods.
func TestClockJumps(t *testing.T) {
	right := time.Date(2027, time.May, 3, 10, 0, 0, 0, time.UTC)
	ahead := right.AddDate(1, 0, 0)
	for _, c := range []struct {
		name   string
		before func(m *Memory)
		// how many reminders come in the 30 days after the clock is right
		want int
	}{
		{"reminded in next year", func(m *Memory) { saw(m, "anna", right, day); run(m, ahead, day) }, 4},
		{"two reminded in next year", func(m *Memory) { saw(m, "anna", right, day); saw(m, "ben", right, day); run(m, ahead, 3*day) }, 8},
		{"a backup of next year", func(m *Memory) { saw(m, "anna", ahead, day); run(m, ahead, day) }, 4},
		{"no backup, as seen in next year", func(m *Memory) { m.See("anna", "Anna", Computer, Seen{At: ahead}); run(m, ahead, day) }, 4},
		{"an hour back", func(m *Memory) { saw(m, "anna", right, 8*day); run(m, right.Add(time.Hour), longest) }, 4},
		{"the battery is empty", func(m *Memory) {
			saw(m, "anna", right, day)
			if n := run(m, time.Unix(0, 0), 30*day) + run(m, time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), 30*day); n > 0 {
				t.Errorf("%d reminders by a clock that cannot be right", n)
			}
		}, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m Memory
			c.before(&m)
			m = Parse(m.String())
			if n := run(&m, right, 30*day); n != c.want {
				t.Errorf("%d reminders in 30 days, want %d", n, c.want)
			}
		})
	}
}

// What the phone claims of the future is no date, and is reported as none.
func TestFuture(t *testing.T) {
	now := time.Date(2027, time.May, 3, 10, 0, 0, 0, time.UTC)
	for _, last := range []time.Time{now.AddDate(1, 0, 0), now.AddDate(90000, 0, 0)} {
		var m Memory
		m.See("anna", "Anna", ICloud, Seen{Last: last, At: now})
		m.Plan(now, nil)
		if m = Parse(m.String()); len(m.kept.Phones) != 1 {
			t.Fatalf("%v cannot be kept", last)
		}
		plan := m.Plan(now.Add(8*day), nil)
		if plan.Remind == nil || plan.Remind.Parts[0].State != Undated || !plan.Remind.Parts[0].Last.IsZero() {
			t.Errorf("%v: %+v", last, plan.Remind)
		}
	}
}

// Plugging in and an automatic run hold what they are about to settle.
func TestLive(t *testing.T) {
	now := time.Date(2027, time.May, 3, 10, 0, 0, 0, time.UTC)
	kindsOf := func(r *Reminder) string {
		if r == nil {
			return ""
		}
		var all []string
		for _, p := range r.Parts {
			all = append(all, string(p.Kind)+" "+string(p.State))
		}
		return strings.Join(all, ", ")
	}
	for _, c := range []struct {
		name string
		live Live
		want string
	}{
		{"away", Live{}, "computer old, icloud unseen"},
		{"plugged in", Live{PluggedIn: true}, "computer old"},
		{"busy", Live{PluggedIn: true, Busy: true}, ""},
	} {
		var m Memory
		saw(&m, "anna", now.Add(-20*day), time.Hour)
		if got := kindsOf(m.Plan(now, map[string]Live{"anna": c.live}).Remind); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A new copy and another choice count at once.
func TestChanges(t *testing.T) {
	now := time.Date(2027, time.May, 3, 10, 0, 0, 0, time.UTC)
	var m Memory
	if m.Chosen("anna", ICloud) != Weekly {
		t.Error("not weekly by itself")
	}
	m.See("anna", "Anna", Computer, Seen{Last: now.Add(-9 * day), At: now})
	m.Choose("anna", Computer, Monthly)
	if m.Plan(now, nil).Remind != nil {
		t.Error("reminded after nine days, though once a month was chosen")
	}
	m.Choose("anna", Computer, Weekly)
	if m.Plan(now, nil).Remind == nil {
		t.Error("not reminded after nine days, though once a week was chosen")
	}
	m.See("anna", "Anna", Computer, Seen{Last: now, At: now})
	if plan := m.Plan(now, nil); !plan.Next.Equal(now.Add(7 * day)) {
		t.Errorf("after a backup the next is at %v", plan.Next)
	}
	m.Choose("anna", Computer, Monthly)
	m = Parse(m.String())
	if m.Chosen("anna", Computer) != Monthly || m.Chosen("anna", ICloud) != Weekly {
		t.Error("the choice is lost")
	}
	if m.Forget("anna"); m.Plan(now.Add(99*day), nil).Remind != nil || m.Chosen("anna", Computer) != Weekly {
		t.Error("it is not forgotten")
	}
}

// What is kept holds no UDID and stays small, whatever phones call themselves.
func TestKept(t *testing.T) {
	const udid = "00008101-000A1B2C3D4E5F60"
	now := time.Date(2027, time.May, 3, 10, 0, 0, 0, time.UTC)
	var m Memory
	m.See(udid, strings.Repeat("ä\xff", 10_000), ICloud, Seen{Last: now, At: now.Add(time.Hour)})
	if text := m.String(); strings.Contains(text, udid) || strings.Contains(text, "000A1B2C3D4E5F60") || len(text) > 500 {
		t.Errorf("%.600s", text)
	}
	for i := range 10 * maxPhones {
		m.See(string(rune('a'+i)), "x", ICloud, Seen{Last: now, At: now.Add(time.Duration(i) * time.Second)})
	}
	if len(m.kept.Phones) != maxPhones {
		t.Errorf("%d phones are kept", len(m.kept.Phones))
	}
	if m.kept.Phones[key(string(rune('a'+10*maxPhones-1)))] == nil {
		t.Error("the newest is not kept")
	}
}

// TestWords: each reminder that can be has words.
func TestWords(t *testing.T) {
	say := words.English()
	for _, kind := range kinds {
		states := []State{Old, None, Undated}
		if kind == ICloud {
			states = append(states, SwitchedOff, Unseen)
		}
		for _, state := range states {
			for _, plugged := range []bool{true, false} {
				r := Reminder{Name: "Anna's iPhone", PluggedIn: plugged, Parts: []Part{{Kind: kind, State: state, Last: time.Unix(1.8e9, 0), Read: time.Unix(1.81e9, 0)}}}
				title, body := say.Text(r.Title()), strings.Join(say.Texts(r.Body()), " ")
				if !strings.Contains(title, r.Name) || strings.Contains(title+body, "[") || strings.Count(body, ".") < 2 {
					t.Errorf("%q: %q", title, body)
				}
			}
		}
	}
	if title := say.Text(Reminder{}.Title()); strings.Contains(title, "[") {
		t.Error(title)
	}
}

// FuzzParse: whatever is kept can be read and planned with.
func FuzzParse(f *testing.F) {
	now := time.Date(2027, time.May, 3, 10, 0, 0, 0, time.UTC)
	var m Memory
	saw(&m, "anna", now, 9*day)
	f.Add(m.String())
	for _, text := range []string{"", "null", "{}", `{"phones":{"a":null,"b":{"sides":{"icloud":null,"x":{}}}}}`, `{"last":"9999-12-31T23:59:59Z"}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := Parse(text)
		n := 0
		for i := range 3 * 96 {
			plan := m.Plan(now.Add(time.Duration(i)*longest), nil)
			if plan.Wait < shortest || plan.Wait > longest {
				t.Errorf("waits %v", plan.Wait)
			}
			if plan.Remind != nil {
				if n++; len(plan.Remind.Parts) == 0 {
					t.Error("a reminder of nothing")
				}
			}
		}
		if n > 4 {
			t.Errorf("%d reminders in three days", n)
		}
		if m.See("anna", "Anna", ICloud, Seen{At: now}); m.String() == "" {
			t.Error("it cannot be kept")
		}
	})
}
