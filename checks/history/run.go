package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"lifeboat/checks"
)

const (
	// sameRun is how soon a run that says the same only prolongs the last one.
	sameRun = time.Hour
	// maxRuns and maxAge bound what is kept, of all phones together. The
	// newest keptRuns stay at any age, so that a clock that is years wrong for
	// a day does not cost everything.
	maxRuns  = 5000
	maxAge   = 400 * 24 * time.Hour
	keptRuns = 50
	// maxResults bounds the results of one run.
	maxResults = 100
	// maxID bounds an id or a version, in characters.
	maxID = 64
)

// Run is what all checks said at one moment.
type Run struct {
	At time.Time // UTC
	// Until is when they last said the same; on saving it is not looked at.
	Until           time.Time
	Version         string    // of iOS, "" if it was not read
	LastCloudBackup time.Time // zero if it is not known
	Blocker         string    // id of the check that has to be repaired first, "" if none
	Results         []Result  // in the order of the checklist
}

// Result is what one check said.
type Result struct {
	ID       string
	Status   checks.Status
	Answered bool // the user's answer decided
}

// same reports whether two runs say the same at different times.
func (r Run) same(other Run) bool {
	return r.Version == other.Version && r.Blocker == other.Blocker &&
		r.LastCloudBackup.Equal(other.LastCloudBackup) && slices.Equal(r.Results, other.Results)
}

// bounded is a run as it is stored.
func (r Run) bounded() Run {
	r.At, r.LastCloudBackup = moment(millis(r.At)), moment(millis(r.LastCloudBackup))
	r.Until = r.At
	r.Version, r.Blocker = bounded(r.Version, maxID), bounded(r.Blocker, maxID)
	r.Results = slices.Clone(r.Results[:min(len(r.Results), maxResults)])
	for i := range r.Results {
		r.Results[i].ID = bounded(r.Results[i].ID, maxID)
		r.Results[i].Status = statusOf(string(r.Results[i].Status))
	}
	return r
}

// Change is a check that says something else than before.
type Change struct {
	ID       string
	From, To checks.Status
}

// Changes compares two runs, in the order of the later one. A check that one
// of them does not have is no change.
func Changes(before, now Run) []Change {
	var changes []Change
	for _, r := range now.Results {
		i := slices.IndexFunc(before.Results, func(b Result) bool { return b.ID == r.ID })
		if i >= 0 && before.Results[i].Status != r.Status {
			changes = append(changes, Change{r.ID, before.Results[i].Status, r.Status})
		}
	}
	return changes
}

// SaveRun keeps a run. One that says the same as the last, within an hour of
// it, only moves the end of that one.
func (s *Store) SaveRun(ctx context.Context, udid string, r Run) error {
	phone, r := s.phone(udid), r.bounded()
	return s.write(ctx, func(tx *sql.Tx) error {
		last, id, err := lastRun(ctx, tx, phone)
		if err != nil {
			return err
		}
		if gap := r.At.Sub(last.Until); id != 0 && last.same(r) && gap <= sameRun && gap >= -sameRun {
			_, err := tx.ExecContext(ctx, "UPDATE runs SET ended = max(ended, ?) WHERE id = ?", millis(r.At), id)
			return err
		}
		return s.insertRun(ctx, tx, phone, r)
	})
}

func (s *Store) insertRun(ctx context.Context, tx *sql.Tx, phone []byte, r Run) error {
	at := millis(r.At)
	done, err := tx.ExecContext(ctx, "INSERT INTO runs (phone, began, ended, version, blocker, last_cloud) VALUES (?, ?, ?, ?, ?, ?)",
		phone, at, at, r.Version, r.Blocker, millis(r.LastCloudBackup))
	if err != nil {
		return err
	}
	id, err := done.LastInsertId()
	if err != nil {
		return err
	}
	for place, result := range r.Results {
		if _, err := tx.ExecContext(ctx, "INSERT INTO results (run, id, place, status, answered) VALUES (?, ?, ?, ?, ?)",
			id, result.ID, place, string(result.Status), result.Answered); err != nil {
			return fmt.Errorf("result %s: %w", result.ID, err)
		}
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM runs WHERE id <= ? OR (id <= ? AND ended < ?)",
		id-maxRuns, id-keptRuns, millis(s.now().Add(-maxAge)))
	return err
}

// Last is the last run of a phone; false if there is none.
func (s *Store) Last(ctx context.Context, udid string) (Run, bool, error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Run{}, false, wrapped(err)
	}
	defer tx.Rollback()
	r, id, err := lastRun(ctx, tx, s.phone(udid))
	return r, id != 0, wrapped(err)
}

// lastRun is the last run of a phone and its id, 0 if there is none.
func lastRun(ctx context.Context, tx *sql.Tx, phone []byte) (r Run, id int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT ifnull(max(id), 0) FROM runs WHERE phone = ?", phone).Scan(&id)
	if err != nil || id == 0 {
		return Run{}, 0, err
	}
	r, err = readRun(ctx, tx, id)
	return r, id, err
}

// readRun reads a run that there is.
func readRun(ctx context.Context, tx *sql.Tx, id int64) (r Run, err error) {
	var began, ended, cloud int64
	err = tx.QueryRowContext(ctx, "SELECT began, ended, substr(version, 1, ?1), substr(blocker, 1, ?1), last_cloud FROM runs WHERE id = ?2", maxID, id).
		Scan(&began, &ended, &r.Version, &r.Blocker, &cloud)
	if err != nil {
		return Run{}, err
	}
	r.At, r.Until, r.LastCloudBackup = moment(began), moment(ended), moment(cloud)
	err = each(ctx, tx, func(row scanner) error {
		var one Result
		var status string
		var answered int64
		err := row.Scan(&one.ID, &status, &answered)
		one.Status, one.Answered = statusOf(status), answered != 0
		r.Results = append(r.Results, one)
		return err
	}, `
		SELECT substr(id, 1, ?1), substr(status, 1, ?1), answered
		FROM results WHERE run = ?2 ORDER BY place LIMIT ?3`, maxID, id, maxResults)
	return r, err
}

// FailingSince is the begin of the first run that said that a check fails
// with none after it that said that it passes; false if the last run in which
// the check was decided did not say that it fails.
func (s *Store) FailingSince(ctx context.Context, udid, id string) (time.Time, bool, error) {
	phone := s.phone(udid)
	var began int64
	err := s.db.QueryRowContext(ctx, `
		WITH said AS (
			SELECT r.run, r.status, runs.began FROM runs JOIN results r ON r.run = runs.id
			WHERE runs.phone = ?1 AND r.id = ?2 AND r.status IN ('pass', 'warn', 'fail'))
		SELECT began FROM said
		WHERE status = 'fail' AND run > ifnull((SELECT max(run) FROM said WHERE status = 'pass'), 0)
		AND (SELECT status FROM said ORDER BY run DESC LIMIT 1) = 'fail'
		ORDER BY run LIMIT 1`, phone, id).Scan(&began)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return moment(began), err == nil, wrapped(err)
}

// statusOf takes what the file says for what a check can say.
func statusOf(word string) checks.Status {
	switch s := checks.Status(word); s {
	case checks.Pass, checks.Warn, checks.Fail, checks.Ask:
		return s
	}
	return checks.Unknown
}

// lastMoment is the end of the year 9999, beyond which a time cannot be written down.
var lastMoment = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// millis is a time as it is stored: milliseconds since 1970, 0 for none.
func millis(t time.Time) int64 {
	if t.IsZero() || t.After(lastMoment) || t.UnixMilli() < 0 {
		return 0
	}
	return t.UnixMilli()
}

// moment is a stored time; what no clock says is none.
func moment(ms int64) time.Time {
	if ms <= 0 || ms > lastMoment.UnixMilli() {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// bounded keeps a text printable and short enough to be stored, in characters.
func bounded(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || r != '\n' && !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
