package phonesim_test

import (
	"bytes"
	"testing"

	"howett.net/plist"

	"lifeboat/device/phonesim"
)

func TestTraffic(t *testing.T) {
	for _, c := range []struct {
		settings []string
		name     string // of every interface, as it stands in the record
		header   byte
	}{
		{nil, "en", 99},
		{[]string{"ios", "14.8"}, "en", 95},
		{[]string{"wifi", "none"}, "pdp_ip", 99},
		{[]string{"wifi", "none", "traffic", "utun2:500"}, "utun", 99},
	} {
		l := newLab(t, with(t, c.settings...))
		s := l.service(l.pair("HOST"), "com.apple.pcapd")
		for range 3 {
			record := data(s)
			if name := string(bytes.TrimRight(record[25:41], "\x00")); name != c.name || record[3] != c.header {
				t.Errorf("%q: interface %q, header of %d bytes", c.settings, name, record[3])
			}
		}
		s.Close()
	}
	quiet := phonesim.DefaultConfig()
	if err := quiet.Set("traffic", "none"); err != nil || quiet.Traffic == nil || len(quiet.Traffic) != 0 {
		t.Errorf("traffic none: %v, %v", quiet.Traffic, err)
	}
}

// data reads a frame that holds nothing but data.
func data(f *frames) []byte {
	f.t.Helper()
	body := frame(f)
	var b []byte
	if _, err := plist.Unmarshal(body, &b); err != nil {
		f.t.Fatal(err)
	}
	return b
}
