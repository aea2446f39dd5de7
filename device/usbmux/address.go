// Package usbmux talks to the service of this computer that owns the USB
// connections to iPhones: usbmuxd on Linux and macOS, Apple Mobile Device
// Service on Windows (device/PROTOCOL.md#usbmuxd).
package usbmux

import (
	"os"
	"runtime"
	"strings"

	"lifeboat/device/fault"
)

// EnvAddress is the environment variable that names another usbmuxd.
const EnvAddress = "USBMUXD_SOCKET_ADDRESS"

// Address is where a usbmuxd listens.
type Address struct {
	Network string // "unix" or "tcp"
	Path    string // socket path, or host:port
}

// String writes the address in the form that USBMUXD_SOCKET_ADDRESS takes.
func (a Address) String() string {
	if a.Network == "unix" {
		return "UNIX://" + a.Path
	}
	return a.Path
}

// Default is where this operating system's usbmuxd listens.
func Default() Address {
	if runtime.GOOS == "windows" {
		return Address{"tcp", "127.0.0.1:27015"}
	}
	return Address{"unix", "/var/run/usbmuxd"}
}

// ParseAddress reads an address; "" means $USBMUXD_SOCKET_ADDRESS, and if
// that is not set either, [Default]. Only the two forms that go-ios and
// libusbmuxd both take are accepted, UNIX:///abs/path and host:port
// (device/PROTOCOL.md#addresses): on any other, tools of the same computer would
// silently talk to different services. Anything else is a
// [fault.MuxBadAddress].
func ParseAddress(s string) (Address, error) {
	if s == "" {
		s = os.Getenv(EnvAddress)
	}
	if s == "" {
		return Default(), nil
	}
	if path, ok := strings.CutPrefix(s, "UNIX://"); ok && strings.HasPrefix(path, "/") {
		return Address{"unix", path}, nil
	}
	if host, port, ok := strings.Cut(s, ":"); ok && host != "" && port != "" && !strings.ContainsAny(s, "/ ") && strings.Count(s, ":") == 1 {
		return Address{"tcp", s}, nil
	}
	return Address{}, fault.New(fault.MuxBadAddress, "read "+EnvAddress, nil).With("Address", s)
}
