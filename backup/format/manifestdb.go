package format

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"path"

	"github.com/spf13/afero"
	_ "modernc.org/sqlite" // the driver "sqlite"
	"modernc.org/sqlite/vfs"

	"lifeboat/backup/disk"
)

const (
	// maxRecord bounds an MBFile, in bytes; real ones have less than a KiB,
	// and some more for extended attributes.
	maxRecord = 1 << 20
	// maxText bounds a domain or a path, in bytes.
	maxText = 8 << 10
)

// Flags of a row of Manifest.db.
const (
	FlagFile      = 1
	FlagDirectory = 2
	FlagLink      = 4
)

// Row is one row of Manifest.db.
type Row struct {
	FileID, Domain, Path string
	Flags                int64
	// Record is the MBFile, as it is stored. It is nil if there is none, or
	// if it is longer than any honest one.
	Record []byte
}

// ManifestDB is an opened Manifest.db. It is for one goroutine.
type ManifestDB struct {
	db   *sql.DB
	conn *sql.Conn
	vfs  *vfs.FS
	file afero.File

	plain *database
	row   *sql.Stmt // of Row, once it was called
}

// OpenManifestDB opens Manifest.db of the backup in dir, which is decrypted
// with key as it is read; a nil key means that it is plain. Damage that shows
// at once gives an error that wraps [ErrContent].
func OpenManifestDB(ctx context.Context, fsys afero.Fs, dir string, key []byte) (*ManifestDB, error) {
	file, err := fsys.Open(path.Join(dir, ManifestDBName))
	if err != nil {
		return nil, err
	}
	m := &ManifestDB{file: file}
	if err := m.open(ctx, key); err != nil {
		err = disk.Read(file, err)
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *ManifestDB) open(ctx context.Context, key []byte) error {
	var err error
	if m.plain, err = openDatabase(m.file, key); err != nil {
		return err
	}
	name, vfs, err := vfs.New(m.plain)
	if err != nil {
		return err
	}
	m.vfs = vfs
	m.db, err = sql.Open("sqlite", "file:"+ManifestDBName+"?vfs="+name+"&mode=ro&immutable=1&_pragma=temp_store(memory)&_pragma=query_only(1)&_pragma=trusted_schema(0)")
	if err != nil {
		return err
	}
	m.db.SetMaxOpenConns(1)
	if m.conn, err = m.db.Conn(ctx); err != nil {
		return m.content(ctx, err)
	}
	return nil
}

// content wraps an error of SQLite. It is about what the file holds, unless
// the disk did not give the file back.
func (m *ManifestDB) content(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	if m.plain.failed != nil {
		return fmt.Errorf("%s: %w", ManifestDBName, m.plain.failed)
	}
	return fmt.Errorf("%s: %w: %w", ManifestDBName, ErrContent, err)
}

// Close closes the database.
func (m *ManifestDB) Close() error {
	var errs []error
	if m.row != nil {
		errs = append(errs, m.row.Close())
	}
	if m.conn != nil {
		errs = append(errs, m.conn.Close())
	}
	if m.db != nil {
		errs = append(errs, m.db.Close())
	}
	if m.vfs != nil {
		errs = append(errs, m.vfs.Close())
	}
	return errors.Join(append(errs, m.file.Close())...)
}

// Check lets SQLite look over its own structures.
func (m *ManifestDB) Check(ctx context.Context) error {
	var word string
	if err := m.conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&word); err != nil {
		return m.content(ctx, err)
	}
	if word != "ok" {
		return m.content(ctx, errors.New(word))
	}
	return nil
}

// Rows gives all rows, one at a time, so that memory does not grow with
// their number. A non-nil error is the last.
func (m *ManifestDB) Rows(ctx context.Context) iter.Seq2[Row, error] {
	return m.rows(ctx, "")
}

// RowsIn is Rows for the domains that begin with prefix.
func (m *ManifestDB) RowsIn(ctx context.Context, prefix string) iter.Seq2[Row, error] {
	return m.rows(ctx, "WHERE domain >= ?3 AND substr(domain, 1, length(?3)) = ?3", prefix)
}

// FilesOf is Rows for the files with content of one domain, without its folders and
// links.
func (m *ManifestDB) FilesOf(ctx context.Context, domain string) iter.Seq2[Row, error] {
	// The plus keeps SQLite from the index of flags, by which it would visit all files.
	return m.rows(ctx, "WHERE domain = ?3 AND +flags = ?4", domain, FlagFile)
}

// ContentsIn is RowsIn without folders, which are half of a phone's entries.
func (m *ManifestDB) ContentsIn(ctx context.Context, prefix string) iter.Seq2[Row, error] {
	return m.rows(ctx, "WHERE domain >= ?3 AND substr(domain, 1, length(?3)) = ?3 AND +flags <> ?4", prefix, FlagDirectory)
}

// ContentsBelow is Rows without folders, for one domain and the paths that begin with
// below, in whatever case their ASCII letters are.
func (m *ManifestDB) ContentsBelow(ctx context.Context, domain, below string) iter.Seq2[Row, error] {
	return m.rows(ctx, "WHERE domain = ?3 AND lower(substr(relativePath, 1, length(?4))) = lower(?4) AND +flags <> ?5", domain, below, FlagDirectory)
}

// Named is Rows for one domain and one path, in whatever case its ASCII letters are.
func (m *ManifestDB) Named(ctx context.Context, domain, path string) iter.Seq2[Row, error] {
	return m.rows(ctx, "WHERE domain = ?3 AND length(relativePath) = length(?4) AND lower(relativePath) = lower(?4)", domain, path)
}

// selectRows begins every query; its bounds are the first two arguments, maxText and
// maxRecord. They hold before a value is taken into memory. Whatever is too long comes
// out empty, and fails the checks that follow.
const selectRows = `
	SELECT CASE WHEN length(fileID) = 40 THEN CAST(fileID AS TEXT) ELSE '' END,
	       CASE WHEN length(domain) <= ?1 THEN CAST(domain AS TEXT) ELSE '' END,
	       CASE WHEN length(relativePath) <= ?1 THEN CAST(relativePath AS TEXT) ELSE '' END,
	       CAST(ifnull(flags, 0) AS INTEGER),
	       CASE WHEN length(file) <= ?2 THEN CAST(file AS BLOB) END
	FROM Files `

func (m *ManifestDB) rows(ctx context.Context, where string, args ...any) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := m.conn.QueryContext(ctx, selectRows+where, append([]any{maxText, maxRecord}, args...)...)
		if err != nil {
			yield(Row{}, m.content(ctx, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var r Row
			if err := rows.Scan(&r.FileID, &r.Domain, &r.Path, &r.Flags, &r.Record); err != nil {
				yield(Row{}, m.content(ctx, err))
				return
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, m.content(ctx, err))
		}
	}
}

// Row gives the entry with this id; found is false if there is none.
func (m *ManifestDB) Row(ctx context.Context, fileID string) (r Row, found bool, err error) {
	if m.row == nil {
		if m.row, err = m.conn.PrepareContext(ctx, selectRows+"WHERE fileID = ?3"); err != nil {
			return r, false, m.content(ctx, err)
		}
	}
	err = m.row.QueryRowContext(ctx, maxText, maxRecord, fileID).Scan(&r.FileID, &r.Domain, &r.Path, &r.Flags, &r.Record)
	if errors.Is(err, sql.ErrNoRows) {
		return Row{}, false, nil
	}
	r.FileID = fileID
	return r, err == nil, m.content(ctx, err)
}
