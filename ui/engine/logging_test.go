package engine

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/assets"
	"lifeboat/device/fault"
	"lifeboat/ui/engine/logfile"
)

// TestExportLog plants what must not go out in the log, and finds none of it.
func TestExportLog(t *testing.T) {
	secrets := []string{"anna", "hunter2", "00008101-000A1B2C3D4E5F60", "F2LXK0ABCDEF", "Lifeboat Backups", "+49 170 1234567"}
	live := &Engine{Program: "Lifeboat", LogFile: logfile.Open(filepath.Join(t.TempDir(), "anna"))}
	defer live.LogFile.Close()
	log := slog.New(live.LogFile.Handler(slog.LevelInfo))
	for _, s := range secrets {
		err := fault.New(fault.DestMissing, "open "+s, &fs.PathError{Op: "open", Path: "/home/anna/" + s, Err: fs.ErrNotExist}).With("Path", s)
		log.Warn("the backup failed", "err", err, "code", err.Code, "file", s, "udid", s, "password", s)
	}
	path := filepath.Join(t.TempDir(), "log.txt")
	if err := live.ExportLog(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("%q is in\n%s", s, text)
		}
	}
	if !strings.HasPrefix(text, "# Lifeboat "+assets.Version+", ") || strings.Count(text, "code=destination-missing") != len(secrets) {
		t.Error(text)
	}
	if err := live.ExportLog(t.Context(), filepath.Join(path, "below a file")); err == nil {
		t.Error("saved where nothing can be")
	}
	if err := (&Engine{}).ExportLog(t.Context(), path); fault.Of(err) != fault.Internal {
		t.Error(err)
	}
	if again, err := os.ReadFile(path); string(again) != text || errors.Is(err, fs.ErrNotExist) {
		t.Error("what was exported before is gone")
	}
}
