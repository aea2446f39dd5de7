package services

import (
	"cmp"
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
	// Registry finds the registry entry that a computer asks for by its class
	// or name; nil for one that this phone does not have.
	Registry func(entry string) map[string]any
	// Restart and Shutdown are called when a computer asks for them.
	Restart, Shutdown func()
	// Asked is called with each question, as "IORegistry ENTRY" or "diagnostics
	// REQUEST". May be nil.
	Asked func(what string)
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
		case "Restart":
			d.Restart()
			return nil
		case "Shutdown":
			d.Shutdown()
			return nil
		}
	}
}

func (d *Diagnostics) answer(name string, request wire.Dict) map[string]any {
	if name != "IORegistry" && name != "Goodbye" {
		note(d.Asked, "diagnostics "+name)
	}
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

// registry answers with an entry found by its class, its name or its plane.
// One that is not there is success without anything.
func (d *Diagnostics) registry(request wire.Dict) map[string]any {
	entry := cmp.Or(request.String("EntryClass"), request.String("EntryName"), request.String("CurrentPlane"))
	note(d.Asked, "IORegistry "+entry)
	if found := d.Registry(entry); found != nil {
		return success("IORegistry", found)
	}
	return map[string]any{"Status": "Success", "Diagnostics": map[string]any{}}
}
