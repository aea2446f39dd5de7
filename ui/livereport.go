package ui

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/diskerr"
	"lifeboat/checks"
	"lifeboat/checks/checkup"
	"lifeboat/checks/history"
	"lifeboat/checks/report"
	"lifeboat/device"
)

// memoryPatience is how long the report waits for what is remembered.
const memoryPatience = 3 * time.Second

// Report writes the report for Apple Support from what the diagnosis knows
// now; it is empty for a phone that has left.
func (l *Live) Report(p *device.Phone, include report.Include) report.Report {
	s := l.session(p)
	if s == nil {
		return report.Report{}
	}
	state := s.State()
	in := report.Input{App: l.Version, Checks: state.Input, Results: state.Results, Lines: state.Lines, Include: include,
		FailingSince: l.failingSince(p, state)}
	for _, t := range slices.SortedFunc(maps.Values(state.Tried), func(a, b history.Tried) int { return a.At.Compare(b.At) }) {
		in.Steps = append(in.Steps, report.Step{FixID: t.FixID, At: t.At, Worked: t.Worked})
	}
	return report.Build(in)
}

// failingSince asks the history since when each check that fails has been failing.
func (l *Live) failingSince(p *device.Phone, state checkup.State) map[string]time.Time {
	if l.History == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), memoryPatience)
	defer cancel()
	since := map[string]time.Time{}
	for _, r := range state.Results {
		if r.Status != checks.Fail {
			continue
		}
		at, known, err := l.History.FailingSince(ctx, p.UDID, r.ID)
		if err != nil {
			log := l.Log
			log.Warn("not remembered since when it fails", "check", r.ID, "error", err)
			return since
		}
		if known {
			since[r.ID] = at
		}
	}
	return since
}

// SaveReport writes text as a page for .html, else as it is.
func (l *Live) SaveReport(path string, _ report.Report, text string) error {
	data := []byte(text)
	if strings.EqualFold(filepath.Ext(path), ".html") {
		page, err := report.PageOf(l.Words, text)
		if err != nil {
			return err
		}
		data = page
	}
	if err := afero.WriteFile(afero.NewOsFs(), path, data, 0o600); err != nil {
		return diskerr.Fault("save the report", path, err)
	}
	return nil
}
