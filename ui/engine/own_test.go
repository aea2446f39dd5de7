package engine

import (
	"path/filepath"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/checks/feeds"
)

// TestOwn: window and command line have the same folder, cache, drives and
// keyring, and neither remembers anything before it is asked to.
func TestOwn(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	window, err := Own("Lifeboat", words.English(), nil)
	if err != nil {
		t.Fatal(err)
	}
	command, err := Own("lifeboatctl", words.English(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, same := range map[string]bool{
		"folder":  window.Own == command.Own && window.Own == filepath.Join(home, "Lifeboat Backups"),
		"cache":   window.Cache == command.Cache && window.Cache == feeds.CacheDir(),
		"drives":  window.Places.Path == command.Places.Path,
		"keyring": window.Keyring == command.Keyring,
		"history": window.History == nil && command.History == nil,
	} {
		if !same {
			t.Errorf("the %s differs", name)
		}
	}
	if err := window.Close(); err != nil {
		t.Error(err)
	}
}
