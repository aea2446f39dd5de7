package verify

import (
	"context"
	"crypto/aes"
	"errors"
	"fmt"
	"io"

	"lifeboat/backup/catalog"
	"lifeboat/backup/extsort"
)

// listed is what is known of one content that should be there.
type listed struct {
	id        catalog.ID
	row       record
	hasRow    bool
	entry     catalog.Entry // of the catalogue, else of what arrived
	cataloged bool
	arrived   bool
	twice     bool // Manifest.db has it before already
}

var errOrder = fmt.Errorf("%w: %w: out of order", errRemembered, catalog.ErrDamaged)

// remember reads a stream, which may be nil, and marks its errors.
func remember(s catalog.Stream) *extsort.Peeker[catalog.Entry] {
	if s == nil {
		return extsort.Peek[catalog.Entry](nil)
	}
	return extsort.Peek[catalog.Entry](&remembered{stream: catalog.Live(s)})
}

type remembered struct {
	stream catalog.Stream
	last   catalog.ID
	begun  bool
}

func (r *remembered) Next() (catalog.Entry, error) {
	e, err := r.stream.Next()
	switch {
	case errors.Is(err, io.EOF):
		return e, io.EOF
	case err != nil:
		return e, fmt.Errorf("%w: %w", errRemembered, err)
	case r.begun && e.ID.Compare(r.last) <= 0:
		return e, errOrder
	}
	r.last, r.begun = e.ID, true
	return e, nil
}

// union joins what the rows, the catalogue and the list of arrivals say of
// one content after another. A row may come more than once.
type union struct {
	rows             *extsort.Peeker[record]
	catalog, arrived *extsort.Peeker[catalog.Entry]
}

// least is the id of the next content; there is none if not ok.
func (u *union) least() (id catalog.ID, ok bool, err error) {
	consider := func(head catalog.ID, failed error) {
		switch {
		case failed == io.EOF:
		case failed != nil:
			err = failed
		case !ok || head.Compare(id) < 0:
			id, ok = head, true
		}
	}
	consider(u.rows.Head.id, u.rows.Err)
	consider(u.catalog.Head.ID, u.catalog.Err)
	consider(u.arrived.Head.ID, u.arrived.Err)
	return id, ok, err
}

// next takes the content with this id, which [union.least] gave.
func (u *union) next(id catalog.ID) (l listed) {
	l.id = id
	if a := u.arrived; a.Err == nil && a.Head.ID == id {
		l.entry, l.arrived = a.Head, true
		a.Advance()
	}
	if c := u.catalog; c.Err == nil && c.Head.ID == id {
		l.entry, l.cataloged = c.Head, true
		c.Advance()
	}
	for u.rows.Err == nil && u.rows.Head.id == id {
		if l.twice = l.hasRow; !l.twice || l.row.how != withKey {
			l.row = u.rows.Head
		}
		l.hasRow = true
		u.rows.Advance()
	}
	return l
}

// join brings what is listed together with what lies on the disk, and hands
// to read what is to be read.
func (p *proof) join(ctx context.Context, u *union, read chan<- job) error {
	ctx, stop := context.WithCancel(ctx)
	ahead := p.folders(ctx)
	defer func() {
		stop()
		for one := range ahead {
			<-one
		}
	}()
	for one := range ahead {
		f := <-one
		if f.err != nil {
			return f.err
		}
		if err := p.joinFolder(ctx, u, f, read); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (p *proof) joinFolder(ctx context.Context, u *union, f folder, read chan<- job) error {
	for _, name := range f.others {
		p.note(name)
	}
	p.result.NoteCount += f.more
	lie := f.contents
	for {
		id, ok, err := u.least()
		if err != nil {
			return err
		}
		ok = ok && id[0] == f.prefix
		// What comes first: something listed, or something that lies there?
		for len(lie) > 0 && (!ok || lie[0].id.Compare(id) < 0) {
			p.stray(lie[0].id)
			lie = lie[1:]
		}
		if !ok {
			return nil
		}
		l := u.next(id)
		size := int64(notThere)
		if len(lie) > 0 && lie[0].id == id {
			size, lie = lie[0].size, lie[1:]
		} else if f.crowded {
			size = p.sizeOf(p.pathOf(id))
		}
		if j, ok := p.look(l, size); ok {
			select {
			case read <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// look judges a content by what is known of it and its size. A job comes
// back if it is to be read.
func (p *proof) look(l listed, size int64) (j job, ok bool) {
	if p.byRows && !l.hasRow {
		// The catalogue remembers what the backup does not list.
		p.differs = true
		if size != notThere {
			p.stray(l.id)
		}
		return job{}, false
	}
	remembered := l.cataloged || l.arrived
	if size == notThere && !remembered && !l.row.filled() {
		// Nothing says that there ever was a content.
		if l.row.what == isFile|hasSize {
			p.odd(l.id, OddAbsent, "it has no content")
		}
		p.uncount()
		return job{}, false
	}
	p.differs = p.differs || l.cataloged != l.hasRow
	p.unknown = p.unknown || l.entry.Digest.IsZero()
	j = job{listed: l, size: size}
	kind, detail := p.judge(&j)
	if kind != "" {
		p.problem(l.id, kind, detail)
		p.seen(max(size, 0), false)
		return job{}, false
	}
	if !l.arrived && !p.picked() {
		p.seen(size, false)
		return job{}, false
	}
	return j, true
}

// judge says what is wrong with a content that was not read. The length at
// arrival decides, or, where it is not known, what the file itself shows. The
// length in the list is of a moment before it was sent.
func (p *proof) judge(j *job) (kind Kind, detail string) {
	remembered := j.cataloged || j.arrived
	switch {
	case j.size == notThere:
		return Missing, "its content is missing"
	case j.hasRow && !j.cataloged && p.backup.subject.Catalog != nil && p.backup.subject.Arrived != nil:
		// What stands there now goes when the new backup is put in its place.
		return Missing, "its content is no part of the new backup"
	case j.size == notRegular:
		return Unreadable, "its content is no file"
	case j.size < 0:
		_, err := p.backup.lstat(p.pathOf(j.id))
		return Unreadable, fmt.Sprintf("its content is no file that can be read: %v", err)
	case remembered && j.size != j.entry.Size:
		return WrongSize, fmt.Sprintf("its content has %d bytes; when it arrived it had %d", j.size, j.entry.Size)
	case !j.hasRow:
		return "", ""
	case !remembered && j.size == 0 && j.row.filled():
		return WrongSize, fmt.Sprintf("its content is empty; the list says %d bytes", j.row.size)
	}
	encrypted := p.backup.Manifest.Encrypted
	if encrypted && j.row.how == withKey && j.size%aes.BlockSize != 0 {
		return BadPadding, fmt.Sprintf("its content has %d bytes, which is no number of blocks", j.size)
	}
	p.oddContent(j, encrypted)
	return "", ""
}

// oddContent notes where a content is not as the list says.
func (p *proof) oddContent(j *job, encrypted bool) {
	if j.twice {
		p.odd(j.id, OddTwice, "it is listed twice")
	}
	// An empty file may have a block of padding, or none.
	empty := j.row.size == 0 && (j.size == 0 || encrypted && j.size == aes.BlockSize)
	sure := j.row.what&hasSize != 0 && (!encrypted || j.row.how == withKey)
	if want := stored(&j.row, encrypted); sure && j.size != want && !empty {
		p.odd(j.id, OddSize, fmt.Sprintf("its content has %d bytes; by the list it has %d", j.size, want))
	}
	switch {
	case !encrypted:
	case j.row.how == badKey:
		p.odd(j.id, OddKey, "its key has a wrong length")
	case j.row.how == noKey && j.size > 0:
		p.odd(j.id, OddKey, "it has no key")
	}
}
