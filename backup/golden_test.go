package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/backup/format"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// The golden folders are what each format of the vault left on a disk, as it
// was left by the program that wrote that format: a format that was released
// is never written again, and what is in its archives must be read for ever.
//
// Those of format 1 are single backups at DIR/<UDID> and nothing beside, as other
// programs leave them (made by 182a8e7 with the phone of [goldenPhone]). Those
// of the present format are made by
//
//	go test ./backup -run TestWriteGolden -golden format2/sealed
//
// which refuses if it is there.
var writeGolden = flag.String("golden", "", "write the golden folder of this `name`, which must not be there")

type golden struct {
	sealed   bool
	all      int // versions, with those in the trash
	trashed  int // the number of the one in the trash
	broken   bool
	doubtful []int              // versions in which the proof found something when they were made
	touched  []int              // versions whose proof was taken back
	proofs   map[int]fault.Code // how a proof ends, where it finds something
	// rehearsed are versions of which a restore was rehearsed, with the problems found.
	rehearsed map[int]int
}

// goldens says what is in each archive of vault/testdata.
var goldens = map[string]golden{
	"format1/plain":  {all: 1},
	"format1/sealed": {sealed: true, all: 1},
	"format2/plain":  {all: 3, trashed: 2, broken: true},
	"format2/sealed": {sealed: true, all: 2},
	// What came to format 2 later: doubtful files, proofs taken back, a run set aside.
	"format2/doubtful": {
		sealed: true, all: 4, broken: true, doubtful: []int{3, 4}, touched: []int{1},
		proofs: map[int]fault.Code{2: fault.BackupDamaged, 3: fault.BackupDamaged, 4: fault.BackupDamaged},
	},
	"format2/rehearsed": {sealed: true, all: 3, rehearsed: map[int]int{1: 2, 3: 0}},
}

func goldenFile(name string) string {
	return filepath.Join("vault", "testdata", filepath.FromSlash(name)+".tar.gz")
}

// goldenDay is when the golden backups of a format were made.
var goldenDay = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// goldenJob is a job on the days of the golden backups.
func (r *rig) goldenJob(sealed bool, day int) *Job {
	j := r.job()
	if !sealed {
		j = r.unencrypted()
	}
	j.Now = func() time.Time { return goldenDay.AddDate(0, 0, day) }
	return j
}

// goldenWriters make the golden folders of the present format.
var goldenWriters = map[string]func(r *rig) error{
	"format2/plain":     (*rig).goldenPlain,
	"format2/sealed":    (*rig).goldenSealed,
	"format2/doubtful":  (*rig).goldenDoubtful,
	"format2/rehearsed": (*rig).goldenRehearsed,
}

// TestWriteGolden makes a golden folder of the present format.
func TestWriteGolden(t *testing.T) {
	if *writeGolden == "" {
		return // nothing is to be written
	}
	write, ok := goldenWriters[*writeGolden]
	if !ok {
		t.Fatalf("today's program does not write %q", *writeGolden)
	}
	if err := write(goldenPhone(t)); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) edit(n content.Edits) {
	r.t.Helper()
	if err := r.sim.Edit(n); err != nil {
		r.t.Fatal(err)
	}
}

// interrupted has the phone leave near the end of a run.
func (r *rig) interrupted(j *Job) {
	r.t.Helper()
	if err := r.sim.SetFault("detach=0.97"); err != nil {
		r.t.Fatal(err)
	}
	if _, err := j.Run(context.Background(), nil); fault.Of(err) != fault.PhoneGone {
		r.t.Fatal(err)
	}
}

func (r *rig) goldenPlain() error {
	for day := range 3 {
		r.mustRun(r.goldenJob(false, day))
		r.edit(content.Edits{Changed: 1, Added: 1 - min(day, 1), Removed: 1})
	}
	v, err := vault.Open(afero.NewOsFs(), r.root, r.phone.UDID, nil)
	if err != nil {
		return err
	}
	if err := errors.Join(v.Trash(goldenDay.AddDate(0, 0, 2), 2), v.Close()); err != nil {
		return err
	}
	r.edit(content.Edits{Changed: 4})
	r.interrupted(r.goldenJob(false, 3))
	return pack(goldenFile("format2/plain"), r.root)
}

func (r *rig) goldenSealed() error {
	for day := range 2 {
		r.mustRun(r.goldenJob(true, day))
		r.edit(content.Edits{Changed: 1, Removed: 1})
	}
	return pack(goldenFile("format2/sealed"), r.root)
}

// goldenRehearsed: of two of three backups it is noted that they were restored
// onto a simulated phone, which found something in one of them.
func (r *rig) goldenRehearsed() error {
	for day := range 3 {
		r.mustRun(r.goldenJob(true, day))
		r.edit(content.Edits{Changed: 1, Removed: 1})
	}
	v, err := vault.Open(afero.NewOsFs(), r.root, r.phone.UDID, nil)
	if err != nil {
		return err
	}
	for number, problems := range goldens["format2/rehearsed"].rehearsed {
		rehearsed := vault.Rehearsal{Date: goldenDay.AddDate(0, 0, 3), By: "Lifeboat 0.1.0", Problems: problems}
		err = errors.Join(err, v.RecordRehearsal(number, rehearsed))
	}
	// The reserve is a MiB of no matter what.
	if err := errors.Join(err, v.Close(), os.Remove(filepath.Join(r.root, ".lifeboat", r.phone.UDID, "reserve"))); err != nil {
		return err
	}
	return pack(goldenFile("format2/rehearsed"), r.root)
}

// goldenDoubtful: another program removes a file of the first backup, then a
// file arrives spoiled twice, and a run that starts over is killed while what
// an interrupted one had left is set aside.
func (r *rig) goldenDoubtful() error {
	first := r.mustRun(r.goldenJob(true, 0))
	status := filepath.Join(first.Dir, format.StatusName)
	foreign, err := plist.Marshal(map[string]any{
		"Version": "3.3", "UUID": "7", "Date": goldenDay, "SnapshotState": "finished", "BackupState": "new", "IsFullBackup": false,
	}, plist.BinaryFormat)
	if err = errors.Join(err, os.Remove(blobIn(r.t, first.Dir, 300)), os.Remove(status), os.WriteFile(status, foreign, 0o600)); err != nil {
		return err
	}
	r.wrongKey("Media/DCIM/100APPLE/IMG_0003.MOV")
	full := r.goldenJob(true, 1)
	full.Full = true
	r.mustRun(full)
	r.mustRun(r.goldenJob(true, 2)) // a full one by itself, and the same file is doubtful
	r.edit(content.Edits{Changed: 4})
	r.interrupted(r.goldenJob(true, 3))

	var info struct {
		Build string `plist:"Build Version"`
	}
	data, err := os.ReadFile(filepath.Join(first.Dir, format.InfoName))
	if err == nil {
		_, err = plist.Unmarshal(data, &info)
	}
	if err != nil {
		return err
	}
	v, err := vault.Open(afero.NewOsFs(), r.root, r.phone.UDID, nil)
	if err != nil {
		return err
	}
	run, err := v.Begin(vault.Plan{Fresh: true, Full: true, Encrypted: true, Build: info.Build, Now: goldenDay.AddDate(0, 0, 4)})
	if err != nil {
		return errors.Join(err, v.Close())
	}
	// As it is at this moment, so a kill leaves it. The room held back is noise.
	reserve := filepath.Join(r.root, ".lifeboat", r.phone.UDID, "reserve")
	return errors.Join(os.Remove(reserve), pack(goldenFile("format2/doubtful"), r.root), run.Discard(), v.Close())
}

// pack writes the folder root as an archive, which must not be there.
func pack(path, root string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	z, _ := gzip.NewWriterLevel(file, gzip.BestCompression)
	w := tar.NewWriter(z)
	return errors.Join(w.AddFS(os.DirFS(root)), w.Close(), z.Close(), file.Close())
}

// unpack lays an archive out in dir.
func unpack(t *testing.T, path, dir string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.FileInfo().IsDir() {
			err = root.MkdirAll(h.Name, 0o700)
		} else {
			err = unpackFile(root, h, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func unpackFile(root *os.Root, h *tar.Header, r io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(h.Name), 0o700); err != nil {
		return err
	}
	file, err := root.OpenFile(h.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	return errors.Join(err, file.Close(), root.Chtimes(h.Name, h.ModTime, h.ModTime))
}

// TestGolden: what earlier programs left is read, proven and built upon, and
// stays intact. Nothing else than golden archives lies in testdata.
func TestGolden(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	seen := map[string]bool{}
	filepath.WalkDir(filepath.Join("vault", "testdata"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) == ".gz" {
			seen[path] = true
		}
		return err
	})
	for name, g := range goldens {
		if !seen[goldenFile(name)] {
			t.Errorf("%s is missing", name)
			continue
		}
		delete(seen, goldenFile(name))
		t.Run(name, func(t *testing.T) { readGolden(t, name, g) })
	}
	for path := range seen {
		t.Errorf("%s: what is in it?", path)
	}
}

// readGolden works on an archive.
func readGolden(t *testing.T, name string, g golden) {
	sealed, all, trashed, broken := g.sealed, g.all, g.trashed, g.broken
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(4, 12, 64<<10) })
	unpack(t, goldenFile(name), r.root)
	password := ""
	if sealed {
		password = secret
	}
	// The next program that writes puts in order what was left.
	v, err := vault.Open(afero.NewOsFs(), r.root, r.cfg.UDID, nil)
	if err == nil {
		err = v.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(r.root, ".lifeboat", r.cfg.UDID, "run", "run.json")
	if _, err := os.Stat(run); (err == nil) != broken {
		t.Errorf("the broken run: %v", err)
	}
	list, err := vault.List(afero.NewOsFs(), r.root, r.cfg.UDID)
	if err != nil || len(list) != all {
		t.Fatalf("%d versions, not %d: %v", len(list), all, err)
	}
	if trashed > 0 && list[trashed-1].Trashed.IsZero() {
		t.Errorf("version %d is not in the trash", trashed)
	}
	var doubtful, touched []int
	for _, v := range list {
		if problems, was := g.rehearsed[v.Number]; was == v.Rehearsed.Date.IsZero() || problems != v.Rehearsed.Problems {
			t.Errorf("version %d was rehearsed: %+v", v.Number, v.Rehearsed)
		}
		if len(v.Doubtful) > 0 {
			doubtful = append(doubtful, v.Number)
		}
		if v.Touched {
			touched = append(touched, v.Number)
		}
	}
	if d := cmp.Diff([][]int{g.doubtful, g.touched}, [][]int{doubtful, touched}); d != "" {
		t.Errorf("doubtful and touched versions: %s", d)
	}
	provenAll := func(last int) {
		t.Helper()
		for n := 1; n <= last; n++ {
			c := r.recheck(n, password)
			if _, found := r.rechecked(c, g.proofs[n]); found.RepairedCount > 0 {
				t.Errorf("version %d had to be repaired", n)
			}
		}
	}
	provenAll(all)
	// A phone that does not remember that backup builds upon it, and sends all of
	// what an interrupted run had left, then one that does.
	for more := range 2 {
		result := r.mustRun(r.goldenJob(sealed, 4+more))
		if result.Version.Number != all+1+more || result.Resumed || result.Version.Proof.Level != []string{"full", "quick"}[more] {
			t.Errorf("the next backup: %+v", result.Version)
		}
		if err := r.sim.Edit(content.Edits{Changed: 2}); err != nil {
			t.Fatal(err)
		}
		provenAll(all + 1 + more)
	}
	if trashed > 0 {
		v, err := vault.Open(afero.NewOsFs(), r.root, r.cfg.UDID, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(v.Purge(trashed), v.Close()); err != nil {
			t.Fatal(err)
		}
		r.rechecked(r.recheck(trashed, password), fault.VersionUnknown)
		r.rechecked(r.recheck(trashed-1, password), "")
		r.rechecked(r.recheck(trashed+1, password), "")
	}
}
