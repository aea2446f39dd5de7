package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/audit"
	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// This file holds the steps of a walk that look after the versions, and those
// of the phone and of its owner.

func (w *walk) rot() string {
	files, err := w.files()
	if err != nil {
		w.t.Fatal(err)
	}
	if len(files) == 0 {
		return "nothing there"
	}
	// Lists are few among contents.
	kind := []string{"content", "Manifest.db", "changes"}[min(w.random.IntN(5), 4)/2]
	chosen := slices.DeleteFunc(files, func(path string) bool {
		name := filepath.Base(path)
		return name != kind && (kind != "content" || len(name) != 40)
	})
	path := chosen[w.random.IntN(len(chosen))]
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return "empty"
	}
	if err := w.book.rot(path, w.random.Float64()); err != nil {
		w.t.Fatal(err)
	}
	w.damages++
	return kind
}

// verify proves a version as a user does: it finds what the walk has damaged,
// or repairs it.
func (w *walk) verify() string {
	number := w.any(func(vault.Version) bool { return true })
	if number == 0 {
		return "nothing there"
	}
	before := w.damaged(number)
	c := &audit.Job{Fs: afero.NewOsFs(), Root: w.rig.root, UDID: w.cfg.UDID, Version: number, Program: "walk"}
	if w.random.IntN(2) == 0 {
		c.Password = keybag.NewPassword(w.versions[number].password)
	}
	if w.random.IntN(4) == 0 {
		c.Level = verify.Level{Depth: verify.Quick}
	}
	_, findings, err := c.Run(context.Background(), nil)
	quick := c.Level.Depth == verify.Quick
	switch code := fault.Of(err); {
	case err != nil && before == 0 && !w.blind[number]:
		w.t.Fatalf("step %d: version %d is intact, and the proof says %v", w.done, number, err)
	case code == fault.PasswordNeeded && c.Password.Empty() && w.blind[number]:
		return "needs the password, as nothing is remembered"
	case err != nil && code != fault.BackupDamaged && code != fault.VersionDamaged && code != fault.PasswordWrong:
		w.t.Fatalf("step %d: version %d: %v", w.done, number, err)
	case err == nil && w.blind[number] && !findings.Managed: // by its own lists, as TestRecheckList has it
		return "opened with its password, as nothing is remembered"
	case err == nil && !quick && w.damaged(number) > 0:
		w.t.Fatalf("step %d: version %d is damaged, and the proof does not see it", w.done, number)
	case err != nil:
		return "damaged: " + string(code)
	case findings.RepairedCount > 0:
		return "repaired"
	case before > 0:
		return "quick, not seen"
	}
	return "whole"
}

// any draws one of the versions that fit; 0 is none.
func (w *walk) any(fits func(vault.Version) bool) int {
	list, err := vault.List(afero.NewOsFs(), w.rig.root, w.cfg.UDID)
	if err != nil {
		w.t.Fatal(err)
	}
	list = slices.DeleteFunc(list, func(v vault.Version) bool { return !fits(v) })
	if len(list) == 0 {
		return 0
	}
	return list[w.random.IntN(len(list))].Number
}

// with opens the vault and does something in it.
func (w *walk) with(fsys afero.Fs, do func(*vault.Vault) error) error {
	v, err := vault.Open(fsys, w.rig.root, w.cfg.UDID, nil)
	if err != nil {
		return err
	}
	return errors.Join(do(v), v.Close())
}

func (w *walk) delete() string {
	number := w.any(func(v vault.Version) bool { return v.Trashed.IsZero() })
	if number == 0 {
		return "nothing there"
	}
	err := w.with(afero.NewOsFs(), func(v *vault.Vault) error { return v.Trash(time.Now(), number) })
	if err != nil && fault.Of(err) != fault.LastVerified || err == nil && number == w.newest() {
		w.t.Fatalf("step %d: delete version %d: %v", w.done, number, err)
	}
	if err != nil {
		return "refused"
	}
	return "in the trash"
}

// deleted draws a version that is in the trash.
func (w *walk) deleted() int { return w.any(func(v vault.Version) bool { return !v.Trashed.IsZero() }) }

func (w *walk) undelete() string {
	number := w.deleted()
	if number == 0 {
		return "nothing there"
	}
	if err := w.with(afero.NewOsFs(), func(v *vault.Vault) error { return v.Undelete(number) }); err != nil {
		w.t.Fatalf("step %d: %v", w.done, err)
	}
	return "back"
}

func (w *walk) purge() string {
	if w.mayGo = w.deleted(); w.mayGo == 0 {
		return "nothing there"
	}
	err := w.with(afero.NewOsFs(), func(v *vault.Vault) error { return v.Purge(w.mayGo) })
	switch {
	case err == nil:
		return "gone"
	case fault.Of(err) == fault.VersionDamaged && len(w.blind) > 0:
		return "refused, for a list is damaged"
	}
	w.t.Fatalf("step %d: purge version %d: %v", w.done, w.mayGo, err)
	return ""
}

func (w *walk) killPurge() string {
	if w.mayGo = w.deleted(); w.mayGo == 0 {
		return "nothing there"
	}
	fs := dying(1 + w.random.IntN(600))
	err := w.with(fs, func(v *vault.Vault) error { return v.Purge(w.mayGo) })
	switch {
	case fs.Failures() > 0:
		return "dead"
	case err == nil:
		return "too late"
	case fault.Of(err) == fault.VersionDamaged && len(w.blind) > 0:
		return "refused, for a list is damaged"
	}
	w.t.Fatalf("step %d: purge version %d: %v", w.done, w.mayGo, err)
	return ""
}

// makeRoom begins again on another disk.
func (w *walk) makeRoom() string {
	entries, err := os.ReadDir(w.rig.root)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(w.rig.root, e.Name())))
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.book = newBook(w.rig.root, w.cfg.UDID)
	return "another disk"
}

func (w *walk) changePassword() string {
	w.passages++
	next := fmt.Sprintf("password %d", w.passages)
	on, err := conversation.WillEncrypt(context.Background(), w.phone)
	if err == nil && on {
		err = (&conversation.Conversation{Phone: w.phone}).Encrypt(context.Background(), keybag.NewPassword(w.password), keybag.NewPassword(next))
	}
	if err != nil {
		w.t.Fatalf("step %d: %v", w.done, err)
	}
	w.password = next
	return "changed"
}

func (w *walk) restart() string {
	w.sim.Restart()
	w.repair()
	return "started"
}
