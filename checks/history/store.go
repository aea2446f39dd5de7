// Package history remembers what the checks said of a phone, what the user
// answered and tried, and how the phone's own attempts ended, in a small
// SQLite database in the user's data folder. It keeps no name of a phone and
// no value that was read but a version and a date.
package history

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite" // also the driver "sqlite"
)

const (
	// openPatience is how long opening may take, with another Lifeboat at the
	// same file.
	openPatience = 30 * time.Second
	// maxFile bounds the file, in bytes. What is kept is a tenth of it.
	maxFile = 64 << 20
)

// Store is an opened history. It is for any number of goroutines, and any
// number of processes may have the same file open.
type Store struct {
	db     *sql.DB
	path   string
	salt   []byte
	now    func() time.Time
	damage error
}

// Open opens the history at path and makes what is missing: the folder, the
// file, the newest tables. A file that is damaged is put aside and a new one
// begun, which [Store.Damage] reports. A file of a newer Lifeboat is not
// touched and gives a [TooNewError]. now is called for the time of what is kept.
func Open(path string, now func() time.Time) (*Store, error) {
	ctx, cancel := context.WithTimeout(context.Background(), openPatience)
	defer cancel()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	// One process at a time looks for damage, so that none puts aside the
	// good file that another has just begun.
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	defer lock.Close()
	if _, err := lock.TryLockContext(ctx, 20*time.Millisecond); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, fmt.Errorf("history: lock: %w", err)
	}
	s, err := open(ctx, path, migrations)
	if isDamage(err) {
		damage := &DamagedError{Err: err}
		if damage.Aside, err = putAside(path, now()); err != nil {
			return nil, fmt.Errorf("history: put the damaged file aside: %w", err)
		}
		if s, err = open(ctx, path, migrations); err == nil {
			s.damage = damage
		}
	}
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	s.now = now
	return s, nil
}

// open opens one file and brings it to the last of the steps.
func open(ctx context.Context, path string, steps []string) (s *Store, err error) {
	if err := prepare(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			db.Close()
		}
	}()
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db, steps); err != nil {
		return nil, err
	}
	s = &Store{db: db, path: path}
	if err := db.QueryRowContext(ctx, "SELECT salt FROM meta WHERE id = 1").Scan(&s.salt); err != nil {
		return nil, fmt.Errorf("salt: %w", err)
	}
	return s, nil
}

// prepare makes the file so that only its user may read it.
func prepare(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file", path)
	case info.Size() > maxFile:
		return errTooLarge
	}
	return os.Chmod(path, 0o600)
}

// dsn names a file and how it is opened: with a rollback journal, which needs
// nothing of the file system but locks, so that what was saved survives a
// killed program in a home folder on a network too. What is deleted is
// overwritten. Another process is waited for.
func dsn(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		if abs, err := filepath.Abs(path); err == nil {
			path = filepath.ToSlash(abs)
		}
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // of Windows: file:///C:/…
	}
	name := url.URL{Scheme: "file", Path: path}
	return name.String() + "?mode=rw&_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)" +
		"&_pragma=secure_delete(1)&_pragma=trusted_schema(0)&_pragma=temp_store(memory)"
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// Damage is a [DamagedError] if the file was found damaged and was replaced by a new one.
func (s *Store) Damage() error { return s.damage }

// TooNewError says that a newer Lifeboat wrote the file: the schema has Version, and
// this program knows those up to Known.
type TooNewError struct{ Version, Known int }

func (e *TooNewError) Error() string {
	return fmt.Sprintf("the file has version %d, and this program knows %d", e.Version, e.Known)
}

// DamagedError says that the file could not be read, and where it lies now.
type DamagedError struct {
	Aside string // path
	Err   error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("damaged history put aside as %s: %v", e.Aside, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// phone is the key of a phone: a salted hash, so that a copy of the file
// does not name a phone on its own and cannot be matched with another computer's.
func (s *Store) phone(udid string) []byte {
	mac := hmac.New(sha256.New, s.salt)
	mac.Write([]byte(udid))
	return mac.Sum(nil)
}

// write runs a change as one transaction.
func (s *Store) write(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return wrapped(err)
	}
	defer tx.Rollback() // after a commit it does nothing
	if err := change(tx); err != nil {
		return wrapped(err)
	}
	return wrapped(tx.Commit())
}

// wrapped says of an error, if there is one, that it is of the history.
func wrapped(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("history: %w", err)
}

// codeOf is SQLite's own code of an error, or 0.
func codeOf(err error) int {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
