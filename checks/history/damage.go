package history

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

var (
	errShape    = errors.New("not a history, or a damaged one")
	errTooLarge = errors.New("larger than any history")
)

// asideMark stands between the name of the file and the day on which it was
// found damaged.
const asideMark = ".damaged-"

// isDamage reports whether an error speaks of what is in the file, and not of the
// disk, of permissions, or of another program that is at it.
func isDamage(err error) bool {
	if errors.Is(err, errShape) || errors.Is(err, errTooLarge) || errors.Is(err, sql.ErrNoRows) {
		return true
	}
	switch code := codeOf(err); code & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT,
		sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG:
		return true
	case sqlite3.SQLITE_READONLY:
		// The file was just opened for writing, so this comes from its own header.
		return code == sqlite3.SQLITE_READONLY
	}
	return false
}

// putAside renames a damaged file, and the journal that belongs to it: a
// journal that stayed would be played into the new file.
func putAside(path string, now time.Time) (string, error) {
	root := path + asideMark + now.UTC().Format(time.DateOnly)
	aside := root
	for n := 2; exists(aside); n++ {
		aside = root + "-" + strconv.Itoa(n)
	}
	for _, tail := range []string{"-journal", "-wal", "-shm"} {
		if err := os.Rename(path+tail, aside+tail); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	return aside, os.Rename(path, aside)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// removeAside deletes every file that was put aside.
func removeAside(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+asideMark) {
			if err := os.Remove(filepath.Join(filepath.Dir(path), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
