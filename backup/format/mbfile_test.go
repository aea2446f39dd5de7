package format

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"
)

// phoneBlob is an MBFile with every field that phones write.
func phoneBlob() []byte {
	class := func(names ...string) map[string]any { return map[string]any{"$classname": names[0], "$classes": names} }
	return archived(map[string]any{
		"Size": 70000, "Mode": 0o100644, "InodeNumber": 123456, "UserID": 501, "GroupID": 501, "LastModified": 1700000000,
		"LastStatusChange": 1700000000, "Birth": 1690000000, "Flags": 0, "ProtectionClass": 3,
		"RelativePath": plist.UID(2), "EncryptionKey": plist.UID(3), "Digest": plist.UID(5), "$class": plist.UID(6),
	}, "Media/DCIM/100APPLE/IMG_0001.HEIC",
		map[string]any{"NS.data": bytes.Repeat([]byte{3}, 44), "$class": plist.UID(4)}, class("NSMutableData", "NSData", "NSObject"),
		bytes.Repeat([]byte{9}, 20), class("MBFile", "NSObject"))
}

// odd are blobs that the short way must leave alone, or read as the long one.
func odd() map[string][]byte {
	return map[string][]byte{
		"key in data":     archived(map[string]any{"Size": 5, "EncryptionKey": plist.UID(2)}, map[string]any{"NS.data": bytes.Repeat([]byte{1}, 44)}),
		"links":           archived(map[string]any{"Size": 0, "Target": plist.UID(2)}, "/there"),
		"in circles":      archived(map[string]any{"Size": plist.UID(1), "Target": plist.UID(1)}),
		"text in UTF-16":  archived(map[string]any{"Size": 5, "RelativePath": plist.UID(2)}, "Zoë"),
		"target in Greek": archived(map[string]any{"Size": 5, "Target": plist.UID(2)}, "/λ"),
		"a date":          archived(map[string]any{"Size": 5, "Mode": 1.5}),
		"a truth":         archived(map[string]any{"Size": 5, "Hidden": true}),
		"nested deeper":   archived(map[string]any{"Size": 5, "A": map[string]any{"B": []any{1, []any{2}}}}),
		"huge":            archived(map[string]any{"Size": 1 << 40, "A": bytes.Repeat([]byte("x"), shortBlob)}),
		"XML":             []byte("<plist><dict/></plist>"),
	}
}

// TestParseShort: what phones write goes the short way, and costs no memory.
func TestParseShort(t *testing.T) {
	blob := phoneBlob()
	short, ok := parseShort(blob)
	long, err := parseLong(blob)
	if d := cmp.Diff(long, short); !ok || err != nil || d != "" || short.Size != 70000 || len(short.EncryptionKey) != 44 {
		t.Fatalf("%v, %v, %s", ok, err, d)
	}
	if n := testing.AllocsPerRun(100, func() { parseShort(blob) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// sameOrNothing holds the short way to the long one.
func sameOrNothing(t *testing.T, blob []byte) {
	t.Helper()
	short, ok := parseShort(blob)
	if !ok {
		return
	}
	long, err := parseLong(blob)
	if d := cmp.Diff(long, short); err != nil || d != "" {
		t.Fatalf("%x: %v %s", blob, err, d)
	}
}

// TestParseShortAgrees changes each byte of some blobs in several ways.
func TestParseShortAgrees(t *testing.T) {
	all := odd()
	all["a phone's"] = phoneBlob()
	for _, blob := range all {
		sameOrNothing(t, blob)
		for i := range min(len(blob), 2000) {
			for _, change := range []byte{0x01, 0x10, 0x80, 0xff} {
				changed := bytes.Clone(blob)
				changed[i] ^= change
				sameOrNothing(t, changed)
			}
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add(phoneBlob())
	for _, blob := range odd() {
		f.Add(blob)
	}
	f.Fuzz(func(t *testing.T, blob []byte) {
		file, err := ParseFile(blob)
		if err == nil && file.Size < 0 {
			t.Fatalf("%+v", file)
		}
		sameOrNothing(t, blob)
	})
}

func BenchmarkParseFile(b *testing.B) {
	blob := phoneBlob()
	for b.Loop() {
		if _, err := ParseFile(blob); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	const n = 200_000
	data := makeDatabase(b, n)
	sealed := encrypt(b, data)
	for b.Loop() {
		b.Logf("%d bytes", len(sealed))
		rows, err := read(b, sealed, key)
		if err != nil || len(rows) != n {
			b.Fatal(len(rows), err)
		}
	}
}
