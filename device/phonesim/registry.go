package phonesim

import (
	"cmp"

	"lifeboat/device/phonesim/services"
)

// registry is the entry of the hardware's registry that a computer asks for,
// nil for one that this phone does not have.
func (p *Phone) registry(entry string) map[string]any {
	c := &p.cfg
	switch {
	case services.IsBattery(entry):
		return services.SmartBattery(p.battery())
	case services.IsWiFi(entry) && services.HasBroadcom(c.ProductType) && !c.WiFi.Hidden:
		return services.WiFiInterface(c.WiFi.Network, olderThan(c.Version, 17, 0))
	}
	return nil
}

// traffic is what packet capture shows.
func (p *Phone) traffic() []services.Traffic {
	switch c := &p.cfg; {
	case c.Traffic != nil:
		return c.Traffic
	case c.WiFi.Network != "":
		return []services.Traffic{{Interface: "en0", Rate: 20}}
	}
	return []services.Traffic{{Interface: "pdp_ip0", Rate: 20}}
}

// battery is the state of the battery now: what [Phone.Set] changed shows
// here too.
func (p *Phone) battery() services.BatteryState {
	b := p.cfg.Battery
	return services.BatteryState{
		Level:       p.batteryInt("BatteryCurrentCapacity", b.Level),
		Charging:    p.batteryBool("BatteryIsCharging", b.Charging),
		External:    p.batteryBool("ExternalConnected", b.External),
		Full:        p.batteryBool("FullyCharged", b.Full),
		Adapter:     cmp.Or(b.Adapter, 2400),
		Temperature: cmp.Or(b.Temperature, 29.5),
		Health:      cmp.Or(b.Health, 83),
	}
}

// batteryInt and batteryBool are what lockdownd says about the battery. A value
// that is withheld there is still true of the battery: then it is otherwise.
func (p *Phone) batteryInt(key string, otherwise int) int {
	value, err := p.values.Get(domainBattery, key)
	if err != nil {
		return otherwise
	}
	switch n := value.(type) {
	case int:
		return n
	case int64:
		return int(n)
	case uint64:
		return int(n)
	}
	return otherwise
}

func (p *Phone) batteryBool(key string, otherwise bool) bool {
	value, err := p.values.Get(domainBattery, key)
	if b, ok := value.(bool); ok && err == nil {
		return b
	}
	return otherwise
}
