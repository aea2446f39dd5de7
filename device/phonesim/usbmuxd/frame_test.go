package usbmuxd

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func FuzzReadFrame(f *testing.F) {
	good, err := encodeFrame(message{"MessageType": "Connect", "DeviceID": 1, "PortNumber": 32498}, 7)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:20])
	f.Add(append(binary.LittleEndian.AppendUint32(nil, 0xffffffff), good[4:]...))
	f.Add(append(binary.LittleEndian.AppendUint32(nil, 15), good[4:]...))
	f.Fuzz(func(t *testing.T, data []byte) {
		request, tag, err := readFrame(bytes.NewReader(data))
		if err != nil {
			return
		}
		if request == nil {
			t.Error("neither a request nor an error")
		}
		if tag != binary.LittleEndian.Uint32(data[12:]) {
			t.Errorf("tag %d", tag)
		}
	})
}

func FuzzNormalise(f *testing.F) {
	for _, id := range []string{"00008120-001C25D40C0A002E", "00008120001C25D40C0A002E", "../../etc/passwd", "0123456789abcdef0123456789abcdef01234567"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		name, err := normalise(id)
		if err != nil {
			return
		}
		for _, c := range name {
			if !(c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F') {
				t.Errorf("%q became the file name %q", id, name)
			}
		}
	})
}
