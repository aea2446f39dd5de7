package phoneid

import "testing"

func TestSame(t *testing.T) {
	const udid = "00008110-001A2B3C4D5E6F78"
	for other, want := range map[string]bool{
		udid: true, "00008110001A2B3C4D5E6F78": true, "00008110-001a2b3c4d5e6f78": true, " " + udid + "\n": true,
		"00008110-001A2B3C4D5E6F79": false, "00008110": false, "": false,
	} {
		if got := Same(udid, other); got != want {
			t.Errorf("%q: %v", other, got)
		}
	}
}
