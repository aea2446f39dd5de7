package engine

import (
	"context"
	"testing"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
)

// paired is a simulated phone on the real wire, which trusts this computer.
func paired(t *testing.T, cfg phonesim.Config) (*device.Mux, *device.Phone) {
	t.Helper()
	server, err := phonesim.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	sim, err := phonesim.NewPhone(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	server.Attach(sim)
	mux, err := device.NewMux(server.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mux.CountFor, mux.ExtraFor = time.Second, device.ReplyTimeout
	phone, err := mux.Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := phone.Pair(t.Context(), func(fault.Code) {}); err != nil {
		t.Fatal(err)
	}
	return mux, phone
}

// emptyKeyring keeps nothing.
type emptyKeyring struct{}

func (emptyKeyring) Load(string) (keybag.Password, bool, error) { return keybag.Password{}, false, nil }
func (emptyKeyring) Save(string, keybag.Password) error         { return nil }

// After a backup to this computer the diagnosis that runs says why iCloud
// fails, though the password is kept nowhere.
func TestBackupShowsWhyICloudFails(t *testing.T) {
	cfg := phonesim.DefaultConfig()
	for _, f := range [][2]string{{"last-icloud", "12d-ago"}, {"icloud-memory", "quota"}} {
		if err := cfg.Set(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	mux, phone := paired(t, cfg)
	root := t.TempDir()
	live := &Engine{Library: library.Library{Own: root}, Mux: mux, Keyring: emptyKeyring{}, Program: "Lifeboat"}
	ctx, stop := context.WithCancel(t.Context())
	states := make(chan diagnosis.State, 1000)
	ended := make(chan error, 1)
	go func() {
		ended <- live.Diagnose(ctx, Examination{Phone: phone, Destination: root}, device.Summary{}, func(s diagnosis.State) { states <- s })
	}()
	defer func() { stop(); <-ended }()
	until := func(what string, wanted func(diagnosis.State) bool) diagnosis.State {
		t.Helper()
		limit := time.After(3 * time.Minute)
		for {
			select {
			case s := <-states:
				if wanted(s) {
					return s
				}
			case <-limit:
				t.Fatalf("%s: not within three minutes", what)
			}
		}
	}
	before := until("before a backup", func(s diagnosis.State) bool { return s.Blocker != "" && s.Input.Record.Reason == facts.RecordNone })
	if before.Blocker != "last-icloud-backup" {
		t.Errorf("before a backup: %s", before.Blocker)
	}
	order := Order{Phone: phone, Root: root, Password: keybag.NewPassword("correct horse")}
	if _, err := live.BackUp(t.Context(), order, func(backup.Event) {}); err != nil {
		t.Fatal(err)
	}
	after := until("after it", func(s diagnosis.State) bool { return s.Blocker == "icloud-storage" })
	if r, _ := after.Result("icloud-storage"); r.Status != checks.Fail || r.Evidence["record/BackupStateInfo"] != "MBErrorDomain 303, CKErrorDomain 25" {
		t.Errorf("after a backup: %s %q", r.Status, r.Evidence)
	}
}
