package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-version"

	"lifeboat/assets/words"
)

var (
	productType   = regexp.MustCompile(`^iPhone[0-9]{1,2},[0-9]$`)
	plainVersion  = regexp.MustCompile(`^[0-9]+(\.[0-9]+){1,2}$`)
	plainMenuName = regexp.MustCompile(`^[a-z-]+$`)
)

func TestModels(t *testing.T) {
	dated(t, Models().AsOf)
	seen := map[string]bool{}
	for _, m := range Models().Models {
		if !productType.MatchString(m.ProductType) || seen[m.ProductType] {
			t.Errorf("%q is malformed or stands twice", m.ProductType)
		}
		seen[m.ProductType] = true
		if !strings.HasPrefix(m.Name, "iPhone") || len(m.Name) > 40 {
			t.Errorf("%s: name %q", m.ProductType, m.Name)
		}
		if IOS().Index(m.LastMajor) < 0 {
			t.Errorf("%s runs iOS %d, which the table of versions lacks", m.ProductType, m.LastMajor)
		}
		if m.LastVersion != "" && !strings.HasPrefix(m.LastVersion, fmt.Sprint(m.LastMajor, ".")) {
			t.Errorf("%s: last version %q is not of iOS %d", m.ProductType, m.LastVersion, m.LastMajor)
		}
		if !slices.Contains([]Restart{RestartHome, RestartVolDown, RestartThree, RestartUnknown}, m.Restart) {
			t.Errorf("%s: restart family %q", m.ProductType, m.Restart)
		}
		if !slices.Contains([]Unlock{FaceID, TouchID, PasscodeOnly, UnlockUnknown}, m.Unlock) {
			t.Errorf("%s: unlock %q", m.ProductType, m.Unlock)
		}
	}
	if len(seen) != 67 {
		t.Errorf("%d models, want 67", len(seen))
	}
}

func TestModelOf(t *testing.T) {
	got, ok := ModelOf("iPhone13,2")
	want := Model{"iPhone13,2", "iPhone 12", 27, "", RestartThree, FaceID}
	if !ok || got != want {
		t.Errorf("ModelOf = %+v, %v, want %+v", got, ok, want)
	}
	if _, ok := ModelOf("iPhone99,1"); ok {
		t.Error("a model that does not exist was found")
	}
}

func TestVersions(t *testing.T) {
	v := IOS()
	dated(t, v.AsOf)
	for i, l := range v.Lines {
		if !plainVersion.MatchString(l.Latest) {
			t.Errorf("iOS %d: latest %q", l.Major, l.Latest)
			continue
		}
		if got := version.Must(version.NewVersion(l.Latest)).Segments()[0]; got != l.Major {
			t.Errorf("iOS %d: latest %q is of another line", l.Major, l.Latest)
		}
		if i > 0 && l.Major <= v.Lines[i-1].Major {
			t.Errorf("iOS %d stands after %d", l.Major, v.Lines[i-1].Major)
		}
	}
	if !v.Newest().Patched {
		t.Error("the newest line is said to be no longer patched")
	}
	if v.Index(26)-v.Index(18) != 1 {
		t.Error("26 must follow 18")
	}
}

func TestMenus(t *testing.T) {
	m := MenuTable()
	dated(t, m.AsOf)
	used := map[string]bool{}
	for name, since := range m.Since {
		if !plainMenuName.MatchString(name) || len(since) == 0 || !slices.IsSorted(since) {
			t.Errorf("menu %q since %v", name, since)
		}
		for _, major := range since {
			key := MenuKey(name, major)
			used[key] = true
			if !words.English().Has(key) {
				t.Errorf("no words for %s", key)
			}
		}
	}
	for _, key := range words.English().Keys() {
		if strings.HasPrefix(key, "menu.") && !used[key] {
			t.Errorf("%s is of no menu", key)
		}
	}
}

func TestMenuKey(t *testing.T) {
	for _, tc := range []struct {
		major int
		want  string
	}{
		{0, "menu.icloud-backup-switch.16"},
		{11, "menu.icloud-backup-switch.12"},
		{12, "menu.icloud-backup-switch.12"},
		{15, "menu.icloud-backup-switch.12"},
		{16, "menu.icloud-backup-switch.16"},
		{27, "menu.icloud-backup-switch.16"},
		{99, "menu.icloud-backup-switch.16"},
	} {
		if got := MenuKey("icloud-backup-switch", tc.major); got != tc.want {
			t.Errorf("MenuKey(%d) = %q, want %q", tc.major, got, tc.want)
		}
	}
	if got := MenuKey("no-such-menu", 27); got != "" {
		t.Errorf("a menu that does not exist has the key %q", got)
	}
}

// A table that is broken must be refused, not half read.
func TestBrokenTables(t *testing.T) {
	for name, read := range map[string]func() error{
		"models: short row": func() error {
			_, err := parseModels([]byte("as_of,2026-11-23,,,,\na,b,c,d,e,f\niPhone1,1\n"))
			return err
		},
		"models: major in letters": func() error {
			_, err := parseModels([]byte("as_of,2026-11-23,,,,\na,b,c,d,e,f\nx,y,z,,,\n"))
			return err
		},
		"models: no date":         func() error { _, err := parseModels([]byte("as_of,soon,,,,\na,b,c,d,e,f\nx,y,1,,,\n")); return err },
		"models: empty":           func() error { _, err := parseModels(nil); return err },
		"versions: no line":       func() error { _, err := ReadVersions([]byte(`{"as_of":"2026-09-29","lines":[]}`)); return err },
		"versions: no date":       func() error { _, err := ReadVersions([]byte(`{"lines":[{"major":1}]}`)); return err },
		"versions: mistyped name": func() error { _, err := ReadVersions([]byte(`{"as_off":"2026-09-29"}`)); return err },
		"menus: no date":          func() error { _, err := parseMenus([]byte(`{"menus":{}}`)); return err },
		"menus: not JSON":         func() error { _, err := parseMenus([]byte(`menus`)); return err },
	} {
		if read() == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// dated refuses a date that no table of this program can have.
func dated(t *testing.T, at Day) {
	t.Helper()
	if at.Before(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)) || at.After(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("as of %s", at)
	}
}
