// Package devicetest makes simulated phones and this computer know each other
// in tests that are not about pairing. It pairs once for all tests of a
// program: each pairing makes two keys, and these and the phone's own would
// take half of the processor's time of most tests with a phone.
package devicetest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"lifeboat/device"
	"lifeboat/device/phonesim"
)

// pairing is a phone's key and what it and this computer keep of a pairing.
type pairing struct{ key, hosts, record, system []byte }

const (
	keyFile    = "device-key.pem"
	hostsFile  = "hosts.plist"
	systemFile = "SystemConfiguration.plist"
)

// paired is the pairing of all phones.
var paired = sync.OnceValues(func() (p pairing, err error) {
	dir, err := os.MkdirTemp("", "lifeboat-pairing-")
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg := phonesim.DefaultConfig()
	cfg.StateDir = dir
	server, err := phonesim.Listen("127.0.0.1:0", phonesim.PairRecordsIn(dir))
	if err != nil {
		return p, err
	}
	defer server.Close()
	sim, err := phonesim.NewPhone(cfg)
	if err != nil {
		return p, err
	}
	defer sim.Close()
	server.Attach(sim)
	mux, err := device.NewMux(server.Address(), nil)
	if err != nil {
		return p, err
	}
	mux.ExtraFor = device.ReplyTimeout
	ctx := context.Background()
	phone, err := mux.Find(ctx, "")
	if err != nil {
		return p, err
	}
	if err := phone.Pair(ctx, nil); err != nil {
		return p, err
	}
	for name, data := range map[string]*[]byte{
		keyFile: &p.key, hostsFile: &p.hosts, phone.UDID + ".plist": &p.record, systemFile: &p.system,
	} {
		if *data, err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return p, err
		}
	}
	return p, nil
})

// Trust has a phone that is made with cfg know this computer, whose usbmuxd
// keeps its pairings in the folder records (phonesim.PairRecordsIn). The phone
// gets a state folder of its own, if it has none. Call it before the phone is made.
func Trust(t testing.TB, cfg *phonesim.Config, records string) {
	t.Helper()
	p, err := paired()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.StateDir == "" {
		cfg.StateDir = t.TempDir()
	}
	for path, data := range map[string][]byte{
		filepath.Join(cfg.StateDir, keyFile):      p.key,
		filepath.Join(cfg.StateDir, hostsFile):    p.hosts,
		filepath.Join(records, cfg.UDID+".plist"): p.record,
		filepath.Join(records, systemFile):        p.system,
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
