package faultfs

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/powerfs"
)

// work does two operations of each kind and tells which have failed.
func work(f *FS) (failed []string) {
	try := func(what string, err error) {
		if err != nil {
			failed = append(failed, what)
		}
	}
	for _, n := range []string{"1", "2"} {
		try("mkdir"+n, f.Mkdir("d"+n, 0o700))
		file, err := f.OpenFile("d"+n+"/f", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		try("create"+n, err)
		if err == nil {
			_, err = file.Write([]byte("text"))
			try("write"+n, err)
			_, err = file.ReadAt(make([]byte, 1), 0)
			try("read"+n, err)
			try("sync"+n, file.Sync())
			_, err = file.Stat()
			try("stat"+n, err)
			try("close"+n, file.Close())
		}
		dir, err := f.Open("d" + n)
		try("open"+n, err)
		if err == nil {
			_, err = dir.Readdirnames(-1)
			try("list"+n, err)
			dir.Close()
		}
		try("rename"+n, f.Rename("d"+n+"/f", "d"+n+"/g"))
		try("remove"+n, f.RemoveAll("d"+n+"/g"))
	}
	return failed
}

func TestPlans(t *testing.T) {
	room := func(n int64) *int64 { return &n }
	for name, c := range map[string]struct {
		plan Plan
		want string
	}{
		"nothing":              {Plan{}, ""},
		"the first write":      {Plan{Kind: Write, N: 1}, "write1"},
		"all from the first":   {Plan{Kind: Write, N: 1, Lasting: true}, "write1 write2"},
		"from the second":      {Plan{Kind: Sync, N: 2, Lasting: true}, "sync2"},
		"a rename":             {Plan{Kind: Rename, N: 2}, "rename2"},
		"a folder":             {Plan{Kind: Mkdir, N: 2}, "mkdir2 create2 open2 rename2"}, // what follows has no folder
		"a file":               {Plan{Kind: Create, N: 1}, "create1 rename1"},
		"an opening":           {Plan{Kind: Open, N: 1}, "open1"},
		"a removal":            {Plan{Kind: Remove, N: 1, Lasting: true}, "remove1 remove2"},
		"a list":               {Plan{Kind: List, N: 1}, "list1"},
		"a look":               {Plan{Kind: Stat, N: 1}, "stat1"},
		"a read":               {Plan{Kind: Read, N: 2}, "read2"},
		"a closing":            {Plan{Kind: Close, N: 1}, "close1"},
		"the sixth of any":     {Plan{N: 6}, "stat1"},
		"room for one and all": {Plan{Room: room(7)}, "write2"},
		"room for all":         {Plan{Room: room(8)}, ""},
		"except":               {Plan{Kind: Write, N: 1, Except: func(name string) bool { return strings.HasPrefix(name, "d1") }}, "write2"},
		"pulled out": {Plan{Kind: Rename, N: 1, Gone: true},
			"rename1 remove1 mkdir2 create2 open2 rename2 remove2"},
	} {
		f := New(powerfs.New(powerfs.ByFile), c.plan)
		failed := work(f)
		if d := cmp.Diff(c.want, strings.Join(failed, " ")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if (f.Failures() > 0) != (c.want != "") {
			t.Errorf("%s: %d failures", name, f.Failures())
		}
	}
}

func TestCounts(t *testing.T) {
	f := New(powerfs.New(powerfs.ByFile), Plan{})
	work(f)
	sum := 0
	for _, k := range Kinds() {
		want := 2
		if k == Close {
			want = 4
		}
		if n := f.Count(k); n != want {
			t.Errorf("%d of kind %s, not %d", n, k, want)
		}
		sum += f.Count(k)
	}
	if f.Count(Any) != sum || f.Bytes() != 8 {
		t.Errorf("%d of any kind, not %d; %d bytes", f.Count(Any), sum, f.Bytes())
	}
}

// TestErrors: the error is the one of the plan, in the clothes of a real disk,
// and half of a write has arrived.
func TestErrors(t *testing.T) {
	inner := powerfs.New(powerfs.ByFile)
	f := New(inner, Plan{Kind: Write, N: 1})
	file, err := f.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	n, err := file.Write([]byte("text"))
	var path *os.PathError
	if n != 2 || !errors.Is(err, syscall.ENOSPC) || !errors.As(err, &path) || path.Path != "a" {
		t.Errorf("%d, %v", n, err)
	}
	if got := fmt.Sprint(inner.Tree()); got != "map[a:te]" {
		t.Error(got)
	}
	var link *os.LinkError
	if err := New(inner, Plan{Kind: Rename, N: 1, Gone: true}).Rename("a", "b"); !errors.Is(err, Gone) || !errors.As(err, &link) {
		t.Error(err)
	}
	if err := New(inner, Plan{Kind: Sync, N: 1, Err: syscall.EIO}).SyncAll(); !errors.Is(err, syscall.EIO) {
		t.Error(err)
	}
	if err := New(afero.NewMemMapFs(), Plan{}).SyncAll(); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}
