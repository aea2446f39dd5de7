package backupd

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/device/phonesim/content"
)

func TestChangePassword(t *testing.T) {
	var notes []string
	cfg := testConfig(t, content.Generate(1, 20, 1<<20))
	cfg.Notify = func(name string) { notes = append(notes, name) }
	engine := newTestEngine(t, cfg)
	for _, step := range []struct {
		old, fresh string
		code       uint64
		encrypts   bool
	}{
		{"", "", 207, false},
		{"old", "new", 207, false}, // there is no old one
		{"", "eins", 0, true},
		{"", "zwei", 207, true}, // there is one already
		{"falsch", "zwei", 207, true},
		{"eins", "zwei", 0, true},
		{"eins", "", 207, true},
		{"zwei", "", 0, false},
		{"zwei", "", 207, false},
		{"", "drei", 0, true},
	} {
		notes = nil
		if code := setPassword(t, engine, step.old, step.fresh); code != step.code {
			t.Errorf("from %q to %q: %d", step.old, step.fresh, code)
		}
		if engine.WillEncrypt() != step.encrypts {
			t.Errorf("from %q to %q: encrypts %v", step.old, step.fresh, engine.WillEncrypt())
		}
		if changed := slices.Contains(notes, noteDomainChanged); changed != (step.code == 0) {
			t.Errorf("from %q to %q: notifications %v", step.old, step.fresh, notes)
		}
	}
	if !newTestEngine(t, cfg).WillEncrypt() {
		t.Error("the password did not last")
	}
	data, err := os.ReadFile(filepath.Join(cfg.StateDir, stateName))
	if err != nil || strings.Contains(string(data), "drei") {
		t.Errorf("the state holds the password, or %v", err)
	}
	cfg.RequiresEncryption = true
	if code := setPassword(t, newTestEngine(t, cfg), "drei", ""); code != 207 {
		t.Errorf("required encryption was switched off with %d", code)
	}
}

// Each password has a keybag of its own, with the rounds that were asked for.
func TestKeybagPerPassword(t *testing.T) {
	cfg := testConfig(t, content.Generate(1, 20, 1<<20))
	cfg.Rounds = Rounds{PBKDF2SHA256: 123, PBKDF2SHA1: 7}
	engine := newTestEngine(t, cfg)
	setPassword(t, engine, "", "one")
	first := engine.state.TLV
	setPassword(t, engine, "one", "one")
	second := engine.state.TLV
	if string(first) == string(second) {
		t.Error("a new password left the keybag as it was")
	}
	header := engine.state.header()
	if binary.BigEndian.Uint32(header["DPIC"]) != 123 || binary.BigEndian.Uint32(header["ITER"]) != 7 {
		t.Errorf("the keybag has %x and %x rounds", header["DPIC"], header["ITER"])
	}
	openKeybag(t, second, "one")
}

func TestOtherRequests(t *testing.T) {
	var switched []bool
	cfg := testConfig(t, content.Generate(1, 20, 1<<20))
	cfg.FindMy = func() bool { return true }
	cfg.SwitchCloudBackup = func(on bool) Answer { switched = append(switched, on); return Answer{} }
	engine := newTestEngine(t, cfg)
	host, done := connect(t, engine, t.TempDir())
	if err := host.hello(); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, target string
		extra        map[string]any
		code         uint64
	}{
		{"Info", testUDID, nil, 205},
		{"List", testUDID, nil, 205},
		{"Unback", testUDID, nil, 205},
		{"Extract", testUDID, nil, 205},
		{"Restore", testUDID, nil, 211},
		{"EraseDevice", testUDID, nil, 211},
		{"Nonsense", testUDID, nil, 1},
		{"", testUDID, nil, 1},
		{"Backup", "00008120-0000000000000000", nil, 1},
		{"Backup", "", nil, 1},
		{"ChangePassword", "other", map[string]any{"NewPassword": "x"}, 1},
		{"ChangePassword", testUDID, map[string]any{"NewPassword": 7}, 207},
		{"EnableCloudBackup", "other", map[string]any{"CloudBackupState": true}, 1},
		{"EnableCloudBackup", testUDID, map[string]any{"CloudBackupState": true}, 0},
		{"EnableCloudBackup", testUDID, map[string]any{"Options": map[string]any{"CloudBackupState": false}}, 0},
		{"Hello", testUDID, map[string]any{"SupportedProtocolVersions": []float64{1.0}}, 1},
	} {
		request := map[string]any{"MessageName": tc.name, "TargetIdentifier": tc.target}
		for key, value := range tc.extra {
			request[key] = value
		}
		answer, err := host.request(request)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if answer["ErrorCode"] != tc.code || answer["MessageName"] != "Response" {
			t.Errorf("%s for %s: %v", tc.name, tc.target, answer)
		}
	}
	if !slices.Equal(switched, []bool{true, false}) {
		t.Errorf("the iCloud switch went %v", switched)
	}
	engine.SetFaults(Faults{CloudBackup: Answer{Code: 210}, ChangePassword: Answer{Code: 1}})
	for name, code := range map[string]uint64{"EnableCloudBackup": 210, "ChangePassword": 1} {
		if answer, err := host.request(map[string]any{"MessageName": name, "TargetIdentifier": testUDID, "NewPassword": "x"}); err != nil || answer["ErrorCode"] != code {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
	}
	host.leave(t, done)
}

// While the passcode is asked for, nothing is said, however long it takes.
func TestPasscode(t *testing.T) {
	for _, tc := range []struct {
		version string
		request map[string]any
		asks    bool
	}{
		{"16.1", backupRequest(), true},
		{"16.0.3", backupRequest(), false},
		{"15.8", map[string]any{"MessageName": "ChangePassword", "TargetIdentifier": testUDID, "NewPassword": "x"}, true},
		{"12.5.7", map[string]any{"MessageName": "ChangePassword", "TargetIdentifier": testUDID, "NewPassword": "x"}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			cfg := testConfig(t, content.Generate(1, 20, 1<<20))
			cfg.Identity.ProductVersion = tc.version
			cfg.Passcode = Passcode{Set: true, Wait: 25 * time.Minute}
			var notes []string
			cfg.Notify = func(name string) { notes = append(notes, name) }
			engine := newTestEngine(t, cfg)
			phone, conn := net.Pipe()
			served := make(chan error, 1)
			go func() { served <- engine.Serve(t.Context(), phone) }()
			host := newTestHost(conn, t.TempDir())
			if err := host.hello(); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			answer, err := host.request(tc.request)
			if err != nil || answer["ErrorCode"] != uint64(0) {
				t.Fatalf("%v, %v", answer, err)
			}
			if waited := time.Since(begun) >= 25*time.Minute; waited != tc.asks {
				t.Errorf("iOS %s waited %v", tc.version, time.Since(begun))
			}
			asked := slices.Contains(notes, notePasscodeShown) && slices.Contains(notes, notePasscodeDismissed)
			if asked != tc.asks {
				t.Errorf("iOS %s posted %v", tc.version, notes)
			}
			host.leave(t, served)
		})
	}
}

// A host that leaves while the passcode is asked for ends the question.
func TestLeaveDuringPasscode(t *testing.T) {
	for name, leave := range map[string]func(*testHost){
		"in order": func(h *testHost) { _ = h.send("DLMessageDisconnect", "changed my mind") },
		"abruptly": func(h *testHost) { h.conn.Close() },
	} {
		synctest.Test(t, func(t *testing.T) {
			cfg := testConfig(t, content.Generate(1, 20, 1<<20))
			cfg.Passcode = Passcode{Set: true, Wait: time.Hour}
			var notes []string
			cfg.Notify = func(name string) { notes = append(notes, name) }
			engine := newTestEngine(t, cfg)
			phone, conn := net.Pipe()
			served := make(chan error, 1)
			go func() { served <- engine.Serve(t.Context(), phone) }()
			host := newTestHost(conn, "")
			if err := host.hello(); err != nil {
				t.Fatal(err)
			}
			if err := host.send("DLMessageProcessMessage", backupRequest()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			begun := time.Now()
			leave(host)
			if err := <-served; err != nil || time.Since(begun) > time.Minute {
				t.Errorf("%s: the phone ended with %v after %v", name, err, time.Since(begun))
			}
			if !slices.Contains(notes, notePasscodeDismissed) {
				t.Errorf("%s: posted %v", name, notes)
			}
			conn.Close()
		})
	}
}

// The end of the context ends whatever is under way.
func TestContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := testConfig(t, content.Generate(1, 20, 1<<20))
		cfg.Passcode = Passcode{Set: true, Wait: time.Hour}
		engine := newTestEngine(t, cfg)
		phone, conn := net.Pipe()
		defer conn.Close()
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 2)
		go func() { served <- engine.Serve(ctx, phone) }()
		host := newTestHost(conn, "")
		if err := host.hello(); err != nil {
			t.Fatal(err)
		}
		if err := host.send("DLMessageProcessMessage", backupRequest()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		second, other := net.Pipe()
		defer other.Close()
		go func() { served <- engine.Serve(ctx, second) }() // waits for its turn
		synctest.Wait()
		cancel()
		for range 2 {
			if err := <-served; !errors.Is(err, context.Canceled) {
				t.Errorf("Serve ended with %v", err)
			}
		}
	})
}

func TestVersions(t *testing.T) {
	for text, want := range map[string]struct {
		version version
		link    int
	}{
		"17.5.1": {version{17, 5}, 400},
		"14":     {version{14, 0}, 400},
		"13.7":   {version{13, 7}, 300},
		"":       {version{}, 300},
	} {
		if got := parseVersion(text); got != want.version || got.deviceLink() != want.link {
			t.Errorf("%q is %v with DeviceLink %d", text, got, got.deviceLink())
		}
	}
	if v := (version{16, 1}); !v.atLeast(16, 1) || !v.atLeast(15, 9) || v.atLeast(16, 2) || v.atLeast(17, 0) {
		t.Error("versions are compared wrongly")
	}
}

func TestNewRefuses(t *testing.T) {
	good := testConfig(t, content.Generate(1, 1, 1))
	for name, change := range map[string]func(*Config){
		"no state folder":      func(c *Config) { c.StateDir = "" },
		"no content":           func(c *Config) { c.Content = nil },
		"no UDID":              func(c *Config) { c.UDID = "" },
		"missing state folder": func(c *Config) { c.StateDir = filepath.Join(c.StateDir, "none") },
		"damaged state": func(c *Config) {
			c.StateDir = t.TempDir()
			_ = os.WriteFile(filepath.Join(c.StateDir, stateName), []byte(`{"encrypted":true}`), 0o600)
		},
		"state that is no state": func(c *Config) {
			c.StateDir = t.TempDir()
			_ = os.WriteFile(filepath.Join(c.StateDir, stateName), []byte(`<plist>`), 0o600)
		},
	} {
		cfg := good
		change(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
