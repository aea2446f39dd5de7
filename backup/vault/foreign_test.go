package vault

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/device/fault"
)

// foreignly writes to the phone's folder as idevicebackup2 and Finder do.
type foreignly func(t *testing.T, dir string, before files)

// over are the ways in which another program's run ends.
var over = map[string]struct {
	do foreignly
	// proven are the versions of four whose proofs hold after it was adopted.
	proven []int
}{
	// Everything is sent again, and what is gone is removed.
	"a full run": {func(t *testing.T, dir string, before files) {
		after := files{}.with(7, files{"a": "a7", "c": "c7", "d": "d7", "z": "z7"})
		for name := range before {
			must(t, os.Remove(filepath.Join(dir, filepath.FromSlash(name))))
		}
		for name, data := range after {
			put(t, filepath.Join(dir, filepath.FromSlash(name)), data)
		}
	}, []int{1, 2}},
	// What changed is sent, upon what it finds: here one file, that came with
	// the fourth version.
	"an incremental run": {func(t *testing.T, dir string, before files) {
		after := before.with(7, files{"f": "f7"})
		for name, data := range after {
			if before[name] != data {
				put(t, filepath.Join(dir, filepath.FromSlash(name)), data)
			}
		}
	}, []int{1, 2, 3}},
	// The host writes Info.plist, the phone says that it begins, and files
	// arrive in Snapshot.
	"a broken run": {func(t *testing.T, dir string, before files) {
		put(t, filepath.Join(dir, "Info.plist"), "info of another")
		put(t, filepath.Join(dir, "Status.plist"), status("uploading", "7"))
		put(t, filepath.Join(dir, "Snapshot", filepath.FromSlash(blob("a"))), "half")
	}, []int{1, 2, 3, 4}},
	// It ended while files were moved to their places.
	"a run broken late": {func(t *testing.T, dir string, before files) {
		put(t, filepath.Join(dir, "Info.plist"), "info of another")
		put(t, filepath.Join(dir, "Status.plist"), status("moving", "7"))
		put(t, filepath.Join(dir, filepath.FromSlash(blob("c"))), "c7")
		must(t, os.Remove(filepath.Join(dir, filepath.FromSlash(blob("d")))))
	}, []int{1, 2}},
}

// older gives all files the time of the first backup, as if some days had
// passed since.
func older(t *testing.T, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(name, epoch, epoch)
	}))
}

func provenOf(versions []Version) (numbers []int) {
	for _, v := range versions {
		if v.Proof.Intact() {
			numbers = append(numbers, v.Number)
		}
	}
	return numbers
}

// TestForeignRun: after another program's run over the folder no version is
// called proven that has lost a file, those that have lost none stay, also the
// one that stood there, and no retention deletes the last good one.
func TestForeignRun(t *testing.T) {
	for name, o := range over {
		for _, first := range []string{"prune", "take in", "delete"} {
			t.Run(name+"/"+first, func(t *testing.T) {
				root := t.TempDir()
				all := history()[:4]
				record(t, afero.NewOsFs(), root, all)
				dir := Dir(root, udid)
				older(t, dir)
				o.do(t, dir, all[3])
				list, err := List(afero.NewOsFs(), root, udid)
				must(t, err)
				// Not adopted yet, no more is known than that this folder is another's.
				if d := cmp.Diff([]int{1, 2}, provenOf(list)); d != "" || !list[3].Altered || !list[2].Altered {
					t.Errorf("listed: %s", d)
				}
				v := open(t, afero.NewOsFs(), root)
				switch first {
				case "prune":
					_, _, err = v.Prune(Policy{Daily: 1, Trash: 0}, epoch.AddDate(1, 0, 0))
					must(t, err)
					_, _, err = v.Prune(Policy{Daily: 1, Trash: 0}, epoch.AddDate(2, 0, 0))
				case "take in":
					err = v.Adopt()
				case "delete":
					for n := 1; n <= 3; n++ {
						if err := v.Trash(epoch, n); err != nil && fault.Of(err) != fault.LastVerified {
							t.Error(err)
						}
					}
				}
				must(t, err)
				left := provenOf(v.Versions())
				if first == "take in" {
					if d := cmp.Diff(o.proven, left); d != "" {
						t.Errorf("proven: %s", d)
					}
				}
				if newest := slices.Max(o.proven); !slices.Contains(left, newest) {
					t.Errorf("the last good one, %d, is gone: %v", newest, left)
				}
				for _, version := range v.Versions() {
					if version.Number < 5 && !version.Trashed.IsZero() && version.Number == slices.Max(o.proven) {
						t.Errorf("the last good one is in the trash")
					}
					if version.Number < 5 && !slices.Contains(o.proven, version.Number) && !version.Touched {
						t.Errorf("version %d lost files, and it is not said: %+v", version.Number, version.Proof)
					}
				}
				must(t, v.Close())
				for _, number := range left {
					if number < 5 {
						shows(t, afero.NewOsFs(), root, number, all[number-1])
					}
				}
			})
		}
	}
}

// TestPurgeKeepsLastGood: a version in the trash that turns out to be the last
// good one is not removed for good.
func TestPurgeKeepsLastGood(t *testing.T) {
	root := t.TempDir()
	all := history()[:2]
	record(t, afero.NewOsFs(), root, all)
	v := open(t, afero.NewOsFs(), root)
	must(t, v.Trash(epoch, 1), v.RecordProof(2, Proof{Level: "full", Problems: 3}, nil))
	if err := v.Purge(1); fault.Of(err) != fault.LastVerified {
		t.Errorf("removed: %v", err)
	}
	if _, purged, err := v.Prune(Policy{Daily: 1}, epoch.AddDate(1, 0, 0)); len(purged) > 0 || err != nil {
		t.Errorf("removed %v: %v", purged, err)
	}
	must(t, v.Close())
	shows(t, afero.NewOsFs(), root, 1, all[0])
}

// TestRetentionCountsProven: versions with problems push none that is proven out.
func TestRetentionCountsProven(t *testing.T) {
	var versions []Version
	for n := 1; n <= 8; n++ {
		v := Version{Number: n, Date: epoch.AddDate(0, 0, n), Proof: full(n), Current: n == 8}
		if n > 4 {
			v.Proof.Problems = 2
		}
		versions = append(versions, v)
	}
	gone := Policy{Daily: 2}.Select(versions, nil, epoch.AddDate(1, 0, 0))
	if d := cmp.Diff([]int{1, 2}, gone); d != "" {
		t.Errorf("let go: %s", d)
	}
	var none []Version
	for _, v := range versions {
		v.Proof = Proof{}
		none = append(none, v)
	}
	if d := cmp.Diff([]int{1, 2, 3, 4, 5, 6}, Policy{Daily: 2}.Select(none, nil, epoch.AddDate(1, 0, 0))); d != "" {
		t.Errorf("of those that nobody checked: %s", d)
	}
}

// TestDoubtfulIsNotProven: versions that the phone finished with doubtful files,
// also where they are so on the phone, never take the place of the last that
// was proven.
func TestDoubtfulIsNotProven(t *testing.T) {
	versions := []Version{{Number: 1, Date: epoch, Proof: full(1)}}
	for n := 2; n <= 30; n++ {
		m := meta{Number: n, Date: epoch.AddDate(0, 0, n), Proof: full(n), Doubtful: []string{blob("a")}, DoubtLasts: n > 2}
		m.Proof.Problems = 1
		versions = append(versions, m.version())
	}
	versions[len(versions)-1].Current = true
	now := epoch.AddDate(1, 0, 0)
	own := map[int]int64{}
	for _, v := range versions {
		own[v.Number] = 1000
		if v.Number > 1 && v.known() != unknown {
			t.Fatalf("version %d counts as proven", v.Number)
		}
	}
	for _, p := range []Policy{{Daily: 1}, {All: 1}, {Monthly: 1}, {Daily: 3, Limit: 1}, DefaultPolicy} {
		gone := p.Select(versions, own, now)
		if slices.Contains(gone, 1) || slices.Contains(gone, 30) {
			t.Errorf("%+v lets go %v", p, gone)
		}
	}
	v := &Vault{versions: versions}
	if best := bestOf(v.live()); best != proven {
		t.Error(best)
	}
}
