package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/backuptest/heldfs"
	"lifeboat/backup/backuptest/powerfs"
	"lifeboat/device/fault"
)

// bigger is a history whose first content is longer than what is read at once.
func bigger() []files {
	all := history()
	long := strings.Repeat("long ", 120_000)
	for _, f := range all {
		f[blob("long")] = long
	}
	return all
}

// transferOf is a copy from one folder to another of the same file system.
func transferOf(fsys afero.Fs, root, dest string, number int) Transfer {
	return Transfer{From: fsys, Root: root, UDID: udid, Number: number, To: fsys, Dest: dest, As: udid}
}

// arrivedAll checks that all versions of a history can be had below dest.
func arrivedAll(t *testing.T, fsys afero.Fs, dest string, all []files) {
	t.Helper()
	for i, want := range all {
		shows(t, fsys, dest, i+1, want)
	}
}

// TestTransferAll: a phone's backups stand in another folder with all their
// history, their proofs and their trash, nothing is there twice, the source stays
// as it was, and the next backup builds upon the copy.
func TestTransferAll(t *testing.T) {
	for name, fsys := range systems {
		t.Run(name, func(t *testing.T) {
			root, dest, all := t.TempDir(), t.TempDir(), bigger()
			record(t, fsys, root, all)
			v := open(t, fsys, root)
			must(t, v.Trash(epoch, 2), v.Close())
			before := tree(t, root)
			o := transferOf(fsys, root, dest, 0)
			plan, err := o.Plan(t.Context())
			if err != nil || plan.Versions != 5 || plan.Bytes < 600_000 || plan.Arrived != 0 || plan.Need < plan.Bytes {
				t.Fatalf("%+v, %v", plan, err)
			}
			if left := tree(t, dest); len(left) > 0 {
				t.Errorf("a plan wrote %v", left)
			}
			var last int64
			done, err := o.Run(t.Context(), func(n int64) {
				if n < last {
					t.Errorf("%d after %d", n, last)
				}
				last = n
			})
			if err != nil || done.Versions != 5 || done.Bytes != plan.Bytes || last != plan.Bytes || done.Files != plan.Files || done.DifferCount > 0 || done.Dir != Dir(dest, udid) {
				t.Fatalf("%+v, %d, %v", done, last, err)
			}
			if d := cmp.Diff(before, tree(t, root)); d != "" {
				t.Errorf("the source: %s", d)
			}
			delete(before, hidden+"/"+udid+"/reserve")
			copied := tree(t, dest)
			delete(copied, hidden+"/"+udid+"/reserve")
			if d := cmp.Diff(before, copied); d != "" {
				t.Errorf("the copy: %s", d)
			}
			arrivedAll(t, fsys, dest, all)
			v = open(t, fsys, dest)
			if all := v.Versions(); all[1].Trashed.IsZero() || !all[4].Proof.Intact() {
				t.Errorf("%+v", all)
			}
			next := all[4].with(6, files{"a": "a6"})
			must(t, v.Undelete(2), backUp(v, Plan{}, 6, all[4], next), v.Close())
			arrivedAll(t, fsys, dest, append(all, next))
			if _, err := o.Run(t.Context(), nil); fault.Of(err) != fault.LayOutTaken {
				t.Errorf("a second time: %v", err)
			}
		})
	}
}

// TestTransferOne: one version stands there alone, as it was, and needs no other.
func TestTransferOne(t *testing.T) {
	for name, fsys := range systems {
		for number := 1; number <= 5; number++ {
			root, dest, all := t.TempDir(), t.TempDir(), history()
			record(t, fsys, root, all)
			done, err := transferOf(fsys, root, dest, number).Run(t.Context(), nil)
			if err != nil || done.Versions != 1 || done.DifferCount != 0 {
				t.Fatalf("%s, %d: %+v, %v", name, number, done, err)
			}
			shows(t, fsys, dest, number, all[number-1])
			if d := cmp.Diff(all[number-1], treeOf(t, fsys, Dir(dest, udid))); d != "" {
				t.Errorf("%s, %d: %s", name, number, d)
			}
			v := open(t, fsys, dest)
			list := v.Versions()
			if len(list) != 1 || !list[0].Current || !list[0].Proof.Intact() || list[0].Number != number || !list[0].Date.Equal(epoch.AddDate(0, 0, number)) {
				t.Errorf("%+v", list)
			}
			next := all[number-1].with(9, files{"z": "z9"})
			must(t, backUp(v, Plan{}, 9, all[number-1], next), v.Close())
			shows(t, fsys, dest, number, all[number-1])
			shows(t, fsys, dest, number+1, next)
		}
	}
}

// TestTransferTaken: what stands at the destination is never written over.
func TestTransferTaken(t *testing.T) {
	root, all := t.TempDir(), history()
	record(t, afero.NewOsFs(), root, all[:1])
	for _, name := range []string{udid + "/Status.plist", hidden + "/" + udid + "/vault.json", hidden + "/" + udid + "/versions/000001/meta.json"} {
		dest := t.TempDir()
		put(t, filepath.Join(dest, filepath.FromSlash(name)), "somebody's")
		for _, number := range []int{0, 1} {
			o := transferOf(afero.NewOsFs(), root, dest, number)
			_, planned := o.Plan(t.Context())
			_, err := o.Run(t.Context(), nil)
			if fault.Of(err) != fault.LayOutTaken || fault.Of(planned) != fault.LayOutTaken {
				t.Errorf("%s: %v, %v", name, err, planned)
			}
		}
		if d := cmp.Diff(files{name: "somebody's"}, tree(t, dest)); d != "" {
			t.Error(d)
		}
	}
}

// TestTransferResumes: a copy that was cancelled anywhere leaves no backup at the
// destination, and the next one brings the rest. What was dropped begins anew.
func TestTransferResumes(t *testing.T) {
	for name, fsys := range systems {
		root, all := t.TempDir(), bigger()
		record(t, fsys, root, all)
		for _, at := range []int64{1, 300_000, 500_000, 600_100} {
			for _, drop := range []bool{false, true} {
				dest := t.TempDir()
				o := transferOf(fsys, root, dest, 0)
				ctx, cancel := context.WithCancel(t.Context())
				_, err := o.Run(ctx, func(n int64) {
					if n >= at {
						cancel()
					}
				})
				cancel()
				if fault.Of(err) != fault.Cancelled {
					t.Fatalf("%s, %d: %v", name, at, err)
				}
				if there := Phones(fsys, dest); len(there) > 0 {
					t.Errorf("%s, %d: %v", name, at, there)
				}
				if drop {
					must(t, o.Drop(t.Context()))
					if left := tree(t, dest); len(left) > 0 {
						t.Errorf("%s, %d: left %v", name, at, left)
					}
				}
				plan, err := o.Plan(t.Context())
				if err != nil || (plan.Arrived > 0) == drop && at > 600_000 {
					t.Errorf("%s, %d, dropped %v: %+v, %v", name, at, drop, plan, err)
				}
				done, err := o.Run(t.Context(), nil)
				if err != nil || done.Bytes != plan.Bytes {
					t.Fatalf("%s, %d: %+v, %v", name, at, done, err)
				}
				arrivedAll(t, fsys, dest, all)
			}
		}
	}
}

// TestTransferOfAnother: what an interrupted copy left is not taken for the
// beginning of one of other versions.
func TestTransferOfAnother(t *testing.T) {
	fsys := afero.NewOsFs()
	root, dest, all := t.TempDir(), t.TempDir(), bigger()
	record(t, fsys, root, all[:2])
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := transferOf(fsys, root, dest, 0).Run(ctx, func(n int64) { cancel() }); fault.Of(err) != fault.Cancelled {
		t.Fatal(err)
	}
	// Of the same length, in the place of what has arrived.
	must(t, afero.Walk(fsys, filepath.Join(dest, hidden), func(path string, info os.FileInfo, err error) error {
		if err == nil && strings.Contains(path, "tree") && info.Mode().IsRegular() {
			err = os.WriteFile(path, bytes.Repeat([]byte("x"), int(info.Size())), 0o600)
		}
		return err
	}))
	v := open(t, fsys, root)
	must(t, backUp(v, Plan{}, 3, all[1], all[2]), v.Close())
	if _, err := transferOf(fsys, root, dest, 0).Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	arrivedAll(t, fsys, dest, all[:3])
}

// TestTransferBusy: while it is copied no backup changes the source, and two
// copies do not meet.
func TestTransferBusy(t *testing.T) {
	fsys := afero.NewOsFs()
	root, dest, other := t.TempDir(), t.TempDir(), t.TempDir()
	record(t, fsys, root, history()[:1])
	record(t, fsys, other, history()[:1])
	asked := false
	_, err := transferOf(fsys, root, dest, 0).Run(t.Context(), func(int64) {
		if asked {
			return
		}
		asked = true
		if _, err := Open(fsys, root, udid, nil); fault.Of(err) != fault.DestBusy {
			t.Errorf("the source: %v", err)
		}
		if _, err := transferOf(fsys, other, dest, 0).Run(t.Context(), nil); fault.Of(err) != fault.DestBusy {
			t.Errorf("the destination: %v", err)
		}
	})
	if err != nil || !asked {
		t.Error(asked, err)
	}
}

// lying is a disk that changes what is written: the first times that a name is
// opened for writing.
type lyingDisk struct {
	afero.Fs
	name  string
	times int
}

func (l *lyingDisk) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	file, err := l.Fs.OpenFile(name, flag, perm)
	if err == nil && flag&os.O_WRONLY != 0 && strings.HasSuffix(filepath.ToSlash(name), l.name) && l.times > 0 {
		l.times--
		return lyingFile{file}, nil
	}
	return file, err
}

type lyingFile struct{ afero.File }

func (f lyingFile) Write(p []byte) (int, error) {
	p = bytes.Clone(p)
	p[0] ^= 1
	return f.File.Write(p)
}

// TestTransferReadsBack: a disk that does not hold what is written is found out,
// and what it took wrongly once is written again.
func TestTransferReadsBack(t *testing.T) {
	all := bigger()
	for times, want := range []fault.Code{"", "", fault.DestFailed} {
		root, dest := t.TempDir(), t.TempDir()
		record(t, afero.NewOsFs(), root, all)
		o := transferOf(afero.NewOsFs(), root, dest, 0)
		o.To = &lyingDisk{afero.NewOsFs(), blob("long"), 3 * times * times}
		if times == 1 {
			o.To.(*lyingDisk).times = 1
		}
		_, err := o.Run(t.Context(), nil)
		if fault.Of(err) != want {
			t.Errorf("%d times: %v", times, err)
		}
		if want == "" {
			arrivedAll(t, afero.NewOsFs(), dest, all)
		} else if there := Phones(afero.NewOsFs(), dest); len(there) > 0 {
			t.Errorf("%v", there)
		}
	}
}

// TestTransferOfDamage: a copy of a damaged version says what is wrong with it.
func TestTransferOfDamage(t *testing.T) {
	root, dest, all := t.TempDir(), t.TempDir(), history()
	record(t, afero.NewOsFs(), root, all[:2])
	put(t, filepath.Join(root, udid, filepath.FromSlash(blob("a"))), "A2")
	must(t, os.Remove(filepath.Join(root, udid, filepath.FromSlash(blob("e")))))
	done, err := transferOf(afero.NewOsFs(), root, dest, 2).Run(t.Context(), nil)
	if err != nil || done.DifferCount != 2 || !strings.Contains(strings.Join(done.Differs, " "), blob("a")) || !strings.Contains(strings.Join(done.Differs, " "), blob("e")) {
		t.Errorf("%+v, %v", done, err)
	}
}

// outcome checks what an accident to a copy has left: the source as it was, and at
// the destination nothing that counts, or all of it. Then the copy is made again.
func outcome(t *testing.T, fsys afero.Fs, all []files, how string) {
	t.Helper()
	o := transferOf(fsys, "/from", "/to", 0)
	list, err := List(fsys, "/to", udid)
	if err != nil || len(list) != 0 && len(list) != len(all) {
		t.Errorf("%s: %d versions, %v", how, len(list), err)
	}
	if len(list) == 0 {
		if _, err := o.Run(t.Context(), nil); err != nil {
			t.Errorf("%s: again: %v", how, err)
			return
		}
	} else if _, err := o.Run(t.Context(), nil); fault.Of(err) != fault.LayOutTaken {
		t.Errorf("%s: again: %v", how, err)
	}
	for _, root := range []string{"/from", "/to"} {
		arrivedAll(t, fsys, root, all)
	}
	if t.Failed() {
		t.Fatal(how)
	}
}

// TestTransferCrash kills the program, and cuts the power, all through a copy.
func TestTransferCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	all := history()[:3]
	for _, names := range powerfs.Here() {
		for _, one := range []bool{false, true} {
			disk := powerfs.New(names)
			mount := func(fs *powerfs.FS) afero.Fs {
				if one {
					return plain{heldfs.New(fs)}
				}
				return fs
			}
			must(t, disk.MkdirAll("/from", 0o700), disk.MkdirAll("/to", 0o700))
			record(t, mount(disk), "/from", all)
			disk.Forget()
			if _, err := transferOf(mount(disk), "/from", "/to", 0).Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			said := disk.Len()
			for k := 0; k <= said; k += 1 + said/40 {
				outcome(t, mount(disk.Killed(k)), all, fmt.Sprintf("names %v: killed at %d of %d", names, k, said))
				for img, how := range disk.PowerCut(k, 1, 2) {
					outcome(t, mount(img), all, fmt.Sprintf("names %v: power cut at %d of %d: %s", names, k, said, how))
				}
			}
			// Once success was said, it is there.
			for img, how := range disk.PowerCut(said, 1, 4) {
				if list, err := List(mount(img), "/to", udid); err != nil || len(list) != len(all) {
					t.Errorf("names %v: %s: %d, %v", names, how, len(list), err)
				}
			}
		}
	}
}

// TestTransferFaults: whatever the destination's drive refuses, or when it is
// pulled, the copy ends with an error or is there, and the next one succeeds.
func TestTransferFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	all := history()[:3]
	disk := powerfs.New(powerfs.ByFile)
	must(t, disk.MkdirAll("/from", 0o700), disk.MkdirAll("/to", 0o700))
	record(t, disk, "/from", all)
	disk.Forget()
	source := func(name string) bool { return !strings.HasPrefix(filepath.ToSlash(name), "/to") }
	counted := faultfs.New(disk.Killed(0), faultfs.Plan{Except: source})
	if _, err := transferOf(counted, "/from", "/to", 0).Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []bool{false, true} {
		total := counted.Count(faultfs.Any)
		for n := 1; n <= total; n += 1 + total/80 {
			img := disk.Killed(0)
			failing := faultfs.New(img, faultfs.Plan{Kind: faultfs.Any, N: n, Gone: gone, Except: source})
			_, err := transferOf(failing, "/from", "/to", 0).Run(t.Context(), nil)
			how := fmt.Sprintf("gone %v: operation %d of %d: %v", gone, n, total, err)
			if gone && err == nil && n < total-20 {
				t.Errorf("%s", how)
			}
			var known *fault.Error
			if err != nil && !errors.As(err, &known) {
				t.Errorf("%s has no code", how)
			}
			outcome(t, img, all, how)
		}
	}
}
