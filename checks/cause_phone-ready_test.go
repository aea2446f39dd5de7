package checks

import "lifeboat/device/facts"

var phoneReadySituations = []situation{
	{name: "activated, and still in its setup", set: func(in *Input) { in.Phone.SetupDone = facts.Of(false) }, want: Fail, finding: "not set up yet", fixes: []string{"Finish the steps"}},
	{name: "activated, and its setup is not told", set: func(in *Input) { in.Phone.SetupDone = facts.Gone[bool]() }, want: Pass, finding: "is set up"},
	{name: "activated, and its setup is done", set: func(in *Input) { in.Phone.SetupDone = facts.Of(true) }, want: Pass, finding: "is set up"},
	{name: "ready", set: func(*Input) {}, want: Pass, finding: "trusts this computer, is unlocked and is set up"},
	{name: "not trusted, iOS 27", set: func(in *Input) { in.Phone.Readiness = facts.Untrusted }, want: Fail,
		finding: "does not trust", fixes: []string{"tap Trust", "Unplug", "Privacy & Security > Wired Accessories", "Transfer or Reset iPhone > Reset > Reset Location & Privacy"}},
	{name: "not trusted, iOS 18 with Face ID", set: func(in *Input) { in.Phone.Readiness, in.Phone.Version = facts.Untrusted, facts.Of("18.4.1") }, want: Fail,
		finding: "does not trust", fixes: []string{"Settings > Face ID & Passcode > Allow Access When Locked"}, noFix: "Wired Accessories"},
	{name: "not trusted, iOS 14 with Touch ID", set: func(in *Input) {
		in.Phone.Readiness, in.Phone.Version, in.Phone.ProductType = facts.Untrusted, facts.Of("14.8.1"), facts.Of("iPhone9,1")
	}, want: Fail, finding: "does not trust", fixes: []string{"Settings > Touch ID & Passcode", "Settings > General > Reset > Reset Location"}, noFix: "Transfer or Reset"},
	{name: "not trusted, iOS 26 with Touch ID", set: func(in *Input) {
		runs("iPhone14,6", "26.7.1")(in)
		in.Phone.Readiness = facts.Untrusted
	}, want: Fail, finding: "does not trust", fixes: []string{"Wired Accessories"}},
	{name: "not trusted, iOS 10 with a passcode only", set: func(in *Input) {
		runs("iPhone5,1", "10.3.4")(in)
		in.Phone.Readiness = facts.Untrusted
	}, want: Fail, finding: "does not trust", fixes: []string{"Settings > Passcode"}},
	{name: "not trusted, iOS 18, unknown model", set: func(in *Input) {
		runs("iPhone99,1", "18.4.1")(in)
		in.Phone.Readiness = facts.Untrusted
	}, want: Fail, finding: "does not trust", fixes: []string{"(or Touch ID & Passcode)"}},
	{name: "not trusted, nothing else known", set: func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Untrusted} }, want: Fail,
		finding: "does not trust", fixes: []string{"tap Trust"}},
	{name: "locked", set: func(in *Input) { in.Phone.PasscodeLocked = facts.Of(true) }, want: Warn, finding: "locked", fixes: []string{"Unlock"}},
	{name: "locked, told by readiness only", set: func(in *Input) {
		in.Phone.Readiness, in.Phone.PasscodeLocked = facts.Locked, facts.Datum[bool]{}
	}, want: Warn, finding: "locked", fixes: []string{"Unlock"}},
	{name: "setup unfinished", set: func(in *Input) { in.Phone.Readiness = facts.SetupUnfinished }, want: Fail, finding: "not set up yet", fixes: []string{"Finish the steps"}},
	{name: "not activated", set: func(in *Input) { in.Phone.ActivationState = facts.Of("Unactivated") }, want: Fail, finding: "“Unactivated”", fixes: []string{"Finish the steps"}},
	{name: "activation says nonsense", set: func(in *Input) { in.Phone.ActivationState = facts.Of("\x1b[31mred\n") }, want: Fail, finding: "“[31mred”"},
	{name: "silent", set: func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Silent} }, want: Fail, finding: "does not answer", fixes: []string{"Unlock", "Unplug", "Restart"}},
	{name: "nobody found out", set: func(in *Input) { in.Phone.Readiness = "" }, want: Unknown, finding: "could not be read"},
	{name: "lock refused", set: func(in *Input) { in.Phone.PasscodeLocked = facts.Datum[bool]{State: facts.Refused} }, want: Ask, finding: "did not say whether it is locked"},
	{name: "activation absent", set: func(in *Input) { in.Phone.ActivationState = facts.Gone[string]() }, want: Ask, finding: "did not say whether it is set up"},
}
