package phonesim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
)

// value asks for a value in a session; an error comes back as its name.
func value(s *frames, domain, key string) any {
	s.t.Helper()
	request := dict{"Request": "GetValue", "Key": key}
	if domain != "" {
		request["Domain"] = domain
	}
	answer := s.ask(request)
	if e := answer["Error"]; e != nil {
		return fmt.Sprint("error ", e)
	}
	return answer["Value"]
}

// What is set by name is what lockdownd tells.
func TestSettingsAreTold(t *testing.T) {
	const backup, battery, disk = "com.apple.mobile.backup", "com.apple.mobile.battery", "com.apple.disk_usage"
	const missing = "error MissingValue"
	dir := t.TempDir() // one for all: making a phone's key takes a while
	for _, c := range []struct {
		set, to     string
		domain, key string
		want        any
	}{
		{"name", "Bob’s phone", "", "DeviceName", "Bob’s phone"},
		{"model", "iPhone10,6", "", "ProductType", "iPhone10,6"},
		{"model", "iPhone99,1", "", "HardwareModel", missing},
		{"ios", "18.4.1", "", "ProductVersion", "18.4.1"},
		{"ios", "18.4.1", "", "BuildVersion", "22E252"},
		{"build", "22E999", "", "BuildVersion", "22E999"},
		{"beta", "true", "", "BuildVersion", "24A5306c"},
		{"model", "iPad15,7", "", "DeviceClass", "iPad"},
		{"model", "iPad15,7", "", "PhoneNumber", missing},
		{"model", "iPod9,1", "", "DeviceClass", "iPod"},
		{"first-unlock", "done", "", "PasswordProtected", false},
		{"value", "com.apple.purplebuddy/SetupDone=false", "com.apple.purplebuddy", "SetupDone", false},
		{"value", "/ProductVersion=26.1", "", "ProductVersion", 26.1},
		{"value", "/BuildVersion=23C5027f", "", "BuildVersion", "23C5027f"},
		{"value", disk + "/AmountDataAvailable=-1", disk, "AmountDataAvailable", int64(-1)},
		{"disk-purgeable", "200GB", disk, "TotalDataAvailable", uint64(241_300_000_000)},
		{"disk-restorable", "90GB", disk, "AmountRestoreAvailable", uint64(90_000_000_000)},
		{"udid", "00008110-000000000000ABCD", "", "UniqueChipID", uint64(0xabcd)},
		{"locked", "true", "", "PasswordProtected", true},
		{"activation", "Unactivated", "", "ActivationState", "Unactivated"},
		{"activation", "Unactivated", "", "BrickState", true},
		{"setup-unfinished", "true", "com.apple.purplebuddy", "SetupDone", false},
		{"find-my", "false", "com.apple.fmip", "IsAssociated", false},
		{"icloud", "on", backup, "CloudBackupEnabled", true},
		{"icloud", "off", backup, "CloudBackupEnabled", false},
		{"icloud", "absent", backup, "CloudBackupEnabled", missing},
		{"last-icloud", "2026-10-04T11:41:53Z", backup, "LastCloudBackupDate", uint64(812806913)}, // seen on a real phone
		{"last-icloud", "never", backup, "LastCloudBackupDate", missing},
		{"last-icloud", "never", backup, "LastCloudBackupTZ", missing},
		{"last-local", "2001-01-02", backup, "LastiTunesBackupDate", uint64(86400)},
		{"requires-encryption", "true", backup, "RequiresEncryption", uint64(1)},
		{"requires-encryption", "false", backup, "RequiresEncryption", uint64(0)},
		{"passcode", "none", backup, "WillEncrypt", missing},
		{"battery", "12", battery, "BatteryCurrentCapacity", uint64(12)},
		{"battery", "12", battery, "FullyCharged", false},
		{"battery", "100", battery, "FullyCharged", true},
		{"charging", "false", battery, "BatteryIsCharging", false},
		{"external", "false", battery, "ExternalConnected", false},
		{"disk", "256GB", disk, "TotalDiskCapacity", uint64(256e9)},
		{"disk-free", "1.5GB", disk, "AmountDataAvailable", uint64(1.5e9)},
		{"omit", backup + "/CloudBackupEnabled", backup, "CloudBackupEnabled", missing},
		{"refuse", backup + "/CloudBackupEnabled", backup, "CloudBackupEnabled", "error GetProhibited"},
		{"omit", "/ProductVersion,/Nothing", "", "ProductVersion", missing},
	} {
		l := newLab(t, func(cfg *phonesim.Config) {
			cfg.StateDir = dir
			if err := cfg.Set(c.set, c.to); err != nil {
				t.Fatal(err)
			}
		})
		if c.set == "locked" { // a locked phone does not pair
			l.phone.Trust(phonesim.Unlock)
		}
		r := l.pair("HOST")
		if c.set == "locked" {
			l.phone.Trust(phonesim.Lock)
		}
		s, _ := l.session(r)
		if got := value(s, c.domain, c.key); got != c.want {
			t.Errorf("with %s %s, %s/%s is %v (%T), want %v", c.set, c.to, c.domain, c.key, got, got, c.want)
		}
		l.phone.Close()
	}
}

func TestWholeDomains(t *testing.T) {
	tick := newClock()
	l := newLab(t, func(c *phonesim.Config) {
		c.Now = tick.now
		c.Values = map[string]any{"/BrickState": true, "com.example/Key": "v"}
	})
	s, _ := l.session(l.pair("HOST"))
	keys := map[string][]string{
		"": {"DeviceName", "ProductVersion", "BuildVersion", "ProductType", "DeviceClass", "HardwareModel", "SerialNumber",
			"UniqueDeviceID", "UniqueChipID", "InternationalMobileEquipmentIdentity", "MobileEquipmentIdentifier",
			"IntegratedCircuitCardIdentity", "PhoneNumber", "WiFiAddress", "BluetoothAddress", "TimeZone", "PasswordProtected",
			"ActivationState", "DevicePublicKey", "DeviceColor", "TelephonyCapability"},
		"com.apple.mobile.backup":  {"CloudBackupEnabled", "LastCloudBackupDate", "LastCloudBackupTZ", "RequiresEncryption", "Version"},
		"com.apple.disk_usage":     {"TotalDiskCapacity", "TotalDataCapacity", "TotalDataAvailable", "AmountDataAvailable"},
		"com.apple.mobile.battery": {"BatteryCurrentCapacity", "BatteryIsCharging", "ExternalConnected", "FullyCharged"},
		"com.apple.mobile.iTunes":  {"MinITunesVersion"},
		"com.apple.iTunes":         {"LibraryApplications"},
		"com.apple.international":  {"Language", "Locale"},
		"com.example":              {"Key"},
		"com.apple.fmip":           {},
		"com.apple.none":           {},
	}
	for domain, want := range keys {
		request := dict{"Request": "GetValue"}
		if domain != "" {
			request["Domain"] = domain
		}
		answer := s.ask(request)
		all, ok := answer["Value"].(dict)
		if !ok {
			t.Errorf("%q: %v", domain, answer)
			continue
		}
		if len(want) == 0 && len(all) != 0 {
			t.Errorf("%q holds %v", domain, all)
		}
		for _, key := range want {
			if all[key] == nil {
				t.Errorf("%q lacks %s", domain, key)
			}
		}
	}
	if got := value(s, "", "BrickState"); got != true {
		t.Errorf("a value of the configuration: %v", got)
	}
	first := value(s, "", "TimeIntervalSince1970")
	tick.pass(90 * time.Second)
	if got := value(s, "", "TimeIntervalSince1970"); got != first.(float64)+90 {
		t.Errorf("the phone's clock went from %v to %v", first, got)
	}
}

func TestClockAndDataSync(t *testing.T) {
	tick := newClock()
	for _, c := range []struct {
		clock  string
		offset float64
	}{{"+10m", 600}, {"-3h", -10800}} {
		l := newLab(t, func(cfg *phonesim.Config) {
			cfg.Now = tick.now
			with(t, "clock", c.clock)(cfg)
		})
		s, _ := l.session(l.pair("HOST"))
		if got := value(s, "", "TimeIntervalSince1970"); got != float64(tick.now().UnixMilli())/1000+c.offset {
			t.Errorf("clock %s: the phone's is %v, the true one %v", c.clock, got, tick.now().Unix())
		}
	}
	for setting, want := range map[string]int{"icloud": 4, "none": 0} {
		l := newLab(t, with(t, "data-sync", setting))
		s, _ := l.session(l.pair("HOST"))
		all := s.ask(dict{"Request": "GetValue", "Domain": "com.apple.mobile.data_sync"})["Value"].(dict)
		if len(all) != want {
			t.Errorf("data-sync %s: %v", setting, all)
		}
		for kind, about := range all {
			if diff := cmp.Diff(dict{"Sources": []any{"iCloud"}, "AccountNames": []any{"iCloud"}}, about); diff != "" {
				t.Errorf("%s: %s", kind, diff)
			}
		}
	}
}

func TestMissingServices(t *testing.T) {
	l := newLab(t, with(t, "no-os-trace", "true", "no-service", "com.apple.afc"))
	r := l.pair("HOST")
	for name, want := range map[string]any{
		"com.apple.os_trace_relay": "InvalidService", "com.apple.afc": "InvalidService", "com.apple.syslog_relay": nil,
	} {
		if got := l.start(r, name, nil)["Error"]; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestChangingValues(t *testing.T) {
	l := newLab(t, nil)
	s, _ := l.session(l.pair("HOST"))
	do := func(request, domain, key string, v any) any {
		t.Helper()
		m := dict{"Request": request, "Domain": domain, "Key": key}
		if v != nil {
			m["Value"] = v
		}
		return s.ask(m)["Error"]
	}
	for _, c := range []struct {
		request, domain, key string
		value                any
		want                 any
	}{
		{"SetValue", "", "DeviceName", "New", nil},
		{"SetValue", "", "SerialNumber", "X", "SetProhibited"},
		{"SetValue", "com.apple.mobile.backup", "WillEncrypt", true, "SetProhibited"},
		{"SetValue", "", "DeviceName", nil, "MissingValue"},
		{"SetValue", "", "", "X", "MissingKey"},
		{"SetValue", "com.apple.international", "Language", "de-DE", nil},
		{"RemoveValue", "com.apple.international", "Language", nil, nil},
		{"RemoveValue", "", "ProductVersion", nil, "RemoveProhibited"},
		{"RemoveValue", "", "", nil, "MissingKey"},
	} {
		if got := do(c.request, c.domain, c.key, c.value); got != c.want {
			t.Errorf("%s %s/%s: %v, want %v", c.request, c.domain, c.key, got, c.want)
		}
	}
	if got := value(s, "", "DeviceName"); got != "New" {
		t.Errorf("name %v", got)
	}
	if got := value(s, "com.apple.international", "Language"); got != "error MissingValue" {
		t.Errorf("language %v", got)
	}
	l.phone.Set("com.apple.mobile.battery", "BatteryCurrentCapacity", 3)
	if got := value(s, "com.apple.mobile.battery", "BatteryCurrentCapacity"); got != uint64(3) {
		t.Errorf("battery %v", got)
	}
}

func TestSettingsRefuseNonsense(t *testing.T) {
	for _, c := range [][2]string{
		{"name", ""}, {"ios", "9.3.5"}, {"ios", "abc"}, {"ios", "18.4.1.2"}, {"battery", "101"}, {"battery", "-1"}, {"battery", "half"},
		{"charging", "perhaps"}, {"icloud", "maybe"}, {"last-icloud", "yesterday"}, {"last-icloud", "-3d-ago"}, {"disk", "big"},
		{"disk", "-1GB"}, {"disk", "NaN"}, {"trust", "no"}, {"trust", "pending=0"}, {"trust", "after=soon"}, {"passcode", "1234"},
		{"kdf-rounds", "0"}, {"content", "/nonexistent"}, {"omit", "DeviceName"}, {"connection", "Wi-Fi"}, {"activation", "yes"},
		{"fault", "none"}, {"fault", "detach=0"}, {"fault", "detach=2"}, {"fault", "detach"}, {"fault", "purge=1"}, {"fault", "error-at-end=0"},
		{"fault", "detach=#0"}, {"fault", "hang=#x"}, {"fault", "truncate=NaN"}, {"fault", "oversized=frame"}, {"fault", "oversized=hat@0.5"},
		{"fault", "link-speed=fast"}, {"fault", "wedge=long"}, {"fault", "upload-error=0"}, {"fault", "upload-error=1:12"}, {"fault", "upload-error=1:256"},
		{"fault", "upload-errors=no"}, {"fault", "final-form=odd"}, {"fault", "snapshot-left=1"},
		{"fault", "sizes-differ=0"}, {"fault", "announce=#3"}, {"fault", "announce=1.5"}, {"fault", "send-twice"}, {"fault", "compare=-1s"},
		{"first-unlock", "yes"}, {"value", "BuildVersion=1"}, {"value", "/=1"}, {"value", "/BuildVersion"}, {"passcode-after", "-1s"},
		{"change", "-1"}, {"add", "many"}, {"delete", "1000001"}, {"edit-seed", "x"}, {"no-resume", "perhaps"},
		{"replug-after", "-1s"}, {"nothing", "x"}, {"data-sync", "google"}, {"adapter", "0"}, {"adapter", "much"}, {"temperature", "hot"},
		{"temperature", "0"}, {"temperature", "NaN"}, {"battery-health", "0"}, {"battery-health", "200"}, {"wifi", ""},
		{"app", "com.example|Name|1"}, {"app", "|Name|1|1"}, {"app", "com.example|Name|1|1|fly"}, {"app", "com.example|Name|big|1"},
		{"app", "com.example|Name|1|big"}, {"app", "com.example|Name|1|1|vpn-api|x"}, {"apps", "5"}, {"apps", "-1@1GB"},
		{"apps", "10001@1GB"}, {"apps", "5@big"}, {"no-apps", "false"}, {"profile", "id|name"}, {"profile", "|name|org"},
		{"profile", "id|name|org|locked|x|y"}, {"profile", "id|name|org|x|y"}, {"allow-pairing", "x"}, {"cloud-switch", "maybe"},
		{"clock", "soon"}, {"latency", "-1s"}, {"no-service", ""}, {"no-os-trace", "false"},
		{"photos", "3"}, {"movies", "x@1MB"}, {"log", "/nonexistent"}, {"crash", "backupd"}, {"crash", "@3d"}, {"crash", "../x@3d"},
		{"crash", "backupd@soon"}, {"traffic", ""}, {"traffic", "en0"}, {"traffic", "en0:0"}, {"traffic", "wifi:5"}, {"traffic", "en0:5,"},
	} {
		cfg := phonesim.DefaultConfig()
		if err := cfg.Set(c[0], c[1]); err == nil {
			t.Errorf("%s %q was taken", c[0], c[1])
		}
	}
}

func TestFaultSettings(t *testing.T) {
	var got, want phonesim.Faults
	cfg := phonesim.DefaultConfig()
	for _, fault := range []string{
		"silent=lockdownd", "silent=com.apple.afc", "forget-host", "no-escrow-bag", "refuse-service=a", "refuse-service=b:ServiceProhibited",
		"sync-lock=12s", "detach=0.5", "hang=0.25", "cancel=1", "error-at-start=208", "error-at-end=105", "password-error=207", "purge",
		"unknown-message", "huge-frame", "mixed-order", "closing-check",
	} {
		if err := cfg.Set("fault", fault); err != nil {
			t.Error(err)
		}
	}
	got = cfg.Faults
	want.Silent = []string{"lockdownd", "com.apple.afc"}
	want.Lockdown.Silent, want.Lockdown.ForgetHostOnce, want.Lockdown.NoEscrowBag = true, true, true
	want.Lockdown.RefuseService = map[string]string{"a": "InvalidService", "b": "ServiceProhibited"}
	want.SyncLockBusy = 12 * time.Second
	want.Backup.DetachAt, want.Backup.SilentAfter, want.Backup.CancelAt = 0.5, 0.25, 1
	want.Backup.AtStart.Code, want.Backup.AtEnd.Code, want.Backup.ChangePassword.Code = 208, 105, 207
	want.Backup.PurgeAlways, want.Backup.UnknownMessage, want.Backup.HugeFrame = true, true, true
	want.Backup.MixedOrder, want.Backup.FailClosingCheck = true, true
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	cfg = phonesim.DefaultConfig()
	for _, fault := range []string{
		"detach=#17", "hang=#18", "cancel=#19", "truncate=#20", "oversized=path@0.25", "link-speed=64KiB", "wedge=30s", "no-resume",
		"snapshot-left", "hostile-names", "upload-error=3", "upload-error=4:0x7F", "upload-errors=9", "final-form=no-code",
		"sizes-differ=30", "odd-rows", "few-folders", "old-layout", "not-full", "announce=0.7", "percent-falls", "send-twice=2", "compare=3m",
	} {
		if err := cfg.Set("fault", fault); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(backupd.Faults{
		DetachAtMessage: 17, SilentAtMessage: 18, CancelAtMessage: 19, Truncate: backupd.Point{Message: 20},
		Oversized: backupd.Oversized{What: "path", At: backupd.Point{Share: 0.25}}, Speed: 64 << 10, WedgedFor: 30 * time.Second,
		NoResume: true, SnapshotLeft: true, Hostile: true,
		Uploads:      []backupd.UploadError{{Nth: 3, Code: 11, Text: "Input/output error"}, {Nth: 4, Code: 127, Text: "the file could not be read"}},
		UploadErrors: 9, FinalForm: "no-code",
		SizesDiffer: 30, OddRows: true, FewFolders: true, OldLayout: true, NotFull: true, Announced: 0.7, PercentFalls: true, SendTwice: 2, CompareFor: 3 * time.Minute,
	}, cfg.Faults.Backup); diff != "" {
		t.Error(diff)
	}
}

func TestNumbered(t *testing.T) {
	seen := map[string]bool{}
	cfg := phonesim.DefaultConfig()
	for n := range 1000 {
		c := cfg.Numbered(n)
		if seen[c.UDID] || seen[c.Name] || len(c.UDID) != len(cfg.UDID) {
			t.Fatalf("phone %d is %s, %q", n, c.UDID, c.Name)
		}
		seen[c.UDID], seen[c.Name] = true, true
	}
}
