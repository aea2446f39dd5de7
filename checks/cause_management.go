package checks

import (
	"cmp"
	"slices"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A company or a school can forbid iCloud backups. The phone says who
// manages it, but not which rules are in force: that only its log and its own
// settings page say (checks/SIGNALS.md#management).
const management topic = "management"

var _ = register(cause{id: management, place: 100, dependsOn: []topic{phoneReady}, urgency: 10, about: ICloud, seen: true,
	check: checkManagement, remedy: managementSteps})

// askManagement is about the page that lists profiles and what they forbid.
var askManagement = asks(questionDef{id: "management", choices: []string{"none", "listed", "forbids"}, menu: "device-management", good: 7 * 24 * time.Hour})

// askScreenTime is about the one rule of Screen Time that can stand in the way.
var askScreenTime = asks(questionDef{id: "screen-time", choices: []string{"off", "allowed", "forbidden"}, menu: "screen-time", good: 7 * 24 * time.Hour})

const (
	keyProfiles     = "MCInstall/GetProfileList"
	keySupervised   = "MCInstall/IsSupervised"
	keyOrganization = "MCInstall/OrganizationName"
)

// managing are the payloads with which somebody else decides: the enrolment
// itself, and restrictions.
var managing = []string{"com.apple.mdm", "com.apple.applicationaccess"}

func checkManagement(in Input) Result {
	p := in.Phone
	e := evidence{}
	note(e, keyProfiles, count(p.Profiles))
	supervised, known := note(e, keySupervised, p.Supervised)
	organization, _ := note(e, keyOrganization, p.Organization)
	note(e, keyRequires, p.RequiresEncryption)

	profiles, listed := p.Profiles.Known()
	manager := slices.IndexFunc(profiles, manages)
	unclear := slices.IndexFunc(profiles, func(f facts.Profile) bool { return len(f.Payloads) == 0 })
	args := words.Args{"Organization": tidy(organization), "Profile": "", "Count": words.Count(len(profiles))}
	if first := max(manager, unclear); first >= 0 {
		if manager >= 0 {
			first = manager
		}
		args["Profile"] = profileName(profiles[first])
		args["Organization"] = cmp.Or(tidy(organization), tidy(profiles[first].Organization))
	}

	steps := managementSteps(in)
	said := in.complaint(askManagement)
	if in.chose(askScreenTime) == "forbidden" && said != "forbids" {
		return management.outcome(Warn, "said-screen-time", args, e, screenTimeSteps(in)...).answered().asking(in, askScreenTime)
	}
	open := func(found string) Result {
		switch said {
		case "forbids":
			return management.outcome(Fail, "said-forbids", args, e, steps...).answered().asking(in, askManagement)
		case "listed":
			return management.outcome(Warn, "said-listed", args, e, steps...).answered().asking(in, askManagement)
		}
		if in.chose(askManagement) == "none" {
			return management.outcome(Pass, "said-none", args, e).answered().asking(in, askManagement)
		}
		return management.outcome(Ask, found, args, e).asking(in, askManagement)
	}
	switch {
	case (supervised || manager >= 0) && said == "forbids": // no signal shows the rules themselves
		return open("")
	case supervised:
		return management.outcome(Warn, "supervised", args, e, steps...).asking(in, askManagement)
	case manager >= 0:
		return management.outcome(Warn, "profile", args, e, steps...).asking(in, askManagement)
	case !listed:
		return open("unread")
	case unclear >= 0:
		return open("profile-unclear")
	case !known:
		return open("supervision-unread")
	case p.RequiresEncryption.State == facts.Read && p.RequiresEncryption.Value:
		return management.outcome(Pass, "rule", args, e) // nobody is in sight who set it
	}
	found := "none"
	if len(profiles) > 0 {
		found = "harmless"
	}
	r := management.outcome(Pass, found, args, e)
	if in.savedLately() {
		return r
	}
	return r.asking(in, askScreenTime)
}

// manages reports whether a profile looks like one of those who manage phones.
func manages(p facts.Profile) bool {
	return p.Organization != "" && p.Locked ||
		slices.ContainsFunc(p.Payloads, func(payload string) bool { return slices.Contains(managing, payload) })
}

// profileName is what Settings calls a profile, as far as the phone says.
func profileName(p facts.Profile) string {
	return cmp.Or(tidy(p.Name), tidy(p.Organization), "…")
}

// managementSteps ask the one who can change it; a backup to a computer is
// often allowed all the same.
func managementSteps(in Input) []Fix {
	return []Fix{
		management.fix(Look, "see", menuArgs("device-management", in.Phone)),
		management.fix(Setting, "ask", nil),
		management.fix(Tidy, "here", nil).does(BackUpHere),
	}
}

// screenTimeSteps are for a rule that somebody of the household set.
func screenTimeSteps(in Input) []Fix {
	return []Fix{
		management.fix(Setting, "screen-time", menuArgs("screen-time", in.Phone)),
		management.fix(Tidy, "here", nil).does(BackUpHere),
	}
}
