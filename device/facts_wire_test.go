package device_test

import (
	"slices"
	"testing"
	"time"

	"lifeboat/device"
	"lifeboat/device/devicetest"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/wait"
)

// settings is a phone that is set as by phonesim's flags, in pairs of name and value.
func settings(t *testing.T, pairs ...string) func(*phonesim.Config) {
	t.Helper()
	return func(c *phonesim.Config) {
		for pair := range slices.Chunk(pairs, 2) {
			if err := c.Set(pair[0], pair[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// paired plugs in a phone that is set so, and knows this computer.
func (d *desk) paired(pairs ...string) (*phonesim.Phone, *device.Phone) {
	d.t.Helper()
	set := settings(d.t, pairs...)
	sim := d.plug(func(c *phonesim.Config) {
		set(c)
		devicetest.Trust(d.t, c, d.records)
	})
	return sim, d.find()
}

// read reads the facts of a phone that is set so.
func read(t *testing.T, pairs ...string) facts.Phone {
	t.Helper()
	_, phone := newDesk(t).paired(pairs...)
	f, err := phone.Facts(t.Context(), device.Summary{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFactsOfAHealthyPhone(t *testing.T) {
	f := read(t)
	for name, ok := range map[string]bool{
		"clock":           f.ClockSkew.State == facts.Read && f.ClockSkew.Value.Abs() < time.Second,
		"Find My":         f.FindMy == facts.Of(true),
		"contacts":        f.ICloudSync == facts.Of(true),
		"health":          f.BatteryHealth == facts.Of(83),
		"cycles":          f.BatteryCycles == facts.Of(768),
		"temperature":     f.BatteryTemperature == facts.Of(29.5),
		"charger":         f.AdapterCurrent == facts.Of(2400),
		"Wi-Fi":           f.WiFiChannel == facts.Of(44),
		"no profiles":     f.Profiles.State == facts.Read && len(f.Profiles.Value) == 0,
		"nobody's":        f.Supervised == facts.Of(false) && f.Organization.State == facts.Absent,
		"deep ones later": f.Apps.State == facts.NotRead && f.Traffic.State == facts.NotRead,
	} {
		if !ok {
			t.Errorf("%s: wrong in %+v", name, f)
		}
	}
}

func TestFactsThatDiffer(t *testing.T) {
	refused := func(reason string) string { return "refused " + reason }
	gone := "absent MissingValue"
	cases := []struct {
		name     string
		settings []string
		want     func(facts.Phone) any
		is       any
	}{
		{"clock ahead", []string{"clock", "+10m"}, func(f facts.Phone) any { return f.ClockSkew.Value.Round(10 * time.Second) }, 10 * time.Minute},
		{"clock behind", []string{"clock", "-3h"}, func(f facts.Phone) any { return f.ClockSkew.Value.Round(10 * time.Second) }, -3 * time.Hour},
		{"clock not told", []string{"omit", "/TimeIntervalSince1970"}, func(f facts.Phone) any { return how(f.ClockSkew) }, gone},
		{"Find My off", []string{"find-my", "false"}, func(f facts.Phone) any { return f.FindMy }, facts.Of(false)},
		{"Find My refused", []string{"refuse", "com.apple.fmip/IsAssociated"}, func(f facts.Phone) any { return how(f.FindMy) }, refused("GetProhibited")},
		{"Find My missing", []string{"omit", "com.apple.fmip/IsAssociated"}, func(f facts.Phone) any { return how(f.FindMy) }, gone},
		{"nothing in iCloud", []string{"data-sync", "none"}, func(f facts.Phone) any { return how(f.ICloudSync) }, gone},
		{"sync refused", []string{"refuse", "com.apple.mobile.data_sync/"}, func(f facts.Phone) any { return how(f.ICloudSync) }, refused("GetProhibited")},
		{"worn battery", []string{"battery-health", "71"}, func(f facts.Phone) any { return f.BatteryHealth }, facts.Of(71)},
		{"hot", []string{"temperature", "38.5"}, func(f facts.Phone) any { return f.BatteryTemperature }, facts.Of(38.5)},
		{"what can be cleared away", []string{"disk-free", "1GB", "disk-purgeable", "20GB"}, func(f facts.Phone) any { return f.DataReclaimable }, facts.Of[int64](21_000_000_000)},
		{"room for a restore", []string{"disk-free", "1GB"}, func(f facts.Phone) any { return f.RestoreAvailable }, facts.Of[int64](1_000_000_000)},
		{"weak charger", []string{"adapter", "500"}, func(f facts.Phone) any { return f.AdapterCurrent }, facts.Of(500)},
		{"no charger", []string{"external", "false", "charging", "false"}, func(f facts.Phone) any { return how(f.AdapterCurrent) }, gone},
		{"no Wi-Fi", []string{"wifi", "none"}, func(f facts.Phone) any { return how(f.WiFiChannel) }, gone},
		{"Apple's chip", []string{"model", "iPhone18,1"}, func(f facts.Phone) any { return how(f.WiFiChannel) }, gone},
		{"managed", []string{"supervised", "Example School"}, func(f facts.Phone) any { return [2]any{f.Supervised, f.Organization} },
			[2]any{facts.Of(true), facts.Of("Example School")}},
		{"no diagnostics", []string{"no-service", "com.apple.mobile.diagnostics_relay"}, func(f facts.Phone) any { return how(f.BatteryHealth) }, refused("InvalidService")},
		{"no MCInstall", []string{"no-service", "com.apple.mobile.MCInstall"}, func(f facts.Phone) any { return how(f.Profiles) + how(f.Supervised) },
			refused("InvalidService") + refused("InvalidService")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.want(read(t, c.settings...)); got != c.is {
				t.Errorf("got %v, want %v", got, c.is)
			}
		})
	}
}

// how says how a datum that is not read came about.
func how[T any](d facts.Datum[T]) string { return d.State.String() + " " + d.Reason }

func TestProfiles(t *testing.T) {
	f := read(t,
		"profile", "com.example.mdm|Work|Example Ltd|locked|com.apple.mdm,com.apple.vpn.managed",
		"profile", "com.example.font|Font|")
	got, known := f.Profiles.Known()
	if !known || len(got) != 2 {
		t.Fatalf("got %+v", f.Profiles)
	}
	if got[0].Name != "Work" || got[0].Organization != "Example Ltd" || !got[0].Locked ||
		!slices.Equal(got[0].Payloads, []string{"com.apple.mdm", "com.apple.vpn.managed"}) {
		t.Errorf("got %+v", got[0])
	}
	if got[1].Name != "Font" || got[1].Locked || got[1].Payloads != nil {
		t.Errorf("got %+v", got[1])
	}
}

// TestNothingIsAskedTwice goes the way of a diagnosis on a slow connection.
func TestNothingIsAskedTwice(t *testing.T) {
	d := newDesk(t)
	sim, phone := d.paired("latency", "50ms")
	before := len(sim.Asked())
	begin := time.Now()
	s, err := phone.Inspect(t.Context())
	if err != nil || s.Readiness != facts.Ready || s.Name != "Anna’s iPhone" || s.Version != "27.0.1" {
		t.Fatalf("got %+v, %v", s, err)
	}
	f, err := phone.Facts(t.Context(), s)
	if took := time.Since(begin); err != nil || took > wait.Promised(3*time.Second) {
		t.Errorf("took %v, %v", took, err)
	}
	if f.Version != facts.Of("27.0.1") || f.WiFiChannel != facts.Of(44) {
		t.Errorf("got %+v", f)
	}
	asked := sim.Asked()[before:]
	slices.Sort(asked)
	// One session to look at it, and one for all the facts.
	if asked = slices.DeleteFunc(asked, func(what string) bool { return what == "session" }); len(asked) != len(sim.Asked())-before-2 {
		t.Errorf("other than two sessions: %q", sim.Asked()[before:])
	}
	if once := slices.Compact(slices.Clone(asked)); len(once) != len(asked) || len(once) < 10 {
		t.Errorf("asked %q", asked)
	}
	if !slices.Contains(asked, "/") || slices.Contains(asked, "/DeviceName") {
		t.Errorf("a trusted phone's names are asked for alone: %q", asked)
	}
}

// A phone that does not trust us is asked for what it tells strangers, once.
func TestUntrustedIsAskedForNamesOnly(t *testing.T) {
	d := newDesk(t)
	sim := d.plug(settings(t, "trust", "pending"))
	phone := d.find()
	s, err := phone.Inspect(t.Context())
	if err != nil || s.Readiness != facts.Untrusted {
		t.Fatalf("got %+v, %v", s, err)
	}
	f, err := phone.Facts(t.Context(), s)
	if err != nil || f.Readiness != facts.Untrusted || f.Name != facts.Of("Anna’s iPhone") {
		t.Errorf("got %+v, %v", f, err)
	}
	asked := sim.Asked()
	slices.Sort(asked)
	if want := []string{"/DeviceName", "/ProductType", "/ProductVersion"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
}

// Services that say nothing hold the facts up for a few seconds only, and
// take nothing of the others with them.
func TestSilentServices(t *testing.T) {
	d := newDesk(t)
	_, phone := d.paired("fault", "silent=com.apple.mobile.diagnostics_relay", "fault", "silent=com.apple.mobile.MCInstall")
	d.mux.Timeout = 2 * time.Second
	begin := time.Now()
	f, err := phone.Facts(t.Context(), device.Summary{})
	if took := time.Since(begin); err != nil || took > wait.Promised(15*time.Second) {
		t.Errorf("took %v, %v", took, err)
	}
	silent := "not read " + string(fault.PhoneSilent)
	if f.Readiness != facts.Ready || f.BatteryLevel.State != facts.Read ||
		how(f.BatteryHealth) != silent || how(f.WiFiChannel) != silent || how(f.Profiles) != silent || how(f.Organization) != silent {
		t.Errorf("got %+v", f)
	}
}

func TestFactsAgain(t *testing.T) {
	d := newDesk(t)
	sim, phone := d.paired("icloud", "off")
	old, err := phone.Facts(t.Context(), device.Summary{})
	if err != nil || old.CloudBackupEnabled != facts.Of(false) {
		t.Fatalf("got %+v, %v", old.CloudBackupEnabled, err)
	}
	sim.Set("com.apple.mobile.backup", "CloudBackupEnabled", true)
	before := len(sim.Asked())
	f, err := phone.Facts(t.Context(), device.Summary{})
	sessions := 0
	for _, what := range sim.Asked()[before:] {
		if what == "session" {
			sessions++
		}
	}
	if sessions != 1 {
		t.Errorf("%d sessions: %q", sessions, sim.Asked()[before:])
	}
	if err != nil || f.CloudBackupEnabled != facts.Of(true) {
		t.Errorf("got %+v, %v", f.CloudBackupEnabled, err)
	}
	d.server.Detach(sim)
	if _, err := phone.Facts(t.Context(), device.Summary{}); fault.Of(err) != fault.PhoneGone {
		t.Errorf("unplugged: got %v", err)
	}
}
