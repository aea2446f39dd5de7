package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFrameRoundTrip(t *testing.T) {
	want := map[string]any{"Request": "GetValue", "Key": "DeviceName", "Data": []byte{0, 1, 255}, "N": uint64(7)}
	for name, write := range map[string]func(io.Writer, any) error{"xml": WriteFrame, "binary": WriteBinaryFrame} {
		var b bytes.Buffer
		if err := write(&b, want); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFrame(&b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestReadFrameRefuses(t *testing.T) {
	frame := func(n uint32, body string) []byte {
		return append(binary.BigEndian.AppendUint32(nil, n), body...)
	}
	cases := map[string]struct {
		in   []byte
		want error // nil: any error
	}{
		"empty":                               {nil, io.EOF},
		"half a length":                       {[]byte{0, 0}, io.ErrUnexpectedEOF},
		"cut body":                            {frame(1000, "<plist>"), io.ErrUnexpectedEOF},
		"length too long":                     {frame(0xffffffff, ""), nil},
		"not a plist":                         {frame(3, "abc"), nil},
		"a data object longer than the plist": {hostile, nil},
		"an array":                            {frame(35, "<plist><array></array></plist>     "), nil},
	}
	for name, c := range cases {
		_, err := ReadFrame(bytes.NewReader(c.in))
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestReadData(t *testing.T) {
	for name, write := range map[string]func(io.Writer, any) error{"xml": WriteFrame, "binary": WriteBinaryFrame} {
		var b bytes.Buffer
		if err := write(&b, []byte{1, 0, 255}); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadData(&b); err != nil || !bytes.Equal(got, []byte{1, 0, 255}) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
		b.Reset()
		if err := write(&b, map[string]any{"a": 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadData(&b); err == nil {
			t.Errorf("%s: a dictionary passes for data", name)
		}
	}
	if _, err := ReadData(bytes.NewReader(hostile)); err == nil {
		t.Error("hostile data passes")
	}
}

// hostile is a frame whose binary plist claims a data object of 2^64-1 bytes;
// the general decoder panics on it.
var hostile = func() []byte {
	object := "\x4f\x13\xff\xff\xff\xff\xff\xff\xff\xff"
	plist := append([]byte("bplist00"+object), 8) // the offset of the object
	plist = append(plist, 0, 0, 0, 0, 0, 0, 1, 1)
	for _, n := range []uint64{1, 0, uint64(len("bplist00" + object))} {
		plist = binary.BigEndian.AppendUint64(plist, n)
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(plist))), plist...)
}()

func FuzzReadFrame(f *testing.F) {
	var b bytes.Buffer
	_ = WriteFrame(&b, map[string]any{"Request": "QueryType"})
	f.Add(b.Bytes())
	b.Reset()
	_ = WriteBinaryFrame(&b, map[string]any{"Error": "MissingValue", "Value": []any{1, "a"}})
	f.Add(b.Bytes())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1})
	f.Add(hostile)
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := ReadFrame(bytes.NewReader(in))
		if (d == nil) == (err == nil) {
			t.Fatalf("dictionary %v with error %v", d, err)
		}
	})
}
