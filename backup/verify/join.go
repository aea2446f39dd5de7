package verify

import (
	"context"
	"crypto/aes"
	"errors"
	"fmt"
	"io"

	"lifeboat/backup/catalog"
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

// peeked is a sorted list whose first element can be looked at.
type peeked[T any] struct {
	read func() (T, error) // io.EOF at the end
	id   func(*T) catalog.ID

	head   T
	headID catalog.ID
	begun  bool
	ended  bool
	repeat bool // an id may come more than once
}

var errOrder = fmt.Errorf("%w: %w: out of order", errRemembered, catalog.ErrDamaged)

func (s *peeked[T]) advance() error {
	if s.ended {
		return nil
	}
	head, err := s.read()
	if errors.Is(err, io.EOF) {
		s.ended = true
		return nil
	}
	if err != nil {
		return err
	}
	id := s.id(&head)
	if order := id.Compare(s.headID); s.begun && (order < 0 || order == 0 && !s.repeat) {
		return errOrder
	}
	s.head, s.headID, s.begun = head, id, true
	return nil
}

func (s *peeked[T]) at(id catalog.ID) bool { return !s.ended && s.headID == id }

// union joins what the rows, the catalogue and the list of arrivals say of
// one content after another.
type union struct {
	rows             peeked[record]
	catalog, arrived peeked[catalog.Entry]
}

func newUnion(rows *sortedRecords, remembered, arrived catalog.Stream) (*union, error) {
	entryID := func(e *catalog.Entry) catalog.ID { return e.ID }
	u := &union{
		rows:    peeked[record]{id: func(r *record) catalog.ID { return r.id }, ended: rows == nil, repeat: true},
		catalog: peeked[catalog.Entry]{id: entryID, ended: remembered == nil},
		arrived: peeked[catalog.Entry]{id: entryID, ended: arrived == nil},
	}
	if rows != nil {
		u.rows.read = rows.Next
	}
	if remembered != nil {
		u.catalog.read = remember(remembered)
	}
	if arrived != nil {
		u.arrived.read = remember(arrived)
	}
	return u, errors.Join(u.rows.advance(), u.catalog.advance(), u.arrived.advance())
}

// remember reads a stream and marks its errors.
func remember(s catalog.Stream) func() (catalog.Entry, error) {
	live := catalog.Live(s)
	return func() (catalog.Entry, error) {
		e, err := live.Next()
		if err != nil && !errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: %w", errRemembered, err)
		}
		return e, err
	}
}

// least is the id of the next content; there is none if not ok.
func (u *union) least() (id catalog.ID, ok bool) {
	consider := func(head catalog.ID, ended bool) {
		if !ended && (!ok || head.Compare(id) < 0) {
			id, ok = head, true
		}
	}
	consider(u.rows.headID, u.rows.ended)
	consider(u.catalog.headID, u.catalog.ended)
	consider(u.arrived.headID, u.arrived.ended)
	return id, ok
}

// next takes the content with this id, which [union.least] gave.
func (u *union) next(id catalog.ID) (l listed, err error) {
	l.id = id
	if u.arrived.at(id) {
		l.entry, l.arrived = u.arrived.head, true
		err = u.arrived.advance()
	}
	if err == nil && u.catalog.at(id) {
		l.entry, l.cataloged = u.catalog.head, true
		err = u.catalog.advance()
	}
	for err == nil && u.rows.at(id) {
		if l.twice = l.hasRow; !l.twice || l.row.how != withKey {
			l.row = u.rows.head
		}
		l.hasRow = true
		err = u.rows.advance()
	}
	return l, err
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
		id, ok := u.least()
		ok = ok && id[0] == f.prefix
		// What comes first: something listed, or something that lies there?
		for len(lie) > 0 && (!ok || lie[0].id.Compare(id) < 0) {
			p.stray(lie[0].id)
			lie = lie[1:]
		}
		if !ok {
			return nil
		}
		l, err := u.next(id)
		if err != nil {
			return err
		}
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
// arrival decides, and where it is not known what can be told from the file
// itself. What the list says of its length is of a moment before it was sent.
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

// oddContent notes where a content is not as the list tells.
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
