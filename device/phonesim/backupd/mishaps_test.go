package backupd

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/device/phonesim/content"
)

// The connection ends in the middle of the message that was asked for, and
// what was sent before it has come.
func TestTruncate(t *testing.T) {
	for _, at := range []int{1, 2, 100, 518} {
		cfg := testConfig(t, content.Generate(5, 60, 1<<20))
		cfg.Faults = Faults{Truncate: Point{Message: at}}
		host, hostSaw, phoneSaw := interrupted(t, newTestEngine(t, cfg), nil)
		if !errors.Is(hostSaw, io.ErrUnexpectedEOF) || !errors.Is(phoneSaw, errTruncated) || len(host.seen)-1 != at-1 {
			t.Errorf("at %d: after %d messages the host saw %v, the phone %v", at, len(host.seen)-1, hostSaw, phoneSaw)
		}
	}
}

// Each oversized length comes where it was asked for; a host that knows its
// limits is the first to leave.
func TestOversized(t *testing.T) {
	for what, want := range map[string]string{
		bigFrame: "a chunk of 4294967295 bytes", bigName: "a chunk of 4294967295 bytes", bigPath: "a chunk of 4294967295 bytes",
		bigData: "", bigText: "",
	} {
		for _, at := range []Point{{Message: 516}, {Share: 0.5}} {
			synctest.Test(t, func(t *testing.T) {
				cfg := testConfig(t, content.Generate(5, 60, 8<<20))
				cfg.Faults = Faults{Oversized: Oversized{What: what, At: at}}
				engine := newTestEngine(t, cfg)
				phone, conn := net.Pipe()
				served := make(chan error, 1)
				go func() { served <- engine.Serve(t.Context(), phone) }()
				host := newTestHost(conn, "")
				var big int64
				host.onBig = func(size int64) error { big = size; return errors.New("too big") }
				err := host.hello()
				if err == nil {
					_, err = host.request(backupRequest())
				}
				conn.Close()
				if phoneSaw := <-served; !errors.Is(phoneSaw, errSilent) {
					t.Errorf("%s at %+v: the phone ended with %v", what, at, phoneSaw)
				}
				if err == nil || want != "" && err.Error() != want || want == "" && big != 0xFFFFFFFE {
					t.Errorf("%s at %+v: the host saw %v, %d", what, at, err, big)
				}
				synctest.Wait()
			})
		}
	}
}

func TestSilentAtMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, content.Generate(5, 60, 1<<20))
		cfg.Faults = Faults{SilentAtMessage: 40}
		engine := newTestEngine(t, cfg)
		phone, conn := net.Pipe()
		served := make(chan error, 1)
		go func() { served <- engine.Serve(t.Context(), phone) }()
		host := newTestHost(conn, "")
		asked := make(chan error, 1)
		go func() {
			err := host.hello()
			if err == nil {
				_, err = host.request(backupRequest())
			}
			asked <- err
		}()
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(host.seen)-1 != 40 || engine.Messages() != 40 && engine.Messages() != 41 {
			t.Errorf("%d messages came of %d", len(host.seen)-1, engine.Messages())
		}
		conn.Close()
		if err := <-served; !errors.Is(err, errSilent) {
			t.Errorf("the phone ended with %v", err)
		}
		<-asked
	})
}

// A slow cable takes as long as it must.
func TestSlowLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, content.Generate(5, 60, 4<<20))
		cfg.Faults = Faults{Speed: 64 << 10}
		engine := newTestEngine(t, cfg)
		phone, conn := net.Pipe()
		served := make(chan error, 1)
		go func() { served <- engine.Serve(t.Context(), phone) }()
		host := newTestHost(conn, t.TempDir())
		if err := host.hello(); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		answer, err := host.request(backupRequest())
		if err != nil || answer["ErrorCode"] != uint64(0) {
			t.Fatal(answer, err)
		}
		if least := time.Duration(host.received) * time.Second / (64 << 10); time.Since(begun) < least || time.Since(begun) > 2*least {
			t.Errorf("it took %v for what takes %v", time.Since(begun), least)
		}
		host.leave(t, served)
	})
}

// After a broken backup the phone accepts connections and says nothing for a
// while; not after one that the host ended in order.
func TestWedged(t *testing.T) {
	for name, tc := range map[string]struct {
		leave  func(*testHost)
		wait   time.Duration
		wedged bool
	}{
		"at once":           {func(h *testHost) { h.conn.Close() }, time.Second, true},
		"just before":       {func(h *testHost) { h.conn.Close() }, 29 * time.Second, true},
		"late enough":       {func(h *testHost) { h.conn.Close() }, 31 * time.Second, false},
		"after a goodbye":   {func(h *testHost) { _ = h.send("DLMessageDisconnect", "enough") }, time.Second, false},
		"after it restarts": {func(h *testHost) { h.conn.Close() }, -1, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			cfg := testConfig(t, content.Generate(5, 20, 1<<20))
			cfg.Faults = Faults{WedgedFor: 30 * time.Second}
			engine := newTestEngine(t, cfg)
			begin := func() (*testHost, chan error) {
				phone, conn := net.Pipe()
				served := make(chan error, 1)
				go func() { served <- engine.Serve(t.Context(), phone) }()
				return newTestHost(conn, t.TempDir()), served
			}
			host, served := begin()
			left := errors.New("left")
			host.onAsk = func(name string) {
				if name == "DLMessageCreateDirectory" {
					tc.leave(host)
					host.conn.Close()
				}
			}
			if err := host.hello(); err != nil {
				t.Fatal(err)
			}
			if _, err := host.request(backupRequest()); err == nil {
				t.Fatal(left)
			}
			<-served
			if tc.wait < 0 {
				engine.Restart()
			} else {
				time.Sleep(tc.wait)
			}
			host, served = begin()
			greeted := make(chan error, 1)
			go func() { greeted <- host.hello() }()
			time.Sleep(time.Hour)
			select {
			case err := <-greeted:
				if tc.wedged || err != nil {
					t.Errorf("%s: the phone spoke, %v", name, err)
				}
			default:
				if !tc.wedged {
					t.Errorf("%s: the phone says nothing", name)
				}
			}
			host.conn.Close()
			<-served
		})
	}
}

// What a broken backup left on the phone keeps it from the next until it
// restarts.
func TestSnapshotLeft(t *testing.T) {
	cfg := testConfig(t, content.Generate(5, 20, 1<<20))
	cfg.Faults = Faults{SnapshotLeft: true}
	engine := newTestEngine(t, cfg)
	root := t.TempDir()
	for range 2 {
		if _, answer := addTo(t, engine, root, nil); answer["ErrorCode"] != uint64(3) || !strings.Contains(answer["ErrorDescription"].(string), "File exists (17)") {
			t.Errorf("final answer %v", answer)
		}
	}
	engine.Restart()
	succeed(t, engine, root, Run{Why: "no backup"})
}

// Files that fail by number, with any code, and enough of them for the end.
func TestUploadErrors(t *testing.T) {
	phone := content.Generate(5, 60, 4<<20)
	engine := newTestEngine(t, testConfig(t, phone))
	root := t.TempDir()
	engine.SetFaults(Faults{Uploads: []UploadError{{Nth: 1, Code: 0x7F, Text: "never heard of"}, {Nth: 5, Code: 0x0F}}})
	host, _ := succeed(t, engine, root, Run{Why: "no backup"})
	var ends []string
	for _, end := range host.failed {
		ends = append(ends, end)
	}
	if all := strings.Join(ends, "|"); len(ends) != 2 || !strings.Contains(all, "127 never heard of") || !strings.Contains(all, "15 ") {
		t.Errorf("the entries ended with %q", ends)
	}
	if n := len(blobsOf(t, filepath.Join(root, testUDID))); n != 58 {
		t.Errorf("%d files are there", n)
	}

	engine.SetFaults(Faults{UploadErrors: 7})
	root = t.TempDir()
	host, answer := addTo(t, engine, root, nil)
	if answer["ErrorCode"] != uint64(104) || answer["ErrorDescription"] != "Multiple errors uploading files" || len(host.failed) != 7 {
		t.Errorf("final answer %v after %v", answer, host.failed)
	}
	for _, end := range host.failed {
		if end != "11 Input/output error" {
			t.Errorf("an entry ended with %q", end)
		}
	}
	if _, err := os.Stat(filepath.Join(root, testUDID, "Snapshot", "Manifest.db")); err == nil {
		t.Error("there is a Manifest.db")
	}
	engine.SetFaults(Faults{})
	if _, run := succeed(t, engine, root, Run{Resumed: true}); run.Files != 7 {
		t.Errorf("the next one was %+v", run)
	}
	checkSame(t, phone, filepath.Join(root, testUDID), "")
}

// Final answers of all forms are what they say.
func TestFinalForms(t *testing.T) {
	for name, form := range FinalForms {
		message := form(7)
		if message[0] != "DLMessageProcessMessage" {
			t.Errorf("%s: %v", name, message)
		}
		cfg := testConfig(t, content.Generate(5, 5, 1<<10))
		cfg.Faults = Faults{FinalForm: name, AtStart: Answer{Code: 7}}
		engine := newTestEngine(t, cfg)
		host, done := connect(t, engine, t.TempDir())
		if err := host.hello(); err != nil {
			t.Fatal(err)
		}
		if err := host.send("DLMessageProcessMessage", backupRequest()); err != nil {
			t.Fatal(err)
		}
		got, err := host.receive()
		if err != nil || len(got) != len(message) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if len(got) == 2 {
			if dict, ok := got[1].(map[string]any); ok && dict["MessageName"] == "Response" && dict["ErrorCode"] == uint64(7) {
				t.Errorf("%s is as usual: %v", name, got)
			}
		}
		host.leave(t, done)
	}
}

// The owner cancels while the backup runs; later it counts for nothing.
func TestCancelByHand(t *testing.T) {
	var notes []string
	cfg := testConfig(t, content.Generate(5, 300, 1<<20))
	cfg.Notify = func(name string) { notes = append(notes, name) }
	engine := newTestEngine(t, cfg)
	root := t.TempDir()
	_, answer := addTo(t, engine, root, func(h *testHost) {
		h.onAsk = func(name string) {
			if name == "DLMessageUploadFiles" {
				engine.Cancel()
			}
		}
	})
	if answer["ErrorCode"] != uint64(202) || len(notes) != 1 || notes[0] != noteCancelled {
		t.Errorf("final answer %v, posted %v", answer, notes)
	}
	engine.Cancel()
	succeed(t, engine, root, Run{Resumed: true})
}

// An incremental backup needs room for what changed, and asks for exactly what
// is missing.
func TestRoomForChanges(t *testing.T) {
	phone := content.Edit(content.Generate(7, 80, 40<<20), 2)
	engine := newTestEngine(t, testConfig(t, phone))
	root := t.TempDir()
	succeed(t, engine, root, Run{Why: "no backup"})
	if err := phone.Apply(content.Edits{Changed: 2}); err != nil {
		t.Fatal(err)
	}
	host, answer := addTo(t, engine, root, func(h *testHost) { h.free = 100 << 20 })
	if answer["ErrorCode"] != uint64(105) || host.count("DLMessagePurgeDiskSpace") != 1 {
		t.Errorf("final answer %v after %v", answer, host.seen)
	}
	need := engine.LastRun().Bytes + spareSpace
	if asked := host.purges[0]; asked != need+1-100<<20+purgeSpace {
		t.Errorf("asked for %d bytes to be purged; %d are needed", asked, need)
	}
	if _, answer = addTo(t, engine, root, func(h *testHost) { h.free = need }); answer["ErrorCode"] != uint64(105) {
		t.Errorf("exactly the need is enough: %v", answer)
	}
	engine.SetFaults(Faults{PurgeAlways: true}) // −1 does not matter where there is room
	if _, answer = addTo(t, engine, root, func(h *testHost) { h.free = need + 1 }); answer["ErrorCode"] != uint64(0) || !engine.LastRun().Incremental {
		t.Errorf("final answer %v of %+v", answer, engine.LastRun())
	}
}
