package checks

import (
	"cmp"
	"fmt"
	"slices"
)

// cause is one entry of the registry.
type cause struct {
	id topic // stays for ever: scripts, histories and words refer to it
	// place orders the checklist. The tens leave room for causes to come.
	place int
	// blocks orders the verdict: of two causes that fail, the one with the
	// smaller number has to be repaired first.
	blocks int
	// about is which backup it speaks of.
	about Subject
	// means is what its warning says about a backup that does not come.
	means meaning
	// seen says that the facts show by themselves when it is repaired.
	seen bool
	// stands says that they do not refute what the phone noted itself: they show
	// the place where it is now, and not where it spends its nights, or only
	// a part of the cause.
	stands bool
	check  func(Input) Result
	// remedy is what to do when another witness names this cause: the
	// phone's log, or an error text that the user typed.
	remedy func(Input) []Fix
}

// meaning is what the warning of a check says about an iCloud backup that does
// not come. What fails is its cause by itself.
type meaning int

const (
	reason  meaning = iota // it can be why nothing is saved
	symptom                // it says that nothing is saved
	access                 // little can be read of the phone before it is put right
	aside                  // worth knowing, and never why nothing is saved
)

// entries is filled by the files cause_<id>.go before the program starts, and
// only read afterwards.
var entries []cause

// register enters a cause; its file calls it for a package variable. Two
// causes with one id or place are a mistake that no program should run with.
func register(c cause) bool {
	for _, other := range entries {
		if other.id == c.id || other.place == c.place || other.blocks == c.blocks {
			panic(fmt.Sprintf("checks: %q and %q share their id or order", c.id, other.id))
		}
	}
	entries = append(entries, c)
	return true
}

// registry lists the causes in the order of the checklist.
func registry() []cause {
	return slices.SortedFunc(slices.Values(entries), func(a, b cause) int { return cmp.Compare(a.place, b.place) })
}

// causeOf finds the entry of a result.
func causeOf(r Result) (cause, bool) {
	i := slices.IndexFunc(entries, func(c cause) bool { return string(c.id) == r.ID })
	if i < 0 {
		return cause{}, false
	}
	return entries[i], true
}
