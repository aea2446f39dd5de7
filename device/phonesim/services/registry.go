package services

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// BatteryState is what the registry entry of a battery is made of.
type BatteryState struct {
	Level                    int // percent
	Charging, External, Full bool
	Adapter                  int     // mA that the charger offers
	Temperature              float64 // degrees Celsius
	Health                   int     // percent of the capacity when new
}

// designCapacity is that of an iPhone 11's battery in mAh.
const designCapacity = 3092

// SmartBattery is the registry entry of a battery that has been used for two
// years, in the shape of an iPhone 11's on iOS 26.6.
func SmartBattery(s BatteryState) map[string]any {
	nominal := (designCapacity*s.Health + 50) / 100
	raw := min(nominal+69, designCapacity)
	battery := map[string]any{
		"DesignCapacity": designCapacity, "NominalChargeCapacity": nominal, "AppleRawMaxCapacity": raw,
		"MaxCapacity": 100, "CurrentCapacity": s.Level, "AppleRawCurrentCapacity": raw * s.Level / 100,
		"CycleCount": 768, "Temperature": int(math.Round(100 * s.Temperature)), "Voltage": 0, "AppleRawBatteryVoltage": 3879,
		"InstantAmperage": -310, "IsCharging": s.Charging, "FullyCharged": s.Full,
		"ExternalConnected": s.External, "AppleRawExternalConnected": s.External,
		"BatteryInstalled": true,
	}
	if s.External {
		battery["InstantAmperage"] = s.Adapter * 9 / 20
		battery["AdapterDetails"] = map[string]any{
			"Watts": s.Adapter * 5 / 1000, "AdapterVoltage": 5000, "Current": s.Adapter,
			"Description": "usb host", "IsWireless": false,
		}
	}
	return battery
}

// Entries of the registry, by the class and the name that find them.
var (
	batteryEntries = []string{"AppleSmartBattery", "IOPMPowerSource"} // since the iPhone 8
	wifiEntries    = []string{"AppleBCMWLANSkywalkInterface", "IO80211Interface"}
)

// IsBattery reports whether a registry entry is the battery's.
func IsBattery(entry string) bool { return slices.Contains(batteryEntries, entry) }

// IsWiFi reports whether a registry entry is that of a Broadcom Wi-Fi chip.
func IsWiFi(entry string) bool { return slices.Contains(wifiEntries, entry) }

// HasBroadcom reports whether a model's Wi-Fi chip is a Broadcom one, which
// is found in the registry. The families of the iPhone 17 and 18 have a chip
// of Apple's.
func HasBroadcom(model string) bool {
	family, _, _ := strings.Cut(strings.TrimPrefix(model, "iPhone"), ",")
	n, err := strconv.Atoi(family)
	return err == nil && n < 18
}

// WiFiInterface is the registry entry of the Wi-Fi chip, which has a channel
// while it is connected. network is "" when it is not. named: the entry
// tells the network's name, as up to iOS 16; newer ones blank it.
func WiFiInterface(network string, named bool) map[string]any {
	entry := map[string]any{"IOClass": wifiEntries[0], "IOInterfaceName": "en0", "IO80211CountryCode": "DE"}
	if network == "" {
		return entry
	}
	entry["IO80211Channel"], entry["IO80211Band"] = 44, "5GHz"
	entry["IO80211SSID"], entry["IO80211BSSID"] = "", []byte{}
	if named {
		entry["IO80211SSID"], entry["IO80211BSSID"] = network, []byte{0x3c, 0xa6, 0x2f, 0x10, 0x20, 0x30}
	}
	return entry
}
