package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoundTrip(t *testing.T) {
	sent := map[string]any{"Text": "Grüße", "Yes": true, "Data": []byte{0, 1}, "N": 7, "Minus": -3, "List": []string{"a", "b"}, "Sub": map[string]any{"x": "y"}}
	for name, write := range map[string]func(io.Writer, any) error{"XML": WriteXML, "binary": WriteBinary} {
		var pipe bytes.Buffer
		if err := write(&pipe, sent); err != nil {
			t.Fatal(err)
		}
		d, err := Read(&pipe)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n, ok := d.Int("N")
		minus, okMinus := d.Int("Minus")
		_, none := d.Int("Text")
		if d.String("Text") != "Grüße" || !d.Bool("Yes") || !bytes.Equal(d.Data("Data"), []byte{0, 1}) ||
			n != 7 || !ok || minus != -3 || !okMinus || none || d.Dict("Sub").String("x") != "y" {
			t.Errorf("%s: read %v", name, d)
		}
		if diff := cmp.Diff([]string{"a", "b"}, d.Strings("List")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		// What is missing or of another type reads as nothing.
		if d.String("N") != "" || d.Data("Text") != nil || d.Bool("N") || len(d.Dict("N")) != 0 || d.Array("N") != nil || d.Strings("none") != nil {
			t.Errorf("%s: a wrong type was read as something", name)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	frame := func(n uint32, body string) []byte {
		return append(binary.BigEndian.AppendUint32(nil, n), body...)
	}
	const array = `<?xml version="1.0"?><plist version="1.0"><array/></plist>`
	for _, c := range []struct {
		name string
		data []byte
		want error // nil: any
	}{
		{"nothing", nil, io.EOF},
		{"half a length", []byte{0, 0}, io.ErrUnexpectedEOF},
		{"half a body", frame(10, "abc"), io.ErrUnexpectedEOF},
		{"too long", frame(MaxFrame+1, ""), ErrTooLong},
		{"longest there is", frame(0xffffffff, ""), ErrTooLong},
		{"empty", frame(0, ""), nil},
		{"not a plist", frame(4, "oops"), nil},
		{"an array", frame(uint32(len(array)), array), nil},
	} {
		if d, err := Read(bytes.NewReader(c.data)); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: read %v, error %v, want %v", c.name, d, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, v := range []any{map[string]any{"Request": "QueryType"}, map[string]any{"PairRecord": map[string]any{"HostID": "X", "Data": []byte{1}}}} {
		var xml, binary bytes.Buffer
		WriteXML(&xml, v)
		WriteBinary(&binary, v)
		f.Add(xml.Bytes())
		f.Add(binary.Bytes())
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(bytes.NewReader(data))
		if err == nil && d == nil {
			t.Error("neither a dictionary nor an error")
		}
	})
}
