package backupd

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/phonesim/content"
)

// Messages have the elements that were recorded of real phones.
func TestLayout(t *testing.T) {
	none, at := map[string]any{}, progress{10, 13.06}
	real := layout{callback: 4955806704}
	callbacks := map[string]any{"DLDeviceIOCallbacks": int64(4955806704)}
	for _, tc := range []struct{ got, want []any }{
		{real.message(at, "DLMessageCreateDirectory", "a"), []any{"DLMessageCreateDirectory", "a", none, 13.06}},
		{real.message(at, "DLMessageDownloadFiles", []string{"a"}, int64(0)), []any{"DLMessageDownloadFiles", []string{"a"}, none, 13.06, int64(0)}},
		{real.message(at, "DLMessageUploadFiles", int64(6878833)), []any{"DLMessageUploadFiles", callbacks, 13.06, int64(6878833)}},
		{real.message(at, "DLMessageUploadFiles", int64(0)), []any{"DLMessageUploadFiles", none, 13.06, int64(0)}},
		{real.message(at, "DLMessageCopyItem", "a", "b"), []any{"DLMessageCopyItem", "a", "b", none, 13.06}},
		{layout{old: true}.message(at, "DLMessageUploadFiles", int64(7)), []any{"DLMessageUploadFiles", 10.0, 13.06, int64(7)}},
		{layout{old: true}.message(at, "DLMessageRemoveItems", []string{"a"}), []any{"DLMessageRemoveItems", []string{"a"}, 10.0, 13.06}},
	} {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Error(diff)
		}
	}
	if a, b := newCallbacks(false), newCallbacks(false); a == b || a.callback <= 0 {
		t.Errorf("callbacks %d and %d", a.callback, b.callback)
	}
}

// What was recorded of single phones is a switch each, and the backup is none
// the worse.
func TestRecordedWays(t *testing.T) {
	source := content.Generate(7, 200, 2<<20)
	for name, faults := range map[string]Faults{
		"the old layout":              {OldLayout: true},
		"few folders":                 {FewFolders: true},
		"less announced than comes":   {Announced: 0.7},
		"a percentage that falls":     {PercentFalls: true},
		"files that are sent twice":   {SendTwice: 3},
		"a first backup that is none": {NotFull: true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t, source)
			cfg.Faults = faults
			root := t.TempDir()
			host, answer := backUp(t, newTestEngine(t, cfg), root)
			if answer["ErrorCode"] != uint64(0) {
				t.Fatal(answer)
			}
			b := checkBackup(t, source, filepath.Join(root, testUDID), "")
			if b.status["IsFullBackup"] == faults.NotFull {
				t.Errorf("Status.plist: %v", b.status)
			}
			fell := false
			for i := range host.progress {
				fell = fell || i > 0 && host.progress[i] < host.progress[i-1]-1
			}
			if fell != faults.PercentFalls {
				t.Errorf("percent: %v", host.progress)
			}
		})
	}
}

// Status.plist has the length that it has on every real phone.
func TestStatusSize(t *testing.T) {
	root := t.TempDir()
	if _, answer := backUp(t, newTestEngine(t, testConfig(t, content.Generate(7, 20, 1<<20))), root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	info, err := os.Stat(filepath.Join(root, testUDID, "Status.plist"))
	if err != nil || info.Size() != 189 {
		t.Errorf("%v, %v", info.Size(), err)
	}
}
