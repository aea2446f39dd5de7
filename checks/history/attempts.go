package history

import (
	"context"
	"database/sql"

	"lifeboat/checks/devicelog"
)

const (
	maxAttempts = 200 // of one phone
	maxCodes    = 16  // of one attempt
)

// SaveAttempt keeps when one of the phone's own attempts began and ended, how,
// and with which codes; nothing else that was heard. What is reported of
// an attempt later replaces what was known. One that never began or ended is not kept.
func (s *Store) SaveAttempt(ctx context.Context, udid string, a devicelog.Attempt) error {
	began, ended := millis(a.Began), millis(a.Ended)
	if began == 0 && ended == 0 {
		return nil
	}
	phone := s.phone(udid)
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM attempts WHERE phone = ?1 AND began = ?2 AND (?2 <> 0 OR ended = ?3)",
			phone, began, ended); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "INSERT INTO attempts (phone, began, ended, outcome, cause, proven) VALUES (?, ?, ?, ?, ?, ?)",
			phone, began, ended, string(outcomeOf(string(a.Outcome))), bounded(a.Cause, maxID), a.Proven)
		if err != nil {
			return err
		}
		id, err := done.LastInsertId()
		if err != nil {
			return err
		}
		for place, c := range a.Codes[:min(len(a.Codes), maxCodes)] {
			if _, err := tx.ExecContext(ctx, "INSERT INTO attempt_codes (attempt, place, domain, number) VALUES (?, ?, ?, ?)",
				id, place, bounded(c.Domain, maxID), c.Number); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM attempts WHERE phone = ?1 AND id NOT IN
			(SELECT id FROM attempts WHERE phone = ?1 ORDER BY id DESC LIMIT ?2)`, phone, maxAttempts)
		return err
	})
}

// Attempts returns the last n attempts of a phone, the last one first, with what
// is kept of them.
func (s *Store) Attempts(ctx context.Context, udid string, n int) ([]devicelog.Attempt, error) {
	var all []devicelog.Attempt
	last := int64(0)
	err := each(ctx, s.db, func(row scanner) error {
		var id, began, ended, proven int64
		var outcome, cause string
		var domain sql.NullString
		var number sql.NullInt64
		if err := row.Scan(&id, &began, &ended, &outcome, &cause, &proven, &domain, &number); err != nil {
			return err
		}
		if len(all) == 0 || id != last {
			all = append(all, devicelog.Attempt{Heard: true, Began: moment(began), Ended: moment(ended),
				Outcome: outcomeOf(outcome), Cause: cause, Proven: proven != 0})
			last = id
		}
		if domain.Valid {
			a := &all[len(all)-1]
			a.Codes = append(a.Codes, devicelog.Code{Domain: domain.String, Number: int(number.Int64)})
		}
		return nil
	}, `
		SELECT a.id, a.began, a.ended, substr(a.outcome, 1, ?1), substr(a.cause, 1, ?1), a.proven,
		       substr(c.domain, 1, ?1), c.number
		FROM (SELECT * FROM attempts WHERE phone = ?2 ORDER BY id DESC LIMIT ?3) a
		LEFT JOIN attempt_codes c ON c.attempt = a.id AND c.place BETWEEN 0 AND ?4
		ORDER BY a.id DESC, c.place`, maxID, s.phone(udid), max(0, min(n, maxAttempts)), maxCodes-1)
	return all, wrapped(err)
}

// outcomeOf takes what the file says for what can be heard of an attempt.
func outcomeOf(word string) devicelog.Outcome {
	switch o := devicelog.Outcome(word); o {
	case devicelog.Succeeded, devicelog.Failed:
		return o
	}
	return devicelog.Open
}
