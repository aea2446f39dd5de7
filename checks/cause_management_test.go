package checks

import (
	"time"

	"lifeboat/device/facts"
)

// managed sets what the phone says about those who manage it.
func managed(supervised facts.Datum[bool], profiles ...facts.Profile) func(*Input) {
	return func(in *Input) {
		aged(10 * 24 * time.Hour)(in)
		in.Phone.Supervised, in.Phone.Profiles = supervised, facts.Of(profiles)
	}
}

// unlisted is a phone that does not tell its profiles.
func unlisted(in *Input) {
	aged(10 * 24 * time.Hour)(in)
	in.Phone.Profiles = facts.Datum[[]facts.Profile]{State: facts.Refused}
}

var (
	isSupervised = facts.Of(true)
	enrolment    = facts.Profile{Name: "Example School", Organization: "Example School", Payloads: []string{"com.apple.mdm"}}
	lockedOne    = facts.Profile{Name: "Baseline", Organization: "Example Ltd", Locked: true}
	restrictions = facts.Profile{Name: "No cloud", Payloads: []string{"com.apple.applicationaccess"}}
	fontProfile  = facts.Profile{Name: "Fonts", Organization: "Example Press", Payloads: []string{"com.apple.font"}}
	secretive    = facts.Profile{Name: "Charles Proxy CA"}
)

var _ = tried(management, needs{"Phone.Profiles": missing, "Phone.Supervised": missing}, []situation{
	{name: "nobody's", set: func(*Input) {}, want: Pass, finding: "no company or school"},
	{name: "supervised", set: managed(isSupervised), want: Warn, finding: "supervised", fixes: []string{"Settings > General > VPN & Device Management", "Ask", "this computer", "Is a management profile listed"}},
	{name: "supervised by a school", set: func(in *Input) { managed(isSupervised)(in); in.Phone.Organization = facts.Of("Example\x1b School") }, want: Warn, finding: "supervised by “Example School”"},
	{name: "supervised, iOS 14", set: onIOS("14.8.1", managed(isSupervised)), want: Warn, finding: "supervised", fixes: []string{"Settings > General > Profiles & Device Management"}},
	{name: "enrolled", set: managed(isOff, fontProfile, enrolment), want: Warn, finding: "“Example School”"},
	{name: "of an organisation, and locked", set: managed(isOff, lockedOne), want: Warn, finding: "“Baseline”"},
	{name: "restrictions", set: managed(isOff, restrictions), want: Warn, finding: "“No cloud”"},
	{name: "enrolled, supervision not read", set: managed(unread, enrolment), want: Warn, finding: "“Example School”"},
	{name: "only fonts", set: managed(isOff, fontProfile), want: Pass, finding: "1 profile"},
	{name: "a profile that tells nothing of itself", set: managed(isOff, secretive), want: Ask, finding: "“Charles Proxy CA”", fixes: []string{"Is a management profile listed"}},
	{name: "a profile without even a name", set: managed(isOff, facts.Profile{}), want: Ask, finding: "“…”"},
	{name: "no profile, but a rule is in force", set: func(in *Input) { in.Phone.RequiresEncryption = facts.Of(true) }, want: Pass, finding: "wants its backups to computers to be encrypted"},
	{name: "profiles not read", set: unlisted, want: Ask, finding: "couldn’t read", fixes: []string{"Is a management profile listed"}},
	{name: "profiles not read, but supervised", set: func(in *Input) { unlisted(in); in.Phone.Supervised = isSupervised }, want: Warn, finding: "supervised"},
	{name: "no profile, supervision not read", set: managed(unread), want: Ask, finding: "no profile"},
	{name: "no profile, and no word on supervision", set: managed(absent), want: Ask, finding: "no profile"},
	{name: "not read, none listed", set: answering(unlisted, askManagement, "none"), want: Pass, finding: "You said"},
	{name: "not read, one listed", set: answering(unlisted, askManagement, "listed"), want: Warn, finding: "You said", fixes: []string{"Ask"}},
	{name: "not read, and it forbids", set: answering(unlisted, askManagement, "forbids"), want: Fail, finding: "doesn’t allow", fixes: []string{"Ask", "this computer"}},
	{name: "supervised, and it forbids", set: answering(managed(isSupervised), askManagement, "forbids"), want: Fail, finding: "doesn’t allow"},
	{name: "supervised, but none listed", set: answering(managed(isSupervised), askManagement, "none"), want: Warn, finding: "supervised"},
	{name: "nobody's, whatever is answered", set: answering(managed(isOff), askManagement, "forbids"), want: Pass, finding: "no company"},
})
