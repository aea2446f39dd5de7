package checks

import (
	"time"

	"lifeboat/device/facts"
)

// unused is a phone that says about nothing that a phone gets after its setup.
func unused(in *Input) {
	p := &in.Phone
	p.SetupDone, p.CloudBackupEnabled, p.ICloudSync = facts.Datum[bool]{State: facts.Refused}, facts.Of(false), facts.Gone[bool]()
	p.LastCloudBackup, p.LastLocalBackup = facts.Gone[time.Time](), facts.Gone[time.Time]()
}

var _ = tried(phoneReady, needs{"Phone.PasscodeLocked": missing, "Phone.ActivationState": missing}, []situation{
	{name: "activated, and still in its setup", set: func(in *Input) { in.Phone.SetupDone = facts.Of(false) }, want: Fail, finding: "isn’t set up yet", fixes: []string{"Finish the steps"}},
	{name: "activated, and its setup is not told", set: func(in *Input) { in.Phone.SetupDone = facts.Gone[bool]() }, want: Pass, finding: "is set up"},
	{name: "activated, its setup is not told, and nothing was done on it", set: unused, want: Ask, finding: "didn’t say whether it is set up", fixes: []string{"what does it show"}},
	{name: "activated, its setup is not told, and only its contacts are in iCloud", set: func(in *Input) { unused(in); in.Phone.ICloudSync = facts.Of(true) }, want: Pass, finding: "is set up"},
	{name: "the same, and the user sees the Home Screen", set: answering(unused, askHomeScreen, "home"), want: Pass, finding: "shows its Home Screen"},
	{name: "activated, its setup is done, and nothing was done on it", set: func(in *Input) { unused(in); in.Phone.SetupDone = facts.Of(true) }, want: Pass, finding: "is set up"},
	{name: "activated, and its setup is done", set: func(in *Input) { in.Phone.SetupDone = facts.Of(true) }, want: Pass, finding: "is set up"},
	{name: "ready", set: func(*Input) {}, want: Pass, finding: "trusts this computer, is unlocked and is set up"},
	{name: "not trusted, iOS 27", set: func(in *Input) { in.Phone.Readiness = facts.Untrusted }, want: Fail,
		finding: "doesn’t trust", fixes: []string{"tap Trust", "Unplug", "Privacy & Security > Wired Accessories", "Transfer or Reset iPhone > Reset > Reset Location & Privacy"}},
	{name: "not trusted, iOS 18 with Face ID", set: func(in *Input) { in.Phone.Readiness, in.Phone.Version = facts.Untrusted, facts.Of("18.4.1") }, want: Fail,
		finding: "doesn’t trust", fixes: []string{"Settings > Face ID & Passcode > Allow Access When Locked"}, noFix: "Wired Accessories"},
	{name: "not trusted, iOS 14 with Touch ID", set: func(in *Input) {
		in.Phone.Readiness, in.Phone.Version, in.Phone.ProductType = facts.Untrusted, facts.Of("14.8.1"), facts.Of("iPhone9,1")
	}, want: Fail, finding: "doesn’t trust", fixes: []string{"Settings > Touch ID & Passcode", "Settings > General > Reset > Reset Location"}, noFix: "Transfer or Reset"},
	{name: "not trusted, iOS 26 with Touch ID", set: func(in *Input) {
		runs("iPhone14,6", "26.7.1")(in)
		in.Phone.Readiness = facts.Untrusted
	}, want: Fail, finding: "doesn’t trust", fixes: []string{"Wired Accessories"}},
	{name: "not trusted, iOS 10 with a passcode only", set: func(in *Input) {
		runs("iPhone5,1", "10.3.4")(in)
		in.Phone.Readiness = facts.Untrusted
	}, want: Fail, finding: "doesn’t trust", fixes: []string{"Settings > Passcode"}},
	{name: "not trusted, iOS 18, unknown model", set: func(in *Input) {
		runs("iPhone99,1", "18.4.1")(in)
		in.Phone.Readiness = facts.Untrusted
	}, want: Fail, finding: "doesn’t trust", fixes: []string{"(or Touch ID & Passcode)"}},
	{name: "not trusted, nothing else known", set: func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Untrusted} }, want: Fail,
		finding: "doesn’t trust", fixes: []string{"tap Trust"}},
	{name: "locked", set: func(in *Input) { in.Phone.PasscodeLocked = facts.Of(true) }, want: Warn, finding: "locked", fixes: []string{"Unlock"}},
	{name: "locked, told by readiness only", set: func(in *Input) {
		in.Phone.Readiness, in.Phone.PasscodeLocked = facts.Locked, facts.Datum[bool]{}
	}, want: Warn, finding: "locked", fixes: []string{"Unlock"}},
	{name: "setup unfinished", set: func(in *Input) { in.Phone.Readiness = facts.SetupUnfinished }, want: Fail, finding: "isn’t set up yet", fixes: []string{"Finish the steps"}},
	{name: "not activated", set: func(in *Input) { in.Phone.ActivationState = facts.Of("Unactivated") }, want: Fail, finding: "it isn’t activated", fixes: []string{"Finish the steps"}},
	{name: "activation says nonsense", set: func(in *Input) { in.Phone.ActivationState = facts.Of("\x1b[31mred\n") }, want: Fail, finding: "it isn’t activated"},
	{name: "silent", set: func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Silent} }, want: Fail, finding: "doesn’t answer", fixes: []string{"Unlock", "Unplug", "Restart"}},
	{name: "nobody found out", set: func(in *Input) { in.Phone.Readiness = "" }, want: Unknown, finding: "couldn’t read"},
	{name: "lock refused", set: func(in *Input) { in.Phone.PasscodeLocked = facts.Datum[bool]{State: facts.Refused} }, want: Ask, finding: "didn’t say whether it is locked"},
	{name: "activation absent", set: func(in *Input) { in.Phone.ActivationState = facts.Gone[string]() }, want: Ask, finding: "didn’t say whether it is set up"},
})
