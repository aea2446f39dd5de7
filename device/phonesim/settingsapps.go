package phonesim

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lifeboat/device/phonesim/content/apps"
	"lifeboat/device/phonesim/services"
)

// appData are the values of the setting app-data.
var appData = map[string]func() apps.Phone{"demo": apps.Demo, "nasty": apps.Nasty}

// maxMade bounds what one setting makes of apps, photos or movies.
const maxMade = 10_000

// entitlements are the rights of an app that are worth a name: those to carry
// or filter what the phone sends.
var entitlements = map[string]struct {
	key, value string
}{
	"vpn-api":        {"com.apple.developer.networking.vpn.api", "allow-vpn"},
	"packet-tunnel":  {"com.apple.developer.networking.networkextension", "packet-tunnel-provider"},
	"dns-proxy":      {"com.apple.developer.networking.networkextension", "dns-proxy"},
	"dns-settings":   {"com.apple.developer.networking.networkextension", "dns-settings"},
	"content-filter": {"com.apple.developer.networking.networkextension", "content-filter-provider"},
}

func entitlementNames() string {
	return strings.Join(slices.Sorted(maps.Keys(entitlements)), ", ")
}

// setApp reads BUNDLE|NAME|STATICSIZE|DYNAMICSIZE[|ENTITLEMENT,...].
func setApp(c *Config, v string) error {
	parts := strings.Split(v, "|")
	if len(parts) < 4 || len(parts) > 5 || parts[0] == "" || parts[1] == "" {
		return fmt.Errorf("not of the form BUNDLE|NAME|STATICSIZE|DYNAMICSIZE[|ENTITLEMENT,...]")
	}
	app := services.StoreApp(parts[0], parts[1], "1.0", 0, 0)
	var err error
	if app.Static, err = ParseSize(parts[2]); err != nil {
		return err
	}
	if app.Dynamic, err = ParseSize(parts[3]); err != nil {
		return err
	}
	if len(parts) == 5 {
		if app.Entitlements, err = parseEntitlements(parts[4]); err != nil {
			return err
		}
	}
	c.Apps = append(slices.Clip(c.Apps), app)
	return nil
}

// parseEntitlements gathers the entitlements of an app as a phone tells them:
// lists of strings.
func parseEntitlements(v string) (map[string]any, error) {
	lists := map[string][]string{}
	for name := range strings.SplitSeq(v, ",") {
		right, ok := entitlements[name]
		if !ok {
			return nil, fmt.Errorf("entitlement %q is not one of %s", name, entitlementNames())
		}
		lists[right.key] = append(lists[right.key], right.value)
	}
	all := map[string]any{}
	for key, list := range lists {
		all[key] = list
	}
	return all, nil
}

// setApps makes N apps whose data is SIZE, give or take a quarter, so that
// their order by size is not that of their names.
func setApps(c *Config, v string) error {
	n, size, err := parseMany(v)
	if err != nil {
		return err
	}
	apps := slices.Clip(c.Apps)
	for i := len(apps); i < len(c.Apps)+n; i++ { // so that no two are the same app
		spread := int64(i*7%11) - 5 // -5 to 5
		data := size + size/20*spread
		apps = append(apps, services.StoreApp(fmt.Sprintf("com.example.app%04d", i+1), fmt.Sprintf("App %d", i+1), "1.0", 50_000_000, data))
	}
	c.Apps = apps
	return nil
}

func setNoApps(c *Config, v string) error {
	if v != "true" {
		return fmt.Errorf("takes no value")
	}
	c.Apps = nil
	return nil
}

// many sets a number of files.
func many(at func(*Config) *Media) func(*Config, string) error {
	return func(c *Config, v string) (err error) {
		at(c).Count, at(c).Size, err = parseMany(v)
		return err
	}
}

// parseMany reads N@SIZE.
func parseMany(v string) (n int, size int64, err error) {
	count, each, given := strings.Cut(v, "@")
	n, err = strconv.Atoi(count)
	if err != nil || !given || n < 0 || n > maxMade {
		return 0, 0, fmt.Errorf("not of the form N@SIZE with N up to %d", maxMade)
	}
	size, err = ParseSize(each)
	return n, size, err
}

// setProfile reads ID|NAME|ORGANIZATION[|locked][|PAYLOADTYPE,...].
func setProfile(c *Config, v string) error {
	parts := strings.Split(v, "|")
	if len(parts) < 3 || parts[0] == "" {
		return fmt.Errorf("not of the form ID|NAME|ORGANIZATION[|locked][|PAYLOADTYPE,...]")
	}
	profile := services.Profile{Identifier: parts[0], Name: parts[1], Organization: parts[2]}
	rest := parts[3:]
	if len(rest) > 0 && rest[0] == "locked" {
		profile.Locked, rest = true, rest[1:]
	}
	if len(rest) > 1 {
		return fmt.Errorf("too many parts")
	}
	if len(rest) == 1 && rest[0] != "" {
		profile.Payloads = strings.Split(rest[0], ",")
	}
	c.Profiles = append(slices.Clip(c.Profiles), profile)
	return nil
}

func setAllowPairing(c *Config, v string) error {
	allowed, err := strconv.ParseBool(v)
	if err != nil {
		return fmt.Errorf("not true or false")
	}
	c.PairingForbidden = !allowed
	return nil
}
