package places

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

var tuesday = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func TestRememberAndRecall(t *testing.T) {
	b := Registry{filepath.Join(t.TempDir(), "made", "places.json")}
	root := t.TempDir()
	if _, ok, err := b.Recall(root); ok || err != nil {
		t.Errorf("before: %v, %v", ok, err)
	}
	for _, p := range []Place{
		{Root: root + "/", Drive: "/media/anna/Blue", Volume: "Blue", LastSeen: tuesday},
		{Root: filepath.Join(root, "other"), LastSeen: tuesday},
		{Root: root, Drive: "/media/anna/Blue", Volume: "Blue", LastSeen: tuesday.Add(time.Hour)},
	} {
		if err := b.Remember(p); err != nil {
			t.Fatal(err)
		}
	}
	p, ok, err := b.Recall(root)
	if !ok || err != nil || !p.LastSeen.Equal(tuesday.Add(time.Hour)) || p.Volume != "Blue" {
		t.Errorf("%+v, %v, %v", p, ok, err)
	}
	if left, err := os.ReadDir(filepath.Dir(b.Path)); err != nil || len(left) != 1 {
		t.Errorf("beside it: %v, %v", left, err)
	}
	if info, err := os.Stat(b.Path); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// The book stays small, and forgets what was seen longest ago.
func TestBookIsBounded(t *testing.T) {
	b := Registry{filepath.Join(t.TempDir(), "places.json")}
	for i := range mostPlaces + 10 {
		p := Place{Root: fmt.Sprintf("/drive/%d", i), Drive: "/drive", LastSeen: tuesday.Add(time.Duration(i) * time.Hour)}
		if err := b.Remember(p); err != nil {
			t.Fatal(err)
		}
	}
	all := read(b.Path)
	last, err := filepath.Abs(fmt.Sprintf("/drive/%d", mostPlaces+9))
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Places) != mostPlaces || all.Places[0].Root != last {
		t.Errorf("%d places, first %s", len(all.Places), all.Places[0].Root)
	}
	if err := b.Remember(Place{Root: "/" + strings.Repeat("x", mostName)}); err == nil {
		t.Error("an endless path was taken")
	}
}

// A book that is damaged is started over.
func TestDamagedBook(t *testing.T) {
	b := Registry{filepath.Join(t.TempDir(), "places.json")}
	for _, damage := range []string{"", "{", `{"places":1}`, strings.Repeat("x", mostFile+1)} {
		if err := os.WriteFile(b.Path, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := b.Recall("/drive"); ok || err != nil {
			t.Errorf("%.10q: %v, %v", damage, ok, err)
		}
		if err := b.Remember(Place{Root: "/drive", LastSeen: tuesday}); err != nil {
			t.Errorf("%.10q: %v", damage, err)
		}
		if p, ok, _ := b.Recall("/drive"); !ok || !p.LastSeen.Equal(tuesday) {
			t.Errorf("%.10q: %+v, %v", damage, p, ok)
		}
	}
}

// TestExplain: a known drive that is not there is offline, with the day; what
// is not known, and every other error, stays what it is.
func TestExplain(t *testing.T) {
	b := Registry{filepath.Join(t.TempDir(), "places.json")}
	drive := filepath.Join(t.TempDir(), "media", "Blue")
	root := filepath.Join(drive, "backups")
	missing := fault.New(fault.DestMissing, "look", nil).With("Path", root)
	if err := b.Explain(root, missing); fault.Of(err) != fault.DestMissing {
		t.Errorf("unknown: %v", err)
	}
	if err := b.Remember(Place{Root: root, Drive: drive, Volume: "Blue", LastSeen: tuesday}); err != nil {
		t.Fatal(err)
	}
	err := b.Explain(root, missing)
	if fault.Of(err) != fault.DestOffline || !errors.Is(err, missing) {
		t.Fatalf("known: %v", err)
	}
	said := words.English().Problem(string(fault.DestOffline), "linux", fault.As(err).Args)
	for _, part := range []string{"“Blue”", root, "3 November 2026", "isn't connected"} {
		if !strings.Contains(said.Happened, part) {
			t.Errorf("%q does not say %q", said.Happened, part)
		}
	}
	if !strings.Contains(said.Meaning, "as they were") {
		t.Errorf("%q", said.Meaning)
	}
	full := fault.New(fault.DestFull, "write", nil)
	if err := b.Explain(root, full); err != error(full) {
		t.Errorf("another error: %v", err)
	}
	if err := b.Explain(root, nil); err != nil {
		t.Errorf("no error: %v", err)
	}
	// A folder on this computer's own disk is not said to be unplugged.
	own := filepath.Join(t.TempDir(), "own")
	if err := b.Remember(Place{Root: own, LastSeen: tuesday}); err != nil {
		t.Fatal(err)
	}
	err = b.Explain(own, fault.New(fault.DestMissing, "look", nil))
	said = words.English().Problem(string(fault.Of(err)), "linux", fault.As(err).Args)
	if fault.Of(err) != fault.DestOffline || strings.Contains(said.Happened, "isn't connected") || !strings.Contains(said.Happened, "3 November") {
		t.Errorf("own disk: %v: %+v", err, said)
	}
}

// The user's own book lies in the configuration folder.
func TestOwnBook(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"XDG_CONFIG_HOME", "HOME", "AppData"} {
		t.Setenv(name, home)
	}
	if err := (Registry{}).Remember(Place{Root: home}); err != nil {
		t.Fatal(err)
	}
	p, ok, err := Registry{}.Recall(home)
	if !ok || err != nil || time.Since(p.LastSeen) > time.Hour {
		t.Errorf("%+v, %v, %v", p, ok, err)
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "lifeboat", "places.json")); err != nil {
		t.Error(err)
	}
	if err := (Registry{}).Explain(home, fault.New(fault.DestMissing, "", nil)); fault.Of(err) != fault.DestOffline {
		t.Error(err)
	}
}

// FuzzParse: whatever the file holds, a book is within its bounds.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"places":[{"root":"/a","last_seen":"2026-11-03T12:00:00Z"}]}`))
	f.Add([]byte(`{"places":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		all := parse(data)
		if len(all.Places) > mostPlaces {
			t.Errorf("%d", len(all.Places))
		}
		for _, p := range all.Places {
			if !filepath.IsAbs(p.Root) || len(p.Root) > mostName {
				t.Errorf("%+v", p)
			}
		}
	})
}
