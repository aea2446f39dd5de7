package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/assets/words"
	"lifeboat/backup/library"
	"lifeboat/checks"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/ui/engine"
)

// windowEngine is the engine as the window has it, for the phones of r.
func (r *runs) windowEngine() *engine.Engine {
	r.t.Helper()
	e, err := engine.Own("Lifeboat", words.English(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if e.Mux, err = device.NewMux(r.server.Address(), nil); err != nil {
		r.t.Fatal(err)
	}
	return e
}

// TestWindowAndCommandLineAgree: of one phone and one folder both find the same,
// before a backup and after it.
func TestWindowAndCommandLineAgree(t *testing.T) {
	r := newRuns(t)
	cfg := phonesim.DefaultConfig()
	cfg.ICloud.Switch = phonesim.Off
	sim, err := phonesim.NewPhone(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	r.server.Attach(sim)
	to := filepath.Join(r.root, "Lifeboat Backups")
	type answer struct {
		Results map[string]checks.Status
		Blocker string
		Safety  checks.SafetyState
		Local   checks.SafetyState
	}
	agree := func(when string) {
		t.Helper()
		ran := r.ctl("check", "--quick", "--no-history", "--json")
		var said struct {
			Results []struct {
				ID     string
				Status checks.Status
			}
			Verdict struct{ Blocker string }
			Safety  struct {
				State checks.SafetyState
				Local struct{ State checks.SafetyState }
			}
		}
		if err := json.Unmarshal([]byte(ran.out), &said); err != nil {
			t.Fatalf("%s: %v: %s%s", when, err, ran.out, ran.errs)
		}
		command := answer{map[string]checks.Status{}, said.Verdict.Blocker, said.Safety.State, said.Safety.Local.State}
		for _, result := range said.Results {
			command.Results[result.ID] = result.Status
		}
		e := r.windowEngine()
		phone, err := e.Mux.Find(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		state, err := e.Diagnosis(engine.Examination{Phone: phone, Destination: e.Own, Quick: true}).Once(t.Context(), device.Summary{})
		if err != nil {
			t.Fatal(err)
		}
		window := answer{map[string]checks.Status{}, state.Blocker, state.Safety.State, state.Safety.Local.State}
		for _, result := range state.Results {
			window.Results[result.ID] = result.Status
		}
		if d := cmp.Diff(window, command); d != "" || len(window.Results) < 20 {
			t.Errorf("%s, the window and the command line:\n%s", when, d)
		}
	}
	agree("before a backup")
	if ran := r.ctl("backup"); ran.code != exitOK { // into Lifeboat's own folder, which is made
		t.Fatalf("%+v", ran)
	}
	agree("after it")

	// A drive that is pulled is offline to both, for listing and for copying.
	e := r.windowEngine()
	gone := filepath.Join(r.root, "gone", "drive")
	_, listed := e.List(t.Context(), gone)
	_, copied := e.LayOut(t.Context(), library.Kept{Root: to, UDID: cfg.UDID}, 1, gone, func(int64) {})
	if fault.Of(listed) != fault.DestMissing || fault.Of(copied) != fault.DestMissing {
		t.Errorf("the window: %v, %v", listed, copied)
	}
	var reported struct{ Code fault.Code }
	if ran := r.ctl("lay-out", "1", gone, "--from", to, "--json"); ran.code != exitFailed || json.Unmarshal([]byte(ran.out), &reported) != nil || reported.Code != fault.DestMissing {
		t.Errorf("the command line: %+v", ran)
	}
}
