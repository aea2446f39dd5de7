package catalog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

const (
	headMagic = "Lifeboat catalog"
	endMagic  = "end of catalogue"
	format    = 1

	// blockSize is the length of a header, a record and a trailer.
	blockSize = 64
	// sealed is how much of it the CRC behind it covers.
	sealed = blockSize - 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type block = [blockSize]byte

// seal writes the CRC of a header or trailer into it.
func seal(b *block) {
	binary.BigEndian.PutUint32(b[sealed:], crc32.Checksum(b[:sealed], castagnoli))
}

func isSealed(b *block) bool {
	return binary.BigEndian.Uint32(b[sealed:]) == crc32.Checksum(b[:sealed], castagnoli)
}

// recordCRC is the CRC of the record with an index. The eight bytes of the
// index are gone through by hand, since crc32 would put them on the heap for
// each of a million records.
func recordCRC(index int, b []byte) uint32 {
	crc := ^uint32(0)
	for shift := 56; shift >= 0; shift -= 8 {
		crc = castagnoli[byte(crc)^byte(uint64(index)>>shift)] ^ crc>>8
	}
	return crc32.Update(^crc, castagnoli, b[:sealed])
}

func header() block {
	var b block
	copy(b[:], headMagic)
	binary.BigEndian.PutUint32(b[16:], format)
	seal(&b)
	return b
}

// checkHeader says what is wrong with a header.
func checkHeader(b *block) error {
	if string(b[:16]) != headMagic || !isSealed(b) {
		return fmt.Errorf("%w: no header", ErrDamaged)
	}
	switch n := binary.BigEndian.Uint32(b[16:]); {
	case n > format:
		return fmt.Errorf("%w: %d", ErrNewer, n)
	case *b != header():
		return fmt.Errorf("%w: the header says what none says", ErrDamaged)
	}
	return nil
}

// trailer is what stands at the end: the totals and the CRC of all records.
type trailer struct {
	Totals
	crc uint32
}

func (t trailer) encode() block {
	var b block
	copy(b[:], endMagic)
	binary.BigEndian.PutUint64(b[16:], uint64(t.Files+t.Gone))
	binary.BigEndian.PutUint64(b[24:], uint64(t.Gone))
	binary.BigEndian.PutUint64(b[32:], uint64(t.Bytes))
	binary.BigEndian.PutUint32(b[40:], t.crc)
	seal(&b)
	return b
}

// decodeTrailer reads the trailer of a catalogue that has room for some
// number of records.
func decodeTrailer(b *block, records int) (trailer, error) {
	var (
		count = binary.BigEndian.Uint64(b[16:])
		gone  = binary.BigEndian.Uint64(b[24:])
		size  = binary.BigEndian.Uint64(b[32:])
	)
	if count != uint64(records) || gone > count || size > math.MaxInt64 {
		return trailer{}, fmt.Errorf("%w: no trailer for %d records", ErrDamaged, records)
	}
	t := trailer{Totals{Files: int(count - gone), Gone: int(gone), Bytes: int64(size)}, binary.BigEndian.Uint32(b[40:])}
	if *b != t.encode() {
		return trailer{}, fmt.Errorf("%w: no trailer", ErrDamaged)
	}
	return t, nil
}

// add counts an entry in.
func (t *Totals) add(e Entry) error {
	switch {
	case e.Size == Gone:
		t.Gone++
		return nil
	case e.Size < 0:
		return fmt.Errorf("size %d", e.Size)
	case t.Bytes > math.MaxInt64-e.Size:
		return errors.New("more bytes than can be counted")
	}
	t.Files++
	t.Bytes += e.Size
	return nil
}

// encode writes the record with an index. The digest of a file that is gone
// is left out.
func (e Entry) encode(b *block, index int) {
	if e.Size == Gone {
		e.Digest = Digest{}
	}
	copy(b[:], e.ID[:])
	binary.BigEndian.PutUint64(b[20:], uint64(e.Size))
	copy(b[28:], e.Digest[:])
	binary.BigEndian.PutUint32(b[sealed:], recordCRC(index, b[:]))
}

// decode reads the record with an index; b has at least its length.
func decode(b []byte, index int) (Entry, error) {
	var e Entry
	copy(e.ID[:], b)
	e.Size = int64(binary.BigEndian.Uint64(b[20:]))
	copy(e.Digest[:], b[28:])
	switch {
	case binary.BigEndian.Uint32(b[sealed:]) != recordCRC(index, b):
		return Entry{}, fmt.Errorf("%w: the CRC of record %d is wrong", ErrDamaged, index)
	case e.Size < Gone, e.Size == Gone && !e.Digest.IsZero():
		return Entry{}, fmt.Errorf("%w: record %d says what none says", ErrDamaged, index)
	}
	return e, nil
}
