package format

import "encoding/binary"

const (
	// shortBlob bounds what the short way reads, in bytes. Real MBFiles have
	// less than a KiB.
	shortBlob = 16 << 10
	// shortItems bounds each of its collections; an MBFile has 17 objects.
	shortItems = 64
	// shortText bounds what its texts and data unfold to, in bytes: what the
	// general decoder allows any plist.
	shortText = 1 << 20
)

// Kinds of objects in a binary plist: the upper half of their first byte.
const (
	kindSimple = 0x0
	kindInt    = 0x1
	kindData   = 0x4
	kindASCII  = 0x5
	kindUTF16  = 0x6
	kindUID    = 0x8
	kindArray  = 0xa
	kindDict   = 0xd
)

// short reads an MBFile of the shape that every phone writes, without
// decoding what is not asked for: there is one for each file, up to millions.
// It looks at all objects that the general decoder would look at, and gives
// up at whatever is unusual, so that it never says anything else.
type short struct {
	data       []byte // the objects: the blob before the table
	table      []byte
	offsetSize int // 1 or 2
	count      int
	text       int // bytes of texts and data looked at
}

// object is one object: for text, data, integers and UIDs its bytes, for
// collections the numbers of their members, one byte each.
type object struct {
	kind byte
	n    int    // members of a collection; pairs of a dictionary
	body []byte // never nil but in the zero object, which stands for none
}

// parseShort reads an MBFile the short way. Not ok says nothing about the
// blob. EncryptionKey shares the blob's memory.
func parseShort(blob []byte) (f File, ok bool) {
	s, top, ok := openShort(blob)
	if !ok {
		return File{}, false
	}
	document, ok := s.object(top)
	if !ok || document.kind != kindDict {
		return File{}, false
	}
	var objects, root object
	for i := range document.n {
		name, value, ok := s.pair(document, i)
		switch {
		case !ok:
			return File{}, false
		case string(name) == "$objects" && value.kind == kindArray && objects.body == nil:
			objects = value
		case string(name) == "$top" && value.kind == kindDict && root.body == nil:
			if root, ok = s.root(value); !ok {
				return File{}, false
			}
		case string(name) == "$objects", string(name) == "$top", value.collection():
			return File{}, false
		}
	}
	if objects.kind != kindArray || root.kind != kindUID {
		return File{}, false
	}
	for i := range objects.n {
		if !s.sound(objects.body[i]) {
			return File{}, false
		}
	}
	mbfile, ok := s.follow(objects, root)
	if !ok || mbfile.kind != kindDict {
		return File{}, false
	}
	return s.file(objects, mbfile)
}

// openShort reads the trailer.
func openShort(blob []byte) (s short, top int, ok bool) {
	const head, tail = 8, 32
	if len(blob) < head+tail || len(blob) > shortBlob || string(blob[:head]) != "bplist00" {
		return short{}, 0, false
	}
	end := len(blob) - tail
	trailer := blob[end:]
	count, first := binary.BigEndian.Uint64(trailer[8:]), binary.BigEndian.Uint64(trailer[16:])
	table := binary.BigEndian.Uint64(trailer[24:])
	offsetSize := int(trailer[6])
	if (offsetSize != 1 && offsetSize != 2) || trailer[7] != 1 || count == 0 || count > 256 || first >= count ||
		table < head || table > uint64(end) || count*uint64(offsetSize) > uint64(end)-table {
		return short{}, 0, false
	}
	return short{data: blob[:table], table: blob[table:end], offsetSize: offsetSize, count: int(count)}, int(first), true
}

// object reads object number i.
func (s *short) object(i int) (o object, ok bool) {
	if i >= s.count {
		return object{}, false
	}
	var at int
	if s.offsetSize == 1 {
		at = int(s.table[i])
	} else {
		at = int(s.table[2*i])<<8 | int(s.table[2*i+1])
	}
	if at >= len(s.data) {
		return object{}, false
	}
	mark := s.data[at]
	at++
	o.kind = mark >> 4
	n := int(mark & 0xf)
	switch o.kind {
	case kindSimple:
		if mark != 0x08 && mark != 0x09 { // false, true
			return object{}, false
		}
		n = 0
	case kindInt:
		if n > 3 {
			return object{}, false
		}
		n = 1 << n
	case kindUID:
		if n > 3 {
			return object{}, false
		}
		n++
	default:
		if n == 0xf {
			if n, at, ok = s.length(at); !ok {
				return object{}, false
			}
		}
	}
	size := n
	switch o.kind {
	case kindSimple, kindInt, kindUID:
	case kindData, kindASCII:
		s.text += n
	case kindUTF16:
		size = 2 * n
		s.text += size
	case kindArray, kindDict:
		if n > shortItems {
			return object{}, false
		}
		if o.n = n; o.kind == kindDict {
			size = 2 * n
		}
	default:
		return object{}, false
	}
	if size > len(s.data)-at || s.text > shortText {
		return object{}, false
	}
	o.body = s.data[at : at+size : at+size]
	return o, true
}

// length reads a length of one or two bytes.
func (s *short) length(at int) (n, next int, ok bool) {
	switch {
	case at+2 <= len(s.data) && s.data[at] == kindInt<<4:
		return int(s.data[at+1]), at + 2, true
	case at+3 <= len(s.data) && s.data[at] == kindInt<<4|1:
		return int(s.data[at+1])<<8 | int(s.data[at+2]), at + 3, true
	}
	return 0, 0, false
}

func (o object) collection() bool { return o.kind == kindArray || o.kind == kindDict }

// number gives a number as safeplist.Int does.
func (o object) number() (n uint64) {
	for _, b := range o.body {
		n = n<<8 | uint64(b)
	}
	return n
}

// pair reads key and value number i of a dictionary.
func (s *short) pair(d object, i int) (name []byte, value object, ok bool) {
	key, ok := s.object(int(d.body[i]))
	if !ok || key.kind != kindASCII {
		return nil, object{}, false
	}
	value, ok = s.object(int(d.body[d.n+i]))
	return key.body, value, ok
}

// root gives what the dictionary "$top" calls root.
func (s *short) root(top object) (root object, ok bool) {
	for i := range top.n {
		name, value, ok := s.pair(top, i)
		if !ok || value.collection() {
			return object{}, false
		}
		if string(name) == "root" {
			root = value
		}
	}
	return root, true
}

// sound looks whether an archived object holds nothing that would not
// decode: it is a leaf, or a dictionary of leaves and of arrays of leaves.
func (s *short) sound(number byte) bool {
	o, ok := s.object(int(number))
	if !ok || o.kind == kindArray {
		return false
	}
	if o.kind != kindDict {
		return true
	}
	for i := range o.n {
		_, value, ok := s.pair(o, i)
		if !ok || value.kind == kindDict {
			return false
		}
		if value.kind != kindArray {
			continue
		}
		for _, member := range value.body {
			if leaf, ok := s.object(int(member)); !ok || leaf.collection() {
				return false
			}
		}
	}
	return true
}

// follow gives what o refers to among the objects; what is no UID is itself.
func (s *short) follow(objects, o object) (object, bool) {
	if o.kind != kindUID {
		return o, true
	}
	if id := o.number(); id < uint64(objects.n) {
		return s.object(int(objects.body[id]))
	}
	return object{}, false
}

// file reads the fields of the MBFile.
func (s *short) file(objects, mbfile object) (f File, ok bool) {
	var size, mode, class, key, target object
	for i := range mbfile.n {
		name, value, ok := s.pair(mbfile, i)
		if !ok {
			return File{}, false
		}
		switch string(name) {
		case "Size":
			size = value
		case "Mode":
			mode = value
		case "ProtectionClass":
			class = value
		case "EncryptionKey":
			key = value
		case "Target":
			target = value
		}
	}
	if size.body != nil {
		if size.kind != kindInt || int64(size.number()) < 0 {
			return File{}, false
		}
		f.Size, f.HasSize = int64(size.number()), true
	}
	for _, field := range []struct {
		to   *uint32
		from object
	}{{&f.Mode, mode}, {&f.Class, class}} {
		if field.from.body == nil {
			continue
		}
		if field.from.kind != kindInt {
			return File{}, false
		}
		*field.to = uint32(field.from.number())
	}
	if key.body != nil {
		if f.EncryptionKey, ok = s.key(objects, key); !ok {
			return File{}, false
		}
	}
	if target.body != nil {
		if target, ok = s.follow(objects, target); !ok || target.kind != kindASCII {
			return File{}, false
		}
		f.Target = string(target.body)
	}
	return f, true
}

// key gives the bytes of an EncryptionKey: data, an NSData or NSMutableData,
// or "$null", which is none.
func (s *short) key(objects, o object) ([]byte, bool) {
	o, ok := s.follow(objects, o)
	if ok && o.kind == kindDict {
		var held object
		for i := range o.n {
			name, value, ok := s.pair(o, i)
			if !ok {
				return nil, false
			}
			if string(name) == "NS.data" {
				held = value
			}
		}
		o, ok = s.follow(objects, held)
	}
	switch {
	case !ok:
		return nil, false
	case o.kind == kindASCII && string(o.body) == "$null":
		return nil, true
	case o.kind == kindData && o.body != nil:
		return o.body, true
	}
	return nil, false
}
