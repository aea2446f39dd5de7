package afc

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func packet(total, op uint64, data string) []byte {
	b := []byte(magic)
	for _, v := range []uint64{total, total, 1, op} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return append(b, data...)
}

func TestReadPacket(t *testing.T) {
	op, data, err := readPacket(bytes.NewReader(packet(43, opData, "abc")))
	if op != opData || string(data) != "abc" || err != nil {
		t.Errorf("got %d %q %v", op, data, err)
	}
	for name, in := range map[string][]byte{
		"shorter than its header": packet(39, opData, ""),
		"longer than allowed":     packet(maxPacket+1, opData, ""),
		"cut":                     packet(50, opData, "abc"),
		"wrong magic":             append([]byte("XFA6LPAA"), packet(43, 1, "abc")[8:]...),
	} {
		if _, _, err := readPacket(bytes.NewReader(in)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzReadPacket(f *testing.F) {
	f.Add(packet(43, opData, "abc"))
	f.Add(packet(48, opStatus, "\x13\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		if _, data, err := readPacket(bytes.NewReader(in)); err == nil && len(data)+headerSize > len(in) {
			t.Fatal("more data than came")
		}
	})
}
