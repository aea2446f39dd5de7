package diagnosis

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/report"
)

// Report writes what Apple Support asks for, from what is known now and what
// is remembered. version is Lifeboat's own.
func (s *Session) Report(ctx context.Context, version string, include report.Include) report.Report {
	state := s.State()
	in := report.Input{
		App: version, Checks: state.Input, Results: state.Results, FailingSince: s.failingSince(ctx, state.Results),
		Lines: state.Lines, Include: include,
	}
	for _, t := range state.Tried {
		in.Steps = append(in.Steps, report.Step{FixID: t.FixID, At: t.At})
	}
	slices.SortFunc(in.Steps, func(a, b report.Step) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.FixID, b.FixID))
	})
	return report.Build(in)
}

// failingSince is since when each check has been failing: the first failure that
// the phone or the history knows of.
func (s *Session) failingSince(ctx context.Context, results []checks.Result) map[string]time.Time {
	since := map[string]time.Time{}
	in := s.State().Input
	for _, r := range results {
		if r.Status != checks.Fail {
			continue
		}
		if first, dated := in.FailingSince(r.ID); dated {
			since[r.ID] = first
		}
		if s.History == nil {
			continue
		}
		at, known, err := s.History.FailingSince(ctx, s.Phone.UDID, r.ID)
		if err != nil {
			s.Log.Warn("not remembered since when", "check", r.ID, "error", err)
		}
		if first, dated := since[r.ID]; known && (!dated || at.Before(first)) {
			since[r.ID] = at
		}
	}
	return since
}
