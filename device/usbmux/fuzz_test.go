package usbmux

import (
	"strings"
	"testing"

	"howett.net/plist"

	"lifeboat/device/safeplist"
)

// FuzzEvent: whatever usbmuxd reports, the name of a phone is one that a folder can
// have, and its handle is one.
func FuzzEvent(f *testing.F) {
	for _, serial := range []any{"00008120001C25D40C0A001E", "../../x", strings.Repeat("a", 40), 7} {
		for _, kind := range []string{"Attached", "Detached", "Paired", ""} {
			data, err := plist.Marshal(map[string]any{"MessageType": kind, "DeviceID": 3, "Properties": map[string]any{"SerialNumber": serial, "ConnectionType": "USB", "ConnectionSpeed": 480_000_000}}, plist.XMLFormat)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := safeplist.Dict(data)
		if err != nil {
			return
		}
		e, ok := parseEvent(d)
		if !ok || e.Kind != "Attached" {
			return
		}
		if id := e.Entry.UDID; len(id) < 8 || len(id) > maxUDID+1 || strings.Trim(id, "0123456789abcdefABCDEF-") != "" || e.Entry.DeviceID <= 0 {
			t.Errorf("%+v", e)
		}
	})
}
