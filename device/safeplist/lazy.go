package safeplist

// Document is a binary plist that is not decoded: it costs no memory to look at
// what is asked for and at nothing else, where there is a plist for each of a
// million files.
type Document struct{ document }

// Open opens a binary plist and gives its root. Only its frame is checked. The
// values share the memory of in.
func (d *Document) Open(in []byte) (Value, error) {
	top, err := d.open(in)
	if err != nil {
		return Value{}, err
	}
	return d.lazy(top), nil
}

// Value is one value of a [Document]. What is absent, or does not hold together,
// is the zero Value, and all that is in it is absent too.
type Value struct {
	in *document
	object
}

func (d *document) lazy(ref uint64) Value {
	o, err := d.object(ref)
	if err != nil {
		return Value{}
	}
	return Value{d, o}
}

// body is n bytes of the value from its beginning; nil if it is of another kind,
// or reaches beyond its plist.
func (v Value) body(kind byte, n uint64) []byte {
	if v.in == nil || v.kind != kind || v.n > uint64(len(v.in.data)) { // n may have wrapped round
		return nil
	}
	b, _ := v.in.take(v.at, n)
	return b
}

// Exists reports whether it is there.
func (v Value) Exists() bool { return v.in != nil }

// IsDict reports whether it is a dictionary.
func (v Value) IsDict() bool { return v.in != nil && v.kind == kindDict }

// Get gives what a dictionary has under a key: the last, if it has several.
func (v Value) Get(key string) Value {
	if !v.IsDict() {
		return Value{}
	}
	refs := v.body(kindDict, 2*v.n*uint64(v.in.refSize))
	if refs == nil {
		return Value{}
	}
	for i := v.n; i > 0; i-- {
		if v.in.lazy(v.in.ref(refs, i-1)).is(key) {
			return v.in.lazy(v.in.ref(refs, v.n+i-1))
		}
	}
	return Value{}
}

// Index gives one of the values of an array, from 0 on.
func (v Value) Index(i uint64) Value {
	if v.in == nil || i >= v.n {
		return Value{}
	}
	refs := v.body(kindArray, v.n*uint64(v.in.refSize))
	if refs == nil {
		return Value{}
	}
	return v.in.lazy(v.in.ref(refs, i))
}

// UID gives the number of a reference, as NSKeyedArchiver writes them.
func (v Value) UID() (uint64, bool) {
	b := v.body(kindUID, v.n+1)
	return bigEndian(b), b != nil && v.n <= 7
}

// Int gives a number as [Int] does.
func (v Value) Int() (int64, bool) {
	b := v.body(kindInt, 1<<v.n)
	if b == nil || v.n > 4 {
		return 0, false
	}
	return int64(bigEndian(b[max(len(b)-8, 0):])), true
}

// Bytes gives data. They are the plist's own.
func (v Value) Bytes() ([]byte, bool) {
	b := v.body(kindData, v.n)
	return b, b != nil
}

// Text gives a text.
func (v Value) Text() (string, bool) {
	if b := v.body(kindASCII, v.n); b != nil {
		return string(b), true
	}
	if b := v.body(kindUTF16, 2*v.n); b != nil {
		return utf16BE(b), true
	}
	return "", false
}

// is reports whether it is a certain text.
func (v Value) is(text string) bool {
	if v.kind == kindASCII {
		return string(v.body(kindASCII, v.n)) == text
	}
	if v.kind != kindUTF16 || v.n > uint64(len(text)) {
		return false // without unfolding it: a thousand keys may be one long text
	}
	other, ok := v.Text()
	return ok && other == text
}
