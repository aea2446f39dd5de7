package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/phonesim/wait"
	"lifeboat/ui/engine"
)

// TestRecordForABugReport: behind the details of a failure a recording begins
// and ends, and closing the window ends it.
func TestRecordForABugReport(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.mux(fault.MuxUnexpected)
		r.folds()[0].Toggle()
		r.sees("without names, numbers, passwords")
		r.tap("Record for a bug report")
		r.sees("Recording. Now repeat what failed", "/home/anna/recording.txt")
		r.tap("Stop recording")
		r.sees("read it before you send it")
		r.tap("Show the file")
		r.drain()
		if !slices.Contains(r.opened, filepath.FromSlash("/home/anna")) {
			t.Errorf("opened: %q", r.opened)
		}
		r.engine.recordErr = fault.New(fault.DestFull, "begin the recording", nil)
		r.tap("Record for a bug report")
		r.sees("There is too little room")
		r.engine.recordErr = nil
		r.tap("Record for a bug report")
		r.tap("Settings")
		r.sees("Recording. Now repeat what failed") // it goes on over other pages
		r.closeAsked()
		if calls := r.engine.noted("record"); calls[len(calls)-1] != "record false" {
			t.Errorf("the last of %q is not the end of the recording", calls)
		}
	})
}

// TestLiveRecord: what the window records is a transcript of what is said from
// then on, and nothing of a name.
func TestLiveRecord(t *testing.T) {
	home := t.TempDir()
	r := newLiveRig(t, [2]string{"name", "Secret name"})
	r.Engine.(*engine.Engine).Home = home
	path, err := r.Engine.Record(true)
	if err != nil || filepath.Dir(path) != home {
		t.Fatal(path, err)
	}
	r.server.Attach(r.sim)
	r.until(wait.Promised(10*time.Second), "the checklist", func() bool { return r.complete() })
	if ended, err := r.Engine.Record(false); err != nil || ended != path {
		t.Fatal(ended, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "StartService") || strings.Contains(string(text), "Secret name") {
		t.Errorf("%.2000s", text)
	}
}
