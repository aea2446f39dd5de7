//go:build interop

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

// TestSizesDifferSameAsIdevicebackup2: a phone that lists other sizes than it
// stores, as real ones do, is backed up, proven, backed up again and laid out;
// both programs have the same at each step. What was laid out, the newest
// version and the one before, idevicebackup2 restores onto the phone, which
// gets what it had then, to the byte. idevicebackup2 also builds upon it as
// upon a backup of its own.
func TestSizesDifferSameAsIdevicebackup2(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	b := build(t)
	phone := newFolderPhone(t)
	state := filepath.Join(t.TempDir(), "state")
	arguments := []string{"--state", state, "--content", phone.dir, "--fault", "sizes-differ=45", "--find-my=false"}
	theirs, ours, out := t.TempDir(), t.TempDir(), t.TempDir()
	same := func() {
		t.Helper()
		run(t, "", b.ctl, "verify", ours) // exits 0 only if nothing is doubtful
		compare(t, backupOfPhone(t, theirs), backupOfPhone(t, ours))
	}
	address, stop := startPhone(t, b, arguments...)
	run(t, address, "idevicepair", "pair")
	run(t, address, "idevicebackup2", "encryption", "on", "correct horse", theirs)
	run(t, address, "idevicebackup2", "backup", theirs)
	run(t, address, b.ctl, "backup", "--json", "--to", ours)
	same()
	stop()
	before := phone.sums(t)
	phone.change(t)

	address, stop = startPhone(t, b, arguments...)
	run(t, address, "idevicebackup2", "backup", theirs)
	run(t, address, b.ctl, "backup", "--json", "--to", ours)
	for name, dir := range map[string]string{"idevicebackup2": theirs, "lifeboatctl": ours} {
		if full := dict(t, backupOfPhone(t, dir), "Status.plist")["IsFullBackup"]; full != false {
			t.Errorf("the second backup of %s is a full one: %v", name, full)
		}
	}
	same()
	for version, want := range map[string]map[string]string{"1": before, "2": phone.sums(t)} {
		laid := filepath.Join(out, version)
		run(t, "", b.ctl, "lay-out", version, laid, "--from", ours)
		run(t, address, "idevicebackup2", "restore", "--system", "--no-reboot", "--password", "correct horse", laid)
		checkRestored(t, filepath.Join(state, "phone", "backup", backupd.RestoredName), want, blobsIn(t, laid))
		stop() // a phone takes no second restore before it has been started again
		address, stop = startPhone(t, b, arguments...)
	}
	compare(t, backupOfPhone(t, theirs), backupOfPhone(t, filepath.Join(out, "2")))

	run(t, address, "idevicebackup2", "backup", filepath.Join(out, "2"))
	if full := dict(t, backupOfPhone(t, filepath.Join(out, "2")), "Status.plist")["IsFullBackup"]; full != false {
		t.Errorf("idevicebackup2 did not build upon what was laid out: %v", full)
	}
	compare(t, backupOfPhone(t, theirs), backupOfPhone(t, filepath.Join(out, "2")))
	stop()
}

// folderPhone is a folder that is what is on a phone.
type folderPhone struct {
	dir    string
	random *rand.ChaCha8
}

// newFolderPhone fills one with files of at most a few kilobytes, some of
// them empty and some of whole blocks.
func newFolderPhone(t *testing.T) *folderPhone {
	p := &folderPhone{dir: t.TempDir(), random: rand.NewChaCha8([32]byte{10})}
	for i := range 410 {
		p.write(t, i, 16*(i%7)+i%3)
	}
	return p
}

// name is where a file is.
func (p *folderPhone) name(i int) string {
	domain := []string{"HomeDomain/Library/SMS", "CameraRollDomain/Media/DCIM/100APPLE", "AppDomain-org.example.notes/Documents"}[i%3]
	return filepath.Join(p.dir, filepath.FromSlash(domain), fmt.Sprintf("file %d.db", i))
}

func (p *folderPhone) write(t *testing.T, i, size int) {
	t.Helper()
	data := make([]byte, size)
	_, _ = p.random.Read(data)
	if err := os.MkdirAll(filepath.Dir(p.name(i)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.name(i), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// change changes, adds and deletes a few files.
func (p *folderPhone) change(t *testing.T) {
	t.Helper()
	for i := range 30 {
		p.write(t, i, 200+i)
	}
	for i := range 20 {
		p.write(t, 1000+i, 100+i)
	}
	for i := range 15 {
		if err := os.Remove(p.name(100 + i)); err != nil {
			t.Fatal(err)
		}
	}
}

// sums are the sizes and SHA-256 of the files, by domain, "-" and path.
func (p *folderPhone) sums(t *testing.T) map[string]string {
	t.Helper()
	sums := map[string]string{}
	for _, name := range files(t, p.dir) {
		data := read(t, p.dir, filepath.FromSlash(name))
		domain, path, _ := bytes.Cut([]byte(name), []byte("/"))
		sums[fmt.Sprintf("%s-%s", domain, path)] = fmt.Sprintf("%d %x", len(data), sha256.Sum256(data))
	}
	return sums
}

// blobsIn counts the content files of the only backup in a folder.
func blobsIn(t *testing.T, root string) int {
	t.Helper()
	n := 0
	for _, name := range files(t, backupOfPhone(t, root)) {
		if blobName.MatchString(name) {
			n++
		}
	}
	return n
}

// checkRestored reads what the phone says it was restored with: all that was
// on it, and as many files as the backup has, which holds a few beyond.
func checkRestored(t *testing.T, list string, want map[string]string, blobs int) {
	t.Helper()
	f, err := os.Open(list)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := json.NewDecoder(f)
	var head backupd.Restored
	if err := in.Decode(&head); err != nil || !head.Options["RestoreSystemFiles"] {
		t.Fatalf("it was restored with %+v, %v", head, err)
	}
	got, n := map[string]string{}, 0
	for {
		var file backupd.RestoredFile
		if err := in.Decode(&file); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if file.Kind == content.Regular {
			n++
			got[file.Domain+"-"+file.Path] = fmt.Sprintf("%d %s", file.Size, file.SHA256)
		}
	}
	if n != blobs || len(got) != n {
		t.Errorf("%d files under %d names were restored of the %d in the backup", n, len(got), blobs)
	}
	for name, sum := range want {
		if got[name] != sum {
			t.Errorf("%s was restored as %q, not as %q", name, got[name], sum)
		}
	}
	if len(want) < 400 {
		t.Errorf("only %d files were compared", len(want))
	}
}
