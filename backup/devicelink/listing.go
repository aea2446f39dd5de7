package devicelink

import (
	"encoding/binary"
	"io/fs"
	"math"
	"time"
	"unicode/utf16"
)

// Listing answers DLContentsOfDirectory: what lies in one folder
// (device/PROTOCOL.md#operations-of-the-phone).
//
// Phones ask for all 256 folders of content at least once in each backup, and
// a million entries as maps, encoded by reflection, took more time than all
// the rest of a small backup. So this one answer is written as a binary
// property list by hand.
type Listing []Item

// Item is one name in a folder.
type Item struct {
	Name     string
	Mode     fs.FileMode // only what kind it is
	Size     int64       // bytes
	Modified time.Time
}

// The objects that every listing begins with, by number: the message, its four
// elements, and the texts that all entries share.
const (
	objMessage = iota
	objName
	objCode
	objText
	objDict
	objTypeKey
	objSizeKey
	objDateKey
	objRegular
	objDirectory
	objUnknown
	objFirst // of the first entry: its name, its dictionary, its size, its date
)

const perItem = 4

// plistEpoch is where dates of property lists count from.
var plistEpoch = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// response encodes a DLMessageStatusResponse with the listing as its object.
func (l Listing) response(status Status, text string) []byte {
	e := &listingEncoder{
		out:     append(make([]byte, 0, 512+160*len(l)), "bplist00"...),
		offsets: make([]uint32, 0, objFirst+perItem*len(l)),
		refSize: 4,
	}
	for _, size := range []int{1, 2} {
		if objFirst+perItem*len(l) < 1<<(8*size) {
			e.refSize = size
			break
		}
	}
	e.begin()
	e.head(0xA0, 4)
	for _, ref := range []int{objName, objCode, objText, objDict} {
		e.ref(ref)
	}
	e.text("DLMessageStatusResponse")
	e.integer(int64(status))
	e.text(text)
	e.begin()
	e.head(0xD0, len(l))
	for i := range l {
		e.ref(objFirst + perItem*i)
	}
	for i := range l {
		e.ref(objFirst + perItem*i + 1)
	}
	for _, shared := range []string{
		"DLFileType", "DLFileSize", "DLFileModificationDate",
		"DLFileTypeRegular", "DLFileTypeDirectory", "DLFileTypeUnknown",
	} {
		e.text(shared)
	}
	for i, item := range l {
		e.item(objFirst+perItem*i, item)
	}
	return e.finish()
}

// listingEncoder writes objects of a binary property list, in the order of
// their numbers.
type listingEncoder struct {
	out     []byte
	offsets []uint32
	refSize int
}

// begin notes where the next object stands.
func (e *listingEncoder) begin() { e.offsets = append(e.offsets, uint32(len(e.out))) }

// head writes the kind of an object and a count.
func (e *listingEncoder) head(kind byte, count int) {
	if count < 15 {
		e.out = append(e.out, kind|byte(count))
		return
	}
	e.out = append(e.out, kind|0x0F, 0x12)
	e.out = binary.BigEndian.AppendUint32(e.out, uint32(count))
}

func (e *listingEncoder) ref(number int) {
	e.out = appendSized(e.out, uint64(number), e.refSize)
}

func appendSized(out []byte, value uint64, size int) []byte {
	for shift := 8 * (size - 1); shift >= 0; shift -= 8 {
		out = append(out, byte(value>>shift))
	}
	return out
}

func (e *listingEncoder) text(s string) {
	e.begin()
	for i := range len(s) {
		if s[i] >= 0x80 {
			units := utf16.Encode([]rune(s))
			e.head(0x60, len(units))
			for _, unit := range units {
				e.out = binary.BigEndian.AppendUint16(e.out, unit)
			}
			return
		}
	}
	e.head(0x50, len(s))
	e.out = append(e.out, s...)
}

func (e *listingEncoder) integer(n int64) {
	e.begin()
	e.out = binary.BigEndian.AppendUint64(append(e.out, 0x13), uint64(n))
}

func (e *listingEncoder) item(first int, item Item) {
	e.text(item.Name)
	e.begin()
	e.head(0xD0, 3)
	for _, ref := range []int{objTypeKey, objSizeKey, objDateKey, kind(item.Mode), first + 2, first + 3} {
		e.ref(ref)
	}
	e.integer(item.Size)
	e.begin()
	seconds := float64(item.Modified.Unix()-plistEpoch.Unix()) + float64(item.Modified.Nanosecond())/1e9
	e.out = binary.BigEndian.AppendUint64(append(e.out, 0x33), math.Float64bits(seconds))
}

func kind(mode fs.FileMode) int {
	switch {
	case mode.IsRegular():
		return objRegular
	case mode.IsDir():
		return objDirectory
	}
	return objUnknown
}

// finish writes the table of offsets and the trailer.
func (e *listingEncoder) finish() []byte {
	table := len(e.out)
	for _, offset := range e.offsets {
		e.out = binary.BigEndian.AppendUint32(e.out, offset)
	}
	e.out = append(e.out, 0, 0, 0, 0, 0, 0, 4, byte(e.refSize))
	e.out = binary.BigEndian.AppendUint64(e.out, uint64(len(e.offsets)))
	e.out = binary.BigEndian.AppendUint64(e.out, objMessage)
	return binary.BigEndian.AppendUint64(e.out, uint64(table))
}
