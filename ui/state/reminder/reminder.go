// Package reminder decides when a person should be reminded of a phone's
// backups: to iCloud, and to this computer. It holds no clock, no timer and no
// file: what it remembers goes in and comes out as text ([Parse], [Memory.String]),
// and whoever shows reminders asks [Memory.Plan] what is due now and when to ask
// again.
//
// What holds:
//   - A phone is reminded of when a copy is older than the person chose: a week
//     unless they chose otherwise. While nothing changes, again after as long.
//   - There is one reminder a day at most, over all phones, and one phone has
//     both kinds in one. The phone that has waited longest goes first.
//   - Where nothing is due, the rehearsal of a restore is offered, once a month at
//     most, to whom has a proven backup and has rehearsed none for a month.
//   - What was never read is not called old: nothing is said. Of iCloud the
//     phone alone knows, so that a phone which has not been plugged in for long
//     is "unseen" and not "old" if all was well when it was seen last.
//   - Only the clock on the wall counts, so that a computer that slept catches
//     up. A clock that was wrong and has been set back silences nobody for longer than
//     the chosen time, and one that is obviously wrong is not believed.
package reminder

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Every is how often a person wants to be reminded. Anything else than the
// values below, such as "", counts as Weekly.
type Every string

// The choices.
const (
	Off     Every = "off"
	Weekly  Every = "weekly"
	Monthly Every = "monthly"
)

// span is how old a copy may be, and how long a reminder is not repeated.
func (e Every) span() time.Duration {
	if e == Monthly {
		return 30 * day
	}
	return 7 * day
}

// Kind is which copies a reminder is about.
type Kind string

// The kinds, in the order in which they are shown.
const (
	Computer Kind = "computer"
	ICloud   Kind = "icloud"
)

var kinds = []Kind{Computer, ICloud}

// State is why a person is reminded of one kind.
type State string

// The states.
const (
	Old         State = "old"     // the last copy is older than it should be
	None        State = "none"    // there is no copy
	SwitchedOff State = "off"     // iCloud Backup was switched off when it was seen last
	Unseen      State = "unseen"  // all was well when it was seen last, but that is long ago
	Undated     State = "undated" // there is a copy, with a date that is still to come
)

const (
	day = 24 * time.Hour
	// apart is the least time between two reminders, if they are on different
	// days as well: of 23:50 and 0:10 a person says that they were one evening.
	apart = 20 * time.Hour
	// slack is how far in the future a moment may lie that was noted here, as it
	// may where two systems share one computer's clock.
	slack = day
	// morning and night bound the hours, local time, in which a person is
	// reminded; who uses the computer only at night is reminded there, a day late.
	morning, night = 8, 22
	// longest is the longest Wait: timers stand still while a computer sleeps, so
	// that this is how long after waking a missed reminder may take.
	longest  = 15 * time.Minute
	shortest = time.Minute
)

// earliest is before the first release: a clock that says less has lost its battery.
var earliest = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// Live is what is true of a phone now. The zero Live is a phone that is not there.
type Live struct {
	PluggedIn bool
	// Busy is set while a backup of it is under way or about to begin: it is
	// left alone.
	Busy bool
}

// Part is what is to be said of one kind.
type Part struct {
	Kind  Kind
	State State
	Last  time.Time // of the newest copy; zero for None and Undated
	Read  time.Time // when that was seen last
}

// Reminder is one notification about one phone.
type Reminder struct {
	Name      string // of the phone, as it calls itself; perhaps ""
	PluggedIn bool
	Parts     []Part // one or two; none where a rehearsal is offered
	// Rehearse: nothing is due, and a rehearsal of a restore is offered; Rehearsed is
	// when the last one was, zero for never.
	Rehearse  bool
	Rehearsed time.Time

	key string
}

// Is reports whether the reminder is about the phone with an id.
func (r Reminder) Is(id string) bool { return r.key == key(id) }

// Plan is what to do now.
type Plan struct {
	// Remind is what to show now, or nil. It counts as shown: the memory is to be
	// kept first, and then it is shown, so that a crash between the two does not repeat it.
	Remind *Reminder
	// Next is when something may be due, as far as is known now; zero if nothing will.
	Next time.Time
	// Wait is how long to wait before asking again, if nothing else changes: a
	// minute to a quarter of an hour.
	Wait time.Duration
}

// key names a phone in what is kept, which holds no UDID.
func key(id string) string {
	sum := sha256.Sum256([]byte("reminder\x00" + id))
	return hex.EncodeToString(sum[:12])
}

// Plan says what is due at now, in whose location days and hours are counted.
// live has the phones that are there, by their ids.
func (m *Memory) Plan(now time.Time, live map[string]Live) Plan {
	now = now.Round(0)
	if now.Before(earliest) {
		return Plan{Wait: longest}
	}
	m.setBack(now)
	there := map[string]Live{}
	for id, l := range live {
		there[key(id)] = l
	}
	first, plan := m.earliestDue(now, there)
	if first != nil {
		plan.Remind = first.remind(now)
	} else if plan.Remind, _ = m.offer(now, there); plan.Remind != nil {
		m.kept.Phones[plan.Remind.key].Rehearsal.Offered = now
	}
	if plan.Remind != nil {
		m.kept.Last = now
		_, later := m.earliestDue(now, there)
		plan.Next = later.Next
	}
	if _, next := m.offer(now, there); plan.Next.IsZero() || !next.IsZero() && next.Before(plan.Next) {
		plan.Next = next
	}
	plan.Wait = longest
	if !plan.Next.IsZero() {
		plan.Wait = min(max(plan.Next.Sub(now), shortest), longest)
	}
	return plan
}

// waiting is a phone that is to be reminded of.
type waiting struct {
	key    string
	phone  *phone
	live   Live
	due    time.Time
	claims []claim
}

// claim is what one kind of a phone has to say.
type claim struct {
	part Part
	side *side
	old  time.Time // when its copy has become too old
	due  time.Time // when the person should hear of it
}

// earliestDue is the phone that is due now and has waited longest, or nil; and
// when the next one may be due.
func (m *Memory) earliestDue(now time.Time, there map[string]Live) (first *waiting, plan Plan) {
	for k, p := range m.kept.Phones {
		w := waiting{key: k, phone: p, live: there[k], claims: p.claims(now, there[k])}
		if w.live.Busy || len(w.claims) == 0 {
			continue
		}
		w.due = w.claims[0].due
		for _, c := range w.claims {
			if c.due.Before(w.due) {
				w.due = c.due
			}
		}
		at := m.allowed(w.due, now)
		if plan.Next.IsZero() || at.Before(plan.Next) {
			plan.Next = at
		}
		sooner := first == nil || w.due.Before(first.due) || w.due.Equal(first.due) && w.key < first.key
		if !at.After(now) && sooner {
			first = &w
		}
	}
	return first, plan
}

// allowed is when a person may hear of something that is due: not before now,
// a day after the last reminder, by day.
func (m *Memory) allowed(due, now time.Time) time.Time {
	at := now
	if due.After(at) {
		at = due
	}
	if last := m.kept.Last; !last.IsZero() {
		if next := last.Add(apart); next.After(at) {
			at = next
		}
		if next := hourOf(last.In(now.Location()), 1, 0); next.After(at) {
			at = next
		}
	}
	at = at.In(now.Location())
	var up time.Time
	switch h := at.Hour(); {
	case h < morning:
		up = hourOf(at, 0, morning)
	case h >= night:
		up = hourOf(at, 1, morning)
	default:
		return at
	}
	if late := due.Add(day); late.Before(up) { // it has waited for a morning in vain
		if late.Before(at) {
			return at
		}
		return late
	}
	return up
}

// hourOf is a full hour of the day that comes so many days after t's.
func hourOf(t time.Time, days, hour int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, hour, 0, 0, 0, t.Location())
}

// remind makes the reminder of all that is too old now, and notes that the
// person has heard of it.
func (w *waiting) remind(now time.Time) *Reminder {
	r := &Reminder{Name: w.phone.Name, PluggedIn: w.live.PluggedIn, key: w.key}
	for _, c := range w.claims {
		if !c.old.After(now) {
			r.Parts = append(r.Parts, c.part)
			c.side.Reminded = now
		}
	}
	return r
}

// claims are what the kinds of a phone have to say, now or later.
func (p *phone) claims(now time.Time, live Live) (all []claim) {
	for _, kind := range kinds {
		s := p.Sides[kind]
		if s == nil || s.Every == Off || s.At.IsZero() {
			continue
		}
		part, from := s.judge(kind, now)
		if part.State == Unseen && live.PluggedIn {
			continue // it is being read
		}
		c := claim{part: part, side: s, old: from.Add(s.Every.span())}
		c.due = c.old
		if again := s.Reminded.Add(s.Every.span()); !s.Reminded.IsZero() && again.After(c.due) {
			c.due = again
		}
		all = append(all, c)
	}
	return all
}

// judge says how a copy stands, and from when on its age counts.
func (s *side) judge(kind Kind, now time.Time) (Part, time.Time) {
	part := Part{Kind: kind, State: Old, Last: s.Last, Read: s.At}
	if s.At.After(now) {
		part.Read = now
	}
	switch {
	case s.Last.After(now.Add(slack)):
		part.State, part.Last = Undated, time.Time{}
	case s.Off && kind == ICloud:
		part.State = SwitchedOff
	case s.Last.IsZero():
		part.State = None
	case kind == ICloud && part.Read.Sub(s.Last) < s.Every.span():
		part.State = Unseen
	}
	if part.Last.IsZero() {
		if s.Since.IsZero() || s.Since.After(now) {
			s.Since = now
		}
		return part, s.Since
	}
	s.Since = time.Time{}
	return part, s.Last
}

// setBack takes back what was noted under a clock that was far ahead: else
// nobody would be reminded until that day comes.
func (m *Memory) setBack(now time.Time) {
	back := func(t *time.Time) {
		if t.After(now.Add(slack)) {
			*t = now
		}
	}
	back(&m.kept.Last)
	for _, p := range m.kept.Phones {
		for _, s := range p.Sides {
			back(&s.Reminded)
		}
		if r := p.Rehearsal; r != nil {
			back(&r.Offered)
			back(&r.Since)
		}
	}
}
