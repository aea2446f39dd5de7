package source

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"lifeboat/backup/format"
)

// File is one entry of a backup, as its list has it.
type File struct {
	// ID names its content: 40 hexadecimal digits.
	ID string
	// Domain and Path are its name on the phone. They are untrusted.
	Domain, Path string
	// Kind is format.FlagFile, FlagDirectory or FlagLink; others were never seen.
	Kind int64
	// Size is its length in bytes as the phone noted it, 0 if it did not: what is
	// stored of a database often has another.
	Size int64
	// Modified is when its content last changed; the zero time if that was not noted.
	Modified time.Time
	// Target is where a link leads on the phone. It is untrusted.
	Target string
}

// Regular reports whether it is a file with content.
func (f File) Regular() bool { return f.Kind == format.FlagFile }

// fileOf makes a File of a row. A record that cannot be read leaves out what it
// would tell.
func fileOf(r format.Row) File {
	f := File{ID: r.FileID, Domain: r.Domain, Path: r.Path, Kind: r.Flags}
	if entry, err := format.ParseFile(r.Record); err == nil {
		f.Size, f.Target = max(entry.Size, 0), entry.Target
		if entry.Modified != 0 {
			f.Modified = time.Unix(entry.Modified, 0).UTC()
		}
	}
	return f
}

// Find looks one file up by its name on the phone, in whatever case its path is
// written: databases of the phone and its list of files differ in it. found is
// false if there is none.
func (b *Backup) Find(ctx context.Context, domain, path string) (f File, found bool, err error) {
	if f, found, err = b.findExactly(ctx, domain, path); err != nil || found {
		return f, found, err
	}
	some := b.Walk(ctx, domain)
	if ascii(path) { // SQLite folds no other letters, and has no need to give what does not fit
		some = b.walk(ctx, func(db *format.ManifestDB) iter.Seq2[format.Row, error] { return db.Named(ctx, domain, path) })
	}
	for f, err := range some {
		if err != nil {
			return File{}, false, err
		}
		if f.Domain == domain && strings.EqualFold(f.Path, path) {
			return f, true, nil
		}
	}
	return File{}, false, nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// findExactly is Find for a path in the case that the list has it in, which costs the
// same however long the list is.
func (b *Backup) findExactly(ctx context.Context, domain, path string) (f File, found bool, err error) {
	row, found, err := b.Row(ctx, format.FileID(domain, path))
	if err != nil || !found || row.Domain != domain || row.Path != path {
		return File{}, false, err
	}
	return fileOf(row), true, nil
}

// Walk gives all entries whose domains begin with prefix, one at a time, so that
// memory does not grow with their number. Other methods may be called meanwhile. An
// error is the last that comes.
func (b *Backup) Walk(ctx context.Context, prefix string) iter.Seq2[File, error] {
	return b.walk(ctx, func(db *format.ManifestDB) iter.Seq2[format.Row, error] { return db.RowsIn(ctx, prefix) })
}

// Contents is Walk without folders, which are half of the entries.
func (b *Backup) Contents(ctx context.Context, prefix string) iter.Seq2[File, error] {
	return b.walk(ctx, func(db *format.ManifestDB) iter.Seq2[format.Row, error] { return db.ContentsIn(ctx, prefix) })
}

// Files is Walk for the files with content of one domain: half of the entries of a
// photo library are folders.
func (b *Backup) Files(ctx context.Context, domain string) iter.Seq2[File, error] {
	return b.walk(ctx, func(db *format.ManifestDB) iter.Seq2[format.Row, error] { return db.FilesOf(ctx, domain) })
}

func (b *Backup) walk(ctx context.Context, rows func(*format.ManifestDB) iter.Seq2[format.Row, error]) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		db, err := format.OpenManifestDB(ctx, b.fs, "/", b.key)
		if err != nil {
			yield(File{}, b.explain(err))
			return
		}
		defer db.Close()
		for row, err := range rows(db) {
			if err != nil {
				yield(File{}, b.explain(err))
				return
			}
			if format.ValidFileID(row.FileID) && !yield(fileOf(row), nil) {
				return
			}
		}
	}
}

func (b *Backup) explain(err error) error {
	if err == nil {
		return nil
	}
	return explain("/", err)
}

// Index is what one domain has but for folders, by paths: for who looks up thousands.
// It may be used by several goroutines.
type Index struct {
	domain  string
	entries map[string]indexed // by path in lower case
}

type indexed struct {
	path     string // "" where it is in lower case already
	id       [20]byte
	kind     uint8
	size     int64
	modified int64 // seconds since 1970, 0 if not noted
}

// mostIndexed bounds how many entries are indexed: 20 times the most that was seen.
const mostIndexed = 10_000_000

// Index reads the entries of a domain whose paths begin with below, which is ASCII and
// whose case does not matter; "" takes all. Each takes some 200 bytes of memory. A
// domain that the backup does not have gives an empty index.
func (b *Backup) Index(ctx context.Context, domain, below string) (*Index, error) {
	x := &Index{domain: domain, entries: map[string]indexed{}}
	for f, err := range b.walk(ctx, func(db *format.ManifestDB) iter.Seq2[format.Row, error] { return db.ContentsBelow(ctx, domain, below) }) {
		if err != nil {
			return nil, err
		}
		if len(x.entries) >= mostIndexed {
			continue
		}
		e := indexed{kind: uint8(f.Kind), size: f.Size} //nolint:gosec // an unknown kind is none of ours
		if _, err := hex.Decode(e.id[:], []byte(f.ID)); err != nil {
			continue
		}
		if !f.Modified.IsZero() {
			e.modified = f.Modified.Unix()
		}
		folded := strings.ToLower(f.Path)
		if folded != f.Path {
			e.path = f.Path
		}
		x.entries[folded] = e
	}
	return x, nil
}

// Find looks a path up, in whatever case it is written.
func (x *Index) Find(path string) (File, bool) {
	folded := strings.ToLower(path)
	e, found := x.entries[folded]
	if !found {
		return File{}, false
	}
	return x.file(folded, e), true
}

// All gives all entries whose paths begin with prefix, in no order.
func (x *Index) All(prefix string) iter.Seq[File] {
	prefix = strings.ToLower(prefix)
	return func(yield func(File) bool) {
		for folded, e := range x.entries {
			if strings.HasPrefix(folded, prefix) && !yield(x.file(folded, e)) {
				return
			}
		}
	}
}

// Len is the number of entries.
func (x *Index) Len() int { return len(x.entries) }

func (x *Index) file(folded string, e indexed) File {
	f := File{ID: hex.EncodeToString(e.id[:]), Domain: x.domain, Path: e.path, Kind: int64(e.kind), Size: e.size}
	if f.Path == "" {
		f.Path = folded
	}
	if e.modified != 0 {
		f.Modified = time.Unix(e.modified, 0).UTC()
	}
	return f
}

// Row gives the entry with an id as the list has it; found is false if there is none.
func (b *Backup) Row(ctx context.Context, id string) (row format.Row, found bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	row, found, err = b.db.Row(ctx, id)
	return row, found, b.explain(err)
}

// entry is what the list says of a file.
func (b *Backup) entry(ctx context.Context, f File) (format.File, error) {
	row, found, err := b.Row(ctx, f.ID)
	switch {
	case err != nil:
		return format.File{}, err
	case !found || row.Flags != format.FlagFile:
		return format.File{}, fmt.Errorf("%s of %s: %w", f.Path, f.Domain, ErrNotListed)
	}
	entry, err := format.ParseFile(row.Record)
	if err != nil {
		return entry, damaged(f, err)
	}
	return entry, nil
}
