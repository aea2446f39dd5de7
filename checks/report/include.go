package report

import (
	"cmp"
	"slices"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// putIn is what goes out only because the user puts it in.
func putIn(in Input) Section {
	s := Section{Heading: say("heading.put-in")}
	p := in.Checks.Phone
	if in.Include.Name {
		s.Lines = append(s.Lines, pair("name", known(p.Name, named)))
	}
	if profiles, _ := p.Profiles.Known(); in.Include.Profiles {
		s.Lines = append(s.Lines, pair("profiles", known(p.Profiles, count[facts.Profile])))
		for _, profile := range profiles[:min(len(profiles), maxProfiles)] {
			s.Lines = append(s.Lines, Line{Label: named(profile.Name), Value: named(profile.Organization), Detail: true})
		}
	}
	if apps, _ := p.Apps.Known(); in.Include.Apps {
		s.Lines = append(s.Lines, pair("apps", known(p.Apps, count[facts.App])))
		largest := slices.SortedStableFunc(slices.Values(apps), func(a, b facts.App) int { return cmp.Compare(b.Bytes, a.Bytes) })
		for _, app := range largest[:min(len(largest), maxApps)] {
			s.Lines = append(s.Lines, Line{Label: named(cmp.Or(app.Name, app.BundleID)), Value: size(app.Bytes), Detail: true})
		}
	}
	if crashes, _ := p.Crashes.Known(); in.Include.CrashNames {
		s.Lines = append(s.Lines, pair("crashes", known(p.Crashes, count[facts.Crash])))
		for _, crash := range crashes[:min(len(crashes), maxCrashes)] {
			s.Lines = append(s.Lines, Line{Label: named(crash.Process), Value: on(crash.At), Detail: true})
		}
	}
	return s
}

// named is a name from the phone: printable, on one line, not too long.
func named(name string) words.Text { return asIs(words.Brief(name, maxName)) }
