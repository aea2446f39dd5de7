package vault

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/backuptest/links"
	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// share is a place as a computer without locks, or whose locks no other
// computer sees, meets it.
func share(host string, alive bool) lockSystem {
	return lockSystem{
		flock: func(*os.File) (bool, error) { return false, errors.ErrUnsupported },
		alive: func(int) bool { return alive }, host: host, beat: time.Hour,
	}
}

// locking is a place with the system's own locks.
func locking(host string) lockSystem {
	return lockSystem{flock: disk.TryLock, alive: func(int) bool { return true }, host: host, beat: time.Hour}
}

// TestLockKeepsOthersOut: who holds it is named, and afterwards nothing is left.
func TestLockKeepsOthersOut(t *testing.T) {
	for name, c := range map[string]struct {
		first, second lockSystem
		want          string
	}{
		"one disk":                    {locking("here"), locking("here"), "on this computer"},
		"a share without locks":       {share("here", true), share("here", true), "on this computer"},
		"another computer":            {share("there", true), share("here", true), "on the computer “there”"},
		"another computer, own locks": {share("there", true), locking("here"), "on the computer “there”"},
	} {
		path := filepath.Join(t.TempDir(), ".lifeboat", udid, "lock")
		first, err := c.first.acquire(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, err = c.second.acquire(path)
		if fault.Of(err) != fault.DestBusy {
			t.Fatalf("%s: the second got %v", name, err)
		}
		happened := words.English().Problem(string(fault.DestBusy), "linux", fault.As(err).Args).Happened
		for _, part := range []string{c.want, "vault", "1 second"} {
			if !strings.Contains(happened, part) {
				t.Errorf("%s: %q does not say %q", name, happened, part)
			}
		}
		if err := first.check(); err != nil {
			t.Errorf("%s: held, but %v", name, err)
		}
		if err := first.release(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if left := tree(t, filepath.Dir(path)); len(left) != 0 {
			t.Errorf("%s: left %v", name, left)
		}
		second, err := c.second.acquire(path)
		if err != nil {
			t.Fatalf("%s: after the first: %v", name, err)
		}
		second.release()
	}
}

// TestLockSurvivesACrash: what a dead holder left keeps nobody out.
func TestLockSurvivesACrash(t *testing.T) {
	long, short := time.Now().Add(-lease-5*time.Second), time.Now().Add(-lease/2)
	for name, c := range map[string]struct {
		left    string
		written time.Time
		system  lockSystem
		free    bool
	}{
		"the system dropped it":            {left("here"), short, locking("here"), true},
		"its process is gone":              {left("here"), short, share("here", false), true},
		"another has its number by now":    {left("here"), long, share("here", true), true},
		"it may be alive":                  {left("here"), short, share("here", true), false},
		"another computer, silent":         {left("there"), long, share("here", false), true},
		"another computer, heard lately":   {left("there"), short, share("here", false), false},
		"another computer, and own locks":  {left("there"), short, locking("here"), false},
		"the same, silent":                 {left("there"), long, locking("here"), true},
		"died before it wrote":             {"", short, locking("here"), true},
		"died before it wrote, on a share": {"", long, share("here", true), true},
		"just about to write":              {"", short, share("here", true), false},
		"nonsense":                         {`{"pid":"x"`, long, share("here", true), true},
	} {
		path := filepath.Join(t.TempDir(), "lock")
		put(t, path, c.left)
		if err := os.Chtimes(path, c.written, c.written); err != nil {
			t.Fatal(err)
		}
		l, err := c.system.acquire(path)
		if free := err == nil; free != c.free {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if err := l.check(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			l.release()
			if found := tree(t, filepath.Dir(path)); len(found) != 0 {
				t.Errorf("%s: left %v", name, found)
			}
		} else if data, _ := os.ReadFile(path); string(data) != c.left {
			t.Errorf("%s: the holder's file became %q", name, data)
		}
	}
}

// left is the file of a holder that crashed.
func left(host string) string {
	data, _ := json.Marshal(holder{Program: "lifeboat", PID: 4711, Host: host, Since: time.Now(), Token: "T"})
	return string(data)
}

// TestLockIsRefreshed: a holder at work stays fresh.
func TestLockIsRefreshed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	system := share("here", true)
	system.beat = time.Millisecond
	l, err := system.acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.release()
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); ; {
		if info, err := os.Stat(path); err != nil {
			t.Fatal(err)
		} else if info.ModTime().Sub(old) > time.Minute {
			return
		}
		if time.Now().After(end) {
			t.Fatal("it is not refreshed")
		}
	}
}

// TestLockLost: a computer that slept finds that another has taken over, and
// leaves its lock alone.
func TestLockLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	sleeper, err := share("there", true).acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	l, err := share("here", true).acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := sleeper.check(); fault.Of(err) != fault.DestBusy || fault.As(err).Args["Holder"] == nil {
		t.Errorf("the sleeper: %v", err)
	}
	if err := sleeper.release(); err != nil {
		t.Error(err)
	}
	if err := l.check(); err != nil {
		t.Errorf("after the sleeper left: %v", err)
	}
	l.release()
}

// TestLockRace: of many that try again and again, one at a time gets it.
func TestLockRace(t *testing.T) {
	for name, system := range map[string]lockSystem{"disk": locking("here"), "share": share("here", true)} {
		path := filepath.Join(t.TempDir(), "a", "lock")
		var inside, won atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 50 {
					l, err := system.acquire(path)
					if err != nil {
						if fault.Of(err) != fault.DestBusy {
							t.Errorf("%s: %v", name, err)
						}
						continue
					}
					if inside.Add(1) != 1 {
						t.Errorf("%s: two at once", name)
					}
					won.Add(1)
					inside.Add(-1)
					l.release()
				}
			})
		}
		all.Wait()
		if won.Load() == 0 {
			t.Errorf("%s: nobody got it", name)
		}
	}
}

// A link in the lock's place leads nowhere.
func TestLockFollowsNoLink(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	put(t, victim, "precious")
	links.Make(t, victim, filepath.Join(dir, "lock"))
	l, err := acquireLock(filepath.Join(dir, "lock"))
	if err == nil {
		l.release()
		t.Error("a link was taken for a lock")
	}
	if data, _ := os.ReadFile(victim); string(data) != "precious" {
		t.Errorf("the file behind it became %q", data)
	}
}

// FuzzHolder: whatever lies in a lock's file, its words can be shown.
func FuzzHolder(f *testing.F) {
	f.Add([]byte(left("there")))
	f.Add([]byte(`{"program":"\u202e\u0007","pid":1,"host":"","since":"0001-01-02T00:00:00Z"}`))
	f.Add([]byte(`{"pid":-1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, ok := parseHolder(data).words("here", time.Now())
		if !ok {
			return
		}
		said := words.English().Problem(string(fault.DestBusy), "linux", words.Args{"Holder": text}).Happened
		if strings.ContainsAny(said, "\x00\x07\n\u202e") || len(said) > 1000 || !strings.HasSuffix(said, ".") {
			t.Errorf("%q", said)
		}
	})
}
