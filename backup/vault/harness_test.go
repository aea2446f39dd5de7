package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
	"go.uber.org/goleak"
	"howett.net/plist"

	"lifeboat/backup/format"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const udid = "00008110-000A1B2C3D4E5F60"

var epoch = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

// files is a backup: the content of each file by its path.
type files map[string]string

// blob is where the content of a file of the test phone lies.
func blob(name string) string {
	id := format.FileID("HomeDomain", name)
	return id[:2] + "/" + id
}

// status is a Status.plist.
func status(state, uuid string) string {
	data, err := plist.Marshal(map[string]any{
		"Version": "3.3", "UUID": uuid, "Date": epoch, "SnapshotState": state, "BackupState": "new", "IsFullBackup": true,
	}, plist.BinaryFormat)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func manifest(name string) string {
	data, err := plist.Marshal(map[string]any{"IsEncrypted": false, "Version": "10.0", "Lockdown": map[string]any{"DeviceName": name}}, plist.BinaryFormat)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// with is a backup of the test phone after it changed: "" removes a file.
func (f files) with(number int, changes files) files {
	next := maps.Clone(f)
	if next == nil {
		next = files{}
	}
	for name, data := range changes {
		if data == "" {
			delete(next, blob(name))
		} else {
			next[blob(name)] = data
		}
	}
	next["Info.plist"] = fmt.Sprintf("info %d", number)
	next["Status.plist"] = status("finished", fmt.Sprint(number))
	next["Manifest.plist"] = manifest("Test")
	next["Manifest.db"] = fmt.Sprintf("database %d", number)
	return next
}

// write stores a file as the phone's host does.
func write(fsys afero.Fs, name, data string) error {
	if err := fsys.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	if err := fsys.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := fsys.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, data)
	return errors.Join(err, file.Close())
}

// upload is what a phone does up to the moment when it begins to move: before
// is what it finds, after what shall be there.
func upload(r *Run, before, after files) error {
	steps := []error{write(r.FS(), r.Dir()+"/Info.plist", after["Info.plist"]), write(r.FS(), r.Dir()+"/Status.plist", status("uploading", "x"))}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if strings.HasSuffix(name, ".plist") && name != "Manifest.plist" || before[name] == after[name] {
			continue
		}
		if there, err := afero.Exists(r.FS(), r.Dir()+"/Snapshot/"+name); there && name != "Manifest.db" {
			steps = append(steps, err)
			continue // of a broken run
		}
		steps = append(steps, write(r.FS(), r.Dir()+"/Snapshot/"+name, after[name]))
	}
	return errors.Join(steps...)
}

// place is what a phone does after upload.
func placeAll(r *Run, before, after files) error {
	steps := []error{write(r.FS(), r.Dir()+"/Status.plist", status("moving", "x"))}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if strings.HasSuffix(name, ".plist") && name != "Manifest.plist" || before[name] == after[name] {
			continue
		}
		steps = append(steps, r.FS().MkdirAll(filepath.Dir(r.Dir()+"/"+name), 0o700), r.FS().Rename(r.Dir()+"/Snapshot/"+name, r.Dir()+"/"+name))
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if _, still := after[name]; !still {
			steps = append(steps, r.FS().Remove(r.Dir()+"/"+name))
		}
	}
	steps = append(steps, r.FS().RemoveAll(r.Dir()+"/Snapshot"), write(r.FS(), r.Dir()+"/Status.plist", after["Status.plist"]))
	return errors.Join(steps...)
}

// full is a proof that was made.
func full(number int) Proof {
	return Proof{Level: "full", Date: epoch.AddDate(0, 0, number), By: "test"}
}

// backUp makes a version, incremental unless full is asked for.
func backUp(v *Vault, plan Plan, number int, before, after files) error {
	plan.Now = epoch.AddDate(0, 0, number)
	r, err := v.Begin(plan)
	if err != nil {
		return err
	}
	if !r.Incremental() {
		before = nil
	}
	if err := errors.Join(upload(r, before, after), placeAll(r, before, after), r.Seal(context.Background(), plan.Now)); err != nil {
		return errors.Join(err, r.closeFiles())
	}
	_, err = r.Commit(full(number))
	return err
}

func open(t *testing.T, fsys afero.Fs, root string) *Vault {
	t.Helper()
	v, err := Open(fsys, root, udid, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// treeOf reads all files below dir.
func treeOf(t *testing.T, fsys afero.Fs, dir string) files {
	t.Helper()
	all := files{}
	err := afero.Walk(fsys, dir, func(path string, info fs.FileInfo, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || info.IsDir() {
			return err
		}
		data, err := afero.ReadFile(fsys, path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// shows checks that a version is what it was.
func shows(t *testing.T, fsys afero.Fs, root string, number int, want files) {
	t.Helper()
	w, err := OpenView(fsys, root, udid, number)
	if err != nil {
		t.Errorf("version %d: %v", number, err)
		return
	}
	defer w.Close()
	if d := cmp.Diff(want, treeOf(t, w.FS(), "/")); d != "" {
		t.Errorf("version %d: %s", number, d)
	}
}

// systems are the ways to a disk: with all that this computer can do, and
// with plain operations only.
var systems = map[string]afero.Fs{"native": afero.NewOsFs(), "other": plain{afero.NewOsFs()}}

// plain hides the operating system's file system, so that the ways for all
// others are taken.
type plain struct{ afero.Fs }

func (p plain) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	return p.Fs.(afero.Lstater).LstatIfPossible(name)
}

// tree reads all files below a folder of this computer.
func tree(t *testing.T, dir string) files {
	t.Helper()
	return treeOf(t, afero.NewOsFs(), dir)
}

// put writes a file, and makes the folders above it.
func put(t *testing.T, path, data string) {
	t.Helper()
	must(t, write(afero.NewOsFs(), path, data))
}
