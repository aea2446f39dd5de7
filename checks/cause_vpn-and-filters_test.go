package checks

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// filtering is a phone with apps that may filter its traffic.
func filtering(names ...string) func(*Input) {
	return func(in *Input) {
		apps := []facts.App{{BundleID: "com.spotify.client", Name: "Spotify"}}
		for _, name := range names {
			apps = append(apps, facts.App{BundleID: "com.example." + name, Name: name, Filters: true})
		}
		aged(10 * 24 * time.Hour)(in)
		in.Phone.Apps = facts.Of(apps)
	}
}

// profiled is a phone with profiles, and nobody who supervises it.
func profiled(profiles ...facts.Profile) func(*Input) { return managed(isOff, profiles...) }

// ways is what this computer found of its own way to iCloud.
func ways(paths ...HostPath) func(*Input) {
	return func(in *Input) { in.Network.Paths = facts.Of(paths) }
}

// untested is a computer that may not or cannot try its way to iCloud.
func untested(reason string) func(*Input) {
	return func(in *Input) { in.Network.Paths = facts.Datum[[]HostPath]{Reason: reason} }
}

var (
	openHost    = HostPath{Host: "setup.icloud.com", State: HostOpen, Issuer: "Apple Inc."}
	blockedHost = HostPath{Host: "gateway.icloud.com", State: HostBlocked}
	caughtHost  = HostPath{Host: "gateway.icloud.com", State: HostIntercepted, Issuer: "Example\x1b Firewall CA"}
	vpnProfile  = facts.Profile{Name: "Office", Payloads: []string{"com.apple.vpn.managed"}}
	dnsProfile  = facts.Profile{Name: "Family", Payloads: []string{"com.apple.dnsSettings.managed"}}
)

var _ = tried(vpnAndFilters, needs{"Phone.Apps": missing, "Phone.Profiles": missing, "Network.Paths": missing}, []situation{
	{name: "nothing found, and the way is open", set: func(*Input) {}, want: Pass, finding: "1 server"},
	{name: "no app at all, two servers", set: func(in *Input) { in.Phone.Apps = facts.Of([]facts.App{}); ways(openHost, openHost)(in) }, want: Pass, finding: "2 servers"},
	{name: "an app", set: filtering("Example VPN"), want: Warn, finding: "Example VPN can", fixes: []string{"Settings > General > VPN & Device Management > VPN", "Private Relay", "another Wi-Fi", "443", "Back Up Now", "backup to this computer first", "Reset Network Settings", "Is a VPN"}},
	{name: "an app, iOS 14", set: onIOS("14.8.1", filtering("Example VPN")), want: Warn, finding: "Example VPN", fixes: []string{"Settings > General > VPN"}, noFix: "Private Relay"},
	{name: "an app without a name", set: func(in *Input) { in.Phone.Apps = facts.Of([]facts.App{{BundleID: "com.example.vpn", Filters: true}}) }, want: Warn, finding: "com.example.vpn"},
	{name: "five apps", set: filtering("E", "D", "C", "B", "A"), want: Warn, finding: "A, B, C and 2 more can"},
	{name: "an app, which is off", set: answering(filtering("Example VPN"), askVPN, "off"), want: Pass, finding: "though Example VPN can be one"},
	{name: "an app, which is on", set: answering(filtering("Example VPN"), askVPN, "on"), want: Warn, finding: "You said", fixes: []string{"switch"}},
	{name: "a profile with a VPN", set: profiled(fontProfile, vpnProfile), want: Warn, finding: "“Office”"},
	{name: "a profile with a VPN, which is off", set: answering(profiled(vpnProfile), askVPN, "off"), want: Pass, finding: "though the profile “Office” can"},
	{name: "a profile that is one by its name", set: profiled(facts.Profile{Name: "My NextDNS"}), want: Warn, finding: "“My NextDNS”"},
	{name: "a profile that filters", set: profiled(vpnProfile, dnsProfile), want: Warn, finding: "“Family”"},
	{name: "a profile that filters is never off", set: answering(profiled(dnsProfile), askVPN, "off"), want: Warn, finding: "“Family”"},
	{name: "a profile that does not tell what it does", set: profiled(secretive), want: Warn, finding: "“Charles Proxy CA”"},
	{name: "a nameless profile", set: profiled(facts.Profile{}), want: Ask, finding: "couldn’t read", fixes: []string{"Is a VPN"}},
	{name: "a profile that does something else", set: profiled(fontProfile), want: Pass, finding: "1 server"},
	{name: "intercepted", set: ways(openHost, blockedHost, caughtHost), want: Fail, finding: "“Example Firewall CA” opens connections meant for iCloud", fixes: []string{"security program", "another Wi-Fi", "443", "Back Up Now"}},
	{name: "blocked", set: ways(openHost, blockedHost), want: Fail, finding: "iCloud’s servers can’t be reached, though others can", fixes: []string{"security program", "another Wi-Fi"}},
	{name: "blocked, whatever is answered", set: answering(ways(blockedHost), askVPN, "off"), want: Fail, finding: "iCloud’s servers can’t be reached"},
	{name: "apps being read", set: func(in *Input) { in.Phone.Deep = facts.PendingDeep() }, want: Unknown, finding: "still looking at this"},
	{name: "apps being read, but a profile was found", set: func(in *Input) { profiled(vpnProfile)(in); in.Phone.Deep = facts.PendingDeep() }, want: Warn, finding: "“Office”"},
	{name: "apps being read, and the way is blocked", set: func(in *Input) { ways(blockedHost)(in); in.Phone.Deep = facts.PendingDeep() }, want: Fail, finding: "iCloud’s servers can’t be reached"},
	{name: "the way being tried", set: untested(facts.Pending), want: Unknown, finding: "still looking at this"},
	{name: "the way may not be tried", set: untested(SwitchedOff), want: Ask, finding: "found no VPN or filter", fixes: []string{"Is a VPN"}},
	{name: "no host was tried", set: ways(), want: Ask, finding: "found no VPN or filter"},
	{name: "apps refused", set: func(in *Input) { in.Phone.Apps = facts.Datum[[]facts.App]{State: facts.Refused} }, want: Ask, finding: "couldn’t read"},
	{name: "profiles not read", set: unlisted, want: Ask, finding: "couldn’t read"},
	{name: "profiles not read, and it is off", set: answering(unlisted, askVPN, "off"), want: Pass, finding: "You said"},
	{name: "profiles not read, and it is on", set: answering(unlisted, askVPN, "on"), want: Warn, finding: "You said"},
})

// Names of profiles, apps and certificates are written by strangers: each
// check still answers in a sentence that renders.
func FuzzStrangersNames(f *testing.F) {
	f.Add("Office", "Example Ltd", "Example VPN", "Example Firewall CA", "com.apple.mdm", true)
	f.Add("", "", "", "", "", false)
	f.Add("\x00\x1b[31m", "{{.Menu}}", strings.Repeat("9", 5000), "\xff\xfe", "com.apple.vpn.managed", true)
	f.Fuzz(func(t *testing.T, name, organization, app, issuer, payload string, locked bool) {
		in := healthy()
		in.Phone.Organization = facts.Of(organization)
		in.Phone.Supervised = facts.Of(locked)
		profile := facts.Profile{Name: name, Organization: organization, Locked: locked}
		if payload != "" {
			profile.Payloads = []string{payload}
		}
		in.Phone.Profiles = facts.Of([]facts.Profile{profile})
		in.Phone.Apps = facts.Of([]facts.App{{Name: app, BundleID: name, Filters: true}})
		for _, state := range []HostState{HostOpen, HostBlocked, HostIntercepted} {
			in.Network.Paths = facts.Of([]HostPath{{Host: name, State: state, Issuer: issuer}})
			for _, id := range []topic{management, vpnAndFilters} {
				r := resultOf(t, in, id)
				for _, text := range []words.Text{r.Finding, r.headline} {
					said := words.English().Text(text)
					if text.Key != "" && (said == "" || said == "["+text.Key+"]") || strings.ContainsAny(said, "\x00\x1b\n") {
						t.Errorf("%s renders as %q", text.Key, said)
					}
				}
				for key, value := range r.Evidence {
					if utf8.RuneCountInString(value) > 2*maxEvidence+2 || strings.ContainsAny(key+value, "\x00\x1b\n") {
						t.Errorf("%s = %q", key, value)
					}
				}
			}
		}
	})
}
