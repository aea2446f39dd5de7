package verify

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// known is an intact backup of which everything is remembered.
type known struct {
	dir      string
	password string
	entries  []catalog.Entry
	tops     map[string]Top
}

func makeKnown(t *testing.T, seed int64, files int, bytes int64, password string) *known {
	t.Helper()
	// With random keys a last block that was changed ends once in 256 times like
	// one that was not.
	cryptotest.SetGlobalRandom(t, uint64(seed))
	k := &known{dir: backuptest.Make(t, t.TempDir(), content.Generate(seed, files, bytes), password), password: password}
	s := subject(k.dir)
	s.Computed = func(e catalog.Entry) { k.entries = append(k.entries, e) }
	r := k.prove(t, s, Level{Depth: Full}, true)
	if len(k.entries) != files || r.Sampled != files || r.Digests {
		t.Fatalf("%d digests of %d files, %+v", len(k.entries), files, r)
	}
	slices.SortFunc(k.entries, func(a, b catalog.Entry) int { return a.ID.Compare(b.ID) })
	k.tops = r.Tops
	return k
}

func (k *known) subject() Subject {
	s := subject(k.dir)
	s.Tops, s.Catalog = k.tops, stream(k.entries)
	return s
}

func stream(entries []catalog.Entry) func() (catalog.Stream, error) {
	return func() (catalog.Stream, error) { return catalog.Slice(entries), nil }
}

// proof proves a subject; without the password if it is not to be unlocked.
func (k *known) proof(t *testing.T, s Subject, l Level, unlock bool) (Report, error) {
	t.Helper()
	b, err := Open(s)
	if err != nil {
		return Report{}, err
	}
	if unlock {
		if err := b.Unlock(context.Background(), keybag.NewPassword(k.password)); err != nil {
			return Report{}, err
		}
	}
	return b.Prove(context.Background(), l, nil)
}

// prove is proof of what must be intact.
func (k *known) prove(t *testing.T, s Subject, l Level, unlock bool) Report {
	t.Helper()
	r, err := k.proof(t, s, l, unlock)
	if err != nil {
		t.Fatalf("%v, %+v", err, r.Problems)
	}
	return r
}

// damaged changes a file for as long as see runs.
func damaged(t *testing.T, path string, change func([]byte) []byte, see func()) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	edit(t, path, change)
	see()
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
}

// only checks that one problem was found.
func only(t *testing.T, what string, r Report, err error, want Problem) {
	t.Helper()
	if fault.Of(err) != fault.BackupDamaged || len(r.Problems) != 1 || r.ProblemCount != 1 {
		t.Errorf("%s: %v, %+v", what, err, r.Problems)
		return
	}
	got := r.Problems[0]
	if got.Kind != want.Kind || got.FileID != want.FileID || want.Path != "" && got.Path != want.Path || want.Group != "" && got.Group != want.Group {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
	if len(r.Groups) != 1 || r.Groups[0].Count != 1 || r.Groups[0].Group != got.Group || r.Groups[0].Bundle != got.Bundle {
		t.Errorf("%s: groups %+v", what, r.Groups)
	}
}

// TestBitFlips turns one bit in every kind of file, at its beginning, in its
// middle and at its end.
func TestBitFlips(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, pw := range []string{secret, ""} {
		k := makeKnown(t, 21, 40, 6<<20, pw)
		for _, unlock := range []bool{true, false} {
			r := k.prove(t, k.subject(), Level{Depth: Full}, unlock)
			if !r.Digests || r.Locked == (unlock || pw == "") || r.Bound == r.Locked || r.Depth != Full {
				t.Errorf("password %q, unlocked %v: %+v", pw, unlock, r)
			}
			paths := blobs(t, k.dir)
			for _, path := range []string{paths[0], paths[len(paths)/2]} {
				info, err := os.Stat(path)
				if err != nil || info.Size() == 0 {
					t.Fatal(info, err)
				}
				for _, at := range []int{0, int(info.Size() / 2), -1} {
					damaged(t, path, flip(at), func() {
						r, err := k.proof(t, k.subject(), Level{Depth: Full}, unlock)
						want := Problem{Kind: Changed, FileID: filepath.Base(path)}
						if r.Locked {
							want.Group = Locked
						}
						only(t, path, r, err, want)
					})
				}
			}
			for _, name := range format.TopNames {
				for _, at := range []int{3, 150, -2} {
					damaged(t, filepath.Join(k.dir, name), flip(at), func() {
						r, err := k.proof(t, k.subject(), Level{Depth: Quick}, unlock)
						if err == nil {
							t.Errorf("password %q, unlocked %v: %s, %d is not found: %+v", pw, unlock, name, at, r)
						} else if name == format.ManifestDBName || name == format.InfoName {
							only(t, name, r, err, Problem{Kind: Changed, Path: name, Group: Records})
						}
					})
				}
			}
		}
	}
}

// TestBesideGone: each file beside the contents is missed, and what is wrong
// with contents is found also where Manifest.db cannot be read.
func TestBesideGone(t *testing.T) {
	k := makeKnown(t, 22, 30, 1<<18, secret)
	path := blobs(t, k.dir)[0]
	for _, name := range []string{format.InfoName, format.ManifestDBName} {
		damaged(t, filepath.Join(k.dir, name), flip(0), func() {
			if err := os.Remove(filepath.Join(k.dir, name)); err != nil {
				t.Fatal(err)
			}
			r, err := k.proof(t, k.subject(), Level{Depth: Full}, true)
			only(t, name, r, err, Problem{Kind: Missing, Path: name, Group: Records})
			damaged(t, path, flip(20), func() {
				r, err := k.proof(t, k.subject(), Level{Depth: Full}, true)
				if fault.Of(err) != fault.BackupDamaged || r.ProblemCount != 2 || r.Problems[1].Kind != Changed && r.Problems[0].Kind != Changed {
					t.Errorf("%s: %v, %+v", name, err, r.Problems)
				}
			})
		})
	}
}

func TestLockedNeedsCatalogue(t *testing.T) {
	k := makeKnown(t, 23, 15, 1<<16, secret)
	if r, err := k.proof(t, subject(k.dir), Level{Depth: Quick}, false); fault.Of(err) != fault.PasswordNeeded {
		t.Errorf("%v, %+v", err, r)
	}
}

// TestLevels: quick reads only what arrived, and finds only what it looks at.
func TestLevels(t *testing.T) {
	k := makeKnown(t, 24, 30, 1<<20, secret)
	path := blobs(t, k.dir)[0]
	id, _ := catalog.ParseID(filepath.Base(path))
	at := slices.IndexFunc(k.entries, func(e catalog.Entry) bool { return e.ID == id })
	s := k.subject()
	r := k.prove(t, s, Level{Depth: Quick}, true)
	if r.Sampled != 0 || r.Read != 0 || r.Files != 30 || !r.Rows || !r.Bound || r.Depth != Quick || r.Bytes < 1<<20 {
		t.Errorf("%+v", r)
	}
	arrived := s
	arrived.Arrived = stream(k.entries[at : at+1])
	r = k.prove(t, arrived, Level{Depth: Quick}, true)
	if r.Sampled != 1 || r.Read != k.entries[at].Size || r.Bytes < 1<<20 {
		t.Errorf("%+v", r)
	}
	damaged(t, path, flip(30), func() {
		k.prove(t, s, Level{Depth: Quick}, true)
		r, err := k.proof(t, arrived, Level{Depth: Quick}, true)
		only(t, "arrived", r, err, Problem{Kind: Changed, FileID: id.String()})
		r, err = k.proof(t, s, Level{Sample, 100}, true)
		only(t, "sample", r, err, Problem{Kind: Changed, FileID: id.String()})
	})
	damaged(t, path, cut(16), func() {
		for _, unlock := range []bool{true, false} {
			r, err := k.proof(t, s, Level{Depth: Quick}, unlock)
			only(t, "cut", r, err, Problem{Kind: WrongSize, FileID: id.String()})
		}
	})
	if _, err := k.proof(t, s, Level{Sample, 0}, true); fault.Of(err) != fault.Internal {
		t.Errorf("a sample of nothing: %v", err)
	}
}

// TestSample: about the right share is read, and another one each time.
func TestSample(t *testing.T) {
	const files = 600
	k := makeKnown(t, 25, files, 1<<18, "")
	sample := func(seed uint64) (read string) {
		s := k.subject()
		// Whatever was not known is reported when it is read.
		s.Catalog = nil
		var ids []string
		s.Computed = func(e catalog.Entry) { ids = append(ids, e.ID.String()) }
		b, err := Open(s)
		if err != nil {
			t.Fatal(err)
		}
		b.seed = [2]uint64{seed, 0}
		r, err := b.Prove(context.Background(), Level{Sample, 20}, nil)
		if err != nil || r.Sampled != len(ids) || r.Files != files || r.Depth != Sample {
			t.Fatalf("%v, %+v, %d read", err, r, len(ids))
		}
		if share := 100 * r.Sampled / files; share < 12 || share > 28 {
			t.Errorf("%d %% instead of 20 %%", share)
		}
		slices.Sort(ids)
		return strings.Join(ids, " ")
	}
	first := sample(1)
	if first != sample(1) {
		t.Error("the same seed gives another sample")
	}
	if one, other := sample(0), sample(0); first == sample(2) || one == other {
		t.Error("the same sample again")
	}
}

// TestBound: an unchanged list is not read again, a changed one is.
func TestBound(t *testing.T) {
	for _, pw := range []string{secret, ""} {
		k := makeKnown(t, 26, 20, 1<<16, pw)
		s := k.subject()
		s.Bound = true
		r := k.prove(t, s, Level{Depth: Quick}, true)
		if r.Rows || r.Files != 20 || r.Bytes == 0 || r.Bound {
			t.Errorf("%+v", r)
		}
		if r := k.prove(t, s, Level{Depth: Full}, true); r.Rows != (pw != "") || r.Sampled != 20 {
			t.Errorf("%+v", r)
		}
		list := k.tops[format.ManifestDBName]
		list.Digest[0]++
		s.Tops = map[string]Top{format.ManifestDBName: list}
		r, err := k.proof(t, s, Level{Depth: Quick}, true)
		only(t, "another list", r, err, Problem{Kind: Changed, Path: format.ManifestDBName})
		if !r.Rows {
			t.Error("the rows were not read")
		}
		s.Tops = nil
		if r := k.prove(t, s, Level{Depth: Quick}, true); !r.Rows {
			t.Error("the rows were not read, though nothing is remembered of the list")
		}
	}
}

// TestWrongCatalogue: a catalogue that is wrong is distinguished from a wrong backup
// as far as that can be.
func TestWrongCatalogue(t *testing.T) {
	k := makeKnown(t, 27, 20, 1<<16, secret)
	with := func(change func([]catalog.Entry) []catalog.Entry) Subject {
		s := k.subject()
		s.Catalog = stream(change(slices.Clone(k.entries)))
		return s
	}
	var extra, low catalog.ID
	copy(extra[:], "\xffmore than there is")
	copy(low[:], "\x00")
	// Something too much, something missing, something without a digest.
	r := k.prove(t, with(func(e []catalog.Entry) []catalog.Entry { return append(e, catalog.Entry{ID: extra, Size: 5}) }), Level{Depth: Full}, true)
	if r.Bound || !r.Digests || r.Files != 20 {
		t.Errorf("too much: %+v", r)
	}
	for name, change := range map[string]func([]catalog.Entry) []catalog.Entry{
		"missing":   func(e []catalog.Entry) []catalog.Entry { return slices.Delete(e, 3, 4) },
		"no digest": func(e []catalog.Entry) []catalog.Entry { e[3].Digest = catalog.Digest{}; return e },
	} {
		s := with(change)
		var reported []catalog.Entry
		s.Computed = func(e catalog.Entry) { reported = append(reported, e) }
		r := k.prove(t, s, Level{Depth: Full}, true)
		if r.Bound != (name == "no digest") || r.Digests || len(reported) != 1 || reported[0] != k.entries[3] {
			t.Errorf("%s: %+v, %v", name, r, reported)
		}
	}
	r, err := k.proof(t, with(func(e []catalog.Entry) []catalog.Entry { e[3].Digest[5]++; return e }), Level{Depth: Full}, true)
	only(t, "digest", r, err, Problem{Kind: Changed, FileID: k.entries[3].ID.String()})
	r, err = k.proof(t, with(func(e []catalog.Entry) []catalog.Entry { e[3].Size += 16; return e }), Level{Depth: Quick}, true)
	only(t, "size", r, err, Problem{Kind: WrongSize, FileID: k.entries[3].ID.String()})
	// Gone entries do not belong there, but do no harm.
	k.prove(t, with(func(e []catalog.Entry) []catalog.Entry {
		return append(e, catalog.Entry{ID: extra, Size: catalog.Gone})
	}), Level{Depth: Quick}, true)
	for name, s := range map[string]Subject{
		"out of order": with(func(e []catalog.Entry) []catalog.Entry { return append(e, catalog.Entry{ID: low}) }),
		"twice":        with(func(e []catalog.Entry) []catalog.Entry { return append(e, e[len(e)-1]) }),
	} {
		for _, unlock := range []bool{true, false} {
			if r, err := k.proof(t, s, Level{Depth: Quick}, unlock); fault.Of(err) != fault.VersionDamaged || !errors.Is(err, catalog.ErrDamaged) {
				t.Errorf("%s: %v, %+v", name, err, r)
			}
		}
	}
	s := k.subject()
	s.Catalog = func() (catalog.Stream, error) { return nil, io.ErrNoProgress }
	if r, err := k.proof(t, s, Level{Depth: Quick}, true); fault.Of(err) != fault.Internal || !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%v, %+v", err, r)
	}
}
