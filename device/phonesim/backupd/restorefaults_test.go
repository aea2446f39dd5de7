package backupd

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"howett.net/plist"

	"lifeboat/device/phonesim/content"
)

// One restore after another needs a restart between, whatever became of the first.
func TestRestoreTwice(t *testing.T) {
	phone, root := newTestEngine(t, testConfig(t, content.Generate(7, 20, 1<<16))), t.TempDir()
	if _, answer := backUp(t, phone, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	for i, want := range []uint64{0, 102, 0} {
		if i == 2 {
			phone.Restart()
		}
		if _, answer := restoreFrom(t, phone, root, restoreRequest("")); answer["ErrorCode"] != want {
			t.Errorf("restore %d was answered %v, not %d", i+1, answer, want)
		}
	}
}

// Without a word about it the phone has the host copy the backup first, and from
// iOS 27 on it is erased after everything else was found right.
func TestRestoreCopiesAndErases(t *testing.T) {
	cfg := testConfig(t, content.Generate(7, 20, 1<<16))
	cfg.Identity.ProductVersion = "27.0"
	erased, space := 0, int64(1)
	cfg.Erase = func() { erased++ }
	cfg.RestoreSpace = func() int64 { return space }
	cfg.RestoreApplications = func() []byte {
		data, _ := plist.Marshal(map[string]any{"org.b": map[string]any{}, "org.a": map[string]any{}}, plist.XMLFormat)
		return data
	}
	phone, root := newTestEngine(t, cfg), t.TempDir()
	if _, answer := backUp(t, phone, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	info, err := plist.Marshal(map[string]any{"Product Version": "26.1"}, plist.XMLFormat)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, testUDID, "Info.plist"), info, 0o600); err != nil {
		t.Fatal(err)
	}
	request := restoreRequest("")
	delete(request["Options"].(map[string]any), "RestoreDontCopyBackup")
	if _, answer := restoreFrom(t, phone, root, request); answer["ErrorCode"] != uint64(106) || erased != 0 {
		t.Errorf("a full phone answered %v and was erased %d times", answer, erased)
	}
	space = 1 << 30
	host, answer := restoreFrom(t, phone, root, request)
	if answer["ErrorCode"] != uint64(0) || erased != 1 {
		t.Errorf("it answered %v and was erased %d times", answer, erased)
	}
	if !slices.Contains(host.seen, "DLMessageCopyItem") {
		t.Errorf("no copy was asked for: %v", host.seen)
	}
	got, _, err := phone.Restored()
	if err != nil || !slices.Equal(got.Apps, []string{"org.a", "org.b"}) {
		t.Errorf("it is to have the apps %v, %v", got.Apps, err)
	}
}

// The cable is pulled where it was asked for, and nothing counts as restored
// unless all of it was.
func TestRestoreDetach(t *testing.T) {
	maker, root := newTestEngine(t, testConfig(t, content.Generate(7, 60, 1<<18))), t.TempDir()
	if _, answer := backUp(t, maker, root); answer["ErrorCode"] != uint64(0) {
		t.Fatal(answer)
	}
	for _, at := range []RestorePoint{{Bytes: 1}, {Bytes: 100_000}, {Share: 0.1}, {Share: 0.9}, {Share: 1}} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			cfg := testConfig(t, content.Generate(1, 1, 1))
			pulled, restarted := make(chan bool, 1), make(chan bool, 1)
			cfg.Detach, cfg.Restart = func() { pulled <- true }, func() { restarted <- true }
			cfg.Faults.RestoreDetach = at
			phone := newTestEngine(t, cfg)
			host, done := connect(t, phone, root)
			if err := host.hello(); err != nil {
				t.Fatal(err)
			}
			request := restoreRequest("")
			delete(request["Options"].(map[string]any), "RestoreShouldReboot")
			if answer, err := host.request(request); err == nil {
				t.Errorf("it was answered %v", answer)
			}
			_ = host.conn.Close()
			<-done
			<-pulled
			_, was, err := phone.Restored()
			if err != nil || was != (at.Share == 1) {
				t.Errorf("restored: %v, %v", was, err)
			}
			if at.Share == 1 {
				<-restarted
			}
		})
	}
}

// A phone that is only the end of a restore says what came and what did not, and
// leaves nothing behind, wherever it ends.
func TestReceiver(t *testing.T) {
	for name, password := range map[string]string{"encrypted": "eins", "plain": ""} {
		t.Run(name, func(t *testing.T) {
			source := content.Generate(7, 300, 1<<20)
			cfg := testConfig(t, source)
			cfg.Faults = Faults{OddRows: true}
			maker, root := newTestEngine(t, cfg), t.TempDir()
			if password != "" {
				setPassword(t, maker, "", password)
			}
			if _, answer := backUp(t, maker, root); answer["ErrorCode"] != uint64(0) {
				t.Fatal(answer)
			}
			want, temp := restoredAs(t, source), t.TempDir()
			var failed []string
			receiver := Receiver{UDID: testUDID, ProductVersion: "27.0", Temp: temp}
			receiver.Failed = func(f RestoredFile, why string) { failed = append(failed, f.ID+why) }
			found := 0
			receiver.Received = func(f RestoredFile) error {
				restored := fmt.Sprintf("%d %o %s", f.Kind, f.Mode, f.Target)
				if f.Kind == content.Regular {
					restored += fmt.Sprintf(" %d %s", f.Size, f.SHA256)
				}
				if found++; want[f.Domain+"-"+f.Path] != restored || f.ID != keyOf(f.Domain, f.Path).String() {
					t.Errorf("%+v came, not %q", f, want[f.Domain+"-"+f.Path])
				}
				return nil
			}
			answer, err := receive(t, receiver, root, restoreRequest(password))
			if err != nil || answer["ErrorCode"] != uint64(0) || found != len(want) || len(failed) > 0 {
				t.Errorf("%v, %v: %d of %d entries, failed: %v", answer, err, found, len(want), failed)
			}
			if answer, err = receive(t, receiver, root, map[string]any{"MessageName": "Backup", "TargetIdentifier": testUDID}); err != nil || answer["ErrorCode"] != uint64(1) {
				t.Errorf("a backup: %v, %v", answer, err)
			}
			receiver.Received = func(RestoredFile) error { return io.ErrNoProgress }
			if _, err := receive(t, receiver, root, restoreRequest(password)); err == nil {
				t.Error("it went on after an error")
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("it left %v, %v", left, err)
			}
		})
	}
}

// receive has a host make a request of a receiver.
func receive(t *testing.T, r Receiver, root string, request map[string]any) (map[string]any, error) {
	t.Helper()
	here, there := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- r.Serve(t.Context(), there) }()
	host := newTestHost(here, root)
	err := host.hello()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := host.request(request)
	_ = here.Close()
	<-done
	return answer, err
}

// A password that costs much does not hold anybody up who no longer wants it.
func TestDeriveEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan bool)
	ended := make(chan error)
	go func() {
		close(started)
		_, err := derive(ctx, sha256.New, []byte("eins"), nil, maxRounds)
		ended <- err
	}()
	<-started
	cancel()
	if err := <-ended; err == nil {
		t.Error("it went on to its end")
	}
	bag, err := newKeybag("zwei", Rounds{PBKDF2SHA256: 9000, PBKDF2SHA1: 9000}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unlockKeybag(t.Context(), bag.TLV, "zwei"); err != nil {
		t.Errorf("a right one: %v", err)
	}
}
