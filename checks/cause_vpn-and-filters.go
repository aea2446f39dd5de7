package checks

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A VPN, a filter or a proxy between the phone and Apple can break a backup
// that needs hours, and Apple's services refuse any connection that somebody else
// opens on the way. Apps that filter are no profiles and need not be on; whether they
// are only the user sees. This computer's own way to iCloud stands in for the phone's.
// Signals and rule: (checks/SIGNALS.md#vpn-and-filters).
const vpnAndFilters topic = "vpn-and-filters"

var _ = register(cause{id: vpnAndFilters, place: 110, dependsOn: []topic{wifi}, urgency: 40, about: ICloud,
	check: checkVPN, remedy: vpnSteps,
	acts: map[string]act{"again": actTry, "other-wifi": actJoin, "reset-network": actReset}})

var askVPN = asks(questionDef{id: "vpn-on", choices: []string{"off", "on", "router"}, menu: "vpn", good: 24 * time.Hour})

const (
	keyFilterApps   = "installation_proxy/Entitlements"
	keyFilterLists  = "MCInstall/Payloads"
	vpnAppsNamed    = 3  // in the finding
	hostsInEvidence = 8  // by name
	relayFrom       = 15 // the first iOS with Private Relay
)

// Payloads of profiles that route or filter the phone's traffic.
var (
	// switchable can be off while the profile is installed.
	switchable = []string{"com.apple.vpn.managed", "com.apple.vpn.managed.applayer"}
	// standing are in force for as long as the profile is installed.
	standing = []string{"com.apple.dnsSettings.managed", "com.apple.dnsProxy.managed", "com.apple.webcontent-filter",
		"com.apple.proxy.http.global", "com.apple.relay.managed"}
	// filterName finds them by name where the phone reports no payloads.
	filterName = regexp.MustCompile(`(?i)\b(vpn|wireguard|proxy|dns|nextdns|adguard|firewall|filter)\b`)
)

func checkVPN(in Input) Result {
	e := evidence{}
	apps, appsRead := in.Phone.Apps.Known()
	profiles, profilesRead := in.Phone.Profiles.Known()
	names := filterApps(apps)
	filter, vpn, unclear := filterProfiles(profiles)
	noteVPN(e, in, names)

	first := names[:min(len(names), vpnAppsNamed)]
	args := words.Args{
		"Apps": strings.Join(first, ", "), "More": len(names) - len(first), "Profile": filter + vpn, "Host": "", "Issuer": "",
	}
	paths, tested := in.Network.Paths.Known()
	tested = tested && len(paths) > 0
	said := in.chose(askVPN)
	answered := func(status Status, found string, fixes ...Fix) Result {
		return vpnAndFilters.outcome(status, found, args, e, fixes...).answered().asking(in, askVPN)
	}
	warned := func(found string) Result {
		return vpnAndFilters.outcome(Warn, found, args, e, vpnSteps(in)...).asking(in, askVPN)
	}
	for _, trouble := range []HostState{HostIntercepted, HostBlocked} {
		if i := slices.IndexFunc(paths, func(p HostPath) bool { return p.State == trouble }); tested && i >= 0 {
			args["Host"], args["Issuer"] = tidy(paths[i].Host), tidy(paths[i].Issuer)
			return vpnAndFilters.outcome(Fail, string(trouble), args, e, pathSteps(in)...).asking(in, askVPN)
		}
	}
	switch {
	case filter != "":
		return warned("profile-filter")
	case said == "router":
		return answered(Warn, "said-router", append([]Fix{vpnAndFilters.fix(Setting, "dns", nil)}, otherWay(in)...)...)
	case said == "on":
		return answered(Warn, "said-on", vpnSteps(in)...)
	case said == "off" && (vpn != "" || len(names) > 0):
		return answered(Pass, "said-off-installed")
	case vpn != "":
		return warned("profile-vpn")
	case len(names) > 0:
		return warned("app")
	case said == "off":
		return answered(Pass, "said-off")
	case awaited(in.Phone.Apps) || awaited(in.Network.Paths):
		return pending(e)
	case !appsRead || !profilesRead || unclear:
		return vpnAndFilters.outcome(Ask, "unread", args, e).asking(in, askVPN)
	case !tested:
		return vpnAndFilters.outcome(Ask, "way-unread", args, e).asking(in, askVPN)
	}
	return vpnAndFilters.outcome(Pass, "clear", words.Args{"Hosts": words.Count(len(paths))}, e)
}

// filterApps names the apps that may route or filter the phone's traffic.
func filterApps(apps []facts.App) []string {
	var names []string
	for _, a := range apps {
		if a.Filters {
			names = append(names, cmp.Or(tidy(a.Name), tidy(a.BundleID)))
		}
	}
	slices.Sort(names)
	return names
}

// filterProfiles names a profile that filters for as long as it is installed,
// or else one with a VPN; unclear says that some profile does not tell what it is.
func filterProfiles(profiles []facts.Profile) (filter, vpn string, unclear bool) {
	for _, p := range profiles {
		has := func(payloads []string) bool {
			return slices.ContainsFunc(p.Payloads, func(one string) bool { return slices.Contains(payloads, one) })
		}
		switch {
		case has(standing):
			return profileName(p), "", unclear
		case vpn != "":
		case has(switchable), len(p.Payloads) == 0 && filterName.MatchString(p.Name+" "+p.Organization):
			vpn = profileName(p)
		case len(p.Payloads) == 0:
			unclear = true
		}
	}
	return "", vpn, unclear
}

// noteVPN adds what was looked at, each host by its name.
func noteVPN(e evidence, in Input, apps []string) {
	note(e, keyFilterLists, count(in.Phone.Profiles))
	note(e, keyFilterApps, facts.Datum[string]{Value: cmp.Or(strings.Join(apps, ", "), "none"), State: in.Phone.Apps.State, Reason: in.Phone.Apps.Reason})
	note(e, keyTraffic, packets(in.Phone.Traffic))
	paths, tested := in.Network.Paths.Known()
	if !tested {
		note(e, "network/paths", in.Network.Paths)
	}
	for _, p := range paths[:min(len(paths), hostsInEvidence)] {
		e["network/"+tidy(p.Host)] = strings.TrimSpace(string(p.State) + " " + tidy(p.Issuer))
	}
}

// vpnSteps take away for one backup what stands in the way.
func vpnSteps(in Input) []Fix {
	steps := []Fix{vpnAndFilters.fix(Setting, "switch-off", menuArgs("vpn", in.Phone))}
	if major := majorOf(in.Phone); major == 0 || major >= relayFrom {
		steps = append(steps, vpnAndFilters.fix(Setting, "relay", menuArgs("private-relay", in.Phone)))
	}
	return append(append(steps, otherWay(in)...), resetNetwork(vpnAndFilters, in)...)
}

// pathSteps are for a network that lets nobody through to Apple.
func pathSteps(in Input) []Fix {
	return append([]Fix{vpnAndFilters.fix(Look, "computer", nil)}, otherWay(in)...)
}

// otherWay tries another network, then repairs this one.
func otherWay(in Input) []Fix {
	return []Fix{
		otherWiFi(in), vpnAndFilters.fix(Setting, "router", nil),
		vpnAndFilters.fix(Setting, "again", menuArgs("icloud-backup", in.Phone)).does(WatchAttempt),
	}
}
