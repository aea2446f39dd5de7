package backup

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest"
	"lifeboat/backup/conversation"
	"lifeboat/backup/vault"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// TestPhoneThatDoesNotEncrypt: a phone that says it encrypts, and then sends
// everything in the clear, must not pass for a protected backup.
func TestPhoneThatDoesNotEncrypt(t *testing.T) {
	plain := backuptest.Make(t, t.TempDir(), content.Generate(6, 3, 1000), "")
	v, err := vault.Open(afero.NewOsFs(), t.TempDir(), backuptest.UDID, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	arriving, err := v.Begin(vault.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	defer arriving.Discard()
	copyInto(t, arriving.FS(), arriving.Dir(), plain)
	if err := arriving.Seal(context.Background(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for sealed, want := range map[bool]fault.Code{true: fault.PhoneNonsense, false: ""} {
		r := &run{Job: Job{Phone: &device.Phone{UDID: backuptest.UDID}, Fs: afero.NewOsFs(), Log: slog.New(slog.DiscardHandler)}, backup: arriving, progress: StartProgress(nil, conversation.Timeouts{}, scale), sealed: sealed}
		if _, err := r.prove(context.Background(), 0); fault.Of(err) != want {
			t.Errorf("encryption promised %v: %v", sealed, err)
		}
		r.progress.End()
	}
}

// copyInto copies a folder of this computer.
func copyInto(t *testing.T, to afero.Fs, dir, from string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(from, path)
		if d.IsDir() {
			return to.MkdirAll(filepath.Join(dir, name), 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return afero.WriteFile(to, filepath.Join(dir, name), data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}
