package verify

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/links"
	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
	"lifeboat/device/fault"
)

// sickFs asks fail before each operation on a path; "" is what fails there.
type sickFs struct {
	afero.Fs
	fail func(op, path string) error
}

func (s sickFs) Open(path string) (afero.File, error) {
	if err := s.fail("open", path); err != nil {
		return nil, err
	}
	file, err := s.Fs.Open(path)
	return sickFile{file, s, path}, err
}

func (s sickFs) Stat(path string) (fs.FileInfo, error) {
	if err := s.fail("lstat", path); err != nil {
		return nil, err
	}
	return s.Fs.Stat(path)
}

func (s sickFs) LstatIfPossible(path string) (fs.FileInfo, bool, error) {
	if err := s.fail("lstat", path); err != nil {
		return nil, true, err
	}
	return s.Fs.(afero.Lstater).LstatIfPossible(path)
}

type sickFile struct {
	afero.File
	fs   sickFs
	path string
}

func (f sickFile) Read(p []byte) (int, error) {
	if err := f.fs.fail("read", f.path); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

// TestUnreadable: what the disk does not give back is named file by file.
func TestUnreadable(t *testing.T) {
	k := makeKnown(t, 31, 20, 1<<18, secret)
	path := blobs(t, k.dir)[0]
	for _, failing := range []string{"open", "lstat", "read"} {
		s := k.subject()
		s.Fs = sickFs{afero.NewOsFs(), func(op, at string) error {
			if op == failing && filepath.ToSlash(at) == filepath.ToSlash(path) {
				return syscall.EIO
			}
			return nil
		}}
		r, err := k.proof(t, s, Level{Depth: Full}, true)
		only(t, failing, r, err, Problem{Kind: Unreadable, FileID: filepath.Base(path)})
		if len(r.Problems) > 0 && (r.Problems[0].Path == "" || !strings.Contains(r.Problems[0].Detail, "input/output error")) {
			t.Errorf("%+v", r.Problems[0])
		}
	}
}

// TestDriveGone: a drive that goes away, at whatever step, has not lost all
// files, and holds no less of a backup than it did.
func TestDriveGone(t *testing.T) {
	k := makeKnown(t, 32, 20, 1<<18, secret)
	content := path.Join(k.dir, format.BlobPath(filepath.Base(blobs(t, k.dir)[0])))
	folder := path.Dir(content)
	lost := map[error]fault.Code{syscall.EIO: fault.DestFailed, fs.ErrNotExist: fault.DestOffline}
	for loss := range lost {
		for _, goes := range []struct{ op, path string }{
			{"open", path.Join(k.dir, format.ManifestName)},
			{"open", path.Join(k.dir, format.ManifestDBName)},
			{"open", k.dir},
			{"lstat", path.Join(k.dir, format.InfoName)},
			{"lstat", path.Join(k.dir, "20")},
			{"open", folder}, // seen a moment ago
			{"lstat", content},
		} {
			var gone atomic.Bool
			s := k.subject()
			s.Fs = sickFs{afero.NewOsFs(), func(op, at string) error {
				if op == goes.op && at == goes.path {
					gone.Store(true)
				}
				if gone.Load() {
					return loss
				}
				return nil
			}}
			for _, unlock := range []bool{false, true} {
				for _, depth := range []Depth{Quick, Full} {
					gone.Store(false)
					r, err := k.proof(t, s, Level{Depth: depth}, unlock)
					if !gone.Load() || fault.Of(err) != lost[loss] || !errors.Is(err, loss) || len(r.Problems) > 0 || r.Depth != "" {
						t.Errorf("%s, %v at %s, unlocked %v: %v, %+v", depth, loss, goes, unlock, err, r)
					}
				}
			}
		}
	}
}

// TestLinkedFolder: a folder of contents that is a link is none.
func TestLinkedFolder(t *testing.T) {
	k := makeKnown(t, 33, 20, 1<<18, "")
	folder := filepath.Dir(blobs(t, k.dir)[0])
	away := filepath.Join(t.TempDir(), "away")
	if err := os.Rename(folder, away); err != nil {
		t.Fatal(err)
	}
	links.Make(t, away, folder)
	r, err := k.proof(t, subject(k.dir), Level{Depth: Quick}, true)
	if fault.Of(err) != fault.BackupDamaged || len(r.Problems) == 0 || r.Problems[0].Kind != Missing || len(r.Notes) != 1 {
		t.Errorf("%v, %+v", err, r)
	}
}

// TestCrowded: what should be in an overcrowded folder is still looked for.
func TestCrowded(t *testing.T) {
	k := makeKnown(t, 34, 300, 1<<18, "")
	prove := func() (Report, error) {
		b, err := Open(k.subject())
		if err != nil {
			t.Fatal(err)
		}
		b.folderMax = 1
		return b.Prove(context.Background(), Level{Depth: Full}, nil)
	}
	if r, err := prove(); err != nil || r.Sampled != 300 {
		t.Errorf("%v, %+v", err, r)
	}
	path := blobs(t, k.dir)[0]
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r, err := prove()
	only(t, "crowded", r, err, Problem{Kind: Missing, FileID: filepath.Base(path)})
}

// TestLargeFiles: files of several chunks are read as others are, however many
// are at work.
func TestLargeFiles(t *testing.T) {
	k := makeKnown(t, 35, 14, 30<<20, secret)
	path := blobs(t, k.dir)[0]
	if info, err := os.Stat(path); err != nil || info.Size() < 3*chunkLen {
		t.Fatal(info.Size(), err)
	}
	prove := func(s Subject, workers int) (Report, error) {
		b, err := Open(s)
		if err == nil {
			err = b.Unlock(context.Background(), password)
		}
		if err != nil {
			t.Fatal(err)
		}
		b.workers = workers
		return b.Prove(context.Background(), Level{Depth: Full}, nil)
	}
	for _, workers := range []int{1, 2, 8} {
		if r, err := prove(k.subject(), workers); err != nil {
			t.Errorf("%d: %v, %+v", workers, err, r)
		}
		damaged(t, path, flip(chunkLen+5), func() {
			r, err := prove(k.subject(), workers)
			only(t, "middle", r, err, Problem{Kind: Changed, FileID: filepath.Base(path)})
		})
		// What the last block's decryption depends on: one in 256 bits flipped
		// within it would leave right padding.
		damaged(t, path, flip(-17), func() {
			r, err := prove(subject(k.dir), workers)
			only(t, "end", r, err, Problem{Kind: BadPadding, FileID: filepath.Base(path)})
		})
	}
}

// manyFs is a backup with as many contents as one likes: their names and
// sizes are computed. Everything else is that of Fs.
type manyFs struct {
	afero.Fs
	dir  string
	many int   // a power of two, from 256
	size int64 // of each content
	read func()
}

// id gives the n-th id, in ascending order.
func (m manyFs) id(n int) (id catalog.ID) {
	binary.BigEndian.PutUint32(id[:], uint32(n)*uint32(1<<32/uint64(m.many)))
	return id
}

func (m manyFs) Catalog() (catalog.Stream, error) { return &manyStream{m, 0}, nil }

type manyStream struct {
	manyFs
	n int
}

func (s *manyStream) Next() (catalog.Entry, error) {
	if s.n == s.many {
		return catalog.Entry{}, io.EOF
	}
	s.n++
	return catalog.Entry{ID: s.id(s.n - 1), Size: s.size}, nil
}

func (m manyFs) LstatIfPossible(path string) (fs.FileInfo, bool, error) {
	switch base := filepath.Base(path); {
	case isPrefix(base):
		return manyInfo{name: base, mode: fs.ModeDir}, true, nil
	case format.ValidFileID(base):
		return manyInfo{name: base, size: m.size}, true, nil
	}
	return m.Fs.(afero.Lstater).LstatIfPossible(path)
}

func (m manyFs) Open(path string) (afero.File, error) {
	var prefix byte
	switch base := filepath.Base(path); {
	case isPrefix(base):
		fmt.Sscanf(base, "%x", &prefix)
		return &manyFile{manyFs: m, n: int(prefix) * m.many / 256, end: (int(prefix) + 1) * m.many / 256}, nil
	case format.ValidFileID(base):
		return &manyFile{manyFs: m}, nil
	}
	return m.Fs.Open(path)
}

type manyInfo struct {
	fs.FileInfo
	name string
	size int64
	mode fs.FileMode
}

func (i manyInfo) Size() int64       { return i.size }
func (i manyInfo) Mode() fs.FileMode { return i.mode }
func (i manyInfo) IsDir() bool       { return i.mode.IsDir() }

// manyFile is a folder of names, or a content without end.
type manyFile struct {
	afero.File
	manyFs
	n, end int
}

func (f *manyFile) Close() error { return nil }

func (f *manyFile) Read(p []byte) (int, error) {
	f.read()
	return len(p), nil
}

func (f *manyFile) Readdirnames(most int) (names []string, err error) {
	for ; f.n < f.end && len(names) < most; f.n++ {
		names = append(names, f.id(f.n).String())
	}
	if len(names) == 0 {
		err = io.EOF
	}
	return names, err
}

// TestCancelWithin: who cancels in the middle of an enormous file waits for
// no more than what is being read just then.
func TestCancelWithin(t *testing.T) {
	k := makeKnown(t, 36, 15, 1<<16, secret)
	ctx, cancel := context.WithCancel(context.Background())
	var chunks, late atomic.Int64
	m := manyFs{afero.NewOsFs(), k.dir, 256, 1 << 50, func() {
		chunks.Add(1)
		if ctx.Err() != nil {
			late.Add(1)
		}
	}}
	b, err := Open(Subject{Fs: m, Dir: k.dir, Catalog: m.Catalog})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Prove(ctx, Level{Depth: Full}, func(p Progress) {
		if p.Bytes > 8<<20 {
			cancel()
		}
	})
	if fault.Of(err) != fault.Cancelled || chunks.Load() < 64 || late.Load() > int64(b.workers) {
		t.Errorf("%v, %d of %d chunks were read after it was cancelled", err, late.Load(), chunks.Load())
	}
}

// TestMemory: a million files take no more memory than a few.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	k := makeKnown(t, 37, 15, 1<<16, secret)
	const limit = 40 << 20
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most uint64
	m := manyFs{afero.NewOsFs(), k.dir, 1 << 20, 16, func() {}}
	b, err := Open(Subject{Fs: m, Dir: k.dir, Catalog: m.Catalog})
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Prove(context.Background(), Level{Depth: Quick}, func(Progress) {
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
	})
	if err != nil || r.Files != 1<<20 || most == 0 || most > limit {
		t.Errorf("%v, %d files, %d MiB", err, r.Files, most>>20)
	}
	// The records of as many rows, sorted in the file.
	records := newRecords(t.TempDir(), recordsMax)
	defer records.Close()
	for n := range 1 << 20 {
		if err := records.Add(record{id: m.id((n * 7919) % (1 << 20))}); err != nil {
			t.Fatal(err)
		}
	}
	all := records.Sorted()
	for n := range 1 << 20 {
		if one, err := all.Next(); err != nil || one.id != m.id(n) {
			t.Fatal(n, one, err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&now)
	if kept := int64(now.HeapAlloc) - int64(before.HeapAlloc); kept > 8<<20 {
		t.Errorf("the records of a million rows take %d MiB", kept>>20)
	}
	t.Logf("at most %d MiB", most>>20)
}
