package history

import (
	"context"
	"database/sql"
	"time"
)

// maxTried bounds the steps that are kept of one phone.
const maxTried = 500

// Tried is a step of a repair that the user took.
type Tried struct {
	FixID string // "<check>/<name>"
	At    time.Time
}

// SaveTried keeps that a step was taken. The same step at the same time is
// the same entry.
func (s *Store) SaveTried(ctx context.Context, udid string, t Tried) error {
	phone := s.phone(udid)
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO tried (phone, fix, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			phone, bounded(t.FixID, maxID), millis(t.At)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			DELETE FROM tried WHERE phone = ?1 AND (fix, at) NOT IN
			(SELECT fix, at FROM tried WHERE phone = ?1 ORDER BY at DESC, fix LIMIT ?2)`, phone, maxTried)
		return err
	})
}

// ForgetTried takes a step back that was not taken after all, whenever that was.
func (s *Store) ForgetTried(ctx context.Context, udid, fixID string) error {
	phone := s.phone(udid)
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM tried WHERE phone = ? AND fix = ?", phone, bounded(fixID, maxID))
		return err
	})
}

// Tried are the steps that were taken on a phone, the first one first.
func (s *Store) Tried(ctx context.Context, udid string) ([]Tried, error) {
	var all []Tried
	err := each(ctx, s.db, func(row scanner) error {
		var t Tried
		var at int64
		err := row.Scan(&t.FixID, &at)
		t.At = moment(at)
		all = append(all, t)
		return err
	}, "SELECT substr(fix, 1, ?), at FROM tried WHERE phone = ? ORDER BY at, fix LIMIT ?",
		maxID, s.phone(udid), maxTried)
	return all, wrapped(err)
}
