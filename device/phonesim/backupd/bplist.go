package backupd

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
)

// uid is a reference of a keyed archive.
type uid uint8

// pairs are the keys and values of a dictionary, in their order. A pair
// without a value is left out.
type pairs []struct {
	key   string
	value any
}

// appendArchive appends the binary property list of a keyed archive
// (NSKeyedArchiver) to dst. It exists for speed: a backup holds one for each
// file. Values are int64, string, []byte, []string, []any, uid or pairs, no more
// than 255 of them, in no more than 64 KiB.
//
// The form is: "bplist00", the objects, the table of their offsets, a trailer
// of 32 bytes.
func appendArchive(dst []byte, root pairs) []byte {
	w := plistWriter{start: len(dst), out: append(dst, "bplist00"...)}
	w.value(root)
	table := len(w.out) - w.start
	for _, offset := range w.offsets[:w.count] {
		w.out = binary.BigEndian.AppendUint16(w.out, offset)
	}
	w.out = append(w.out, 0, 0, 0, 0, 0, 0, 2, 1) // 2 bytes an offset, 1 a reference
	w.out = binary.BigEndian.AppendUint64(w.out, uint64(w.count))
	w.out = binary.BigEndian.AppendUint64(w.out, 0) // the root is the first object
	return binary.BigEndian.AppendUint64(w.out, uint64(table))
}

type plistWriter struct {
	start   int
	out     []byte
	offsets [256]uint16
	count   int
}

// begin numbers the object that is written next.
func (w *plistWriter) begin() byte {
	w.offsets[w.count] = uint16(len(w.out) - w.start)
	w.count++
	return byte(w.count - 1)
}

// value writes one object, what it holds after it, and returns its number.
func (w *plistWriter) value(value any) byte {
	number := w.begin()
	switch v := value.(type) {
	case int64:
		w.integer(v)
	case string:
		w.text(v)
	case []byte:
		w.marker(0x40, len(v))
		w.out = append(w.out, v...)
	case uid:
		w.out = append(w.out, 0x80, byte(v))
	case []string:
		references := w.references(0xA0, len(v), len(v))
		for i, item := range v {
			w.out[references+i] = w.value(item)
		}
	case []any:
		references := w.references(0xA0, len(v), len(v))
		for i, item := range v {
			w.out[references+i] = w.value(item)
		}
	case pairs:
		w.dictionary(v)
	}
	return number
}

// dictionary writes the references to all keys, those to all values, then both.
func (w *plistWriter) dictionary(dict pairs) {
	count := 0
	for _, pair := range dict {
		if pair.value != nil {
			count++
		}
	}
	references := w.references(0xD0, count, 2*count)
	for _, pair := range dict {
		if pair.value == nil {
			continue
		}
		key := w.value(pair.key)
		value := w.value(pair.value)
		w.out[references], w.out[references+count] = key, value
		references++
	}
}

// references writes the head of a collection and keeps room for its
// references; it returns where they begin.
func (w *plistWriter) references(kind byte, count, room int) int {
	w.marker(kind, count)
	at := len(w.out)
	for range room {
		w.out = append(w.out, 0)
	}
	return at
}

// marker writes the kind and length of an object.
func (w *plistWriter) marker(kind byte, count int) {
	if count < 15 {
		w.out = append(w.out, kind|byte(count))
		return
	}
	w.out = append(w.out, kind|15)
	w.integer(int64(count))
}

// integer writes a number in 1, 2, 4 or 8 bytes; negative ones always take 8.
func (w *plistWriter) integer(n int64) {
	switch size := bits.Len64(uint64(n)); {
	case size <= 8:
		w.out = append(w.out, 0x10, byte(n))
	case size <= 16:
		w.out = binary.BigEndian.AppendUint16(append(w.out, 0x11), uint16(n))
	case size <= 32:
		w.out = binary.BigEndian.AppendUint32(append(w.out, 0x12), uint32(n))
	default:
		w.out = binary.BigEndian.AppendUint64(append(w.out, 0x13), uint64(n))
	}
}

// text writes a string: one byte a character where all is ASCII, else UTF-16.
func (w *plistWriter) text(s string) {
	for i := range len(s) {
		if s[i] >= 0x80 {
			units := utf16.Encode([]rune(s))
			w.marker(0x60, len(units))
			for _, unit := range units {
				w.out = binary.BigEndian.AppendUint16(w.out, unit)
			}
			return
		}
	}
	w.marker(0x50, len(s))
	w.out = append(w.out, s...)
}
