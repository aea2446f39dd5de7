package vault

import (
	"lifeboat/backup/catalog"
	"lifeboat/backup/extsort"
)

// peeker looks IDs up in a stream, in ascending order.
type peeker = extsort.Peeker[catalog.Entry]

// seek returns the entry of an ID, which must not be below that of a call before.
func seek(p *peeker, id catalog.ID) (e catalog.Entry, there bool, err error) {
	if there, err = p.Seek(func(e *catalog.Entry) int { return e.ID.Compare(id) }); there {
		e = p.Head
	}
	return e, there, err
}
