package vault

import (
	"io"

	"lifeboat/backup/catalog"
)

// peeker looks IDs up in a stream, in ascending order.
type peeker struct {
	stream catalog.Stream
	next   catalog.Entry
	err    error
}

func newPeeker(s catalog.Stream) *peeker {
	p := &peeker{stream: s}
	p.advance()
	return p
}

func (p *peeker) advance() { p.next, p.err = p.stream.Next() }

// find returns the entry of an ID, which must not be below that of a call before.
func (p *peeker) find(id catalog.ID) (e catalog.Entry, there bool, err error) {
	for p.err == nil && p.next.ID.Compare(id) < 0 {
		p.advance()
	}
	if p.err == io.EOF {
		return e, false, nil
	}
	if p.err != nil {
		return e, false, p.err
	}
	return p.next, p.next.ID == id, nil
}
