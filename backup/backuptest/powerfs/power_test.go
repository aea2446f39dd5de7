package powerfs

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
)

// script does operations given as words, one a line:
// mkdir P, put P TEXT, add P TEXT, cut P, mv P P, rm P, sync P, syncall.
func script(t *testing.T, f *FS, lines string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		var err error
		switch w[0] {
		case "mkdir":
			err = f.Mkdir(w[1], 0o700)
		case "put":
			err = afero.WriteFile(f, w[1], []byte(w[2]), 0o600)
		case "add":
			var file afero.File
			if file, err = f.OpenFile(w[1], os.O_WRONLY|os.O_APPEND, 0); err == nil {
				_, err = file.WriteString(w[2])
				file.Close()
			}
		case "mv":
			err = f.Rename(w[1], w[2])
		case "rm":
			err = f.RemoveAll(w[1])
		case "sync":
			var file afero.File
			if file, err = f.Open(w[1]); err == nil {
				err = file.Sync()
				file.Close()
			}
		case "syncall":
			err = f.SyncAll()
		default:
			t.Fatalf("what is %q?", line)
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
}

// show gives a tree in one line: "a/ a/b=text".
func show(f *FS) string {
	tree := f.Tree()
	var all []string
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		if strings.HasSuffix(name, "/") {
			all = append(all, name)
		} else {
			all = append(all, name+"="+strings.ReplaceAll(tree[name], "\x00", "0"))
		}
	}
	return strings.Join(all, " ")
}

// TestPowerCut compares all that may be found with what is expected.
func TestPowerCut(t *testing.T) {
	const plenty = 1000
	for _, c := range []struct {
		name          string
		before, after string // what was there, and what was done
		files         []string
		folders       []string // with ByFolder; nil if the same
	}{
		{"a file without a sync", "", "put a text", []string{"", "a=", "a=te", "a=0000", "a=text"}, nil},
		{"a file with a sync", "", "put a text\nsync a", []string{"a=text"}, []string{"", "a=text"}},
		{"a file and its folder", "", "put a text\nsync a\nsync /", []string{"a=text"}, nil},
		{"the folder alone", "", "put a text\nsync /", []string{"a=", "a=te", "a=0000", "a=text"}, nil},
		{"a rename without a sync may leave an empty file", "put a old", "put a.new new\nmv a.new a",
			[]string{"a=old", "a=old a.new=", "a=old a.new=n", "a=old a.new=000", "a=old a.new=new", "a=", "a=n", "a=000", "a=new"}, nil},
		{"with a sync it may not", "put a old", "put a.new new\nsync a.new\nmv a.new a",
			[]string{"a=old a.new=new", "a=new"}, []string{"a=old", "a=old a.new=new", "a=new"}},
		{"nor be lost with the folder's", "put a old", "put a.new new\nsync a.new\nmv a.new a\nsync /", []string{"a=new"}, nil},
		{"two renames may change places", "put a one\nput b two", "mv a x\nmv b y",
			[]string{"a=one b=two", "b=two x=one", "a=one y=two", "x=one y=two"}, nil},
		{"a later one alone buries what the earlier had saved", "mkdir d\nput d/a old\nmkdir v\nput n new", "mv d/a v/a\nmv n d/a",
			[]string{"d/ d/a=old n=new v/", "d/ n=new v/ v/a=old", "d/ d/a=new v/", "d/ d/a=new v/ v/a=old"}, nil},
		{"a sync between them forbids that", "mkdir d\nput d/a old\nmkdir v\nput n new", "mv d/a v/a\nsync v\nmv n d/a",
			[]string{"d/ n=new v/ v/a=old", "d/ d/a=new v/ v/a=old"}, nil},
		{"that of the folder it left", "mkdir d\nput d/a old\nmkdir v\nput n new", "mv d/a v/a\nsync d\nmv n d/a",
			[]string{"d/ n=new v/ v/a=old", "d/ d/a=new v/ v/a=old"},
			[]string{"d/ d/a=old n=new v/", "d/ n=new v/ v/a=old", "d/ d/a=new v/", "d/ d/a=new v/ v/a=old"}},
		{"a chain has one end", "put a text", "mv a b\nmv b c", []string{"a=text", "b=text", "c=text"}, nil},
		{"a folder goes whole", "mkdir d\nput d/a 1\nput d/b 2", "mv d e", []string{"d/ d/a=1 d/b=2", "e/ e/a=1 e/b=2"}, nil},
		{"what is done in a moved folder finds it", "mkdir d\nput d/a 1", "mv d e\nmv e/a e/b",
			[]string{"d/ d/a=1", "d/ d/b=1", "e/ e/a=1", "e/ e/b=1"}, nil},
		{"nothing lies in a folder that is lost", "put a text", "mkdir d\nmv a d/a", []string{"a=text", "a=text d/", "d/ d/a=text"}, nil},
		{"but in one that was moved out of it", "mkdir x", "mkdir x/d\nmkdir x/d/e\nput x/d/e/a text\nsync x/d/e/a\nsync x/d/e\nmv x/d/e e\nsync /",
			[]string{"e/ e/a=text x/ x/d/"}, []string{"e/ e/a=text x/", "e/ e/a=text x/ x/d/"}},
		{"what a folder holds stays in it when it does not go", "mkdir d", "put d/n text\nsync d/n\nmv d/n d/m\nsync d\nmkdir v\nmv d v/d",
			[]string{"d/ d/m=text", "d/ d/m=text v/", "v/ v/d/ v/d/m=text"}, nil},
		{"a sync below makes the way durable", "", "mkdir d\nmkdir d/e\nput d/e/a text\nsync d/e/a",
			[]string{"d/ d/e/ d/e/a=text"}, []string{"", "d/", "d/ d/e/", "d/ d/e/ d/e/a=text"}},
		{"a folder that still holds something stays", "mkdir d\nput d/a text", "rm d", []string{"d/ d/a=text", "d/", ""}, nil},
		{"nor does its end bury what was moved out", "mkdir d\nput d/a text", "mv d/a a\nrm d", []string{"d/ d/a=text", "a=text d/", "a=text"}, nil},
		{"two folders cannot lie in each other", "mkdir d\nmkdir d/e", "mv d/e e\nmv d e/d", []string{"d/ d/e/", "d/ e/", "e/ e/d/"}, nil},
		{"a removal", "put a text", "rm a\nsync /", []string{""}, nil},
		{"a removal without a sync", "put a text", "rm a", []string{"a=text", ""}, nil},
		{"more of a file", "put a one", "add a two", []string{"a=one", "a=onet", "a=one000", "a=onetwo"}, nil},
		{"a middle that is lost", "", "put a 1\nsync a\nadd a 2\nadd a 3",
			[]string{"a=1", "a=12", "a=10", "a=103", "a=123", "a=100", "a=120"}, []string{"", "a=1", "a=12", "a=10", "a=103", "a=123", "a=100", "a=120"}},
		{"written anew in place", "put a old", "put a new!", []string{"a=old", "a=", "a=ne", "a=0000", "a=new!", "a=ned", "a=old0"}, nil},
		{"everything", "put a old", "put b x\nmv b a\nmkdir d\nsyncall", []string{"a=x d/"}, nil},
	} {
		for names, want := range map[Names][]string{ByFile: c.files, ByFolder: c.folders} {
			if want == nil {
				want = c.files
			}
			f := New(names)
			script(t, f, c.before)
			f.Forget()
			script(t, f, c.after)
			found := map[string]bool{}
			for img := range f.PowerCut(f.Len(), 1, plenty) {
				found[show(img)] = true
			}
			if d := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(maps.Keys(found))); d != "" {
				t.Errorf("%s (%d): %s", c.name, names, d)
			}
		}
	}
}

// TestNamesInOrder: with InOrder no name is there without those before it, a
// file's Sync takes them all along, and a folder has none.
func TestNamesInOrder(t *testing.T) {
	if root, err := New(InOrder).Open("/"); err != nil || !errors.Is(root.Sync(), errors.ErrUnsupported) {
		t.Error("a folder was synced")
	}
	for _, c := range []struct {
		name          string
		before, after string
		want          []string
	}{
		{"two renames keep their places", "put a one\nput b two", "mv a x\nmv b y", []string{"a=one b=two", "b=two x=one", "x=one y=two"}},
		{"a file's takes the names before it along", "put a one\nput b two\nput c three", "mv a x\nsync c\nmv b y", []string{"b=two c=three x=one", "c=three x=one y=two"}},
		{"and no bytes of another", "put c three", "put a text\nsync c", []string{"a= c=three", "a=te c=three", "a=0000 c=three", "a=text c=three"}},
		{"bytes are in no order", "put a 1\nput b 2", "add a 3\nmv b c", []string{"a=1 b=2", "a=13 b=2", "a=10 b=2", "a=1 c=2", "a=13 c=2", "a=10 c=2"}},
	} {
		f := New(InOrder)
		script(t, f, c.before)
		f.Forget()
		script(t, f, c.after)
		found := map[string]bool{}
		for img := range f.PowerCut(f.Len(), 1, 1000) {
			found[show(img)] = true
		}
		if d := cmp.Diff(slices.Sorted(slices.Values(c.want)), slices.Sorted(maps.Keys(found))); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// walk does random operations and tells after each.
func walk(t *testing.T, f afero.Fs, random *rand.Rand, steps int, after func()) {
	t.Helper()
	name := func() string {
		return path.Join([...]string{"", "d", "e", "d/e"}[random.IntN(4)], fmt.Sprint(random.IntN(4)))
	}
	sync := func(name string) error {
		file, err := f.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		return file.Sync()
	}
	for range steps {
		switch random.IntN(8) {
		case 0:
			f.MkdirAll([...]string{"d", "e", "d/e", "d/1"}[random.IntN(4)], 0o700)
		case 1, 2:
			file, err := f.OpenFile(name(), os.O_RDWR|[...]int{0, os.O_CREATE, os.O_CREATE | os.O_TRUNC, os.O_CREATE | os.O_EXCL, os.O_APPEND}[random.IntN(5)], 0o600)
			if err == nil {
				file.WriteString(fmt.Sprint(random.IntN(1000)))
				file.WriteAt([]byte("at"), int64(random.IntN(9)))
				if random.IntN(3) == 0 {
					file.Truncate(int64(random.IntN(9)))
				}
				file.Close()
			}
		case 3, 4:
			f.Rename(name(), name())
		case 5:
			f.Remove(name())
		case 6:
			sync(name())
		case 7:
			if random.IntN(4) == 0 {
				f.RemoveAll([...]string{"d", "e", "d/e"}[random.IntN(3)])
			} else {
				sync([...]string{"/", "d", "e"}[random.IntN(3)])
			}
		}
		after()
	}
}

// TestKilled: whatever was there at an operation is there again in the image
// of it, and work can go on in the image as in the original.
func TestKilled(t *testing.T) {
	f := New(ByFile)
	random := rand.New(rand.NewPCG(1, 2))
	walk(t, f, random, 100, func() {})
	f.Forget()
	at := map[int]map[string]string{}
	walk(t, f, random, 400, func() { at[f.Len()] = f.Tree() })
	for k, want := range at {
		img := f.Killed(k)
		if d := cmp.Diff(want, img.Tree()); d != "" {
			t.Fatalf("at %d: %s", k, d)
		}
		if img.Len() != k {
			t.Fatalf("the image has a log of %d, not %d", img.Len(), k)
		}
		var same, other []string
		for i := range f.PowerCut(k, 7, 20) {
			same = append(same, show(i))
		}
		for i := range img.PowerCut(k, 7, 20) {
			other = append(other, show(i))
		}
		if d := cmp.Diff(same, other); d != "" {
			t.Fatalf("at %d, the power goes after the kill: %s", k, d)
		}
		for i := range 8 {
			script(t, img, fmt.Sprint("mkdir later", i))
		}
		for later := range img.PowerCut(img.Len(), 7, 1) {
			if d := cmp.Diff(same[0], show(later)); d != "" {
				t.Fatalf("at %d, the power goes later: %s", k, d)
			}
		}
		walk(t, img, random, 5, func() {})
	}
	if d := cmp.Diff(at[f.Len()], f.Tree()); d != "" {
		t.Errorf("images changed the original: %s", d)
	}
}

// TestSyncAllSettlesAll: after SyncAll nothing can be lost; before it, all
// images have nothing but what was once written.
func TestSyncAllSettlesAll(t *testing.T) {
	for seed := range uint64(20) {
		f := New(Names(seed % 2))
		random := rand.New(rand.NewPCG(seed, 0))
		walk(t, f, random, 200, func() {})
		f.SyncAll()
		k, want := f.Len(), f.Tree()
		walk(t, f, random, 50, func() {})
		n := 0
		for img := range f.PowerCut(k, seed, 100) {
			n++
			if d := cmp.Diff(want, img.Tree()); d != "" {
				t.Fatalf("seed %d: %s", seed, d)
			}
		}
		if n != 1 {
			t.Errorf("seed %d: %d images of one state", seed, n)
		}
		n = 0
		for range f.PowerCut(f.Len(), seed, 100) {
			n++
		}
		if n < 10 {
			t.Errorf("seed %d: only %d images", seed, n)
		}
	}
}

// TestRenamesAreAtomic: files that were durable and are only moved about to
// free names are each found once, whatever is lost.
func TestRenamesAreAtomic(t *testing.T) {
	const files = 12
	for seed := range uint64(30) {
		f := New(Names(seed % 2))
		random := rand.New(rand.NewPCG(seed, 1))
		folders := []string{"a", "b", "a/c"}
		script(t, f, "mkdir a\nmkdir b\nmkdir a/c")
		var at []string
		for i := range files {
			at = append(at, path.Join(folders[i%3], fmt.Sprint(i)))
			afero.WriteFile(f, at[i], fmt.Append(nil, "content ", i), 0o600)
		}
		f.Forget()
		for step := range 60 {
			i := random.IntN(files)
			to := path.Join(folders[random.IntN(3)], fmt.Sprint(files+step))
			if err := f.Rename(at[i], to); err != nil {
				t.Fatal(err)
			}
			at[i] = to
			if step%7 == 0 {
				script(t, f, "sync "+folders[random.IntN(3)])
			}
		}
		for img, how := range f.PowerCut(random.IntN(f.Len()+1), seed, 200) {
			seen := map[string]int{}
			for name, data := range img.Tree() {
				if !strings.HasSuffix(name, "/") {
					seen[data]++
				}
			}
			for i := range files {
				if n := seen[fmt.Sprint("content ", i)]; n != 1 {
					t.Fatalf("seed %d, %s: file %d is there %d times", seed, how, i, n)
				}
			}
		}
	}
}

// TestImagesAreApart: what is added in one image shows in no other.
func TestImagesAreApart(t *testing.T) {
	f := New(ByFile)
	script(t, f, "put a 1\nadd a 2\nadd a 3")
	f.Forget()
	one, two := f.Killed(0), f.Killed(0)
	script(t, one, "add a one\nput b one")
	script(t, two, "add a two")
	if got := []string{show(f), show(one), show(two)}; !cmp.Equal(got, []string{"a=123", "a=123one b=one", "a=123two"}) {
		t.Error(got)
	}
}

// TestForgetKeepsOpenFiles: whoever holds a removed file open may go on.
func TestForgetKeepsOpenFiles(t *testing.T) {
	f := New(ByFile)
	file, err := f.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	script(t, f, "rm a")
	f.Forget()
	if _, err := file.WriteString("x"); err != nil {
		t.Error(err)
	}
	file.Close()
	f.Forget()
	if n := len(f.live.nodes); n != 1 || show(f) != "" {
		t.Errorf("%d nodes are kept of %q", n, show(f))
	}
}

// BenchmarkPowerCut takes images of a small backup: 100 files, 1 MB.
func BenchmarkPowerCut(b *testing.B) {
	f := New(ByFile)
	data := make([]byte, 5000)
	for i := range 100 {
		name := fmt.Sprintf("d/%02x/%d", i, i)
		f.MkdirAll(path.Dir(name), 0o700)
		file, _ := f.Create(name)
		file.Write(data)
		file.Write(data)
		file.Close()
		f.Rename(name, name+".x")
	}
	for i := 0; b.Loop(); i++ {
		for range f.PowerCut(i%f.Len(), uint64(i), 10) {
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/10, "µs/image")
}
