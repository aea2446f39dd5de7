//go:build interop

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRestoreSameAsIdevicebackup2 has idevicebackup2 and lifeboatctl restore the
// same backups, the newest and an older one, onto one phone: it must have the very
// same content afterwards, and neither the folder of the backups be changed by
// lifeboatctl.
func TestRestoreSameAsIdevicebackup2(t *testing.T) {
	t.Parallel() // other people's tools wait more than they work
	b := build(t)
	state, backups, laid := filepath.Join(t.TempDir(), "state"), t.TempDir(), t.TempDir()
	phone := []string{"--state", state, "--ios", "18.4.1", "--find-my=false", "--files", "300", "--bytes", "20000000", "--seed", "11"}
	changed := append(phone, "--change", "40", "--add", "30", "--delete", "20")

	address, stop := startPhone(t, b, phone...)
	run(t, address, "idevicepair", "pair")
	run(t, address, b.ctl, "backup", "--json", "--to", backups)
	stop()
	address, stop = startPhone(t, b, changed...)
	run(t, address, b.ctl, "backup", "--json", "--to", backups)
	stop()
	udid := filepath.Base(backupOfPhone(t, backups))
	address, stop = startPhone(t, b, changed...)
	run(t, address, b.ctl, "lay-out", "1", laid, "--from", backups)
	stop()

	before := contents(t, backups)
	restored := func(name string, args ...string) string {
		t.Helper()
		list := filepath.Join(state, "phone/backup", "restored.jsonl")
		if err := os.Remove(list); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		address, stop := startPhone(t, b, changed...)
		defer stop()
		run(t, address, name, args...)
		data, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		head, rest, _ := bytes.Cut(data, []byte("\n"))
		if want := `"Source":"` + udid + `"`; !strings.Contains(string(head), want) {
			t.Errorf("%s: %s without %s", name, head, want)
		}
		return string(rest)
	}
	theirs := func(dir string) string {
		return restored("idevicebackup2", "restore", "--system", "--settings", "--remove", "--no-reboot", "--password", "correct horse", dir)
	}
	ours := func(version string) string {
		return restored(b.ctl, "restore", "--from", backups, "--version", version, "--yes-erase", "Anna's iPhone", "--no-backup-first", "--json")
	}
	newest := ours("2")
	older := ours("1")
	if d := cmp.Diff(before, contents(t, backups)); d != "" {
		t.Errorf("lifeboatctl changed the folder of the backups:\n%s", d)
	}
	if d := cmp.Diff(theirs(backups), newest); d != "" {
		t.Errorf("the newest (-idevicebackup2 +lifeboatctl):\n%s", d)
	}
	if d := cmp.Diff(theirs(laid), older); d != "" {
		t.Errorf("the older one (-idevicebackup2 +lifeboatctl):\n%s", d)
	}
	if newest == older || strings.Count(older, "\n") < 300 {
		t.Errorf("%d and %d entries", strings.Count(newest, "\n"), strings.Count(older, "\n"))
	}
}

// contents are the bytes of all files below a folder.
func contents(t *testing.T, dir string) map[string]string {
	all := map[string]string{}
	for _, name := range files(t, dir) {
		all[name] = string(read(t, dir, name))
	}
	return all
}
