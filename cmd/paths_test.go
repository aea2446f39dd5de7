package cmd_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// realFiles are the files and rooms that may import path/filepath, since they
// name real files of this computer. Names of the phone, of the vault and of
// afero file systems have slashes on every system: package path is for those.
// Climbing from one of them by filepath.Dir never met "/" on Windows, and
// every backup there ended in a stack overflow.
//
// A new row is to be thought about: is what the file names really a file of
// this computer, and never a name below an afero.Fs?
var realFiles = map[string]string{
	"cmd":                                 "what people type, and where programs keep their own files",
	"ui":                                  "folders that people choose",
	"device/phonesim":                     "a program of its own, with a real folder as its memory",
	"device/devicetest":                   "what a phone and a computer keep of each other",
	"device/usbmux/installed_windows.go":  "the folders of installed programs",
	"checks/feeds/cache.go":               "the folder of caches",
	"checks/feeds/update/main.go":         "a tool of the source tree",
	"checks/history/damage.go":            "the file of the history",
	"checks/history/path.go":              "the file of the history",
	"checks/history/store.go":             "the file of the history, as SQLite is to open it",
	"checks/host":                         "the place that is looked at",
	"backup/backuptest/backuptest.go":     "folders of tests",
	"backup/content/contenttest/words.go": "the source of a kind",
	"backup/backuptest/heldfs/heldfs.go":  "an afero.Fs takes names as this system writes them",
	"backup/backuptest/powerfs/fs.go":     "an afero.Fs takes names as this system writes them",
	"backup/disk/probe.go":                "the folder that was chosen, links resolved",
	"backup/disk/room.go":                 "a folder whose disk is measured",
	"backup/library":                      "folders that people choose",
	"backup/job.go":                       "the folder that was chosen, made absolute",
	"backup/overlay/overlay.go":           "an afero.Fs takes names as this system writes them: afero.Walk joins them so",
	"backup/places":                       "folders that were chosen, and where their drives are",
	"backup/audit":                        "the folder that was chosen, made absolute",
	"backup/rehearsal/rehearsal.go":       "the folder that was chosen, made absolute",
	"backup/restore/restore.go":           "the folder that was chosen, made absolute",
	"backup/syncapps/list_linux.go":       "/proc",
	"backup/disk/rootfs/rootfs.go":        "an afero.Fs takes names as this system writes them",
	"backup/vault/holder.go":              "the name of this program",
	"backup/vault/layout.go":              "a folder that people choose to copy to",
	"backup/vault/lock.go":                "the lock, which is beside the afero.Fs",
	"backup/vault/run.go":                 "the run's own root, opened beside the vault's",
	"backup/vault/transfer.go":            "the folder that was chosen, and the one above it",
	"backup/vault/vault.go":               "the folder that was chosen, and the lock in it",
	"backup/vault/view.go":                "an afero.Fs takes names as this system writes them",
	"backup/vault/within.go":              "the folder that was chosen, and those above it",
}

// Only files that are named above import path/filepath, and each of them does.
func TestNamesHaveSlashes(t *testing.T) {
	unused := maps.Clone(realFiles)
	for _, goos := range []string{"linux", "darwin", "windows"} {
		for _, p := range list(t, goos) {
			for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
				source, err := os.ReadFile(filepath.Join(p.Dir, name))
				if err != nil {
					t.Fatal(err)
				}
				file := p.room() + "/" + name
				// What starts at login is a program of this computer, and is compared with a folder.
				if p.room() != "ui/desktop/autostart" && strings.Contains(string(source), "PathSeparator") || p.room() != "ui/desktop/autostart" && strings.Contains(string(source), "filepath.Separator") {
					t.Errorf("%s goes by the separator of this system", file)
				}
				if !strings.Contains(string(source), `"path/filepath"`) {
					continue
				}
				allowed := false
				for row := range realFiles {
					if within(file, row) {
						allowed = true
						delete(unused, row)
					}
				}
				if !allowed {
					t.Errorf("%s imports path/filepath: names of the phone, the vault and afero have slashes; if it names real files, say so in realFiles", file)
				}
			}
		}
	}
	for row := range unused {
		t.Errorf("%s does not import path/filepath any more", row)
	}
}
