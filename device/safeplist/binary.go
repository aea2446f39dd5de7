package safeplist

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
	"unicode/utf16"

	"howett.net/plist"
)

// appleEpoch is 1 January 2001 UTC in Unix seconds, where binary plists
// count their dates from.
const appleEpoch = 978307200

// Kinds of objects in a binary plist.
const (
	kindSimple = 0x0
	kindInt    = 0x1
	kindReal   = 0x2
	kindDate   = 0x3
	kindData   = 0x4
	kindASCII  = 0x5
	kindUTF16  = 0x6
	kindUID    = 0x8
	kindArray  = 0xa
	kindDict   = 0xd
)

// document is a binary plist ("bplist00"): objects, a table of their
// offsets, and a trailer of 32 bytes that says where and how wide they are.
type document struct {
	data       []byte // the objects: everything before the offset table
	offsets    []byte
	offsetSize int
	refSize    int
	count      uint64

	nodes int // values still allowed
	bytes int // bytes of strings and data still allowed
}

func decodeBinary(in []byte) (any, error) {
	var d document
	top, err := d.open(in)
	if err != nil {
		return nil, err
	}
	v, err := d.value(top, 0)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// open checks the frame, and gives the number of the object that is the root.
func (d *document) open(in []byte) (top uint64, err error) {
	const head, tail = 8, 32
	if len(in) < head+tail+2 || in[7] > '1' {
		return 0, fmt.Errorf("%w: binary plist cut short or of another version", ErrFormat)
	}
	trailer := in[len(in)-tail:]
	offsetSize, refSize := int(trailer[6]), int(trailer[7])
	count := binary.BigEndian.Uint64(trailer[8:])
	top = binary.BigEndian.Uint64(trailer[16:])
	table := binary.BigEndian.Uint64(trailer[24:])
	end := uint64(len(in) - tail)
	switch {
	case offsetSize < 1 || offsetSize > 8 || refSize < 1 || refSize > 8,
		table < head || table > end,
		count == 0 || count > (end-table)/uint64(offsetSize),
		top >= count:
		return 0, fmt.Errorf("%w: binary plist with a bad trailer", ErrFormat)
	}
	*d = document{
		data: in[:table], offsets: in[table:end],
		offsetSize: offsetSize, refSize: refSize, count: count,
		nodes: min(maxNodes, fewNodes+nodesPerByte*len(in)), bytes: 1<<20 + min(maxUnfolded*len(in), mostShared+2*len(in)),
	}
	return top, nil
}

func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// take returns n bytes of the object area from offset at.
func (d *document) take(at, n uint64) ([]byte, error) {
	if size := uint64(len(d.data)); at > size || n > size-at {
		return nil, fmt.Errorf("%w: an object reaches beyond its plist", ErrFormat)
	}
	return d.data[at : at+n], nil
}

// object is one value as it stands: its kind (the upper half of its first byte),
// the number beside it (a length, for what has one), and where its body begins.
type object struct {
	kind  byte
	n, at uint64
}

// object finds object number ref.
func (d *document) object(ref uint64) (o object, err error) {
	if ref >= d.count {
		return o, fmt.Errorf("%w: object %d of %d", ErrFormat, ref, d.count)
	}
	slot := int(ref) * d.offsetSize
	at := bigEndian(d.offsets[slot : slot+d.offsetSize])
	mark, err := d.take(at, 1)
	if err != nil {
		return o, err
	}
	o = object{kind: mark[0] >> 4, n: uint64(mark[0] & 0xf), at: at + 1}
	switch o.kind {
	case kindData, kindASCII, kindUTF16, kindArray, kindDict:
		o.n, o.at, err = d.length(o.at, o.n)
	}
	return o, err
}

// value decodes object number ref, which lies depth collections deep.
func (d *document) value(ref uint64, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	o, err := d.object(ref)
	if err != nil {
		return nil, err
	}
	switch o.kind {
	case kindSimple:
		return d.simple(byte(o.n))
	case kindInt:
		return d.integer(o.at, o.n)
	case kindReal:
		return d.real(o.at, o.n)
	case kindDate:
		return d.date(o.at)
	case kindUID:
		b, err := d.take(o.at, o.n+1)
		if err != nil || o.n > 7 {
			return nil, fmt.Errorf("%w: bad UID", ErrFormat)
		}
		return plist.UID(bigEndian(b)), nil
	case kindData:
		b, err := d.text(o.at, o.n, 1)
		return append(make([]byte, 0, len(b)), b...), err
	case kindASCII:
		b, err := d.text(o.at, o.n, 1)
		return string(b), err
	case kindUTF16:
		b, err := d.text(o.at, o.n, 2)
		return utf16BE(b), err
	case kindArray:
		return d.array(o.at, o.n, depth)
	case kindDict:
		return d.dict(o.at, o.n, depth)
	}
	return nil, fmt.Errorf("%w: unknown kind of object %#x", ErrFormat, o.kind)
}

func (d *document) simple(mark byte) (any, error) {
	switch mark {
	case 0x08:
		return false, nil
	case 0x09:
		return true, nil
	}
	return nil, fmt.Errorf("%w: unknown kind of object 0x%02x", ErrFormat, mark)
}

// integer reads 1, 2, 4 (unsigned), 8 (signed) or 16 bytes (low half counts).
func (d *document) integer(at, log uint64) (any, error) {
	if log > 4 {
		return nil, fmt.Errorf("%w: integer of 2^%d bytes", ErrFormat, log)
	}
	b, err := d.take(at, 1<<log)
	if err != nil {
		return nil, err
	}
	if log == 4 {
		return bigEndian(b[8:]), nil
	}
	n := bigEndian(b)
	if log == 3 && int64(n) < 0 {
		return int64(n), nil
	}
	return n, nil
}

func (d *document) real(at, log uint64) (any, error) {
	if log != 2 && log != 3 {
		return nil, fmt.Errorf("%w: real of 2^%d bytes", ErrFormat, log)
	}
	b, err := d.take(at, 1<<log)
	if err != nil {
		return nil, err
	}
	if log == 2 {
		return float64(math.Float32frombits(uint32(bigEndian(b)))), nil
	}
	return math.Float64frombits(bigEndian(b)), nil
}

func (d *document) date(at uint64) (any, error) {
	b, err := d.take(at, 8)
	if err != nil {
		return nil, err
	}
	s := math.Float64frombits(bigEndian(b))
	const year10000 = 253402300800 - appleEpoch
	if math.IsNaN(s) || s < -year10000 || s > year10000 {
		return nil, fmt.Errorf("%w: a date out of all time", ErrFormat)
	}
	whole, part := math.Modf(s)
	return time.Unix(int64(whole)+appleEpoch, int64(part*1e9)).UTC(), nil
}

// length reads the length of an object whose marker's low half is low; 15
// means that an integer object follows.
func (d *document) length(at, low uint64) (n, next uint64, err error) {
	if low != 0xf {
		return low, at, nil
	}
	mark, err := d.take(at, 1)
	if err != nil {
		return 0, 0, err
	}
	log := uint64(mark[0] & 0xf)
	if mark[0]>>4 != 1 || log > 3 {
		return 0, 0, fmt.Errorf("%w: a length that is no integer", ErrFormat)
	}
	b, err := d.take(at+1, 1<<log)
	if err != nil {
		return 0, 0, err
	}
	return bigEndian(b), at + 1 + 1<<log, nil
}

func (d *document) text(at, n, width uint64) ([]byte, error) {
	if n > uint64(len(d.data)) {
		return nil, fmt.Errorf("%w: an object reaches beyond its plist", ErrFormat)
	}
	b, err := d.take(at, n*width)
	if err != nil {
		return nil, err
	}
	if d.bytes -= len(b); d.bytes < 0 {
		return nil, ErrTooBig
	}
	return b, nil
}

func utf16BE(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// refs returns n object numbers. They count before one of them is decoded: collections
// that lie in each other may all be long.
func (d *document) refs(at, n uint64) ([]byte, error) {
	if n > uint64(d.nodes) {
		return nil, ErrTooBig
	}
	refs, err := d.take(at, n*uint64(d.refSize))
	if err == nil {
		d.nodes -= int(n)
	}
	return refs, err
}

func (d *document) ref(refs []byte, i uint64) uint64 {
	at := i * uint64(d.refSize)
	return bigEndian(refs[at : at+uint64(d.refSize)])
}

func (d *document) array(at, n uint64, depth int) (any, error) {
	refs, err := d.refs(at, n)
	if err != nil {
		return nil, err
	}
	out := make([]any, n)
	for i := range out {
		if out[i], err = d.value(d.ref(refs, uint64(i)), depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// dict reads n keys and then their n values.
func (d *document) dict(at, n uint64, depth int) (any, error) {
	if n > uint64(d.nodes) { // or twice n may wrap round
		return nil, ErrTooBig
	}
	refs, err := d.refs(at, 2*n)
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, n)
	for i := range n {
		key, err := d.value(d.ref(refs, i), depth+1)
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("%w: a dictionary with a key that is no text", ErrFormat)
		}
		if out[name], err = d.value(d.ref(refs, n+i), depth+1); err != nil {
			return nil, err
		}
	}
	return out, nil
}
