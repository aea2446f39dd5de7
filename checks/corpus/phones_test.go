package corpus_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/host"
	"lifeboat/device"
	"lifeboat/device/devicetest"
	"lifeboat/device/facts"
	"lifeboat/device/phonesim"
)

// lockAfterPairing is no flag of phonesim: a phone that is locked from the
// start cannot be paired with.
const lockAfterPairing = "lock-after-pairing"

// simulated plugs in a phone that is set by phonesim's own flags ("name=value"),
// which trusts this computer if paired, and reads its facts over the real protocols.
func simulated(t *testing.T, paired bool, flags ...string) facts.Phone {
	t.Helper()
	cfg := phonesim.DefaultConfig()
	lock := slices.Contains(flags, lockAfterPairing)
	set(t, &cfg, slices.DeleteFunc(slices.Clone(flags), func(flag string) bool { return flag == lockAfterPairing }))
	phone, _ := plugIn(t, cfg, paired, lock)
	read, err := phone.Facts(t.Context(), device.Summary{})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// set sets flags of phonesim.
func set(t *testing.T, cfg *phonesim.Config, flags []string) {
	t.Helper()
	for _, flag := range flags {
		name, value, _ := strings.Cut(flag, "=")
		if err := cfg.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
}

// plugIn plugs in a simulated phone, which trusts this computer if paired, and is
// locked from then on if lock.
func plugIn(t *testing.T, cfg phonesim.Config, paired, lock bool) (*device.Phone, *phonesim.Phone) {
	t.Helper()
	records := t.TempDir()
	if paired {
		devicetest.Trust(t, &cfg, records)
	}
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
	mux, err := device.NewMux(server.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mux.CountFor, mux.ExtraFor = 2*time.Second, device.ReplyTimeout
	phone, err := mux.Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if paired {
		if err := phone.Pair(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	if lock {
		sim.Trust(phonesim.Lock)
	}
	return phone, sim
}

// roomy is a destination with plenty of room.
var roomy = checks.Host{
	OS: "linux", Destination: "/backups", Kind: facts.Of(checks.DestinationFolder), FreeBytes: facts.Of[int64](2_000_000_000_000),
	FileSystem: facts.Of("ext4"), Remote: facts.Of(false), Writable: facts.Of(true),
}

// saved is a backup on this computer as it should be.
func saved() checks.Local { return checks.Local{Exists: true, Finished: time.Now().Add(-time.Hour)} }

// verdicts are the statuses by id; what is not named passes.
type verdicts map[string]checks.Status

// asking are the checks that only the user, the network or the slow facts can
// settle: where they are not named they may stay open, but find nothing.
var asking = []string{
	"apple-account", "icloud-storage", "wifi", "overnight-habit", "management", "vpn-and-filters",
	"backup-size", "stuck-backup", "clock", "apple-servers", "cable",
}

// quiet reports whether a check that is not named found nothing wrong; of a
// phone that lets nobody in it knows nothing.
func quiet(r checks.Result, paired bool) bool {
	switch {
	case slices.Contains(asking, r.ID):
		return r.Status != checks.Fail && r.Status != checks.Warn
	case !paired:
		return r.Status == checks.Unknown
	}
	return r.Status == checks.Pass
}

// phones is the table of phones by phonesim's flags.
var phones = []struct {
	flags    []string
	unpaired bool
	want     verdicts
	blocker  string
	finding  string // a part of the blocker's finding, or of the first that does not pass
}{
	{flags: nil, want: verdicts{}},
	{flags: []string{"trust=pending"}, unpaired: true, blocker: "phone-ready", finding: "doesn’t trust", want: verdicts{
		"phone-ready": checks.Fail, "icloud-backup-switch": checks.Ask, "last-icloud-backup": checks.Ask,
		"phone-storage": checks.Ask, "last-local-backup": checks.Pass}},
	{flags: []string{lockAfterPairing}, finding: "is locked", want: verdicts{"phone-ready": checks.Warn, "local-backup-ready": checks.Warn}},
	{flags: []string{"activation=Unactivated", "last-icloud=never"}, blocker: "phone-ready", finding: "isn’t set up", want: verdicts{
		"phone-ready": checks.Fail, "last-icloud-backup": checks.Fail, "local-backup-ready": checks.Fail}},
	{flags: []string{"icloud=off", "last-icloud=23d-ago"}, blocker: "icloud-backup-switch", finding: "switched off", want: verdicts{
		"icloud-backup-switch": checks.Fail, "last-icloud-backup": checks.Fail}},
	{flags: []string{"icloud=off", "last-icloud=never"}, blocker: "icloud-backup-switch", finding: "switched off", want: verdicts{
		"icloud-backup-switch": checks.Fail, "last-icloud-backup": checks.Ask}},
	{flags: []string{"icloud=off", "last-icloud=26h-ago"}, finding: "is off, but it completed", want: verdicts{"icloud-backup-switch": checks.Ask}},
	{flags: []string{"icloud=absent", "last-icloud=never"}, finding: "probably off", want: verdicts{
		"icloud-backup-switch": checks.Ask, "last-icloud-backup": checks.Ask}},
	{flags: []string{"last-icloud=never"}, blocker: "last-icloud-backup", finding: "ever completed", want: verdicts{"last-icloud-backup": checks.Fail}},
	{flags: []string{"last-icloud=5d-ago"}, finding: "5 days ago", want: verdicts{"last-icloud-backup": checks.Warn}},
	{flags: []string{"last-icloud=50d-ago"}, blocker: "last-icloud-backup", finding: "50 days ago", want: verdicts{"last-icloud-backup": checks.Fail}},
	{flags: []string{"external=false", "charging=false"}, finding: "gets no power", want: verdicts{"power": checks.Warn}},
	{flags: []string{"charging=false", "battery=50"}, finding: "isn’t charging, at 50 %", want: verdicts{"power": checks.Warn}},
	{flags: []string{"charging=false", "battery=84"}, want: verdicts{}},
	{flags: []string{"battery=12"}, finding: "12 %", want: verdicts{"power": checks.Warn}},
	{flags: []string{"connection=Network", "external=false", "charging=false"}, finding: "over Wi-Fi", want: verdicts{"power": checks.Ask}},
	{flags: []string{"ios=27.0"}, finding: "27.0.1 is out", want: verdicts{"ios-version": checks.Warn}},
	{flags: []string{"ios=26.7.1"}, want: verdicts{}},
	{flags: []string{"ios=26.2"}, finding: "can run iOS 27.0.1", want: verdicts{"ios-version": checks.Warn}},
	{flags: []string{"ios=18.7.10"}, want: verdicts{}},
	{flags: []string{"ios=18.6.2"}, finding: "can run iOS 27.0.1", want: verdicts{"ios-version": checks.Warn}},
	{flags: []string{"model=iPhone11,8", "ios=18.7.10"}, want: verdicts{}},
	{flags: []string{"model=iPhone9,1", "ios=15.8.8"}, want: verdicts{}},
	{flags: []string{"model=iPhone99,1", "ios=26.7.1"}, finding: "don’t know this model", want: verdicts{"ios-version": checks.Ask}},
	{flags: []string{"disk-free=600MB", "disk-purgeable=50MB"}, finding: "600 MB", want: verdicts{"phone-storage": checks.Warn}},
	{flags: []string{"disk-free=600MB", "disk-purgeable=50MB", "last-icloud=9d-ago"}, blocker: "phone-storage", finding: "600 MB", want: verdicts{"phone-storage": checks.Fail, "last-icloud-backup": checks.Fail}},
	{flags: []string{"disk-free=1500MB", "disk-purgeable=50MB"}, finding: "1.5 GB", want: verdicts{"phone-storage": checks.Warn}},
	{flags: []string{"disk=512GB", "disk-free=9GB"}, want: verdicts{}},
	{flags: []string{"disk-free=600MB"}, finding: "counts 600 MB as free", want: verdicts{"phone-storage": checks.Ask}},
	{flags: []string{"requires-encryption=true"}, want: verdicts{}},
}

func TestPhonesOverTheWire(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, p := range phones {
		t.Run(strings.Join(p.flags, " "), func(t *testing.T) {
			t.Parallel()
			results := checks.Run(checks.Input{Phone: simulated(t, !p.unpaired, p.flags...), Host: roomy, Local: saved(), Now: time.Now()})
			agree(t, results, p.want, !p.unpaired)
			blocker, _ := checks.Blocker(results)
			if blocker.ID != p.blocker {
				t.Errorf("blocker = %q, want %q", blocker.ID, p.blocker)
			}
			if p.finding == "" {
				return
			}
			first := slices.IndexFunc(results, func(r checks.Result) bool {
				return p.want[r.ID] != "" && (p.blocker == "" || r.ID == p.blocker)
			})
			if said := words.English().Text(results[first].Finding); !strings.Contains(said, p.finding) {
				t.Errorf("finding %q lacks %q", said, p.finding)
			}
		})
	}
}

// agree compares statuses; a check that is not named has to be quiet.
func agree(t *testing.T, results []checks.Result, want verdicts, paired bool) {
	t.Helper()
	for _, r := range results {
		status, named := want[r.ID]
		if named && r.Status != status || !named && !quiet(r, paired) {
			t.Errorf("%s = %s, want %q: %s", r.ID, r.Status, status, words.English().Text(r.Finding))
		}
	}
}

// taken are data that a phone may not tell, by lockdownd's own names, and
// which checks then must not pass. The absent WillEncrypt is no password, by rule.
var taken = map[string][]string{
	"/PasswordProtected":                              {"phone-ready", "local-backup-ready"},
	"/ActivationState":                                {"phone-ready", "local-backup-ready"},
	"/ProductVersion":                                 {"ios-version"},
	"com.apple.mobile.backup/CloudBackupEnabled":      {"icloud-backup-switch"},
	"com.apple.mobile.backup/LastCloudBackupDate":     {"last-icloud-backup"},
	"com.apple.mobile.backup/":                        {"icloud-backup-switch", "last-icloud-backup"},
	"com.apple.mobile.battery/ExternalConnected":      {"power"},
	"com.apple.mobile.battery/BatteryIsCharging":      {"power"},
	"com.apple.mobile.battery/BatteryCurrentCapacity": {"power"},
	"com.apple.mobile.battery/":                       {"power"},
	"com.apple.disk_usage/AmountDataAvailable":        {"phone-storage", "this-computer"},
	"com.apple.disk_usage/TotalDataCapacity":          {"this-computer"},
	"com.apple.disk_usage/":                           {"phone-storage", "this-computer"},
}

// withheld are the checks that have to stay open only when a whole domain is
// withheld: where it is merely empty, there is no backup password.
var withheld = map[string][]string{"com.apple.mobile.backup/": {"local-backup-ready"}}

// Every datum once missing and once withheld: never a pass, and no other check suffers.
func TestDatumMissingOverTheWire(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, name := range slices.Sorted(maps.Keys(taken)) {
		for _, how := range []string{"omit", "refuse"} {
			t.Run(how+" "+name, func(t *testing.T) {
				t.Parallel()
				read := simulated(t, true, how+"="+name)
				for _, r := range checks.Run(checks.Input{Phone: read, Host: roomy, Local: saved(), Now: time.Now()}) {
					touched := slices.Contains(taken[name], r.ID) || how == "refuse" && slices.Contains(withheld[name], r.ID)
					certain := r.Status == checks.Fail && r.ID == "last-icloud-backup" // never completed, while the switch is on
					open := r.Status == checks.Ask || r.Status == checks.Unknown
					switch {
					case touched && !open && !certain:
						t.Errorf("%s = %s without %s: %s", r.ID, r.Status, name, words.English().Text(r.Finding))
					case !touched && !quiet(r, true):
						t.Errorf("%s = %s, though it does not need %s", r.ID, r.Status, name)
					}
				}
			})
		}
	}
}

// The whole way with real folders of this computer.
func TestRealFolders(t *testing.T) {
	read := simulated(t, true, "disk=64GB", "disk-free=51.5GB") // so that a backup needs at most 0.6 GB
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]checks.Status{
		dir: checks.Pass, filepath.Join(dir, "new"): checks.Pass, file: checks.Fail, filepath.Join(dir, "no", "drive"): checks.Fail,
	} {
		results := checks.Run(checks.Input{Phone: read, Host: host.Gather(t.Context(), path), Now: time.Now()})
		i := slices.IndexFunc(results, func(r checks.Result) bool { return r.ID == "this-computer" })
		said := words.English().Text(results[i].Finding)
		if results[i].Status != want || !strings.Contains(said, path) {
			t.Errorf("%s: %s, want %s: %s", path, results[i].Status, want, said)
		}
	}
}
