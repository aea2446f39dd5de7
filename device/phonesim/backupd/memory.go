package backupd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"
)

// rememberedBackups is how many finished backups a phone remembers, so that
// several hosts may each make incremental ones.
const rememberedBackups = 3

const (
	memoryName = "memory.json"
	plainName  = "Manifest.plain"
)

// memory is a finished backup that the phone remembers: what was in it and
// how its files were on the phone then. It stands in a folder named by its
// UUID, with Manifest.db before encryption and a spool of its entries.
type memory struct {
	UUID string
	// Keybag tells the keybag that it was made with: see state.fingerprint.
	Keybag []byte
	// Stored are Manifest.plist and Manifest.db as the host has them.
	Stored map[string]storedFile

	dir     string
	entries *spool
}

func (m *memory) plain() string { return filepath.Join(m.dir, plainName) }

// backupsDir is where the remembered backups are.
func (e *Engine) backupsDir() string { return filepath.Join(e.cfg.StateDir, "backups") }

// remembers reports whether there is anything that a backup can be compared
// with.
func (e *Engine) remembers() bool {
	entries, _ := os.ReadDir(e.backupsDir())
	_, err := os.Lstat(e.snapshotDir())
	return len(entries) > 0 || err == nil
}

// recall returns the backup with a UUID, nil for one that is not remembered.
// The UUID comes from a host: it is only compared with names.
func (e *Engine) recall(uuid string) (*memory, error) {
	entries, err := os.ReadDir(e.backupsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("backup memory: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() != uuid {
			continue
		}
		m := &memory{dir: filepath.Join(e.backupsDir(), entry.Name())}
		if err := readJSON(filepath.Join(m.dir, memoryName), m); err != nil {
			return nil, fmt.Errorf("backup memory: %w", err)
		}
		if m.entries, err = openSpool(m.dir); err != nil {
			return nil, err
		}
		return m, nil
	}
	return nil, nil
}

// forget drops the backup with a UUID of our own.
func (e *Engine) forget(uuid string) error {
	if err := os.RemoveAll(filepath.Join(e.backupsDir(), uuid)); err != nil {
		return fmt.Errorf("backup memory: %w", err)
	}
	return nil
}

// memorize makes the backup last that was prepared in a folder, and forgets
// the oldest ones.
func (e *Engine) memorize(m *memory) error {
	if err := writeJSON(filepath.Join(m.dir, memoryName), m); err != nil {
		return fmt.Errorf("backup memory: %w", err)
	}
	if err := os.MkdirAll(e.backupsDir(), 0o700); err != nil {
		return fmt.Errorf("backup memory: %w", err)
	}
	if err := e.forget(m.UUID); err != nil {
		return err
	}
	if err := os.Rename(m.dir, filepath.Join(e.backupsDir(), m.UUID)); err != nil {
		return fmt.Errorf("backup memory: %w", err)
	}
	return e.forgetOldest()
}

func (e *Engine) forgetOldest() error {
	entries, err := os.ReadDir(e.backupsDir())
	if err != nil {
		return fmt.Errorf("backup memory: %w", err)
	}
	made := func(i int) time.Time {
		info, err := os.Stat(filepath.Join(e.backupsDir(), entries[i].Name(), memoryName))
		if err != nil {
			return time.Time{}
		}
		return info.ModTime()
	}
	sort.Slice(entries, func(i, j int) bool { return made(i).After(made(j)) })
	for len(entries) > rememberedBackups {
		last := len(entries) - 1
		if err := e.forget(entries[last].Name()); err != nil {
			return err
		}
		entries = entries[:last]
	}
	return nil
}

func readJSON(name string, into any) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// writeJSON replaces a file, so that it is the old one or the new one at any
// time.
func writeJSON(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// copyFile makes a copy at a new place.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
