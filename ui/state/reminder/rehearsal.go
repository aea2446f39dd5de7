package reminder

import "time"

// rehearsal is what is kept of one phone's rehearsed restores.
type rehearsal struct {
	Every   Every     `json:"every,omitempty"`
	Last    time.Time `json:"last,omitzero"`    // of the last one that passed
	At      time.Time `json:"at,omitzero"`      // when that was seen
	Since   time.Time `json:"since,omitzero"`   // since when there is a proven backup
	Offered time.Time `json:"offered,omitzero"` // when the person was offered one last
}

// SeeProven takes that a phone has a backup on this computer that was proven
// intact, and when the restore of any was rehearsed last and passed; zero says
// never. It is read at a moment.
func (m *Memory) SeeProven(id, name string, rehearsed, at time.Time) {
	p := m.phone(id)
	p.Name = short(name)
	if p.Rehearsal == nil {
		p.Rehearsal = &rehearsal{Since: fit(at)}
	}
	p.Rehearsal.Last, p.Rehearsal.At = fit(rehearsed), fit(at)
}

// ChooseRehearsal sets whether a person wants to be offered a rehearsal each month:
// Off or Monthly.
func (m *Memory) ChooseRehearsal(id string, every Every) {
	p := m.phone(id)
	if p.Rehearsal == nil {
		p.Rehearsal = &rehearsal{}
	}
	p.Rehearsal.Every = every
}

// ChosenRehearsal is what [Memory.ChooseRehearsal] set, or Monthly.
func (m *Memory) ChosenRehearsal(id string) Every {
	if p := m.kept.Phones[key(id)]; p != nil && p.Rehearsal != nil && p.Rehearsal.Every == Off {
		return Off
	}
	return Monthly
}

// due is when a rehearsal should be offered: a month after the last one, or after
// the first proven backup was seen, and a month after the last offer. There is
// none as long as no proven backup was seen.
func (r *rehearsal) due(now time.Time) (due time.Time, any bool) {
	if r == nil || r.Every == Off || r.At.IsZero() {
		return due, false
	}
	from := r.Since
	if r.Last.After(from) && !r.Last.After(now.Add(slack)) {
		from = r.Last
	}
	if r.Offered.After(from) {
		from = r.Offered
	}
	return from.Add(Monthly.span()), true
}

// offer is the rehearsal that is to be offered now, if any is; and next is when
// the next one may be, zero if none will.
func (m *Memory) offer(now time.Time, there map[string]Live) (offer *Reminder, next time.Time) {
	var first *phone
	var since time.Time
	for k, p := range m.kept.Phones {
		due, any := p.Rehearsal.due(now)
		if !any || there[k].Busy {
			continue
		}
		at := m.allowed(due, now)
		if next.IsZero() || at.Before(next) {
			next = at
		}
		if !at.After(now) && (first == nil || due.Before(since) || due.Equal(since) && k < offer.key) {
			first, since = p, due
			offer = &Reminder{Name: p.Name, PluggedIn: there[k].PluggedIn, Rehearse: true, Rehearsed: p.Rehearsal.Last, key: k}
		}
	}
	return offer, next
}
