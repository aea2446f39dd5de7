package safeplist

import (
	"encoding/binary"
	"testing"
)

// manyKeys is a dictionary of so many keys, all of which are one text of as many
// UTF-16 units, which is stored once.
func manyKeys(n int) []byte {
	b := []byte("bplist00")
	dict := len(b)
	b = binary.BigEndian.AppendUint32(append(b, 0xdf, 0x12), uint32(n))
	for range 2 * n {
		b = append(b, 1)
	}
	text := len(b)
	b = binary.BigEndian.AppendUint32(append(b, 0x6f, 0x12), uint32(n))
	b = append(b, make([]byte, 2*n)...)
	table := len(b)
	b = binary.BigEndian.AppendUint32(b, uint32(dict))
	b = binary.BigEndian.AppendUint32(b, uint32(text))
	trailer := make([]byte, 32)
	trailer[6], trailer[7], trailer[15] = 4, 1, 2
	binary.BigEndian.PutUint64(trailer[24:], uint64(table))
	return append(b, trailer...)
}

// TestManyLongKeys: a key is not unfolded to see that it is another, whatever a
// folder that is not to be trusted holds.
func TestManyLongKeys(t *testing.T) {
	in := manyKeys(20_000)
	var d Document
	root, err := d.Open(in)
	if err != nil || !root.IsDict() || root.n != 20_000 {
		t.Fatalf("%+v, %v", root.object, err)
	}
	if allocs := testing.AllocsPerRun(1, func() {
		if root.Get("EncryptionKey").Exists() {
			t.Error("there is none")
		}
	}); allocs > 100 {
		t.Errorf("%v texts were unfolded", allocs)
	}
}
