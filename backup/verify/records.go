package verify

import (
	"encoding/binary"

	"lifeboat/backup/catalog"
	"lifeboat/backup/extsort"
)

// record is what Manifest.db says of one content, without its name.
type record struct {
	id   catalog.ID
	size int64 // of the plain content as the phone noted it, in bytes
	what byte  // the bits below
	// key is the class and the wrapped key; how reports whether there is one.
	key [keyLen]byte
	how byte
}

const (
	keyLen = 44
	// recordLen is the length of a record in a file: id, size, key, how, what.
	recordLen = 20 + 8 + keyLen + 2
	// recordsMax is how many are kept in memory: 2.5 MiB.
	recordsMax = 32 << 10
)

// Ways in which an MBFile has a key.
const (
	noKey = iota
	withKey
	badKey // of a length that no key has
)

// What else is known of an entry.
const (
	hasSize = 1 << iota // the phone noted a size
	isFile              // the list calls it a file
)

// filled reports whether a content must be there: the list calls it a file that
// is not empty.
func (r *record) filled() bool { return r.what == hasSize|isFile && r.size > 0 }

func (r *record) encode(b []byte) {
	copy(b, r.id[:])
	binary.BigEndian.PutUint64(b[20:], uint64(r.size))
	copy(b[28:], r.key[:])
	b[28+keyLen], b[29+keyLen] = r.how, r.what
}

func (r *record) decode(b []byte) error {
	copy(r.id[:], b)
	r.size = int64(binary.BigEndian.Uint64(b[20:]))
	copy(r.key[:], b[28:])
	r.how, r.what = b[28+keyLen], b[29+keyLen]
	return nil
}

// records sorts records by their ids. One id may be there more than once.
type records = extsort.Sorter[record]

// newRecords begins to sort, with so many records in memory at the most. dir is
// the folder of the temporary file; "" is the system's.
func newRecords(dir string, most int) *records {
	return extsort.New(extsort.Kind[record]{
		Compare: func(a, b record) int { return a.id.Compare(b.id) },
		Size:    recordLen, Encode: (*record).encode, Decode: (*record).decode,
	}, dir, most)
}
