package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// migrations bring a file from one version to the next: the first makes
// version 1 of an empty file. A step that was released never changes; each is
// followed by a file of its version in testdata. Times are milliseconds since
// 1970 in UTC, 0 for none.
var migrations = []string{`
CREATE TABLE meta (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	salt BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT;
INSERT INTO meta VALUES (1, randomblob(32));

CREATE TABLE runs (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	phone      BLOB NOT NULL,
	began      INTEGER NOT NULL,
	ended      INTEGER NOT NULL,
	version    TEXT NOT NULL,
	blocker    TEXT NOT NULL,
	last_cloud INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_of_phone ON runs (phone, id);
CREATE TABLE results (
	run      INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
	id       TEXT NOT NULL,
	place    INTEGER NOT NULL,
	status   TEXT NOT NULL,
	answered INTEGER NOT NULL,
	PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE answers (
	phone    BLOB NOT NULL,
	question TEXT NOT NULL,
	choice   TEXT NOT NULL,
	text     TEXT NOT NULL,
	at       INTEGER NOT NULL,
	PRIMARY KEY (phone, question)
) STRICT, WITHOUT ROWID;

CREATE TABLE tried (
	phone  BLOB NOT NULL,
	fix    TEXT NOT NULL,
	at     INTEGER NOT NULL,
	worked INTEGER,
	PRIMARY KEY (phone, fix, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	phone   BLOB NOT NULL,
	began   INTEGER NOT NULL,
	ended   INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	cause   TEXT NOT NULL,
	proven  INTEGER NOT NULL,
	UNIQUE (phone, began, ended)
) STRICT;
CREATE TABLE attempt_codes (
	attempt INTEGER NOT NULL REFERENCES attempts ON DELETE CASCADE,
	place   INTEGER NOT NULL,
	domain  TEXT NOT NULL,
	number  INTEGER NOT NULL,
	PRIMARY KEY (attempt, place)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
`}

// migrate runs the steps that a file has not seen yet, each completely or not at
// all, and then wants it to be sound and to have exactly the tables that the
// steps make: no other code is run by reading it.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	version, err := versionOf(ctx, db)
	switch {
	case err != nil:
		return err
	case version > len(steps):
		return &TooNewError{Version: version, Known: len(steps)}
	case version < 0:
		return fmt.Errorf("%w: version %d", errShape, version)
	}
	if err := sound(ctx, db); err != nil {
		return err
	}
	want, err := shapeAfter(ctx, steps[:version])
	if err != nil {
		return err
	}
	if got, err := shapeOf(ctx, db); err != nil {
		return err
	} else if !slices.Equal(got, want) {
		return fmt.Errorf("%w: tables of version %d", errShape, version)
	}
	for i := version; i < len(steps); i++ {
		if err := apply(ctx, db, i, steps[i]); err != nil {
			return err
		}
	}
	// That a file cannot be written shows now, and not when something is to be kept.
	_, err = db.ExecContext(ctx, "UPDATE meta SET id = 1")
	return err
}

// apply runs the step that follows a version as one transaction. A file of
// another version is left as it is; another process may have been quicker.
func apply(ctx context.Context, db *sql.DB, version int, step string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if at, err := versionOf(ctx, tx); err != nil || at != version {
		return err
	}
	if _, err := tx.ExecContext(ctx, step); err != nil {
		return fmt.Errorf("step %d: %w", version+1, err)
	}
	if at, err := versionOf(ctx, tx); err != nil || at != version+1 {
		return errors.Join(fmt.Errorf("step %d says that it makes version %d", version+1, at), err)
	}
	return tx.Commit()
}

// asker is a database, or a transaction of one.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type scanner interface{ Scan(into ...any) error }

// each asks, and hands each row of the answer to take, whose error ends it.
func each(ctx context.Context, db asker, take func(scanner) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func versionOf(ctx context.Context, db asker) (version int, err error) {
	err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}

// sound lets SQLite look over its own structures.
func sound(ctx context.Context, db *sql.DB) error {
	var word string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&word); err != nil {
		return err
	}
	if word != "ok" {
		return fmt.Errorf("%w: %s", errShape, word)
	}
	return nil
}

// maxTables bounds what is read of the list of tables.
const maxTables = 100

// shapeOf lists every table, index, view and trigger as it was made.
func shapeOf(ctx context.Context, db *sql.DB) ([]string, error) {
	var shape []string
	err := each(ctx, db, func(row scanner) error {
		var one sql.NullString
		if err := row.Scan(&one); err != nil {
			return errors.Join(errShape, err)
		}
		shape = append(shape, one.String)
		return nil
	}, `
		SELECT type || ' ' || name || ': ' || ifnull(sql, '') FROM sqlite_master
		WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1 LIMIT ?`, maxTables)
	return shape, err
}

// shapeAfter is the shape that steps give an empty file.
func shapeAfter(ctx context.Context, steps []string) ([]string, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for i, step := range steps {
		if err := apply(ctx, db, i, step); err != nil {
			return nil, err
		}
	}
	return shapeOf(ctx, db)
}
