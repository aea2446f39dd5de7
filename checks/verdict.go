package checks

import (
	"cmp"
	"math"
	"slices"

	"lifeboat/assets/words"
)

// Verdict says in one sentence what all results come to for iCloud. Where
// iCloud saved the phone within its time, that is the verdict, and what else
// was found is worth knowing. Else it names what was found to stop the backups,
// or that nothing is saved and what is the likely cause, or how much only the user can
// see. Checks of this computer have no part in it.
func Verdict(results []Result) words.Text {
	last := lastOf(results)
	if last.Status == Pass {
		return saved(last, results)
	}
	blocker, blocked := Blocker(results)
	likely, named := Likely(results)
	switch {
	case blocked && meaningOf(blocker) != symptom:
		return say("verdict.found", words.Args{"Cause": blocker.headline, "History": last.history})
	case named && last.history.Key != "":
		return say("verdict.likely", words.Args{"Symptom": last.headline, "Cause": likely.headline})
	case last.history.Key != "":
		return say("verdict.found", words.Args{"Cause": last.headline, "History": words.Text{}})
	}
	// Nobody knows how old the last backup is.
	for _, r := range []Result{accessOf(results), likely, last} {
		if r.Status == Warn {
			return say("verdict.found", words.Args{"Cause": r.headline, "History": words.Text{}})
		}
	}
	if n := countOpen(results); n > 0 {
		return say("verdict.open", words.Args{"Count": words.Count(n)})
	}
	return say("verdict.clear", nil)
}

// saved is the verdict over a phone that iCloud saved within its time.
func saved(last Result, results []Result) words.Text {
	r, found := worthKnowing(results)
	switch {
	case !found:
		return say("verdict.works", words.Args{"History": last.history})
	case r.Eased || r.Status == Ask:
		// Something speaks against the next backup, so that only the last one is praised.
		return say("verdict.saved", words.Args{"Saved": last.headline, "Cause": r.headline})
	}
	return say("verdict.works-though", words.Args{"History": last.history, "Cause": r.headline})
}

// worthKnowing is what matters most on a phone that iCloud saved: what would
// stop the next backup, then what could get in its way, then the rest.
func worthKnowing(results []Result) (Result, bool) {
	var found []Result
	for _, r := range urgent(results) {
		// That the phone is locked just now matters to nobody.
		if r.About != ThisComputer && r.headline.Key != "" && (r.Status == Warn || r.Status == Ask) && (r.Eased || meaningOf(r) != access) {
			found = append(found, r)
		}
	}
	weight := func(r Result) int {
		switch {
		case r.Eased || r.Status == Ask:
			return 0
		case meaningOf(r) == reason:
			return 1
		}
		return 2
	}
	if len(found) == 0 {
		return Result{}, false
	}
	return slices.MinFunc(found, func(a, b Result) int { return cmp.Compare(weight(a), weight(b)) }), true
}

// Likely is the result that can be why iCloud saves nothing, where none was
// found to be: of those that warn, the one that stands in the way of the others. It is false
// where iCloud saved the phone, where a cause was found, and where none is in sight.
func Likely(results []Result) (Result, bool) {
	if blocker, ok := Blocker(results); lastOf(results).Status == Pass || ok && meaningOf(blocker) != symptom {
		return Result{}, false
	}
	return find(urgent(results), func(r Result) bool {
		return r.Status == Warn && r.About != ThisComputer && meaningOf(r) == reason && !held(r, results)
	})
}

// Named is the cause that the verdict names for a backup that does not come:
// the one that was found to stop it, or else the likely one. It is false where the
// verdict names none.
func Named(results []Result) (Result, bool) {
	if lastOf(results).Status == Pass {
		return Result{}, false
	}
	if blocker, ok := Blocker(results); ok && meaningOf(blocker) != symptom {
		return blocker, true
	}
	return Likely(results)
}

// Standing is the verdict in one word: Pass where iCloud saved the phone
// within its time, Fail where something stops it, Warn where it is overdue or something could
// get in its way, else Ask or Unknown.
func Standing(results []Result) Status {
	last := lastOf(results)
	_, blocked := Blocker(results)
	_, likely := Likely(results)
	switch {
	case last.Status == Pass:
		return Pass
	case blocked:
		return Fail
	case last.Status == Warn || likely || accessOf(results).Status == Warn:
		return Warn
	case countOpen(results) > 0:
		return Ask
	}
	return Unknown
}

// Blocker returns the result that stops iCloud backups and has to be fixed first:
// of those that fail, the one that stands in the way of the others. It is false
// when none fails. What this computer lacks stops no iCloud backup.
func Blocker(results []Result) (Result, bool) {
	return find(urgent(results), func(r Result) bool {
		return r.Status == Fail && r.About != ThisComputer && !held(r, results)
	})
}

// urgent orders results by what has to be fixed first.
func urgent(results []Result) []Result {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b Result) int { return cmp.Compare(rank(a), rank(b)) })
	return sorted
}

// rank puts what the registry does not know last.
func rank(r Result) int {
	if at, ok := ranks()[topic(r.ID)]; ok {
		return at
	}
	return math.MaxInt
}

// meaningOf is what a warning of this result says; what the registry does not
// know explains nothing.
func meaningOf(r Result) meaning {
	if c, ok := causeOf(r); ok && !r.aside {
		return c.means
	}
	return aside
}

// lastOf is the result about the date of the last iCloud backup, accessOf the
// one about the way to the phone; the zero Result where it is missing.
func lastOf(results []Result) Result   { return oneWith(results, symptom) }
func accessOf(results []Result) Result { return oneWith(results, access) }

func oneWith(results []Result, m meaning) Result {
	r, _ := find(results, func(r Result) bool { return meaningOf(r) == m })
	return r
}

// countOpen counts what is not known about iCloud, and can be why nothing is
// saved or be answered.
func countOpen(results []Result) int {
	n := 0
	for _, r := range results {
		if r.About != ThisComputer && (r.Status == Ask || r.Status == Unknown) && (meaningOf(r) != aside || len(r.Questions) > 0) {
			n++
		}
	}
	return n
}
