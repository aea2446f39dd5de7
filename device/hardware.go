package device

import (
	"context"
	"math"
	"net"

	"lifeboat/device/facts"
	"lifeboat/device/safeplist"
	"lifeboat/device/services/diagnostics"
)

// batteryEntries are where the battery is found, newest phones first: since
// the iPhone 8, before it, and before that (checks/SIGNALS.md#hardware-registry).
var batteryEntries = []diagnostics.Entry{
	{Class: "AppleSmartBattery"}, {Class: "IOPMPowerSource"}, {Class: "AppleARMPMUCharger"},
}

// wifiEntries are where the Wi-Fi chip is found; phones with Apple's own chip
// have neither (checks/SIGNALS.md#hardware-registry).
var wifiEntries = []diagnostics.Entry{
	{Name: "AppleBCMWLANSkywalkInterface"}, {Class: "IO80211Interface"},
}

// registry is what the hardware reports about itself; the values are nil where
// the phone has no such entry.
type registry struct {
	battery, wifi map[string]any
	err           error
}

// readRegistry looks up both in one connection to diagnostics_relay.
func readRegistry(ctx context.Context, conn net.Conn) (r registry) {
	first := func(entries []diagnostics.Entry) map[string]any {
		for _, e := range entries {
			var found map[string]any
			if r.err == nil {
				found, r.err = diagnostics.Registry(ctx, conn, e)
			}
			if found != nil {
				return found
			}
		}
		return nil
	}
	r.battery, r.wifi = first(batteryEntries), first(wifiEntries)
	return r
}

func fillHardware(f *facts.Phone, r registry) {
	battery, wifi := domain{values: r.battery}, domain{values: r.wifi}
	if r.battery == nil {
		battery.err = r.err
	}
	if r.wifi == nil {
		wifi.err = r.err
	}
	f.BatteryHealth = batteryHealth(battery)
	f.BatteryCycles = datum(battery, "CycleCount", within(0, 100_000))
	f.BatteryTemperature = datum(battery, "Temperature", func(v any) (float64, bool) {
		n, ok := within(-10_000, 20_000)(v)
		return float64(n) / 100, ok
	})
	adapter, _ := battery.values["AdapterDetails"].(map[string]any)
	f.AdapterCurrent = datum(domain{adapter, battery.err}, "Current", within(0, 100_000))
	f.WiFiChannel = datum(wifi, "IO80211Channel", within(0, math.MaxUint16))
}

// batteryHealth is the share of the capacity it was built with that the
// battery still has, in percent. MaxCapacity does not tell: it is always 100.
// From 27 on both capacities can stand within BatteryData
// (checks/SIGNALS.md#hardware-registry).
func batteryHealth(d domain) facts.Datum[int] {
	nested, _ := d.values["BatteryData"].(map[string]any)
	capacity := func(key string, least, most int64) facts.Datum[int] {
		if _, here := d.values[key]; !here && nested != nil {
			return datum(domain{nested, d.err}, key, within(least, most))
		}
		return datum(d, key, within(least, most))
	}
	whole := capacity("DesignCapacity", 1, 1_000_000)
	if whole.State != facts.Read {
		return whole
	}
	left := capacity("NominalChargeCapacity", 0, 2_000_000)
	if left.State != facts.Read {
		return left
	}
	return facts.Of((100*left.Value + whole.Value/2) / whole.Value)
}

// within reads a whole number from least to most; others are not understood.
func within(least, most int64) func(any) (int, bool) {
	return func(v any) (int, bool) {
		n, ok := safeplist.Int(v)
		return int(n), ok && n >= least && n <= most
	}
}
