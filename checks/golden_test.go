package checks

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// matrix is a handful of phones as people bring them; the golden file is read
// as a whole whenever words change.
var matrix = []struct {
	name string
	set  func(*Input)
}{
	{"iPhone 12, iOS 27, all well", func(*Input) {}},
	{"iPhone 12, iOS 27, switched off for 23 days", off(23 * 24 * time.Hour)},
	{"iPhone SE (3rd generation), iOS 26, says off but backed up yesterday", func(in *Input) {
		runs("iPhone14,6", "26.7.1")(in)
		off(26 * time.Hour)(in)
	}},
	{"iPhone XR, iOS 18, nearly full, no backup for ten days, 15 % battery", func(in *Input) {
		runs("iPhone11,8", "18.7.10")(in)
		aged(10 * 24 * time.Hour)(in)
		space(700_000_000, 57*gigabyte)(in)
		battery(15, true, true, false)(in)
		in.Phone.WillEncrypt = facts.Gone[bool]()
	}},
	{"iPhone X, iOS 15, never backed up, destination gone", func(in *Input) {
		runs("iPhone10,3", "15.1")(in)
		in.Phone.LastCloudBackup, in.Phone.WillEncrypt = facts.Gone[time.Time](), facts.Of(false)
		in.Host.Kind = facts.Of(DestinationMissing)
	}},
	{"iPhone 13, iOS 17, managed, not charging, on a network share", func(in *Input) {
		runs("iPhone14,5", "17.5")(in)
		in.Phone.RequiresEncryption = facts.Of(true)
		battery(50, true, false, false)(in)
		in.Host.Remote, in.Host.FileSystem = facts.Of(true), facts.Of("nfs")
	}},
	{"unknown model, iOS 16, locked, clock wrong", func(in *Input) {
		runs("iPhone77,1", "16.7.16")(in)
		in.Phone.PasscodeLocked = facts.Of(true)
		aged(-40 * time.Hour)(in)
		hostFree(12 * gigabyte)(in)
	}},
	{"iPhone 11, iOS 14, not trusted yet", func(in *Input) {
		in.Phone = facts.Phone{Readiness: facts.Untrusted, Connection: "USB", ProductType: facts.Of("iPhone12,1"), Version: facts.Of("14.8.1")}
	}},
	{"a phone that says nothing", func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Silent, Connection: "USB"}; in.Host = Host{} }},
	{"every datum refused", func(in *Input) {
		for _, d := range allData() {
			d.take(in, facts.Refused)
		}
	}},
}

func TestGoldenMatrix(t *testing.T) {
	var b strings.Builder
	for _, m := range matrix {
		in := healthy()
		m.set(&in)
		results := Run(in)
		fmt.Fprintf(&b, "=== %s\n%s\n", m.name, words.English().Text(Verdict(results)))
		for _, r := range results {
			fmt.Fprintf(&b, "\n%-7s %s (%s)\n        %s\n        why: %s\n", r.Status, words.English().Text(r.Title), r.ID,
				words.English().Text(r.Finding), words.English().Text(r.Why))
			for i, fix := range words.English().Texts(Texts(r.Fix)) {
				fmt.Fprintf(&b, "        %d. %s\n", i+1, fix)
			}
			for _, key := range slices.Sorted(maps.Keys(r.Evidence)) {
				fmt.Fprintf(&b, "        - %s = %s\n", key, r.Evidence[key])
			}
		}
		b.WriteString("\n")
	}
	golden := filepath.Join("testdata", "matrix.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("the wording changed; look at it with: go test ./checks -update && git diff checks/testdata\n%s", firstDifference(got, string(want)))
	}
}

// firstDifference shows the first line that is not the same.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
