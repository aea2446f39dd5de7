package backupd

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"

	"lifeboat/device/phonesim/content"
)

// noContent is the stored size of what has no content file: folders and links.
const noContent int64 = -1

// fileKey is a file identifier as bytes.
type fileKey [sha1.Size]byte

func (k fileKey) String() string { return hex.EncodeToString(k[:]) }

// keyOf is the identifier of a file: SHA-1 of domain, "-" and path.
func keyOf(domain, path string) fileKey {
	var room [256]byte
	name := append(room[:0], domain...)
	name = append(name, '-')
	return sha1.Sum(append(name, path...))
}

// record is what the phone remembers of one entry of its content.
type record struct {
	key    fileKey
	stored int64           // bytes in the backup, or noContent
	plain  int64           // bytes on the phone
	sign   uint64          // see signature
	number uint32          // its place in a walk over the content
	moves  bool            // it lies in Snapshot until the files are moved
	digest [sha1.Size]byte // SHA-1 of the stored bytes, where iPhones keep one
}

// recordSize is the length of an encoded record in bytes.
const recordSize = sha1.Size + 8 + 8 + 8 + 4 + 1 + sha1.Size

func (r *record) append(dst []byte) []byte {
	dst = append(dst, r.key[:]...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.stored))
	dst = binary.BigEndian.AppendUint64(dst, uint64(r.plain))
	dst = binary.BigEndian.AppendUint64(dst, r.sign)
	dst = binary.BigEndian.AppendUint32(dst, r.number)
	moves := byte(0)
	if r.moves {
		moves = 1
	}
	return append(append(dst, moves), r.digest[:]...)
}

// parseRecord decodes recordSize bytes.
func parseRecord(data []byte) (r record) {
	copy(r.key[:], data)
	rest := data[sha1.Size:]
	r.stored = int64(binary.BigEndian.Uint64(rest))
	r.plain = int64(binary.BigEndian.Uint64(rest[8:]))
	r.sign = binary.BigEndian.Uint64(rest[16:])
	r.number = binary.BigEndian.Uint32(rest[24:])
	r.moves = rest[28] != 0
	copy(r.digest[:], rest[29:])
	return r
}

// signature is a number that changes with what tells a phone that a file is
// another than it was: its kind, size, mode, time of change and target.
func signature(f *content.File) uint64 {
	h := uint64(14695981039346656037)
	for _, n := range [...]uint64{uint64(f.Kind), uint64(f.Size), uint64(f.Mode), uint64(f.ModTime.UnixNano())} {
		h = stir(h, n)
	}
	for i := range len(f.Target) {
		h = stir(h, uint64(f.Target[i]))
	}
	return h
}

// stir mixes a number into a hash.
func stir(h, n uint64) uint64 {
	h = (h ^ n) * 1099511628211
	return h ^ h>>29
}
