package backupd

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	_ "modernc.org/sqlite" // the database driver "sqlite"
)

// manifestSchema is that of iOS 10 and later. The indexes come when the rows
// are there, which is far faster.
const (
	manifestSchema = `
CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);`
	manifestIndexes = `
CREATE INDEX FilesDomainIdx ON Files(domain);
CREATE INDEX FilesRelativePathIdx ON Files(relativePath);
CREATE INDEX FilesFlagsIdx ON Files(flags);`
	// manifestScratch leaves free pages behind.
	manifestScratch = `
CREATE TABLE scratch (x BLOB); INSERT INTO scratch VALUES (zeroblob(3000)); DROP TABLE scratch;`
	manifestInsert = `INSERT INTO Files(fileID, domain, relativePath, flags, file) VALUES (?, ?, ?, ?, ?)`
	manifestUpdate = ` ON CONFLICT(fileID) DO UPDATE SET domain = excluded.domain, relativePath = excluded.relativePath, flags = excluded.flags, file = excluded.file`
)

// manifestPragmas leave one file behind and nothing beside it.
const manifestPragmas = `?_pragma=page_size(4096)&_pragma=journal_mode(off)&_pragma=synchronous(off)&_pragma=locking_mode(exclusive)&_pragma=cache_size(-4096)&_pragma=temp_store(file)`

// row is a row of the table Files.
type row struct {
	id, domain, path string
	flags            int
	blob             []byte
	gone             bool // takes the row away; only id counts
	bare             bool // flags 16 and NULLs; only id counts
}

// manifestBatch is how many rows travel to the database together.
const manifestBatch = 256

// manifestDB writes Manifest.db on a goroutine of its own, row by row in the
// order they are added.
type manifestDB struct {
	rows    chan []row
	free    chan []row
	current []row
	done    chan error
	err     error
	ended   bool
}

// newManifestDB begins a database in a new file, or changes the one that is
// there.
func newManifestDB(name string) *manifestDB {
	m := &manifestDB{rows: make(chan []row), free: make(chan []row, 2), done: make(chan error, 1)}
	m.current = make([]row, 0, manifestBatch)
	m.free <- make([]row, 0, manifestBatch)
	go func() { m.done <- m.write(name) }()
	return m
}

// add adds an entry. The encryption key is that of the column, wrapped.
func (m *manifestDB) add(e *entry, encryptionKey []byte) error {
	if len(m.current) == manifestBatch {
		if err := m.pass(); err != nil {
			return err
		}
	}
	at := len(m.current)
	m.current = m.current[:at+1]
	r := &m.current[at]
	r.id, r.domain, r.path, r.flags, r.gone, r.bare = e.id, e.Domain, e.Path, e.flags(), false, false
	r.blob = e.appendBlob(r.blob[:0], encryptionKey)
	return nil
}

// remove takes away the row of a file, if there is one.
func (m *manifestDB) remove(id string) error { return m.addOnlyID(id, false) }

// addBare adds a row in which all but its id and flags is NULL.
func (m *manifestDB) addBare(id string) error { return m.addOnlyID(id, true) }

func (m *manifestDB) addOnlyID(id string, bare bool) error {
	if len(m.current) == manifestBatch {
		if err := m.pass(); err != nil {
			return err
		}
	}
	m.current = m.current[:len(m.current)+1]
	r := &m.current[len(m.current)-1]
	r.id, r.gone, r.bare = id, !bare, bare
	return nil
}

// pass hands over the rows that are there and takes an empty batch.
func (m *manifestDB) pass() error {
	if m.ended {
		return m.err
	}
	select {
	case m.rows <- m.current:
	case m.err = <-m.done:
		m.ended = true
		return m.err
	}
	select {
	case m.current = <-m.free:
		return nil
	case m.err = <-m.done:
		m.ended = true
		return m.err
	}
}

// close writes what is left and the indexes.
func (m *manifestDB) close() error {
	if err := m.pass(); err != nil {
		return err
	}
	return m.abandon()
}

// abandon ends the writing. It may be called more than once.
func (m *manifestDB) abandon() error {
	if !m.ended {
		close(m.rows)
		m.err, m.ended = <-m.done, true
	}
	return m.err
}

// Where the header of a database tells how it is written and read, and the
// values that tell of a rollback journal and of a write-ahead log.
const (
	journalAt     = 18
	rollbackMode  = 1
	writeAheadLog = 2
)

// setJournal changes what the header of a database says of its journal.
func setJournal(name string, mode byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte{mode, mode}, journalAt)
	return errors.Join(err, f.Close())
}

// write runs until the rows end. As that of iOS 14.3 the database has free
// pages, and its header says about a write-ahead log that is not there.
func (m *manifestDB) write(name string) error {
	_, err := os.Stat(name)
	fresh := errors.Is(err, fs.ErrNotExist)
	steps := []func() error{
		func() error { return m.writeRows(name, fresh) },
		func() error { return setJournal(name, writeAheadLog) },
	}
	if !fresh {
		steps = slices.Insert(steps, 0, func() error { return setJournal(name, rollbackMode) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("Manifest.db: %w", err)
		}
	}
	return nil
}

func (m *manifestDB) writeRows(name string, fresh bool) (err error) {
	db, err := sql.Open("sqlite", "file:"+name+manifestPragmas)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := db.Close(); err == nil {
			err = cerr
		}
	}()
	db.SetMaxOpenConns(1)
	if fresh {
		if _, err := db.Exec(manifestSchema); err != nil {
			return err
		}
	}
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it does nothing
	statement := manifestInsert
	if !fresh {
		statement += manifestUpdate
	}
	insert, err := tx.Prepare(statement)
	if err != nil {
		return err
	}
	for batch := range m.rows {
		for i := range batch {
			r := &batch[i]
			if r.gone {
				if _, err := tx.Exec(`DELETE FROM Files WHERE fileID = ?`, r.id); err != nil {
					return err
				}
				continue
			}
			values := []any{r.id, r.domain, r.path, r.flags, r.blob}
			if r.bare {
				values = []any{r.id, nil, nil, 16, nil}
			}
			if _, err := insert.Exec(values...); err != nil {
				return fmt.Errorf("%s of %s: %w", r.path, r.domain, err)
			}
		}
		m.free <- batch[:0]
	}
	if err := insert.Close(); err != nil {
		return err
	}
	if fresh {
		if _, err := tx.Exec(manifestIndexes); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(manifestScratch); err != nil {
		return err
	}
	return tx.Commit()
}
