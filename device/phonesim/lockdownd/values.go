package lockdownd

import (
	"maps"
	"slices"
	"sync"
)

// Values is what lockdownd tells: domains of keys. The root domain is "".
// A value may be a func() any, which is called at every reading; nil from it
// means that the key is absent now. Safe for use by several goroutines.
type Values struct {
	mu      sync.Mutex
	domains map[string]map[string]any
	omit    map[string]bool
	refuse  map[string]bool
}

// NewValues takes over domains. Names in omit answer MissingValue and names
// in refuse GetProhibited, whatever the domains hold: "domain/key", "/key"
// of the root domain, or "domain/" for all of one.
func NewValues(domains map[string]map[string]any, omit, refuse []string) *Values {
	v := &Values{domains: domains, omit: map[string]bool{}, refuse: map[string]bool{}}
	for _, name := range omit {
		v.omit[name] = true
	}
	for _, name := range refuse {
		v.refuse[name] = true
	}
	return v
}

// untrusted are the root keys that a computer may read without a session.
var untrusted = []string{
	"BluetoothAddress", "BuildVersion", "CPUArchitecture", "DeviceClass", "DeviceColor",
	"DeviceName", "DevicePublicKey", "HardwareModel", "ProductName", "ProductType",
	"ProductVersion", "ProtocolVersion", "TelephonyCapability", "UniqueChipID",
	"UniqueDeviceID", "WiFiAddress",
}

// Readable reports whether a computer without a session may read the value.
func Readable(domain, key string) bool { return domain == "" && slices.Contains(untrusted, key) }

// settable are the values that a paired computer may change.
var settable = []string{
	"/DeviceName", "/TimeZone", "/Uses24HourClock", "/UntrustedHostBUID",
	"com.apple.international/Language", "com.apple.international/Locale", "com.apple.international/Keyboard",
	"com.apple.mobile.wireless_lockdown/EnableWifiConnections",
}

// Settable reports whether a computer may change the value. Without a
// session only the note that usbmuxd leaves of itself may be written.
func Settable(domain, key string, session bool) bool {
	name := domain + "/" + key
	return slices.Contains(settable, name) && (session || name == "/UntrustedHostBUID")
}

// Get returns one value, or [MissingValue] or [GetProhibited].
func (v *Values) Get(domain, key string) (any, error) {
	value, err := v.find(domain, key)
	if live, ok := value.(func() any); ok { // called without the lock: it asks other programs
		value = live()
	}
	if err == nil && value == nil {
		err = MissingValue
	}
	return value, err
}

func (v *Values) find(domain, key string) (any, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	name := domain + "/" + key
	if v.refuse[name] || v.refuse[domain+"/"] {
		return nil, GetProhibited
	}
	if v.omit[name] || v.omit[domain+"/"] {
		return nil, MissingValue
	}
	return v.domains[domain][key], nil
}

// Domain returns all values of a domain that may be read, a domain that does
// not exist being empty, as on a real phone. com.apple.fmip tells single
// keys only (seen on real phones), so it too is empty here.
func (v *Values) Domain(domain string) (map[string]any, error) {
	if domain == "com.apple.fmip" {
		return map[string]any{}, nil
	}
	v.mu.Lock()
	refused := v.refuse[domain+"/"]
	keys := slices.Collect(maps.Keys(v.domains[domain]))
	v.mu.Unlock()
	if refused {
		return nil, GetProhibited
	}
	all := map[string]any{}
	for _, key := range keys {
		if value, err := v.Get(domain, key); err == nil {
			all[key] = value
		}
	}
	return all, nil
}

// Set changes a value; nil takes it away.
func (v *Values) Set(domain, key string, value any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if value == nil {
		delete(v.domains[domain], key)
		return
	}
	if v.domains[domain] == nil {
		v.domains[domain] = map[string]any{}
	}
	v.domains[domain][key] = value
}
