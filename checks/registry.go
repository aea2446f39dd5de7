package checks

import (
	"cmp"
	"slices"
	"sync"

	"lifeboat/device/facts"
)

// cause is one entry of the registry.
type cause struct {
	id topic // never changes: scripts, histories and words refer to it
	// place orders the checklist. The tens leave room for causes to come; those
	// of one place stand in the order of their ids.
	place int
	// dependsOn are the causes that have to be in order before this one can be:
	// while one of them fails, or could not be read, this one is not named as the cause.
	dependsOn []topic
	// urgency orders the verdict between causes that do not depend on each
	// other: the smaller number is fixed first. Equal ones go by their ids.
	urgency int
	// about is which backup it speaks of.
	about Subject
	// means is what its warning says about a backup that does not come.
	means meaning
	// seen says that the facts alone show when it is repaired.
	seen bool
	// stands says that they do not refute what the phone noted itself: they show
	// the place where it is now, and not where it spends its nights, or only
	// a part of the cause.
	stands bool
	// check judges by all that there is. A cause that only the phone reports has
	// read in its place, which is not called for a phone that does not let this
	// computer in: then the cause is unknown.
	check func(Input) Result
	read  func(facts.Phone) Result
	// remedy is what to do when another witness names this cause: the
	// phone's log, or an error text that the user typed.
	remedy func(Input) []Fix
	// example makes a phone on which little is right have this trouble as well,
	// so that the steps of the cause can be read in full.
	example func(*Input)
	// acts are its steps, by their names, that other causes have as well.
	acts map[string]act
	// evidence says of what this cause alone notes whether a report may show it.
	// What several causes note stands in the table of the report.
	evidence []Evidence
}

// meaning is what the warning of a check says about an iCloud backup that does
// not come. A check that fails is always its cause.
type meaning int

const (
	reason  meaning = iota // it can be why nothing is saved
	symptom                // it says that nothing is saved
	access                 // little can be read of the phone before it is fixed
	aside                  // worth knowing, and never why nothing is saved
)

// entries is filled by the files cause_<id>.go before the program starts, and
// only read afterwards.
var entries []cause

// register enters a cause; its file calls it for a package variable. Two
// causes with one id are a mistake that no program should run with.
func register(c cause) bool {
	if _, twice := causeOf(Result{ID: string(c.id)}); twice {
		panic("checks: two causes " + string(c.id))
	}
	entries = append(entries, c)
	return true
}

// registry lists the causes in the order of the checklist. Callers only read.
var registry = sync.OnceValue(func() []cause {
	return slices.SortedFunc(slices.Values(entries), func(a, b cause) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.id, b.id))
	})
})

// ranks maps each cause to its place in the order in which causes are named.
var ranks = sync.OnceValue(func() map[topic]int {
	at := map[topic]int{}
	for i, c := range byDependence(registry()) {
		at[c.id] = i
	}
	return at
})

// byDependence sorts each cause after all that it depends on, and else the more
// urgent first.
func byDependence(causes []cause) []cause {
	left := slices.SortedFunc(slices.Values(causes), func(a, b cause) int {
		return cmp.Or(cmp.Compare(a.urgency, b.urgency), cmp.Compare(a.id, b.id))
	})
	order := make([]cause, 0, len(left))
	for len(left) > 0 {
		next := slices.IndexFunc(left, func(c cause) bool {
			return !slices.ContainsFunc(left, func(other cause) bool { return slices.Contains(c.dependsOn, other.id) })
		})
		next = max(next, 0) // of a cycle, which no test lets through
		order = append(order, left[next])
		left = slices.Delete(left, next, next+1)
	}
	return order
}

// causeOf finds the entry of a result.
func causeOf(r Result) (cause, bool) {
	return find(entries, func(c cause) bool { return string(c.id) == r.ID })
}

// find is the first of a list that is meant; false if there is none.
func find[T any](list []T, meant func(T) bool) (one T, found bool) {
	if i := slices.IndexFunc(list, meant); i >= 0 {
		return list[i], true
	}
	return one, false
}

// judge runs one check. What the phone did not tell is unknown.
func (c cause) judge(in Input) Result {
	if c.read == nil {
		return c.check(in)
	}
	if in.Phone.Readiness == facts.Ready || in.Phone.Readiness == facts.Locked || in.Phone.Readiness == facts.SetupUnfinished {
		return c.read(in.Phone)
	}
	return common.outcome(Unknown, "no-access", nil, evidence{keyReadiness: string(in.Phone.Readiness)})
}

// held reports whether something that a result depends on, by way of others
// too, fails or could not be read. What the user said, or another witness, holds
// whatever was read.
func held(r Result, results []Result) bool {
	c, known := causeOf(r)
	return known && !r.Answered && !r.witnessed && slices.ContainsFunc(results, func(d Result) bool {
		return slices.Contains(c.dependsOn, topic(d.ID)) && (d.Status == Fail || d.Status == Unknown && !d.Pending || held(d, results))
	})
}
