package vault

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// Policy says which versions are kept. The zero value keeps all.
type Policy struct {
	// All keeps every version of so many days. After that, one for each of
	// Daily days, Weekly weeks and Monthly months in which there is one, the
	// last of each.
	All, Daily, Weekly, Monthly int
	// Limit is how many bytes all versions together may take; 0 is no limit.
	// Over it the oldest go, whatever the counts say.
	Limit int64
	// Trash is how many days a deleted version can still be got back.
	Trash int
}

// DefaultPolicy suits most people: a week of everything, then thinner.
var DefaultPolicy = Policy{All: 7, Daily: 14, Weekly: 8, Monthly: 12, Trash: 14}

// keepsAll reports whether the policy thins nothing out by age.
func (p Policy) keepsAll() bool { return p.All == 0 && p.Daily == 0 && p.Weekly == 0 && p.Monthly == 0 }

// Select returns the numbers of the versions that the policy lets go, oldest
// first. It never names the current version, nor one without which no verified
// backup would be left. own are the bytes that each one alone takes
// ([OwnBytes]).
func (p Policy) Select(versions []Version, own map[int]int64, now time.Time) []int {
	// Of a version that cannot be read nothing is known, so it stays.
	live := slices.DeleteFunc(slices.Clone(versions), func(v Version) bool { return !v.Trashed.IsZero() || v.Unread })
	slices.SortFunc(live, func(a, b Version) int { return cmp.Compare(a.Number, b.Number) })
	keep := p.byAge(live, now)
	protected := protect(live)
	var total int64
	for _, v := range live {
		if keep[v.Number] || protected[v.Number] {
			total += own[v.Number]
		}
	}
	for _, v := range live {
		if p.Limit > 0 && total > p.Limit && keep[v.Number] && !protected[v.Number] {
			keep[v.Number] = false
			total -= own[v.Number]
		}
	}
	var gone []int
	for _, v := range live {
		if !keep[v.Number] && !protected[v.Number] {
			gone = append(gone, v.Number)
		}
	}
	return gone
}

// protect names the current version and the newest of the best known ones.
func protect(live []Version) map[int]bool {
	protected := map[int]bool{}
	best := bestOf(live)
	for _, v := range slices.Backward(live) {
		if v.Current {
			protected[v.Number] = true
		}
		if best != unknown && v.known() == best {
			protected[v.Number] = true
			break
		}
	}
	return protected
}

// Ranks of what is known of versions.
const (
	unknown = iota
	// once: it was proven, and another program has written to the folder since.
	once
	// proven: it is as it was proven, without a problem.
	proven
)

// known says how well a version is known to be intact.
func (v Version) known() int {
	switch {
	case v.Unread || v.Unfinished:
		return unknown
	case v.Proof.Intact():
		return proven
	case v.Altered && v.meta.Proof.Intact():
		return once
	}
	return unknown
}

func bestOf(versions []Version) (best int) {
	for _, v := range versions {
		best = max(best, v.known())
	}
	return best
}

// byAge names what the counts of the policy keep.
func (p Policy) byAge(live []Version, now time.Time) map[int]bool {
	keep := map[int]bool{}
	rules := []struct {
		count int
		slot  func(time.Time) [2]int // versions of one slot stand for each other
	}{
		{p.Daily, func(t time.Time) [2]int { return [2]int{t.Year(), t.YearDay()} }},
		{p.Weekly, func(t time.Time) [2]int { y, w := t.ISOWeek(); return [2]int{y, w} }},
		{p.Monthly, func(t time.Time) [2]int { return [2]int{t.Year(), int(t.Month())} }},
	}
	for _, v := range live {
		// A date in the future is a clock that was wrong: no reason to delete.
		if p.keepsAll() || now.Sub(v.Date) < time.Duration(p.All)*24*time.Hour {
			keep[v.Number] = true
		}
	}
	for _, rule := range rules {
		// Only what is proven counts, as far as anything is. What is not stays
		// beside it where its slot has nothing better, and pushes nothing out.
		seen := map[[2]int]bool{}
		oldest := 0
		for _, v := range slices.Backward(live) {
			if slot := rule.slot(v.Date); v.known() == proven && !seen[slot] && len(seen) < rule.count {
				seen[slot], keep[v.Number] = true, true
				oldest = v.Number
			}
		}
		room := rule.count - len(seen)
		for _, v := range slices.Backward(live) {
			slot := rule.slot(v.Date)
			if v.known() == proven || seen[slot] || rule.count == 0 {
				continue
			}
			if v.Number > oldest && oldest > 0 {
				seen[slot], keep[v.Number] = true, true
			} else if room > 0 {
				seen[slot], keep[v.Number] = true, true
				room--
			}
		}
	}
	return keep
}

// Prune trashes the versions that the policy lets go, and removes for good
// those that have been in the trash for long enough. It returns their numbers.
// Versions whose lists are damaged stay, which is [fault.VersionDamaged] after
// all others are done, and so do those that another needs ([fault.VersionNeeded]).
func (v *Vault) Prune(p Policy, now time.Time) (trashed, purged []int, err error) {
	if err := v.current(); err != nil {
		return nil, nil, err
	}
	var own map[int]int64
	if p.Limit > 0 {
		if own, err = v.ownBytes(v.versions); err != nil {
			return nil, nil, disk.Fault("calculate what the versions take", v.root, err)
		}
		if len(own) < len(v.versions) {
			p.Limit = 0 // what they take is not known, but how old they are is
		}
	}
	trashed = p.Select(v.versions, own, now)
	if len(trashed) > 0 {
		if err := v.Trash(now, trashed...); err != nil {
			return nil, nil, err
		}
	}
	for _, version := range inPurgeOrder(v.Versions()) {
		if version.Trashed.IsZero() || now.Sub(version.Trashed) < time.Duration(p.Trash)*24*time.Hour {
			continue
		}
		switch purgeErr := v.Purge(version.Number); {
		case fault.Of(purgeErr) == fault.LastVerified: // none that is as good is left
			continue
		case fault.Of(purgeErr) == fault.VersionDamaged, fault.Of(purgeErr) == fault.VersionNeeded: // it stays, and keeps no other from going
			err = errors.Join(err, purgeErr)
			continue
		case purgeErr != nil:
			return trashed, purged, purgeErr
		}
		purged = append(purged, version.Number)
	}
	return trashed, purged, err
}
