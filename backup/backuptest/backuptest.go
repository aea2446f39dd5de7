// Package backuptest makes small complete backups for tests, by letting the
// simulated phone's backup agent back up through the real client.
package backuptest

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

// UDID is that of the phone whose backups are made.
const UDID = "00008110-000A1B2C3D4E5F60"

// Make makes a backup of the content below root and returns its folder. With
// an empty password it is not encrypted.
func Make(t testing.TB, root string, source content.Source, password string) string {
	t.Helper()
	return MakeFaulty(t, root, source, password, backupd.Faults{})
}

// MakeFaulty is [Make] with a phone that has faults.
func MakeFaulty(t testing.TB, root string, source content.Source, password string, faults backupd.Faults) string {
	t.Helper()
	faults.FewFolders = true // most of the time went into 512 empty folders
	agent, err := backupd.New(backupd.Config{
		StateDir: t.TempDir(), Content: source, UDID: UDID, Faults: faults,
		Identity: backupd.Identity{DeviceName: "Test", ProductType: "iPhone15,2", ProductVersion: "17.5.1", BuildVersion: "21F90", SerialNumber: "X"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if password != "" {
		run(t, agent, nil, func(s *mobilebackup2.Session) error {
			return s.ChangePassword(UDID, keybag.Password{}, keybag.NewPassword(password))
		})
	}
	dir := filepath.Join(root, UDID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	host := &mobilebackup2.Host{
		Fs: afero.NewOsFs(), Root: root, UDID: UDID, Log: slog.New(slog.DiscardHandler),
		Space: func() (uint64, error) { return 1 << 40, nil },
	}
	if err := format.WriteInfo(host.Fs, dir, format.Info{UDID: UDID, Root: map[string]any{"DeviceName": "Test"}}); err != nil {
		t.Fatal(err)
	}
	run(t, agent, host, func(s *mobilebackup2.Session) error { return s.Backup(UDID, true) })
	return dir
}

// run makes one request of the agent and serves it to the end.
func run(t testing.TB, agent *backupd.Engine, host *mobilebackup2.Host, request func(*mobilebackup2.Session) error) {
	t.Helper()
	ours, phones := net.Pipe()
	served := make(chan error, 1)
	go func() { served <- agent.Serve(context.Background(), phones) }()
	session, err := mobilebackup2.Open(ours)
	if err != nil {
		t.Fatal(err)
	}
	if err := request(session); err != nil {
		t.Fatal(err)
	}
	answer, err := session.Serve(host)
	if err == nil {
		err = answer.Fault("test")
	}
	if err != nil {
		t.Fatal(err)
	}
	ours.Close()
	<-served
}
