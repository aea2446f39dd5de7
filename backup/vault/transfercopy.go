package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
)

// transferName is where a copy notes how far it is, in run/ of its folder.
const transferName = "copy.json"

// transferState is what is in it.
type transferState struct {
	// Source tells one copy from another: the versions, and what of them.
	Source string `json:"source"`
	// Groups is how many groups have arrived, are durable and were compared, and
	// Bytes what they have together.
	Groups int   `json:"groups"`
	Bytes  int64 `json:"bytes"`
	// Differs and DifferCount: see [Transferred].
	Differs     []string `json:"differs,omitempty"`
	DifferCount int      `json:"differ_count,omitempty"`
}

// Bounds of a batch: what is copied before it is written through, read back and
// noted.
const (
	batchBytes = 512 << 20
	batchFiles = 4096
)

func errIrregular(name string) error {
	return &fs.PathError{Op: "copy", Path: name, Err: syscall.ENOTDIR}
}

// fingerprint tells whether the versions are those that an interrupted copy was of.
// Proofs and the trash may have changed since.
func (t *transfer) fingerprint(ctx context.Context) (string, error) {
	type one struct {
		Number, Files int
		Bytes         int64
		Date          string
	}
	var all []any
	all = append(all, t.As, t.Number)
	for _, v := range t.versions {
		all = append(all, one{v.Number, v.Files, v.Bytes, v.Date.String()})
	}
	for _, name := range []string{format.StatusName, format.ManifestName} {
		_, sum, err := digestOf(ctx, t.source.fs, join(t.source.udid, name))
		if err != nil && !missing(err) {
			return "", err
		}
		all = append(all, sum.String())
	}
	data, err := json.Marshal(all)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), err
}

// resume finds out how far an interrupted copy of the same versions had come.
func (t *transfer) resume(ctx context.Context) error {
	source, err := t.fingerprint(ctx)
	if err != nil {
		return err
	}
	err = t.staging.readJSON(t.staging.own("run", transferName), &t.state)
	if err != nil && !illegible(err) {
		return err
	}
	if err != nil || t.state.Source != source || t.state.Groups < 0 {
		t.state = transferState{Source: source}
	}
	return ctx.Err()
}

// dropStaging removes what has arrived.
func (t *transfer) dropStaging() error {
	there, err := t.dest.exists(t.staging.own())
	if !there {
		return err
	}
	return t.staging.removeTree(t.staging.own())
}

// begin makes the folder in which the copy arrives. What lies there of another
// copy is of no use to this one.
func (t *transfer) begin() error {
	var found transferState
	err := t.staging.readJSON(t.staging.own("run", transferName), &found)
	if err != nil && !illegible(err) {
		return err
	}
	if found.Source != t.state.Source {
		if err := t.dropStaging(); err != nil {
			return err
		}
	}
	if err := t.dest.fs.MkdirAll(t.staging.own("run", versionName), 0o700); err != nil {
		return err
	}
	if err := t.dest.fs.MkdirAll(t.staging.own("run", treeName, t.As), 0o700); err != nil {
		return err
	}
	return errors.Join(t.note(), t.dest.syncDirs(".", hidden, t.staging.own()))
}

func (t *transfer) note() error {
	return t.staging.writeJSON(t.staging.own("run", transferName), t.state)
}

// batch is what was copied and not compared yet.
type batch struct {
	items  []item
	sums   []catalog.Digest // of the sources; zero: it was there already
	bytes  int64
	groups int
}

// copy brings everything that is not there yet.
func (t *transfer) copy(ctx context.Context) error {
	if err := t.begin(); err != nil {
		return err
	}
	t.done.Bytes, t.done.Differs, t.done.DifferCount = t.state.Bytes, t.state.Differs, t.state.DifferCount
	var b batch
	for g, err := range t.groups() {
		if err != nil {
			return err
		}
		if g.index < t.state.Groups {
			continue
		}
		for _, rel := range g.gone {
			t.differ(rel, "missing")
		}
		for _, i := range g.items {
			sum, err := t.bring(ctx, i)
			if err != nil {
				return err
			}
			b.items, b.sums, b.bytes = append(b.items, i), append(b.sums, sum), b.bytes+i.size
		}
		if b.groups = g.index + 1; b.bytes >= batchBytes || len(b.items) >= batchFiles {
			if err := t.settle(ctx, b); err != nil {
				return err
			}
			b = batch{}
		}
	}
	if b.groups == 0 {
		return nil
	}
	return t.settle(ctx, b)
}

func (t *transfer) differ(rel, why string) {
	t.done.DifferCount++
	if len(t.done.Differs) < differsMax {
		t.done.Differs = append(t.done.Differs, fmt.Sprintf("%s (%s)", rel, why))
	}
}

// bring copies one file, unless it has arrived with its length already; then its
// digest is zero, and it is compared with its source later.
func (t *transfer) bring(ctx context.Context, i item) (sum catalog.Digest, err error) {
	to := t.staging.own(i.to)
	info, err := t.dest.lstat(to)
	switch {
	case err == nil && info.Mode().IsRegular() && info.Size() == i.size:
		t.arrived(i.size)
		return sum, ctx.Err()
	case err == nil && !info.Mode().IsRegular():
		if err := t.dest.fs.RemoveAll(to); err != nil {
			return sum, err
		}
	case err != nil && !missing(err):
		return sum, err
	}
	return t.pour(ctx, i)
}

// arrived counts bytes that are there, and reports them. What is copied once more is
// not reported once more.
func (t *transfer) arrived(bytes int64) {
	if t.done.Bytes += bytes; t.report != nil && t.done.Bytes > t.reported {
		t.reported = t.done.Bytes
		t.report(t.reported)
	}
}

// pour copies one file.
func (t *transfer) pour(ctx context.Context, i item) (sum catalog.Digest, err error) {
	in, err := t.source.fs.Open(i.from)
	if err != nil {
		return sum, err
	}
	defer in.Close()
	to := t.staging.own(i.to)
	out, err := t.dest.fs.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if missing(err) {
		if err = t.dest.fs.MkdirAll(parent(to), 0o700); err == nil {
			out, err = t.dest.fs.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		}
	}
	if err != nil {
		return sum, err
	}
	hash, size := catalog.NewHash(), int64(0)
	for err == nil {
		if err = ctx.Err(); err != nil {
			break
		}
		n, readErr := in.Read(t.buffer)
		if n > 0 {
			hash.Write(t.buffer[:n])
			size += int64(n)
			if _, err = out.Write(t.buffer[:n]); err == nil {
				t.arrived(int64(n))
			}
		}
		if readErr == io.EOF {
			break
		}
		if err == nil {
			err = readErr
		}
	}
	if err == nil && size != i.size {
		err = fmt.Errorf("%s: it has %d bytes now, not %d", i.from, size, i.size)
	}
	return catalog.Sum(hash), errors.Join(err, out.Close())
}

// settle makes a batch durable, reads it back from the disk, compares it with its
// sources, and notes that it has arrived.
func (t *transfer) settle(ctx context.Context, b batch) error {
	if err := t.through(ctx, b.items); err != nil {
		return err
	}
	for n, i := range b.items {
		sum, err := t.compared(ctx, i, b.sums[n])
		if err != nil {
			return err
		}
		if !i.want.IsZero() && sum != i.want {
			t.differ(i.to[len(join("run", treeName, t.As))+1:], "not what once arrived")
		}
	}
	t.state.Groups, t.state.Bytes = b.groups, t.done.Bytes
	t.state.Differs, t.state.DifferCount = t.done.Differs, t.done.DifferCount
	return t.note()
}

// through writes files, and the names of the folders they are in, to the disk.
func (t *transfer) through(ctx context.Context, items []item) error {
	seen := map[string]bool{}
	var dirs, above []string
	for _, i := range items {
		dir := parent(t.staging.own(i.to))
		if seen[dir] {
			continue
		}
		seen[dir] = true
		dirs = append(dirs, dir)
		for up := parent(dir); up != "." && !seen[up]; up = parent(up) {
			seen[up] = true
			above = append(above, up)
		}
	}
	return errors.Join(t.dest.sync(ctx, dirs...), t.dest.syncDirs(above...))
}

// compared reads a file back, and gives the digest of its source. One that is not
// as its source is copied once more; a disk that does not hold it then is given up.
func (t *transfer) compared(ctx context.Context, i item, sum catalog.Digest) (catalog.Digest, error) {
	if sum.IsZero() {
		var err error
		if _, sum, err = digestOf(ctx, t.source.fs, i.from); err != nil {
			return sum, err
		}
	}
	for attempt := range 2 {
		same, err := t.same(ctx, i, sum)
		if same || err != nil {
			return sum, err
		}
		t.Log.Warn("a file is not as it was written", "file", i.to, "attempt", attempt)
		t.done.Bytes -= i.size
		again, err := t.pour(ctx, i)
		if err == nil && again != sum {
			err = fmt.Errorf("%s: it is read differently each time", i.from)
		}
		if err == nil {
			err = t.through(ctx, []item{i})
		}
		if err != nil {
			return sum, err
		}
	}
	if same, err := t.same(ctx, i, sum); !same {
		return sum, errors.Join(err, fmt.Errorf("%s: the disk does not give back what was written", i.to))
	}
	return sum, nil
}

// same reads a file from the disk, and not from the system's memory where that can
// be asked for.
func (t *transfer) same(ctx context.Context, i item, sum catalog.Digest) (bool, error) {
	file, err := t.dest.fs.Open(t.staging.own(i.to))
	if err != nil {
		return false, err
	}
	disk.Uncache(file)
	size, got, err := catalog.DigestOf(ctx, file)
	return err == nil && size == i.size && got == sum, errors.Join(err, file.Close())
}
