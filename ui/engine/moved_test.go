package engine

import (
	"path/filepath"
	"testing"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestBackupEmptiesWhatWasMoved: what was moved away goes for good with the first
// backup after its days in the trash, and not before, or where all is kept.
func TestBackupEmptiesWhatWasMoved(t *testing.T) {
	cfg := phonesim.DefaultConfig()
	cfg.Content = content.Generate(3, 20, 1<<20)
	mux, phone := paired(t, cfg)
	root, drive := t.TempDir(), t.TempDir()
	e := &Engine{Library: library.Library{Own: root}, Mux: mux, Program: "Lifeboat"}
	backUp := func(policy vault.Policy) {
		t.Helper()
		order := Order{Phone: phone, Root: root, Password: keybag.NewPassword("correct horse"), Policy: policy}
		if _, err := e.BackUp(t.Context(), order, func(backup.Event) {}); err != nil {
			t.Fatal(err)
		}
		e.Wait(time.Minute)
	}
	moved := func(days int) {
		t.Helper()
		all, err := e.List(t.Context(), root)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		to := filepath.Join(drive, time.Duration(days).String())
		if _, away, err := e.Move(t.Context(), all[0], 0, to, time.Now().AddDate(0, 0, -days), nil); err != nil || !away {
			t.Fatalf("%v, %v", away, err)
		}
	}
	left := func(want int, when string) {
		t.Helper()
		if all, err := e.Moved(root, ""); err != nil || len(all) != want {
			t.Errorf("%s: %d, not %d, %v", when, len(all), want, err)
		}
	}
	trash14 := vault.DefaultPolicy
	trash14.Trash = 14
	backUp(trash14)
	moved(15)
	backUp(vault.Policy{})
	left(1, "where all is kept")
	moved(13)
	backUp(trash14)
	left(1, "13 and 15 days later")
}
