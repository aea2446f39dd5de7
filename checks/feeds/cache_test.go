package feeds

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/checks"
	"lifeboat/checks/feeds/feedstest"
	"lifeboat/device/facts"
)

// Within a day nobody asks for versions again, within five minutes not for
// troubles, and the way is tried each time.
func TestCacheFresh(t *testing.T) {
	for _, tc := range []struct {
		after                   time.Duration
		versions, status, paths int // connections of a second run
	}{
		{time.Minute, 0, 0, 3},
		{statusFresh - time.Second, 0, 0, 3},
		{statusFresh + time.Second, 0, 1, 3},
		{versionsFresh - time.Second, 0, 1, 3},
		{versionsFresh + time.Second, 1, 1, 3},
	} {
		in(t, func(t *testing.T, w *feedstest.World) {
			c := visitor(w, Everything)
			first := c.Gather(t.Context())
			fetched := time.Now()
			before := len(w.Dialled())
			time.Sleep(tc.after)
			second := c.Gather(t.Context())
			if got, want := len(w.Dialled())-before, tc.versions+tc.status+tc.paths; got != want {
				t.Errorf("after %v: %d connections, want %d", tc.after, got, want)
			}
			if tc.versions == 0 && !second.Versions.Value.AsOf.Equal(fetched) || tc.status == 0 && !second.Status.Value.AsOf.Equal(fetched) {
				t.Errorf("after %v: versions of %s, status of %s", tc.after, second.Versions.Value.AsOf, second.Status.Value.AsOf)
			}
			if got, want := second.Versions.Value.Offered["iPhone13,2"], first.Versions.Value.Offered["iPhone13,2"]; len(got) != len(want) || len(got) == 0 {
				t.Errorf("after %v: offered %q, then %q", tc.after, want, got)
			}
		})
	}
}

// Offline, what was heard last stands in with its date, for a month.
func TestCacheOffline(t *testing.T) {
	for _, tc := range []struct {
		after time.Duration
		want  facts.State
	}{
		{time.Hour, facts.Read}, {cacheKept - time.Minute, facts.Read}, {cacheKept + time.Minute, facts.NotRead},
		{-time.Hour, facts.NotRead}, // the clock was set back: nobody knows how old it is
	} {
		in(t, func(t *testing.T, w *feedstest.World) {
			w.Serve(feedstest.StatusHost, list("Apple ID", event("ongoing", 2, nil)))
			c := visitor(w, Allowed{Versions: true, Status: true})
			c.Now = func() time.Time { return noon }
			c.Gather(t.Context())
			w.Down(feedstest.LookupHost, feedstest.EndOfLifeHost, feedstest.StatusHost)
			c.Now = func() time.Time { return noon.Add(tc.after) }
			later := &Client{Dir: c.Dir, Fs: c.Fs, Allowed: c.Allowed, Now: c.Now, Wire: c.Wire}
			n := later.Gather(t.Context())
			if n.Status.State != tc.want || tc.after > versionsFresh && n.Versions.State != tc.want {
				t.Errorf("after %v: versions %+v, status %+v", tc.after, n.Versions, n.Status)
			}
			if n.Status.Reason != checks.Offline {
				t.Errorf("after %v: reason %q", tc.after, n.Status.Reason)
			}
			if tc.want == facts.Read && (!n.Status.Value.AsOf.Equal(noon) || len(n.Status.Value.Events) != 1) {
				t.Errorf("after %v: status %+v", tc.after, n.Status.Value)
			}
		})
	}
}

// What is switched off is not even remembered aloud.
func TestCacheSwitchedOff(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		c := visitor(w, Everything)
		c.Gather(t.Context())
		off := &Client{Dir: c.Dir, Fs: c.Fs, Wire: c.Wire}
		if n := off.Gather(t.Context()); n.Versions.State != facts.NotRead || n.Versions.Reason != checks.SwitchedOff {
			t.Errorf("versions: %+v", n.Versions)
		}
	})
}

// Only lists are kept, no way and no name, and no half of a file.
func TestCacheFiles(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		c := visitor(w, Everything)
		c.Gather(t.Context())
		var names []string
		entries, err := afero.ReadDir(c.Fs, c.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if strings.Join(names, " ") != "status.json versions.json" {
			t.Errorf("kept %q", names)
		}
	})
}

// A folder that takes nothing costs a fetch the next time, and no result.
func TestCacheUnwritable(t *testing.T) {
	for name, change := range map[string]func(*Client){
		"read-only": func(c *Client) { c.Fs = afero.NewReadOnlyFs(c.Fs) },
		"no folder": func(c *Client) { c.Dir = "" },
		"no system": func(c *Client) { c.Fs = nil },
	} {
		in(t, func(t *testing.T, w *feedstest.World) {
			c := visitor(w, Allowed{Versions: true, Status: true})
			change(c)
			for range 2 {
				if n := c.Gather(t.Context()); n.Versions.State != facts.Read || n.Status.State != facts.Read {
					t.Errorf("%s: %+v", name, n)
				}
			}
			if got := len(w.Dialled()); got != 4 {
				t.Errorf("%s: %d connections, want 4", name, got)
			}
		})
	}
}

// A file that somebody else wrote is not believed.
func TestCacheForged(t *testing.T) {
	now := func() time.Time { return noon }
	file := func(value string) string {
		return `{"format":1,"as_of":"` + noon.Add(-time.Minute).Format(time.RFC3339) + `","value":` + value + `}`
	}
	for name, text := range map[string]string{
		"nothing":        "",
		"no value":       file("null"),
		"other format":   strings.Replace(file(`{"Offered":{"iPhone13,2":["27.0.1"]}}`), `"format":1`, `"format":2`, 1),
		"the future":     `{"format":1,"as_of":"2027-01-01T00:00:00Z","value":{"Offered":{"iPhone13,2":["27.0.1"]}}}`,
		"no version":     file(`{"Offered":{"iPhone13,2":["<b>"]}}`),
		"no iPhone":      file(`{"Offered":{"Anna":["27.0.1"]}}`),
		"empty list":     file(`{"Offered":{"iPhone13,2":[]}}`),
		"wrong order":    file(`{"Offered":{"iPhone13,2":["26.1","27.0.1"]}}`),
		"unknown source": file(`{"Source":"elsewhere.example","Offered":{"iPhone13,2":["27.0.1"]}}`),
		"too big":        file(`{"Offered":{"iPhone13,2":["27.0.1"]}}`) + strings.Repeat(" ", maxCache),
	} {
		in(t, func(t *testing.T, w *feedstest.World) {
			c := visitor(w, Allowed{Versions: true})
			c.Now = now
			if err := afero.WriteFile(c.Fs, "/cache/versions.json", []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if n := c.Gather(t.Context()); n.Versions.Value.Source != feedstest.LookupHost {
				t.Errorf("%s was believed: %+v", name, n.Versions)
			}
		})
	}
	for name, value := range map[string]string{
		"no value": "null", "somebody's service": `[{"service":"Acme"}]`, "escape codes": `[{"service":"Apple ID","message":"\u001b[31m"}]`,
	} {
		if _, _, err := readKept([]byte(file(value)), noon, soundTroubles); !errors.Is(err, errNonsense) {
			t.Errorf("status with %s: %v", name, err)
		}
	}
	if got, _, err := readKept([]byte(file("[]")), noon, soundTroubles); err != nil || len(got) != 0 {
		t.Errorf("no trouble: %+v, %v", got, err)
	}
}

// FuzzCache: whatever stands in the folder, what is believed is sound, and
// survives being kept again.
func FuzzCache(f *testing.F) {
	f.Add([]byte(`{"format":1,"as_of":"2026-11-23T11:00:00Z","value":{"Source":"gdmf.apple.com","Offered":{"iPhone13,2":["27.0.1"]}}}`))
	f.Add([]byte(`{"format":1,"as_of":"2026-11-23T11:00:00Z","value":[{"service":"iCloud Backup","kind":"Outage","state":"ongoing"}]}`))
	f.Add([]byte(`{"format":1,"as_of":"9999-11-23T11:00:00Z","value":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if list, asOf, err := readKept(data, noon, soundVersions); err == nil {
			again(t, list, asOf, soundVersions)
		}
		if troubles, asOf, err := readKept(data, noon, soundTroubles); err == nil {
			again(t, troubles, asOf, soundTroubles)
		}
	})
}

func again[T any](t *testing.T, value T, asOf time.Time, sound func(T) error) {
	t.Helper()
	if asOf.After(noon) || noon.Sub(asOf) > cacheKept {
		t.Errorf("as of %s", asOf)
	}
	data, err := json.Marshal(kept[T]{cacheFormat, asOf, value})
	if err != nil {
		return // a year that JSON cannot write
	}
	if _, _, err := readKept(data, noon, sound); err != nil {
		t.Errorf("not believed any more: %v", err)
	}
}
