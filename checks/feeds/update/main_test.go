package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/checks/feeds"
	"lifeboat/checks/feeds/feedstest"
)

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestUpdate(t *testing.T) {
	swap := func(from, to string) func(string) string {
		return func(page string) string { return strings.Replace(page, from, to, 1) }
	}
	same := func(page string) string { return page }
	for _, tc := range []struct {
		name              string
		lookup, endOfLife func(string) string
		down              string
		says              string
		line              string // of the new file; "" where it must be refused
	}{
		{"nothing new", same, same, "", "no version has changed\nas of 2026-11-23, before of 2026-09-29\n", `{"major": 27, "latest": "27.0.1", "patched": true}`},
		{"a new version, by both", swap("27.0.1", "27.1"), swap("27.0.1", "27.1"), "", "iOS 27: 27.0.1 -> 27.1\n", `{"major": 27, "latest": "27.1", "patched": true}`},
		{"a new version, Apple first", swap("18.7.10", "18.7.11"), same, "", "iOS 18: 18.7.10 -> 18.7.11\n", `{"major": 18, "latest": "18.7.11", "patched": true}`},
		{"a new version, Apple late", same, swap("18.7.10", "18.7.11"), "", "iOS 18: 18.7.10 -> 18.7.11\n", `{"major": 18, "latest": "18.7.11", "patched": true}`},
		{"Apple down", same, swap("27.0.1", "27.1"), feedstest.LookupHost, "endoflife.date alone\niOS 27: 27.0.1 -> 27.1\n", `{"major": 27, "latest": "27.1", "patched": true}`},
		{"a new line", swap("27.0.1", "28.0"), same, "", "iOS 28: new, 28.0; say in models.csv", `{"major": 28, "latest": "28.0", "patched": true}`},
		{"mended no more", same, swap("\"isMaintained\": true,\n    \"latest\": {\n     \"name\": \"15.8.8\"", "\"isMaintained\": false,\n    \"latest\": {\n     \"name\": \"15.8.8\""), "", "iOS 15: patched true -> false\n", `{"major": 15, "latest": "15.8.8", "patched": false}`},
		{"list down", same, same, feedstest.EndOfLifeHost, "endoflife.date: ", ""},
		{"nonsense", same, func(string) string { return "<html>" }, "", "not what was asked for", ""},
		{"goes back", same, swap("17.7.2", "17.7.1"), "", "refused: iOS 17 goes back from 17.7.2 to 17.7.1", ""},
		{"a line less", same, swap(`"name": "17",`, `"name": "Seventeen",`), "", "refused: iOS 17 is missing", ""},
		{"wrong form", same, swap("17.7.2", "17.7.2 beta"), "", "refused: iOS 17 is missing", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ios-versions.json")
			before, err := os.ReadFile(filepath.Join("testdata", "ios-versions.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, before, 0o600); err != nil {
				t.Fatal(err)
			}
			w := feedstest.New(t).AsRecorded()
			w.Serve(feedstest.LookupHost, tc.lookup(feedstest.Lookup))
			w.Serve(feedstest.EndOfLifeHost, tc.endOfLife(feedstest.EndOfLife))
			if tc.down != "" {
				w.Down(tc.down)
			}
			client := &feeds.Client{Wire: feeds.Wire{Dial: w.Dial, Roots: w.Roots, AppleRoots: w.AppleRoots}}
			var out strings.Builder
			err = update(t.Context(), client, today, file, &out)
			after, readErr := os.ReadFile(file)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if tc.line == "" {
				if err == nil || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("error %v, want one with %q", err, tc.says)
				}
				if string(after) != string(before) {
					t.Error("the file was changed")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), tc.says) {
				t.Errorf("said %q, want %q", out.String(), tc.says)
			}
			if !strings.Contains(string(after), tc.line) || !strings.Contains(string(after), `"as_of": "2026-11-23"`) {
				t.Errorf("wrote\n%s", after)
			}
			if v, err := knowledge.ReadVersions(after); err != nil || len(v.Lines) < 18 {
				t.Errorf("%d lines, %v", len(v.Lines), err)
			}
		})
	}
}

func TestUpdateRefusesThePast(t *testing.T) {
	old := knowledge.Versions{AsOf: knowledge.Day{Time: today}, Lines: []knowledge.Line{{Major: 27, Latest: "27.0.1", Patched: true}}}
	fresh := old
	fresh.AsOf.Time = today.AddDate(0, 0, -1)
	if _, err := compare(old, fresh); err == nil {
		t.Error("a table older than the old one was taken")
	}
	fresh = knowledge.Versions{AsOf: knowledge.Day{Time: today}, Lines: []knowledge.Line{{Major: 27, Latest: "27.0.1"}}}
	if _, err := compare(old, fresh); err == nil {
		t.Error("a table whose newest line is no longer patched was taken")
	}
}
