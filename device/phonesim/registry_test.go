package phonesim_test

import (
	"testing"

	"lifeboat/device/phonesim"
)

// with makes a change of newLab from settings: name, text, name, text, …
func with(t testing.TB, settings ...string) func(*phonesim.Config) {
	return func(c *phonesim.Config) {
		t.Helper()
		for i := 0; i+1 < len(settings); i += 2 {
			if err := c.Set(settings[i], settings[i+1]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// entry asks for an entry of the registry; nil is one that is not there.
func entry(s *frames, by, name string) dict {
	s.t.Helper()
	answer := s.ask(dict{"Request": "IORegistry", by: name})
	if answer["Status"] != "Success" {
		s.t.Errorf("%s: %v", name, answer)
	}
	found, _ := answer["Diagnostics"].(dict)["IORegistry"].(dict)
	return found
}

// The registry's battery is what the settings say, and follows what changes.
func TestBatteryEntry(t *testing.T) {
	l := newLab(t, with(t, "battery", "12", "adapter", "500", "temperature", "38.5", "battery-health", "71"))
	s := l.service(l.pair("HOST"), "com.apple.mobile.diagnostics_relay")
	battery := entry(s, "EntryClass", "AppleSmartBattery")
	adapter := battery["AdapterDetails"].(dict)
	health := float64(battery["NominalChargeCapacity"].(uint64)) / float64(battery["DesignCapacity"].(uint64))
	if battery["CurrentCapacity"] != uint64(12) || battery["Temperature"] != uint64(3850) || adapter["Current"] != uint64(500) || adapter["Watts"] != uint64(2) || health < 0.705 || health > 0.715 {
		t.Errorf("battery: %v", battery)
	}
	const domain = "com.apple.mobile.battery"
	l.phone.Set(domain, "BatteryCurrentCapacity", 99)
	l.phone.Set(domain, "BatteryIsCharging", false)
	l.phone.Set(domain, "ExternalConnected", false)
	battery = entry(s, "EntryClass", "AppleSmartBattery")
	if battery["CurrentCapacity"] != uint64(99) || battery["IsCharging"] != false || battery["ExternalConnected"] != false || battery["AdapterDetails"] != nil {
		t.Errorf("battery after it changed: %v", battery)
	}
}

func TestWiFiEntry(t *testing.T) {
	for _, c := range []struct {
		settings []string
		channel  any // nil: none
		name     any // nil: none
		absent   bool
	}{
		{nil, uint64(44), "", false},
		{[]string{"wifi", "Café"}, uint64(44), "", false},
		{[]string{"wifi", "Café", "ios", "16.7.2"}, uint64(44), "Café", false},
		{[]string{"wifi", "none"}, nil, nil, false},
		{[]string{"wifi", "hidden"}, nil, nil, true},
		{[]string{"model", "iPhone18,1"}, nil, nil, true},
		{[]string{"model", "iPhone19,2"}, nil, nil, true},
	} {
		l := newLab(t, with(t, c.settings...))
		s := l.service(l.pair("HOST"), "com.apple.mobile.diagnostics_relay")
		for by, name := range map[string]string{"EntryName": "AppleBCMWLANSkywalkInterface", "EntryClass": "IO80211Interface"} {
			got := entry(s, by, name)
			if (got == nil) != c.absent || got["IO80211Channel"] != c.channel || got["IO80211SSID"] != c.name {
				t.Errorf("%q: %s is %v", c.settings, name, got)
			}
		}
		if entry(s, "EntryClass", "AppleSmartBattery") == nil {
			t.Errorf("%q: no battery", c.settings)
		}
	}
}
