package phonesim

import "testing"

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		version string
		build   string
		gestalt bool // MobileGestalt still answers: before 17.4
	}{
		{"10.0", "14A304", true},
		{"17.3.1", "21D306", true},
		{"17.4", "21E304", false},
		{"17", "21A302", true},
		{"18.4.1", "22E252", false},
		{"26.1", "23B85", false},
		{"27.0.1", "24A306", false},
	} {
		major, err := majorVersion(c.version)
		if err != nil {
			t.Errorf("%s: %v", c.version, err)
		}
		if got := buildOf(c.version, major); got != c.build {
			t.Errorf("%s: build %s, want %s", c.version, got, c.build)
		}
		if got := olderThan(c.version, 17, 4); got != c.gestalt {
			t.Errorf("%s before 17.4: %v", c.version, got)
		}
	}
	for _, version := range []string{"", "9.3.6", "18.", "18.4.1.1", "18.x", "-18", "99999"} {
		if _, err := majorVersion(version); err == nil {
			t.Errorf("version %q was taken", version)
		}
	}
}
