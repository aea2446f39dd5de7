package source

import (
	"encoding/binary"
	"errors"
)

// tree sees that what SQLite reads of a database are trees: each page lies below one
// other, once. SQLite itself does not look, and a page of a few bytes that lists
// another hundreds of times, which lists a third as often, is a table of more rows than
// can ever be read or counted. A page that has itself somewhere below it SQLite finds.
type tree struct {
	size    int64             // bytes of a page
	usable  int64             // those of them that are used
	maps    bool              // some pages are maps of others, and no part of a tree
	parents map[uint32]uint32 // by page; only what was read
}

var errNoTree = errors.New("a page of the database stands in two places, or where none can")

// newTree takes the first 100 bytes of a database.
func newTree(head []byte, pageSize int64) *tree {
	return &tree{size: pageSize, usable: pageSize - int64(head[20]), maps: binary.BigEndian.Uint32(head[52:]) != 0, parents: map[uint32]uint32{}}
}

// pendingByte is where no page has content, as SQLite locks files there.
const pendingByte = 1 << 30

// isMap reports whether a page is a map of pages, as in databases that shrink by
// themselves (https://www.sqlite.org/fileformat2.html, section 1.8). SQLite reads one as
// a part of a tree if the file says so, so that none may be below a page or a root.
func (t *tree) isMap(page uint32) bool {
	if !t.maps || page < 2 {
		return false
	}
	each := t.usable/5 + 1
	first := (int64(page)-2)/each*each + 2
	if first == pendingByte/t.size+1 {
		first++
	}
	return int64(page) == first
}

// see looks at a page, which may be cut short.
func (t *tree) see(page uint32, p []byte) error {
	if int64(len(p)) < t.size { // the rest is zeros to SQLite
		p = append(make([]byte, 0, t.size), p...)[:t.size]
	}
	head := p
	if page == 1 {
		head = p[100:]
	}
	if kind := head[0]; kind != 2 && kind != 5 || t.isMap(page) {
		return nil // a leaf, or no part of a tree
	}
	if err := t.below(page, binary.BigEndian.Uint32(head[8:])); err != nil {
		return err
	}
	seen := map[uint32]bool{binary.BigEndian.Uint32(head[8:]): true}
	for i := range int(binary.BigEndian.Uint16(head[3:])) {
		if 12+2*i+2 > len(head) {
			return nil // SQLite finds it damaged
		}
		at := int(binary.BigEndian.Uint16(head[12+2*i:]))
		if at+4 > len(p) {
			return nil
		}
		child := binary.BigEndian.Uint32(p[at:])
		if seen[child] {
			return errNoTree
		}
		seen[child] = true
		if err := t.below(page, child); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) below(page, child uint32) error {
	if other, known := t.parents[child]; known && other != page || child == page || t.isMap(child) {
		return errNoTree
	}
	t.parents[child] = page
	return nil
}
