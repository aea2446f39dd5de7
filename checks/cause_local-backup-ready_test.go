package checks

import "lifeboat/device/facts"

// iTunesOf is an iTunes on this computer, and what the phone asks for.
func iTunesOf(have, need string) func(*Input) {
	return func(in *Input) { in.Host.ITunes, in.Phone.MinITunes = facts.Of(have), facts.Of(need) }
}

// That no WillEncrypt means "no password" is a rule.
var _ = tried(localReady, needs{
	"Phone.WillEncrypt": {facts.NotRead, facts.Refused}, "Phone.PasscodeLocked": missing, "Phone.ActivationState": missing,
}, []situation{
	{name: "password set", set: func(*Input) {}, want: Pass, finding: "already has a backup password, which stays valid", fixes: []string{"asks for its passcode", "Transfer or Reset iPhone > Reset > Reset All Settings"}},
	{name: "password set, iOS 14", set: func(in *Input) { in.Phone.Version = facts.Of("14.8.1") }, want: Pass, finding: "already has", fixes: []string{"Settings > General > Reset > Reset All Settings"}, noFix: "passcode during"},
	{name: "password set, iOS 15.8.8", set: func(in *Input) { in.Phone.Version = facts.Of("15.8.8") }, want: Pass, finding: "already has", fixes: []string{"asks for its passcode"}},
	{name: "password set, iOS not known", set: func(in *Input) { in.Phone.Version = facts.Gone[string]() }, want: Pass, finding: "already has", fixes: []string{"asks for its passcode"}},
	{name: "password set and required", set: func(in *Input) { in.Phone.RequiresEncryption = facts.Of(true) }, want: Pass, finding: "people who look after it require"},
	{name: "an iTunes older than the phone asks for", set: iTunesOf("12.9.3.3", "12.13.5"), want: Warn, finding: "iTunes 12.9.3 on this computer is older than the iPhone asks for (12.13.5)", fixes: []string{"Update iTunes", "Reset All Settings"}},
	{name: "an iTunes as the phone asks for", set: iTunesOf("12.13.5", "12.13.5"), want: Pass, finding: "already has"},
	{name: "a newer iTunes, by number and not by letters", set: iTunesOf("12.13.9.1", "12.9.0"), want: Pass, finding: "already has"},
	{name: "an iTunes, and the phone asks for none", set: func(in *Input) { iTunesOf("12.1", "")(in); in.Phone.MinITunes = facts.Gone[string]() }, want: Pass, finding: "already has"},
	{name: "no iTunes", set: func(in *Input) { iTunesOf("", "12.13.5")(in); in.Host.ITunes = facts.Gone[string]() }, want: Pass, finding: "already has"},
	{name: "versions that are none", set: iTunesOf("twelve", "thirteen"), want: Pass, finding: "already has"},
	{name: "no password", set: func(in *Input) { in.Phone.WillEncrypt = facts.Of(false) }, want: Pass, finding: "no backup password yet", noFix: "Reset All Settings"},
	{name: "trap: key absent means no password", set: func(in *Input) { in.Phone.WillEncrypt = facts.Gone[bool]() }, want: Pass, finding: "no backup password yet"},
	{name: "no password, but required", set: func(in *Input) {
		in.Phone.WillEncrypt, in.Phone.RequiresEncryption = facts.Gone[bool](), facts.Of(true)
	}, want: Pass, finding: "require one"},
	{name: "not read", set: func(in *Input) { in.Phone.WillEncrypt = facts.Datum[bool]{} }, want: Unknown, finding: "couldn’t read"},
	{name: "refused", set: func(in *Input) { in.Phone.WillEncrypt = facts.Datum[bool]{State: facts.Refused} }, want: Unknown, finding: "couldn’t read"},
	{name: "not trusted", set: func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Untrusted} }, want: Unknown, finding: "couldn’t read"},
	{name: "readiness not known", set: func(in *Input) { in.Phone.Readiness = "" }, want: Unknown, finding: "couldn’t read"},
	{name: "locked", set: func(in *Input) { in.Phone.PasscodeLocked = facts.Of(true) }, want: Warn, finding: "is locked", fixes: []string{"Unlock"}},
	{name: "setup unfinished", set: func(in *Input) { in.Phone.Readiness = facts.SetupUnfinished }, want: Fail, finding: "isn’t set up"},
	{name: "not activated", set: func(in *Input) { in.Phone.ActivationState = facts.Of("Unactivated") }, want: Fail, finding: "isn’t set up"},
	{name: "lock absent", set: func(in *Input) { in.Phone.PasscodeLocked = facts.Gone[bool]() }, want: Ask, finding: "whether it is locked"},
	{name: "activation not read", set: func(in *Input) { in.Phone.ActivationState = facts.Datum[string]{} }, want: Ask, finding: "whether it is set up"},
})
