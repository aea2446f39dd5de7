package safeplist

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"
)

// TestDecodeEqualsGeneralDecoder compares with howett.net/plist, which reads
// what Apple writes, over every type and both formats.
func TestDecodeEqualsGeneralDecoder(t *testing.T) {
	in := map[string]any{
		"true": true, "false": false, "zero": 0, "small": 200, "two": 40000, "four": uint32(4e9),
		"big": uint64(1) << 62, "minus": -13, "real": 2.0,
		"text": "plain", "long": strings.Repeat("x", 5000), "utf16": "Zoë 📱", "empty": "",
		"data": []byte{0, 1, 2}, "nodata": []byte{},
		"date": time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		"list": []any{"a", uint64(1), []any{}, map[string]any{"k": "v"}},
	}
	for _, format := range []int{plist.XMLFormat, plist.BinaryFormat} {
		data, err := plist.Marshal(in, format)
		if err != nil {
			t.Fatal(err)
		}
		var want any
		if _, err := plist.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		got, err := Decode(data)
		if err != nil {
			t.Fatalf("format %d: %v", format, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("format %d:\n%s", format, d)
		}
	}
}

// nested is a plist of depth arrays in each other.
func nested(t *testing.T, depth, format int) []byte {
	t.Helper()
	var v any = "core"
	for range depth {
		v = []any{v}
	}
	data, err := plist.Marshal(v, format)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// raw assembles a binary plist from its objects; refs are one byte wide.
func raw(top byte, objects ...[]byte) []byte {
	out := []byte("bplist00")
	var table []byte
	for _, o := range objects {
		table = binary.BigEndian.AppendUint16(table, uint16(len(out)))
		out = append(out, o...)
	}
	at := len(out)
	out = append(out, table...)
	trailer := make([]byte, 32)
	trailer[6], trailer[7] = 2, 1
	binary.BigEndian.PutUint64(trailer[8:], uint64(len(objects)))
	binary.BigEndian.PutUint64(trailer[16:], uint64(top))
	binary.BigEndian.PutUint64(trailer[24:], uint64(at))
	return append(out, trailer...)
}

// bomb is a plist of few bytes that unfolds to 15^levels values.
func bomb(levels int) []byte {
	objects := [][]byte{{0x51, 'x'}}
	for i := range levels {
		objects = append(objects, append([]byte{0xae}, bytes.Repeat([]byte{byte(i)}, 14)...))
	}
	return raw(byte(levels), objects...)
}

func TestDecodeRefuses(t *testing.T) {
	huge := []byte{0x4f, 0x13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0}
	cases := map[string]struct {
		in   []byte
		want error
	}{
		"nothing":              {nil, ErrFormat},
		"old text format":      {[]byte("((((a))))"), ErrFormat},
		"xml too deep":         {nested(t, MaxDepth+2, plist.XMLFormat), ErrTooDeep},
		"binary too deep":      {nested(t, MaxDepth+2, plist.BinaryFormat), ErrTooDeep},
		"fake closing tags":    {[]byte("<plist>" + strings.Repeat("<array><!--</array>-->", 99)), ErrTooDeep},
		"fake empty elements":  {[]byte("<plist>" + strings.Repeat(`<array a="/>">`, 99)), ErrTooDeep},
		"fake declaration":     {[]byte("<plist><array><!x </array></array>></array></plist>"), ErrFormat},
		"holds itself":         {raw(0, []byte{0xa1, 0}), ErrTooDeep},
		"holds itself, long":   {raw(0, append([]byte{0xaf, 0x11, 0xf0, 0}, make([]byte, 0xf000)...)), ErrTooBig},
		"shares what is large": {raw(0, append([]byte{0xaf, 0x10, 30}, bytes.Repeat([]byte{1}, 30)...), append([]byte{0x4f, 0x12, 0, 0x40, 0, 0}, make([]byte, 4<<20)...)), ErrTooBig},
		"unfolds to gigabytes": {bomb(20), ErrTooBig},
		"unfolds to thousands": {bomb(4), ErrTooBig},
		"length over the end":  {raw(0, huge), ErrFormat},
		"list over the end":    {raw(0, []byte{0xaf, 0x12, 0, 0, 0x0f, 0xff}), ErrFormat},
		"list of 2^62":         {raw(0, []byte{0xaf, 0x13, 0x40, 0, 0, 0, 0, 0, 0, 0}), ErrTooBig},
		"dictionary of 2^63":   {raw(0, []byte{0xdf, 0x13, 0x80, 0, 0, 0, 0, 0, 0, 0}), ErrTooBig},
		"reference to nothing": {raw(0, []byte{0xa1, 9}), ErrFormat},
		"key is a number":      {raw(0, []byte{0xd1, 1, 1}, []byte{0x10, 5}), ErrFormat},
		"unknown object":       {raw(0, []byte{0x70}), ErrFormat},
		"date NaN":             {raw(0, append([]byte{0x33}, bytes.Repeat([]byte{0xff}, 8)...)), ErrFormat},
		"trailer of zeros":     {append([]byte("bplist00"), make([]byte, 40)...), ErrFormat},
		"tag that never ends":  {[]byte("<plist><array"), ErrFormat},
	}
	for name, c := range cases {
		if v, err := Decode(c.in); !errors.Is(err, c.want) {
			t.Errorf("%s: got %T with error %v, want %v", name, v, err, c.want)
		}
	}
	for _, format := range []int{plist.XMLFormat, plist.BinaryFormat} {
		if _, err := Decode(nested(t, MaxDepth-1, format)); err != nil {
			t.Errorf("format %d: the deepest allowed nesting: %v", format, err)
		}
	}
}

// TestBool: a switch is a boolean or 0 and 1, on every phone.
func TestBool(t *testing.T) {
	for _, c := range []struct {
		in     any
		on, ok bool
	}{
		{true, true, true}, {false, false, true}, {uint64(1), true, true}, {uint64(0), false, true}, {int64(1), true, true},
		{uint64(2), false, false}, {int64(-1), false, false}, {"1", false, false}, {nil, false, false}, {1.0, false, false},
	} {
		if on, ok := Bool(c.in); on != c.on || ok != c.ok {
			t.Errorf("%T %v: %v, %v", c.in, c.in, on, ok)
		}
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[any]int{
		uint64(105): 105, int64(-13): -13,
		uint64(18446744073709551603): -13, uint64(0xfffffff3): -13,
	} {
		if got, ok := Code(in); !ok || got != want {
			t.Errorf("%v: got %d, %v, want %d", in, got, ok, want)
		}
	}
	if _, ok := Code("105"); ok {
		t.Error("a text passed for a number")
	}
}

// TestDocument: what is looked at one by one is what Decode gives of all.
func TestDocument(t *testing.T) {
	in := map[string]any{
		"a": []any{1, "ü", []byte{1}, plist.UID(300), "", []byte{}}, "d": time.Unix(0, 0), "n": -2, "b": true,
		"long": strings.Repeat("x", 300), "Zoë": map[string]any{"in": 1 << 40},
	}
	data, err := plist.Marshal(in, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	agrees(t, data)
	var d Document
	root, err := d.Open(data)
	if err != nil || !root.IsDict() || root.Get("nothing").Exists() || root.Get("nothing").Get("a").Index(0).Exists() || root.Get("a").Index(6).Exists() {
		t.Errorf("%+v, %v", root, err)
	}
}

func agrees(t *testing.T, in []byte) {
	t.Helper()
	want, err := Decode(in)
	if err != nil || !bytes.HasPrefix(in, []byte("bplist0")) {
		return
	}
	var d Document
	got, err := d.Open(in)
	if err != nil {
		t.Fatal(err)
	}
	var look func(got Value, want any)
	look = func(got Value, want any) {
		same := got.Exists()
		switch want := want.(type) {
		case map[string]any:
			for key, one := range want {
				look(got.Get(key), one)
			}
		case []any:
			for i, one := range want {
				look(got.Index(uint64(i)), one)
			}
		case uint64, int64:
			n, ok := got.Int()
			wanted, _ := Int(want)
			same = ok && n == wanted
		case plist.UID:
			n, ok := got.UID()
			same = ok && n == uint64(want)
		case string:
			text, ok := got.Text()
			same = ok && text == want
		case []byte:
			b, ok := got.Bytes()
			same = ok && bytes.Equal(b, want)
		}
		if !same {
			t.Fatalf("%x: %+v instead of %v", in, got, want)
		}
	}
	look(got, want)
}

func FuzzDecode(f *testing.F) {
	for _, format := range []int{plist.XMLFormat, plist.BinaryFormat} {
		data, err := plist.Marshal(map[string]any{"a": []any{1, "ü", []byte{1}, plist.UID(3)}, "d": time.Unix(0, 0)}, format)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(bomb(9))
	f.Add(raw(0, []byte{0xa1, 0}))
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := Decode(in)
		if (v == nil) == (err == nil) {
			t.Fatalf("value %v with error %v", v, err)
		}
		if len(in) < 1<<10 {
			agrees(t, in)
		}
	})
}
