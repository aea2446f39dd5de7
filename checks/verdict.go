package checks

import (
	"cmp"
	"math"
	"slices"

	"lifeboat/assets/words"
)

// Verdict says in one sentence what all results come to: what blocks first
// and since when, else what could get in the way, else how much only the user
// can see, else that nothing was found. Where a backup was completed lately, open
// questions are no news.
func Verdict(results []Result) words.Text {
	if r, ok := Blocker(results); ok {
		return sentence(r, results)
	}
	history, fresh := historyOf(results)
	for _, r := range urgent(results) {
		if c, ok := causeOf(r); r.Status == Warn && ok && !c.local {
			return sentence(r, results)
		}
	}
	if n := countOpen(results); n > 0 && !fresh {
		return say("verdict.open", words.Args{"Count": n, "History": history})
	}
	return say("verdict.clear", words.Args{"History": history})
}

// Next is the whole way back to a working backup as one list: first the
// mildest step for what blocks first, then the steps for all that fails or
// could get in the way, the least disruptive first, and a backup to this computer before
// the first that is risky. What passes, or only asks, adds nothing, and what
// two causes ask for stands once.
func Next(results []Result) []Fix {
	var first, rest []Fix
	blocker, blocked := Blocker(results)
	for _, r := range urgent(results) {
		if r.Status != Fail && r.Status != Warn {
			continue
		}
		for _, f := range r.Fix {
			if blocked && r.ID == blocker.ID && len(first) == 0 && !f.Effort.Risky() {
				first = append(first, f)
				continue
			}
			rest = append(rest, f)
		}
	}
	all := append(first, safely(byEffort(rest))...)
	done := map[string]bool{}
	return slices.DeleteFunc(all, func(f Fix) bool {
		again := done[f.deed()]
		done[f.deed()] = true
		return again
	})
}

// Blocker returns the result that has to be mended first: of those that
// fail, the one that stands in the way of the others. It is false when none fails.
func Blocker(results []Result) (Result, bool) {
	for _, r := range urgent(results) {
		if r.Status == Fail {
			return r, true
		}
	}
	return Result{}, false
}

// urgent orders results by what has to be mended first.
func urgent(results []Result) []Result {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b Result) int { return cmp.Compare(rank(a), rank(b)) })
	return sorted
}

// rank puts what the registry does not know last.
func rank(r Result) int {
	if c, ok := causeOf(r); ok {
		return c.blocks
	}
	return math.MaxInt
}

// open says whether the question about iCloud is open because of r.
func open(r Result) bool {
	c, ok := causeOf(r)
	return ok && !c.local && (r.Status == Ask || r.Status == Unknown)
}

func countOpen(results []Result) int {
	n := 0
	for _, r := range results {
		if open(r) {
			n++
		}
	}
	return n
}

// sentence joins what is wrong with since when nothing was saved, or with
// the good news that something was. The check of that date needs no second half.
func sentence(r Result, results []Result) words.Text {
	history, fresh := historyOf(results)
	switch {
	case r.history.Key != "":
		return say("verdict.found", words.Args{"Cause": r.headline, "History": words.Text{}})
	case fresh:
		return say("verdict.found-though", words.Args{"Cause": r.headline, "History": history})
	}
	return say("verdict.found", words.Args{"Cause": r.headline, "History": history})
}

// historyOf finds the clause about the last completed backup, and whether
// that backup is recent enough.
func historyOf(results []Result) (clause words.Text, fresh bool) {
	for _, r := range results {
		if r.history.Key != "" {
			return r.history, r.Status == Pass
		}
	}
	return words.Text{}, false
}
