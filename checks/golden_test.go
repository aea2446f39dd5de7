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

var update = flag.Bool("update", false, "rewrite the golden files")

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

// Each cause has a golden file of its own, and the verdicts and the overviews have one.
func TestGoldenMatrix(t *testing.T) {
	files := map[string]*strings.Builder{"verdict": {}, "overview": {}}
	for _, m := range matrix {
		in := healthy()
		m.set(&in)
		results := Run(in)
		fmt.Fprintf(files["verdict"], "=== %s\n%s\n\n", m.name, words.English().Text(Verdict(results)))
		files["overview"].WriteString("=== " + m.name + "\n" + pageOf(in, results) + "\n")
		for _, r := range results {
			if files[r.ID] == nil {
				files[r.ID] = &strings.Builder{}
				fmt.Fprintf(files[r.ID], "%s\nwhy: %s\n", words.English().Text(r.Title), words.English().Text(r.Why))
			}
			b := files[r.ID]
			fmt.Fprintf(b, "\n=== %s\n%-7s %s\n", m.name, r.Status, words.English().Text(r.Finding))
			for i, fix := range words.English().Texts(Texts(r.Fix)) {
				fmt.Fprintf(b, "        %d. %s\n", i+1, fix)
			}
			for _, key := range slices.Sorted(maps.Keys(r.Evidence)) {
				fmt.Fprintf(b, "        - %s = %s\n", key, r.Evidence[key])
			}
		}
	}
	for name, b := range files {
		golden := filepath.Join("testdata", "matrix", name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Error(err)
		}
		if got := b.String(); got != string(want) {
			t.Errorf("the wording of %s changed; look at it with: go test ./checks -update && git diff checks/testdata\n%s", name, firstDifference(got, string(want)))
		}
	}
	if kept, err := os.ReadDir(filepath.Join("testdata", "matrix")); err != nil || len(kept) != len(files) {
		t.Errorf("%d golden files for %d: %v", len(kept), len(files), err)
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
