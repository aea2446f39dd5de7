package history

import (
	"context"
	"database/sql"
)

// Forget deletes everything that is remembered of a phone, and the bytes on
// the disk with it. Damaged files that were put aside go as well, since
// nobody can tell which phones they know.
func (s *Store) Forget(ctx context.Context, udid string) error {
	phone := s.phone(udid)
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{
			"DELETE FROM runs WHERE phone = ?", "DELETE FROM answers WHERE phone = ?",
			"DELETE FROM tried WHERE phone = ?", "DELETE FROM attempts WHERE phone = ?",
		} {
			if _, err := tx.ExecContext(ctx, statement, phone); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, "VACUUM"); err != nil {
		return wrapped(err)
	}
	return wrapped(removeAside(s.path))
}
