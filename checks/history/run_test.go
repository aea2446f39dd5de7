package history

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/checks"
)

func TestRunComesBackAsItWas(t *testing.T) {
	s := opened(t)
	if _, found, err := s.Last(t.Context(), anna); found || err != nil {
		t.Fatalf("a run of an empty history: %v, %v", found, err)
	}
	want := Run{At: now, Version: "27.0.1", LastCloudBackup: now.AddDate(0, 0, -23), Blocker: "icloud-backup-switch",
		Results: []Result{{"phone-ready", checks.Pass, false}, {"icloud-backup-switch", checks.Fail, true}, {"power", checks.Unknown, false}}}
	no(t, s.SaveRun(t.Context(), anna, want))
	no(t, s.SaveRun(t.Context(), ben, run(0, "power", checks.Fail)))
	got, found, err := s.Last(t.Context(), anna)
	no(t, err)
	want.Until = now
	if diff := cmp.Diff(want, got); !found || diff != "" {
		t.Errorf("found %v, %s", found, diff)
	}
}

// A minute hand of runs that say the same is one run.
func TestSameRunsBecomeOne(t *testing.T) {
	for name, c := range map[string]struct {
		next Run
		want int
	}{
		"the same soon":             {run(59*time.Minute, "power", checks.Pass), 1},
		"the same later":            {run(61*time.Minute, "power", checks.Pass), 2},
		"the clock was set back":    {run(-30*time.Minute, "power", checks.Pass), 1},
		"set back by a day":         {run(-24*time.Hour, "power", checks.Pass), 2},
		"another status":            {run(time.Minute, "power", checks.Fail), 2},
		"one check more":            {run(time.Minute, "power", checks.Pass, "wifi", checks.Pass), 2},
		"another version":           {func() Run { r := run(time.Minute, "power", checks.Pass); r.Version = "27.1"; return r }(), 2},
		"another date":              {func() Run { r := run(time.Minute, "power", checks.Pass); r.LastCloudBackup = now; return r }(), 2},
		"a status that nobody says": {run(time.Minute, "power", checks.Status("odd")), 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t)
			no(t, s.SaveRun(t.Context(), anna, run(0, "power", checks.Pass)))
			no(t, s.SaveRun(t.Context(), ben, run(0, "power", checks.Warn))) // of another phone
			no(t, s.SaveRun(t.Context(), anna, c.next))
			runs, err := s.Runs(t.Context(), anna, 10)
			no(t, err)
			if len(runs) != c.want {
				t.Errorf("%d runs, want %d", len(runs), c.want)
			}
			if latest := runs[0]; c.want == 1 && (!latest.At.Equal(now) || latest.Until.Before(c.next.At) || latest.Until.Before(now)) {
				t.Errorf("from %v to %v", latest.At, latest.Until)
			}
		})
	}
}

func TestSameRunsGoOnForHours(t *testing.T) {
	s := opened(t)
	for n := range 10 {
		no(t, s.SaveRun(t.Context(), anna, run(time.Duration(n)*50*time.Minute, "power", checks.Pass)))
	}
	runs, err := s.Runs(t.Context(), anna, 10)
	no(t, err)
	if len(runs) != 1 || !runs[0].Until.Equal(now.Add(450*time.Minute)) {
		t.Errorf("%+v", runs)
	}
}

func TestChanges(t *testing.T) {
	before := run(0, "a", checks.Pass, "b", checks.Fail, "c", checks.Warn, "gone", checks.Fail)
	after := run(0, "b", checks.Pass, "a", checks.Ask, "c", checks.Warn, "new", checks.Fail)
	want := []Change{{"b", checks.Fail, checks.Pass}, {"a", checks.Pass, checks.Ask}}
	if diff := cmp.Diff(want, Changes(before, after)); diff != "" {
		t.Error(diff)
	}
}

func TestFailingSince(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		said []checks.Status // one a day
		want int             // the day, -1 for never
	}{
		"never looked":               {nil, -1},
		"fine":                       {[]checks.Status{checks.Pass}, -1},
		"failed and mended":          {[]checks.Status{checks.Fail, checks.Pass}, -1},
		"failed and better":          {[]checks.Status{checks.Fail, checks.Warn}, -1},
		"from the start":             {[]checks.Status{checks.Fail, checks.Fail}, 0},
		"again":                      {[]checks.Status{checks.Fail, checks.Pass, checks.Fail, checks.Fail}, 2},
		"not read in between":        {[]checks.Status{checks.Pass, checks.Fail, checks.Unknown, checks.Fail}, 1},
		"not read at last":           {[]checks.Status{checks.Pass, checks.Fail, checks.Unknown, checks.Ask}, 1},
		"better in between":          {[]checks.Status{checks.Fail, checks.Warn, checks.Fail}, 0},
		"a warning is no failure":    {[]checks.Status{checks.Warn, checks.Warn}, -1},
		"a warning before it failed": {[]checks.Status{checks.Warn, checks.Fail}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := opened(t)
			for n, status := range c.said {
				no(t, s.SaveRun(t.Context(), anna, run(time.Duration(n)*day, "other", checks.Pass, "wifi", status)))
				no(t, s.SaveRun(t.Context(), ben, run(time.Duration(n)*day, "wifi", checks.Pass)))
			}
			since, failing, err := s.FailingSince(t.Context(), anna, "wifi")
			no(t, err)
			if failing != (c.want >= 0) || failing && !since.Equal(now.Add(time.Duration(c.want)*day)) {
				t.Errorf("%v since %v", failing, since)
			}
		})
	}
}

// What is kept does not grow without end.
func TestOldRunsGo(t *testing.T) {
	s := opened(t)
	const old = 60
	for n := range old {
		no(t, s.SaveRun(t.Context(), anna, run(-maxAge-time.Duration(old-n)*2*time.Hour, "wifi", checks.Pass)))
	}
	count := func() int {
		runs, err := s.Runs(t.Context(), anna, maxRuns)
		no(t, err)
		return len(runs)
	}
	if got := count(); got != keptRuns {
		t.Errorf("%d old runs, want the newest %d", got, keptRuns)
	}
	for n := range keptRuns - 1 {
		no(t, s.SaveRun(t.Context(), anna, run(time.Duration(n)*2*time.Hour, "wifi", checks.Pass)))
	}
	if got := count(); got != keptRuns {
		t.Errorf("%d runs, want one old and %d new", got, keptRuns-1)
	}
	// As if thousands had come since.
	if _, err := s.db.Exec("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'runs'", maxRuns); err != nil {
		t.Fatal(err)
	}
	no(t, s.SaveRun(t.Context(), anna, run(9999*time.Hour, "wifi", checks.Pass)))
	if got := count(); got != 1 {
		t.Errorf("%d runs, want the last one", got)
	}
	var results int
	no(t, s.db.QueryRow("SELECT count(*) FROM results").Scan(&results))
	if results != 1 {
		t.Errorf("%d results without a run", results-1)
	}
}

func TestRunsAreBounded(t *testing.T) {
	s := opened(t)
	long := strings.Repeat("x\x00é", 1000)
	r := Run{At: time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC), Version: long, Blocker: long}
	for range 500 {
		r.Results = append(r.Results, Result{ID: strconv.Itoa(len(r.Results))})
	}
	no(t, s.SaveRun(t.Context(), anna, r))
	got, _, err := s.Last(t.Context(), anna)
	no(t, err)
	if len([]rune(got.Version)) != maxID || len([]rune(got.Blocker)) != maxID || len(got.Results) != maxResults || !got.At.IsZero() || strings.Contains(got.Version, "\x00") {
		t.Errorf("%d, %d, %d, %v", len(got.Version), len(got.Blocker), len(got.Results), got.At)
	}
	if len(r.Results) != 500 || r.Results[0].Status != "" {
		t.Error("the caller's run was changed")
	}
}

// Runs are the last n runs of a phone, the last one first.
func (s *Store) Runs(ctx context.Context, udid string, n int) (runs []Run, err error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var ids []int64
	err = each(ctx, tx, func(row scanner) error {
		var id int64
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	}, "SELECT id FROM runs WHERE phone = ? ORDER BY id DESC LIMIT ?", s.phone(udid), n)
	for _, id := range ids {
		r, bad := readRun(ctx, tx, id)
		err = errors.Join(err, bad)
		runs = append(runs, r)
	}
	return runs, err
}
