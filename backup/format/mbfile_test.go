package format

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"

	"lifeboat/device/safeplist"
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

// odd are blobs that phones do not write.
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
		"huge":            archived(map[string]any{"Size": 1 << 40, "A": bytes.Repeat([]byte("x"), 16<<10)}),
		"one name twice":  bytes.Replace(archived(map[string]any{"Size": 5, "Sizf": 6}), []byte("Sizf"), []byte("Size"), 1),
	}
}

// TestParseFileMemory: what phones write costs no memory.
func TestParseFileMemory(t *testing.T) {
	blob := phoneBlob()
	file, err := ParseFile(blob)
	if err != nil || file.Size != 70000 || len(file.EncryptionKey) != 44 {
		t.Fatal(file, err)
	}
	if n := testing.AllocsPerRun(100, func() { ParseFile(blob) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// decoded reads an MBFile out of what the decoder of whole property lists makes
// of it.
func decoded(blob []byte) (f File, err error) {
	d, err := safeplist.Dict(blob)
	if err != nil {
		return File{}, err
	}
	objects, _ := d["$objects"].([]any)
	top, _ := d["$top"].(map[string]any)
	follow := func(v any) any {
		if id, ok := v.(plist.UID); ok {
			if uint64(id) >= uint64(len(objects)) {
				return nil
			}
			return objects[id]
		}
		return v
	}
	root, ok := follow(top["root"]).(map[string]any)
	if !ok {
		return File{}, errors.New("no root")
	}
	if size, ok := safeplist.Int(root["Size"]); ok && size >= 0 {
		f.Size, f.HasSize = size, true
	}
	f.Modified, _ = safeplist.Int(root["LastModified"])
	mode, _ := safeplist.Int(root["Mode"])
	f.Mode = uint32(mode)
	f.Target, _ = follow(root["Target"]).(string)
	if key, has := root["EncryptionKey"]; has && follow(key) != any("$null") {
		v := follow(key)
		if data, ok := v.(map[string]any); ok {
			v = follow(data["NS.data"])
		}
		if f.EncryptionKey, ok = v.([]byte); !ok {
			return File{}, errors.New("no key")
		}
	}
	return f, nil
}

// sameAsDecoded: of a blob that holds together as a whole, it reads the same as
// the decoder that looks at all of it.
func sameAsDecoded(t *testing.T, blob []byte) {
	t.Helper()
	got, err := ParseFile(blob)
	want, wantErr := decoded(blob)
	if wantErr != nil || !bytes.HasPrefix(blob, []byte("bplist0")) {
		return
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Fatalf("%x: %v %s", blob, err, d)
	}
}

// TestParseFileAgrees changes each byte of some blobs in several ways.
func TestParseFileAgrees(t *testing.T) {
	all := odd()
	all["a phone's"] = phoneBlob()
	for _, blob := range all {
		sameAsDecoded(t, blob)
		for i := range min(len(blob), 2000) {
			for _, change := range []byte{0x01, 0x10, 0x30, 0x80, 0xff} {
				changed := bytes.Clone(blob)
				changed[i] ^= change
				sameAsDecoded(t, changed)
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
		sameAsDecoded(t, blob)
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
