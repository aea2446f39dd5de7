package phonesim_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"howett.net/plist"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// restore asks for a restore and serves the phone until its final answer; false is
// a connection that ended before.
func (h *memoryHost) restore(udid string) (code uint64, answered bool) {
	h.t.Helper()
	h.send([]any{"DLMessageProcessMessage", dict{
		"MessageName": "Restore", "TargetIdentifier": udid, "SourceIdentifier": udid, "Options": dict{"RestoreDontCopyBackup": true},
	}})
	for {
		var n uint32
		if binary.Read(h, binary.BigEndian, &n) != nil {
			return 0, false
		}
		var m []any
		if _, err := plist.Unmarshal(h.bytes(int(n)), &m); err != nil {
			h.t.Fatal(err)
		}
		if m[0] == "DLMessageProcessMessage" {
			return m[1].(dict)["ErrorCode"].(uint64), true
		}
		h.downloads(m[1].([]any))
	}
}

// A phone that was restored restarts and asks to be set up; it knows what it was
// restored with. From iOS 27 on it is empty even if that came to nothing.
func TestRestore(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) {
		c.Version, c.FindMy = "27.0", false
		c.Content = content.Generate(1, 12, 1<<16)
	})
	r := l.pair("HOST")
	h := &memoryHost{l.backupAgent(r), map[string][]byte{}}
	if code := h.backup(l.phone.UDID()); code != 0 {
		t.Fatalf("the backup ended with %d", code)
	}
	h.Close()
	udid, files := l.phone.UDID(), h.files
	status := func() any {
		s, _ := l.session(r)
		return value(s, "com.apple.purplebuddy", "SetupDone")
	}

	l.phone.Set("com.apple.fmip", "IsAssociated", true)
	h = &memoryHost{l.backupAgent(r), files}
	if code, _ := h.restore(udid); code != 211 || l.phone.Erasures() != 0 || status() != true {
		t.Errorf("with Find My: %d, erased %d times", code, l.phone.Erasures())
	}
	h.Close()
	l.phone.Set("com.apple.fmip", "IsAssociated", false)

	apps, err := plist.Marshal(map[string]any{"com.example": dict{}}, plist.XMLFormat)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(l.phone.StateDir(), "media", "iTunesRestore")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "RestoreApplications.plist"), apps, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.phone.SetFault("restore-error=100@0.5"); err != nil {
		t.Fatal(err)
	}
	h = &memoryHost{l.backupAgent(r), files}
	if code, _ := h.restore(udid); code != 100 || l.phone.Erasures() != 1 || status() != false {
		t.Errorf("in the middle: %d, erased %d times, set up: %v", code, l.phone.Erasures(), status())
	}
	h.Close()
	h = &memoryHost{l.backupAgent(r), map[string][]byte{}}
	if code := h.backup(udid); code != 212 {
		t.Errorf("a backup before it is set up: %d", code)
	}
	h.Close()
	if l.phone.FinishSetup(); status() != true {
		t.Error("it cannot be set up")
	}
	if err := l.phone.SetFault("none"); err != nil {
		t.Fatal(err)
	}
	h = &memoryHost{l.backupAgent(r), files}
	if code, _ := h.restore(udid); code != 102 {
		t.Errorf("once more without a restart: %d", code)
	}
	h.Close()
	l.phone.Agent().Restart()
	h = &memoryHost{l.backupAgent(r), files}
	if code, _ := h.restore(udid); code != 0 || l.phone.Erasures() != 2 {
		t.Errorf("after a restart: %d, erased %d times", code, l.phone.Erasures())
	}
	got, was, err := l.phone.Agent().Restored()
	if err != nil || !was || !slices.Equal(got.Apps, []string{"com.example"}) || len(got.Files) < 12 {
		t.Errorf("it was restored with %+v, %v", got.Apps, err)
	}
}
