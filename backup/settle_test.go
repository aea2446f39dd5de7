package backup

import (
	"context"
	"log/slog"
	"os"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// TestPhoneThatDoesNotEncrypt: a phone that says it encrypts, and then sends
// everything in the clear, must not pass for a protected backup.
func TestPhoneThatDoesNotEncrypt(t *testing.T) {
	plain := backuptest.Make(t, t.TempDir(), content.Generate(6, 3, 1000), "")
	slot, err := vault.Open(afero.NewOsFs(), t.TempDir(), backuptest.UDID)
	if err != nil {
		t.Fatal(err)
	}
	defer slot.Close()
	if err := os.CopyFS(slot.Incoming(), os.DirFS(plain)); err != nil {
		t.Fatal(err)
	}
	for sealed, want := range map[bool]fault.Code{true: fault.PhoneNonsense, false: ""} {
		r := &run{Job: Job{Fs: afero.NewOsFs(), Log: slog.New(slog.DiscardHandler)}, slot: slot, progress: startProgress(nil), sealed: sealed}
		if _, err := r.prove(context.Background(), 0); fault.Of(err) != want {
			t.Errorf("encryption promised %v: %v", sealed, err)
		}
		r.progress.end()
	}
}
