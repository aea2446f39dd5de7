package services

import (
	"context"
	"net"

	"lifeboat/device/phonesim/wire"
)

// Diagnostics is com.apple.mobile.diagnostics_relay: registry entries of the
// hardware, and restarting.
type Diagnostics struct {
	// Gestalt: the phone still answers MobileGestalt, as up to iOS 17.3.
	Gestalt bool
	// PasscodeSet is what MobileGestalt's PasswordConfigured says.
	PasscodeSet bool
	// Battery is the registry entry of the battery.
	Battery map[string]any
	// Restart is called when a computer asks for it.
	Restart func()
}

// Serve runs one connection.
func (d *Diagnostics) Serve(_ context.Context, conn net.Conn) error {
	for {
		request, err := wire.Read(conn)
		if err != nil {
			return err
		}
		name := request.String("Request")
		if err := wire.WriteXML(conn, d.answer(name, request)); err != nil {
			return err
		}
		switch name {
		case "Goodbye":
			return nil
		case "Restart", "Shutdown":
			d.Restart()
			return nil
		}
	}
}

func (d *Diagnostics) answer(name string, request wire.Dict) map[string]any {
	switch name {
	case "Goodbye", "Restart", "Shutdown", "Sleep":
		return map[string]any{"Status": "Success"}
	case "MobileGestalt":
		return success("MobileGestalt", d.gestalt(request.Strings("MobileGestaltKeys")))
	case "IORegistry":
		return d.registry(request)
	}
	return map[string]any{"Status": "UnknownRequest"}
}

func success(name string, value map[string]any) map[string]any {
	return map[string]any{"Status": "Success", "Diagnostics": map[string]any{name: value}}
}

func (d *Diagnostics) gestalt(keys []string) map[string]any {
	if !d.Gestalt {
		return map[string]any{"Status": "MobileGestaltDeprecated"}
	}
	found := map[string]any{"Status": "Success"}
	for _, key := range keys {
		if key == "PasswordConfigured" {
			found[key] = d.PasscodeSet
		}
	}
	return found
}

// registry knows the battery, by the class and name of phones since the
// iPhone 8. Other entries are answered as absent: success without anything.
func (d *Diagnostics) registry(request wire.Dict) map[string]any {
	for _, key := range []string{"EntryClass", "EntryName", "CurrentPlane"} {
		switch request.String(key) {
		case "AppleSmartBattery", "IOPMPowerSource":
			return success("IORegistry", d.Battery)
		}
	}
	return map[string]any{"Status": "Success", "Diagnostics": map[string]any{}}
}

// SmartBattery is the registry entry of a battery that has been used for two
// years, in the shape of an iPhone 11's on iOS 26.6. Level is in percent.
func SmartBattery(level int, charging, external, full bool) map[string]any {
	battery := map[string]any{
		"DesignCapacity": 3092, "NominalChargeCapacity": 2564, "AppleRawMaxCapacity": 2633,
		"MaxCapacity": 100, "CurrentCapacity": level, "AppleRawCurrentCapacity": 2633 * level / 100,
		"CycleCount": 768, "Temperature": 2950, "Voltage": 0, "AppleRawBatteryVoltage": 3879,
		"InstantAmperage": -310, "IsCharging": charging, "FullyCharged": full,
		"ExternalConnected": external, "AppleRawExternalConnected": external,
		"BatteryInstalled": true,
	}
	if external {
		battery["InstantAmperage"] = 1100
		battery["AdapterDetails"] = map[string]any{
			"Watts": 12, "AdapterVoltage": 5000, "Current": 2400,
			"Description": "usb host", "IsWireless": false,
		}
	}
	return battery
}
