// Package catalog keeps lists of content files: which there are, how many
// bytes each has and what their SHA-256 is. A list is sorted by file ID, so
// that lists of a million files are merged, compared and looked up in without
// ever being in memory as a whole.
//
// # Format 1
//
// A catalogue is a header, a record for each file in ascending order of their
// IDs, and a trailer. Each of these has 64 bytes, so a catalogue of n records
// has 64·(n+2). Numbers are big-endian; CRCs are CRC-32C (Castagnoli).
//
//	header    0  16  "Lifeboat catalog"
//	         16   4  number of the format: 1
//	         20  40  zero
//	         60   4  CRC of bytes 0 to 59
//
//	record    0  20  ID of the file (SHA-1 of its domain, "-" and path)
//	         20   8  stored bytes, signed; -1: the file is gone
//	         28  32  SHA-256 of the stored bytes; zero: not known, or gone
//	         60   4  CRC of the record's index (8 bytes, from 0), then bytes 0 to 59
//
//	trailer   0  16  "end of catalogue"
//	         16   8  number of records
//	         24   8  how many of them are gone
//	         32   8  stored bytes of all the others together
//	         40   4  CRC of all records
//	         44  16  zero
//	         60   4  CRC of bytes 0 to 59
//
// The trailer is written last, so a catalogue that was cut off has none. The
// index in a record's CRC makes a record that lies at a wrong place show when
// it is read, and not only when all are.
package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strings"
	"sync"

	"lifeboat/backup/extsort"
)

// ErrDamaged is wrapped by every error that is about the content of a
// catalogue: cut off, changed, or out of order. An error of the disk is not.
var ErrDamaged = errors.New("the catalogue is damaged")

// ErrNewer is wrapped by errors about an intact catalogue in a format that only
// a later Lifeboat reads. It is not damaged.
var ErrNewer = errors.New("the catalogue is of a newer format")

// ID names a content file: the SHA-1 of its domain and path.
type ID [20]byte

// ParseID reads 40 lower-case hexadecimal digits, and nothing else.
func ParseID(s string) (id ID, ok bool) {
	if len(s) != 2*len(id) || strings.Trim(s, "0123456789abcdef") != "" {
		return ID{}, false
	}
	_, err := hex.Decode(id[:], []byte(s))
	return id, err == nil
}

// String gives 40 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Compare is negative if id comes before other, and zero if they are the same.
func (id ID) Compare(other ID) int { return bytes.Compare(id[:], other[:]) }

// Digest is the SHA-256 of the stored bytes of a file.
type Digest [sha256.Size]byte

// NewHash computes digests; [Sum] takes them out.
func NewHash() hash.Hash { return sha256.New() }

// Sum is the digest of what was written to a hash of [NewHash].
func Sum(h hash.Hash) Digest {
	var d Digest
	h.Sum(d[:0])
	return d
}

// buffers are what DigestOf reads with: there are many files, and most are small.
var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

// DigestOf reads r to its end, or until ctx ends, and gives the number of bytes
// and their digest.
func DigestOf(ctx context.Context, r io.Reader) (size int64, sum Digest, err error) {
	hash, buffer := NewHash(), buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buffer)
	for ctx.Err() == nil {
		n, err := r.Read(buffer[:])
		hash.Write(buffer[:n])
		size += int64(n)
		if err == io.EOF {
			return size, Sum(hash), nil
		}
		if err != nil {
			return size, sum, err
		}
	}
	return size, sum, ctx.Err()
}

// IsZero says that the digest is not known.
func (d Digest) IsZero() bool { return d == Digest{} }

// String gives 64 lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Gone is the size of a file that is no longer there.
const Gone int64 = -1

// Entry is what a catalogue knows of one file.
type Entry struct {
	ID ID
	// Size counts the stored bytes, which in an encrypted backup are a few
	// more than the file's own. It is [Gone] for a file that is no longer
	// there.
	Size int64
	// Digest is zero where it is not known, and of a file that is gone.
	Digest Digest
}

// Totals adds up a catalogue.
type Totals struct {
	// Files counts the entries that are there, Gone the others.
	Files, Gone int
	// Bytes is the size of the files together.
	Bytes int64
}

// Stream gives entries in strictly ascending order of their IDs, and io.EOF
// after the last. An error is given again at each further call.
type Stream = extsort.Stream[Entry]

// Slice streams entries, which must be in ascending order.
func Slice(entries []Entry) Stream { return extsort.Slice(entries) }

func compare(a, b Entry) int { return a.ID.Compare(b.ID) }

// Merge makes one stream of several. Of the entries of one file the one of
// the stream that is named first wins, also if it says that the file is gone.
func Merge(newestFirst ...Stream) Stream {
	return extsort.Merge(compare, func(newer, _ Entry) Entry { return newer }, newestFirst...)
}

// Live leaves out the entries of files that are gone.
func Live(s Stream) Stream { return liveStream{s} }

type liveStream struct{ all Stream }

func (s liveStream) Next() (Entry, error) {
	for {
		e, err := s.all.Next()
		if err != nil || e.Size != Gone {
			return e, err
		}
	}
}
