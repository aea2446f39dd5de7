package reminder

import (
	"encoding/json"
	"strings"
	"time"
)

// Bounds of what is kept. Nobody has so many phones; a name comes from a phone.
const (
	maxPhones = 64
	maxName   = 100     // characters
	maxKept   = 1 << 20 // bytes of text that are read
)

// Memory is what is remembered of phones and of reminders. The zero Memory
// remembers nothing. It belongs to one goroutine.
type Memory struct{ kept kept }

// kept is the form in which it is kept.
type kept struct {
	Phones map[string]*phone `json:"phones,omitempty"` // by key
	Last   time.Time         `json:"last,omitzero"`    // of all reminders
}

type phone struct {
	Name  string         `json:"name,omitempty"`
	Sides map[Kind]*side `json:"sides,omitempty"`
	// Rehearsal is of its backups on this computer.
	Rehearsal *rehearsal `json:"rehearsal,omitempty"`
}

// side is what is kept of one kind of a phone's copies.
type side struct {
	Every    Every     `json:"every,omitempty"`
	Last     time.Time `json:"last,omitzero"`     // of the newest copy
	At       time.Time `json:"at,omitzero"`       // when that was seen last; zero is never
	Off      bool      `json:"off,omitempty"`     // iCloud Backup was switched off then
	Reminded time.Time `json:"reminded,omitzero"` // when the person heard of it last
	Since    time.Time `json:"since,omitzero"`    // since when there is no copy with a date that can be right
}

// Parse reads what [Memory.String] wrote. Text that cannot be read remembers
// nothing, which may repeat one reminder and loses choices.
func Parse(text string) Memory {
	var m Memory
	if len(text) > maxKept || json.Unmarshal([]byte(text), &m.kept) != nil {
		return Memory{}
	}
	for k, p := range m.kept.Phones {
		if p == nil || len(m.kept.Phones) > maxPhones {
			delete(m.kept.Phones, k)
			continue
		}
		p.Name = short(p.Name)
		for kind, s := range p.Sides {
			if s == nil || kind != ICloud && kind != Computer {
				delete(p.Sides, kind)
			}
		}
	}
	return m
}

// String is what is remembered, as JSON. It holds names of phones, and no UDID.
func (m *Memory) String() string {
	data, err := json.Marshal(m.kept)
	if err != nil { // a year that JSON cannot write
		return ""
	}
	return string(data)
}

// Seen is what was read of the newest copy of one kind.
type Seen struct {
	Last time.Time // when it was completed; zero says that there is none
	At   time.Time // when this was read
	Off  bool      // iCloud Backup is switched off
}

// See takes what was read of a phone's copies: of iCloud by the phone itself,
// of this computer from the folder of its backups, of which only proven ones
// count. What could not be read must not be passed on: it is not known.
func (m *Memory) See(id, name string, kind Kind, seen Seen) {
	p := m.phone(id)
	p.Name = short(name)
	s := p.side(kind)
	s.Last, s.At, s.Off = fit(seen.Last), fit(seen.At), seen.Off
}

// fit makes a moment, which may come from a phone, one that can be kept.
func fit(t time.Time) time.Time {
	if t = t.UTC().Round(0); t.IsZero() || t.Year() >= 1 && t.Year() <= 9999 {
		return t
	}
	return time.Date(9999, time.January, 1, 0, 0, 0, 0, time.UTC)
}

// Choose sets how often a person wants to be reminded.
func (m *Memory) Choose(id string, kind Kind, every Every) { m.phone(id).side(kind).Every = every }

// Chosen is what [Memory.Choose] set, or Weekly.
func (m *Memory) Chosen(id string, kind Kind) Every {
	if p := m.kept.Phones[key(id)]; p != nil {
		if s := p.Sides[kind]; s != nil && (s.Every == Off || s.Every == Monthly) {
			return s.Every
		}
	}
	return Weekly
}

// Forget forgets a phone and what was chosen for it.
func (m *Memory) Forget(id string) { delete(m.kept.Phones, key(id)) }

// phone is that of an id, made if it is new. One that was seen longest ago
// makes room.
func (m *Memory) phone(id string) *phone {
	if m.kept.Phones == nil {
		m.kept.Phones = map[string]*phone{}
	}
	k := key(id)
	if m.kept.Phones[k] == nil {
		if len(m.kept.Phones) >= maxPhones {
			m.makeRoom()
		}
		m.kept.Phones[k] = &phone{}
	}
	return m.kept.Phones[k]
}

func (m *Memory) makeRoom() {
	oldest, at := "", time.Time{}
	for k, p := range m.kept.Phones {
		if seen := p.lastSeen(); oldest == "" || seen.Before(at) || seen.Equal(at) && k < oldest {
			oldest, at = k, seen
		}
	}
	delete(m.kept.Phones, oldest)
}

func (p *phone) lastSeen() (at time.Time) {
	for _, s := range p.Sides {
		if s.At.After(at) {
			at = s.At
		}
	}
	if r := p.Rehearsal; r != nil && r.At.After(at) {
		at = r.At
	}
	return at
}

func (p *phone) side(kind Kind) *side {
	if p.Sides == nil {
		p.Sides = map[Kind]*side{}
	}
	if p.Sides[kind] == nil {
		p.Sides[kind] = &side{}
	}
	return p.Sides[kind]
}

// short keeps a name to its bound.
func short(name string) string {
	if r := []rune(strings.ToValidUTF8(name, "")); len(r) > maxName {
		return string(r[:maxName])
	}
	return strings.ToValidUTF8(name, "")
}
