package backupd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lifeboat/device/phonesim/content"
)

// breakOff runs a backup over what is there that comes to no final answer.
func breakOff(t *testing.T, engine *Engine, root string, faults Faults) *testHost {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(root, testUDID), 0o755); err != nil {
		t.Fatal(err)
	}
	engine.SetFaults(faults)
	defer engine.SetFaults(Faults{})
	host, done := connect(t, engine, root)
	if err := host.hello(); err != nil {
		t.Fatal(err)
	}
	if answer, err := host.request(incrementalRequest()); err == nil {
		t.Fatalf("there was a final answer: %v", answer)
	}
	host.conn.Close()
	if err := <-done; err == nil {
		t.Error("the phone saw no break")
	}
	return host
}

// messageAt is the number of the nth message with a name among those that a
// host has seen, the answer to Hello left out.
func messageAt(t *testing.T, host *testHost, name string, nth int) int {
	t.Helper()
	for i, seen := range host.seen {
		if seen != name {
			continue
		}
		if nth--; nth == 0 {
			return i // the answer to Hello is number 0
		}
	}
	t.Fatalf("there is no such %s", name)
	return 0
}

// A backup that was broken anywhere ends, at the next attempt, as the phone is;
// what has come is not sent again.
func TestResume(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, tc := range []struct {
		name     string
		password string
		full     bool
	}{{"full", "", true}, {"incremental", "", false}, {"encrypted full", "secret", true}, {"encrypted incremental", "secret", false}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			trial := newTrial(t, tc.password, !tc.full)
			root, engine, _ := trial.phone(t)
			whole, run := succeed(t, engine, root, trial.want())
			total := engine.Messages()
			if got := len(whole.seen) - 1; got != total {
				t.Errorf("the phone counts %d messages, the host %d", total, got)
			}
			firstUpload := messageAt(t, whole, "DLMessageUploadFiles", 1)
			points := []int{1, 2, firstUpload - 1, firstUpload, firstUpload + 1, firstUpload + 2, firstUpload + 3,
				messageAt(t, whole, "DLMessageMoveItems", 1), messageAt(t, whole, "DLMessageMoveItems", 2),
				messageAt(t, whole, "DLMessageMoveItems", 3), messageAt(t, whole, "DLMessageRemoveItems", 1), total - prefixes - 5, total - 1}
			for _, at := range points {
				root, engine, phone := trial.phone(t)
				broken := breakOff(t, engine, root, Faults{DetachAtMessage: at})
				again, answer := addTo(t, engine, root, nil)
				if answer["ErrorCode"] != uint64(0) {
					t.Fatalf("broken at %d: final answer %v", at, answer)
				}
				checkSame(t, phone, filepath.Join(root, testUDID), tc.password)
				got := engine.LastRun()
				began := at > firstUpload+1
				ended := len(broken.seen)-1 >= total-prefixes-4 // Status.plist was finished
				switch {
				case began && !ended && (!got.Resumed || got.Incremental == tc.full):
					t.Errorf("broken at %d: the next one was %+v", at, got)
				case began && !ended && again.files+broken.files > whole.files+8: // property lists and the manifests may come twice
					t.Errorf("broken at %d: %d files came, then %d, of %d", at, broken.files, again.files, run.Files)
				}
			}
		})
	}
}

// trial is a phone to break backups of, again and again.
type trial struct {
	password    string
	incremental bool
}

func newTrial(_ *testing.T, password string, incremental bool) trial {
	return trial{password, incremental}
}

func (r trial) want() Run {
	if r.incremental {
		return Run{Incremental: true}
	}
	return Run{Why: "no backup"}
}

// phone is a phone before the backup that is to be broken.
func (r trial) phone(t *testing.T) (root string, engine *Engine, phone *content.Edited) {
	t.Helper()
	phone = content.Edit(content.Generate(7, 150, 1<<19), 2)
	engine = newTestEngine(t, testConfig(t, phone))
	if r.password != "" {
		setPassword(t, engine, "", r.password)
	}
	root = t.TempDir()
	if r.incremental {
		succeed(t, engine, root, Run{Why: "no backup"})
		if err := phone.Apply(content.Edits{Changed: 70, Added: 62, Removed: 70}); err != nil {
			t.Fatal(err)
		}
	}
	return root, engine, phone
}

// The phone changes between a broken backup and the next: the next is of the
// phone as it is then.
func TestResumeAfterChanges(t *testing.T) {
	for _, incremental := range []bool{false, true} {
		for _, share := range []float64{0.4, 0.7, 0.9} {
			t.Run(fmt.Sprintf("incremental %v at %v", incremental, share), func(t *testing.T) {
				t.Parallel()
				root, engine, phone := newTrial(t, "secret", incremental).phone(t)
				for range 3 {
					breakOff(t, engine, root, Faults{DetachAt: share})
					if err := phone.Apply(content.Edits{Changed: 40, Added: 20, Removed: 30}); err != nil {
						t.Fatal(err)
					}
				}
				if _, answer := addTo(t, engine, root, nil); answer["ErrorCode"] != uint64(0) {
					t.Fatal(answer)
				}
				checkSame(t, phone, filepath.Join(root, testUDID), "secret")
			})
		}
	}
}

// An unfinished backup that does not fit is started over, and what there is of it
// goes.
func TestResumeRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		incremental bool
		spoil       func(t *testing.T, dir string, engine *Engine)
		why         string // "" goes on
	}{
		"whole": {spoil: func(*testing.T, string, *Engine) {}},
		"files of Snapshot are gone": {spoil: func(t *testing.T, dir string, _ *Engine) {
			for i, name := range blobsOf(t, filepath.Join(dir, "Snapshot")) {
				if i%2 == 0 {
					_ = os.Remove(name)
				}
			}
		}},
		"files of Snapshot are cut": {spoil: func(t *testing.T, dir string, _ *Engine) {
			for _, name := range blobsOf(t, filepath.Join(dir, "Snapshot")) {
				_ = os.Truncate(name, 3)
			}
		}},
		"a stranger in Snapshot": {spoil: func(_ *testing.T, dir string, _ *Engine) {
			_ = os.WriteFile(filepath.Join(dir, "Snapshot", "00", "stranger"), []byte("x"), 0o600)
		}},
		"another password": {spoil: func(t *testing.T, _ string, e *Engine) { setPassword(t, e, "secret", "secret") }, why: "encryption"},
		"a phone that does not": {spoil: func(_ *testing.T, _ string, e *Engine) {
			e.SetFaults(Faults{NoResume: true})
		}, why: "does not resume"},
		"a phone that forgot": {spoil: func(_ *testing.T, _ string, e *Engine) { _ = e.dropSnapshot() }, why: "does not know"},
		"a file of the backup before is gone": {incremental: true, spoil: func(t *testing.T, dir string, _ *Engine) {
			_ = os.Remove(blobsOf(t, dir)[0])
		}, why: "the host lacks"},
		"the manifest of the backup before is another": {incremental: true, spoil: func(_ *testing.T, dir string, _ *Engine) {
			_ = os.WriteFile(filepath.Join(dir, "Manifest.db"), []byte("x"), 0o600)
		}, why: "manifests"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, engine, phone := newTrial(t, "secret", tc.incremental).phone(t)
			breakOff(t, engine, root, Faults{DetachAtMessage: map[bool]int{false: 521, true: 778}[tc.incremental]}) // in the second batch
			dir := filepath.Join(root, testUDID)
			tc.spoil(t, dir, engine)
			host, answer := addTo(t, engine, root, nil)
			if answer["ErrorCode"] != uint64(0) {
				t.Fatal(answer)
			}
			checkSame(t, phone, dir, "secret")
			got := engine.LastRun()
			if got.Resumed != (tc.why == "") || !strings.Contains(got.Why, tc.why) {
				t.Errorf("it was %+v", got)
			}
			cleared := host.count("DLMessageRemoveItems") > 2 // two are how a backup ends
			if !tc.incremental && cleared == got.Resumed {
				t.Errorf("it was %+v, and Snapshot was removed first: %v", got, cleared)
			}
		})
	}
}

// blobsOf are the content files below a folder.
func blobsOf(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "??", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return names
}

// A backup that the owner cancelled can be resumed too.
func TestResumeAfterCancel(t *testing.T) {
	root, engine, phone := newTrial(t, "", false).phone(t)
	engine.SetFaults(Faults{CancelAtMessage: 522})
	if _, answer := addTo(t, engine, root, nil); answer["ErrorCode"] != uint64(202) {
		t.Fatal(answer)
	}
	engine.SetFaults(Faults{})
	if _, run := succeed(t, engine, root, Run{Resumed: true}); run.Files >= 150 {
		t.Errorf("it was %+v", run)
	}
	checkSame(t, phone, filepath.Join(root, testUDID), "")
}

// Content that is another at the second walk than at the first is noticed.
func TestContentChangesMeanwhile(t *testing.T) {
	restless := &restless{Source: content.Generate(7, 80, 1<<20)}
	engine := newTestEngine(t, testConfig(t, restless))
	root := t.TempDir()
	succeed(t, engine, root, Run{Why: "no backup"})
	restless.until = restless.walks + 1
	if _, answer := addTo(t, engine, root, nil); answer["ErrorCode"] != uint64(mbInternal) {
		t.Errorf("final answer %v", answer)
	}
}

// restless is a source that has one file less from a walk on.
type restless struct {
	content.Source
	walks, until int
}

func (r *restless) Walk(visit func(content.File) error) error {
	r.walks++
	stop := errors.New("stop")
	left := 40
	err := r.Source.Walk(func(f content.File) error {
		if left--; left < 0 && r.until > 0 && r.walks > r.until {
			return stop
		}
		return visit(f)
	})
	if errors.Is(err, stop) {
		return nil
	}
	return err
}
