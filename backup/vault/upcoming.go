package vault

import (
	"slices"
	"time"
)

// Upcoming is what a policy is going to do to a version.
type Upcoming struct {
	Version Version
	// Removed: it is in the trash, and goes for good; else it goes to the trash.
	Removed bool
	// When is the first moment that it may happen; it does happen with the first
	// backup, or the first Prune, after that. It is zero for the next backup,
	// whenever that is.
	When time.Time
}

// Upcoming lists what goes next: first what the next backup puts into the trash, if
// it is made now and found intact, then what is in the trash, in the order of
// its time. What the policy keeps though it is in the trash, as nothing that is as
// good is left, is not among it. versions and own are as [Policy.Select] takes them.
func (p Policy) Upcoming(versions []Version, own map[int]int64, now time.Time) (all []Upcoming) {
	if len(versions) == 0 {
		return nil
	}
	after := slices.Clone(versions)
	for i := range after {
		after[i].Current = false
	}
	newest, _ := last(after)
	next := Version{Number: newest.Number + 1, Date: now, Current: true, Proof: Proof{Level: "quick", Date: now}}
	going := p.Select(append(after, next), own, now)
	for _, v := range versions {
		if slices.Contains(going, v.Number) {
			all = append(all, Upcoming{Version: v})
		}
	}
	live := slices.DeleteFunc(slices.Clone(versions), func(v Version) bool { return !v.Trashed.IsZero() })
	var trashed []Upcoming
	for _, v := range versions {
		if v.Trashed.IsZero() || v.Current || v.known() != unknown && bestOf(append(live, next)) < v.known() {
			continue
		}
		trashed = append(trashed, Upcoming{Version: v, Removed: true, When: v.Trashed.Add(time.Duration(p.Trash) * 24 * time.Hour)})
	}
	slices.SortStableFunc(trashed, func(a, b Upcoming) int { return a.When.Compare(b.When) })
	return append(all, trashed...)
}
