package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"lifeboat/device/devicetest"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestRestoreExitCodes: 0 is restored, 1 refused before anything was touched, 2 it
// failed.
func TestRestoreExitCodes(t *testing.T) {
	cfg := phonesim.DefaultConfig()
	cfg.Version, cfg.FindMy, cfg.StateDir = "18.4.1", false, t.TempDir()
	cfg.Content = content.Generate(3, 10, 1<<20)
	cfg.Faults.Backup.FewFolders = true
	records := t.TempDir()
	devicetest.Trust(t, &cfg, records)
	server, err := phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(records))
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
	home := t.TempDir()
	for name, value := range map[string]string{
		"USBMUXD_SOCKET_ADDRESS": server.Address(), "LIFEBOAT_PASSWORD": "correct horse", "HOME": home, "USERPROFILE": home,
		"LOCALAPPDATA": filepath.Join(home, "Local"), "APPDATA": filepath.Join(home, "Roaming"), "LANG": "C", offlineEnv: "1",
	} {
		t.Setenv(name, value)
	}
	to := filepath.Join(home, "backups")
	ends := func(want int, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := Run(context.Background(), args, nil, &out, &errs); code != want {
			t.Errorf("%q: exit %d, not %d\n%s\n%s", args, code, want, out.String(), errs.String())
		}
	}
	restore := func(more ...string) []string {
		return append([]string{"restore", "--json", "--from", to, "--no-backup-first"}, more...)
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	ends(exitOK, "backup", "--json", "--to", to)
	ends(exitBad, restore()...)
	ends(exitBad, restore("--yes-erase", "Ben")...)
	ends(exitBad, restore("--yes-erase", cfg.Name, "--version", "9")...)
	for fault, want := range map[string]int{"restore-error=211": exitBad, "restore-error=205": exitBad} {
		if err := sim.SetFault(fault); err != nil {
			t.Fatal(err)
		}
		ends(want, restore("--yes-erase", cfg.Name)...)
		if err := sim.SetFault("none"); err != nil {
			t.Fatal(err)
		}
	}
	ends(exitOK, restore("--yes-erase", cfg.Name)...) // it restarts, and is gone
	ends(exitFailed, restore("--yes-erase", cfg.Name)...)
}
