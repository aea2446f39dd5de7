package checks

import (
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/hashicorp/go-version"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// Being behind stops no backup: iCloud Backup asks for iOS 9, and for nothing
// newer. It is worth knowing all the same, for what newer versions put right, and
// because a backup made by a newer iOS does not go back onto an older one. It is
// compared with what Apple offers this very model where the network answered,
// else with the table that is embedded in the program (checks/SIGNALS.md#ios-version).
const iosVersion topic = "ios-version"

var _ = register(cause{id: iosVersion, place: 90, dependsOn: []topic{phoneReady}, urgency: 50, about: ICloud, means: aside, seen: true, stands: true,
	check: checkIOSVersion, remedy: iosSteps})

// askUpToDate is for a version that the table cannot judge.
var askUpToDate = asks(questionDef{id: "ios-up-to-date", choices: []string{"yes", "no"}, menu: "software-update", good: 7 * 24 * time.Hour})

const (
	// tableGood is how long the embedded table may vouch for "newest": Apple
	// brings a new version every two months or so.
	tableGood = 120 * 24 * time.Hour
	// cloudNeeds is the oldest iOS that iCloud backs up since 18 December 2024.
	cloudNeeds = 9
)

// plainIOS is the form of a released version; betas and nonsense are not compared.
var plainIOS = regexp.MustCompile(`^[1-9][0-9]?(\.[0-9]{1,2}){1,3}$`)

// betaBuild is the form of a beta's build, which ends in a small letter: 24C5073e.
var betaBuild = regexp.MustCompile(`^[0-9]{2}[A-Z][0-9]{3,5}[a-z]$`)

func checkIOSVersion(in Input) Result {
	r := judgeIOSVersion(in)
	if in.Phone.Build.State != facts.Read && r.Status == Pass && !r.Answered {
		version, _ := in.Phone.Version.Known()
		return iosVersion.outcome(Unknown, "build-unread", words.Args{"Version": version}, r.Evidence)
	}
	return r
}

func judgeIOSVersion(in Input) Result {
	p := in.Phone
	e := evidence{}
	text, _ := note(e, keyVersion, p.Version)
	note(e, keyModel, p.ProductType)
	build, _ := note(e, keyBuild, p.Build)
	noteVersions(e, in.Network.Versions)

	open := func(found string, args words.Args) Result {
		switch in.chose(askUpToDate) {
		case "yes":
			return iosVersion.outcome(Pass, "said-yes", nil, e).answered().asking(in, askUpToDate)
		case "no":
			return iosVersion.outcome(Warn, "said-no", nil, e, iosSteps(in)...).answered().asking(in, askUpToDate)
		}
		if in.Network.Versions.Reason == facts.Pending && found != "unread" {
			return pending(e)
		}
		return iosVersion.outcome(Ask, found, args, e).asking(in, askUpToDate)
	}
	if !plainIOS.MatchString(text) {
		return open("unread", nil)
	}
	list, heard := in.offered()
	c := compare(text, p.ProductType)
	if model, _ := p.ProductType.Known(); len(list.Offered[model]) > 0 {
		c = compareOffered(text, p.ProductType, list)
	} else if heard {
		heard = !list.knowsNewer(text)
	}
	args := words.Args{
		"Version": text, "Model": c.model, "Latest": c.sameLine, "Newest": c.best,
		"AsOf": words.Date(c.asOf), "Menu": menu("software-update", p),
	}
	stale := in.Now.Sub(c.asOf) > tableGood
	steps := []Fix{iosVersion.fix(Update, "update", args)}
	switch {
	case betaBuild.MatchString(build) && in.savedLately():
		return iosVersion.outcome(Pass, "beta", args, e)
	case betaBuild.MatchString(build):
		return iosVersion.outcome(Warn, "beta", args, e, leaveBeta(p, args))
	case majorOf(p) < cloudNeeds:
		return iosVersion.outcome(Fail, "below-icloud", args, e, iosSteps(in)...)
	case c.known && c.behind > 0 && !c.patched:
		return iosVersion.outcome(Warn, "too-old", args, e, steps...)
	case c.known && c.behind > 0 && c.older:
		return iosVersion.outcome(Warn, "behind", args, e, steps...)
	case c.older && c.known:
		return iosVersion.outcome(Warn, "update", args, e, steps...)
	case c.older:
		return iosVersion.outcome(Warn, "update-unknown-model", args, e, iosSteps(in)...)
	case c.offered && c.newest:
		return iosVersion.outcome(Pass, "offered", args, e)
	case stale && (c.newest || c.known && c.patched):
		return open("table-old", args)
	case !heard && (c.newest || c.known && c.patched):
		return open("unchecked", args)
	case c.beyond:
		return iosVersion.outcome(Pass, "beyond", args, e)
	case c.newest:
		return iosVersion.outcome(Pass, "newest", args, e)
	case c.known && c.behind > 0:
		return iosVersion.outcome(Pass, "newest-of-line", args, e)
	case c.known && c.listed:
		return iosVersion.outcome(Pass, "end-of-line", args, e)
	case c.known:
		return open("unlisted", args)
	}
	return open("unknown-model", args)
}

// betaMenu is the first iOS that chooses betas in its own menu. Before, they
// came by a profile.
var betaMenu = version.Must(version.NewVersion("16.4"))

// leaveBeta is the way from a beta to a finished version.
func leaveBeta(p facts.Phone, args words.Args) Fix {
	if text, _ := p.Version.Known(); version.Must(version.NewVersion(text)).LessThan(betaMenu) {
		args["Profiles"] = menu("device-management", p)
		return iosVersion.fix(Update, "leave-beta-profile", args)
	}
	return iosVersion.fix(Update, "leave-beta", args)
}

// comparison is a version compared with the table, or against what Apple offers.
type comparison struct {
	asOf     time.Time // when that was true
	offered  bool      // it is what Apple offers this model
	model    string    // its name, "" when the table lacks it
	known    bool      // the table knows the model
	listed   bool      // the table knows the line
	behind   int       // lines between this version and the newest that the model runs
	patched  bool      // Apple still patches this version's line
	older    bool      // a newer version of the same line exists
	newest   bool      // on the newest line of all, and not older
	beyond   bool      // newer than anything in the table
	sameLine string    // the latest version of the same line
	best     string    // the newest version that the model runs, as far as the table knows
}

// compare holds a plain version of iOS against the table.
func compare(text string, productType facts.Datum[string]) comparison {
	table := knowledge.IOS()
	installed := version.Must(version.NewVersion(text))
	name, _ := productType.Known()
	model, known := knowledge.ModelOf(name)
	c := comparison{asOf: table.AsOf.Time, known: known, model: model.Name, best: table.Newest().Latest}

	if at := table.Index(installed.Segments()[0]); at >= 0 {
		line := table.Lines[at]
		c.listed, c.patched, c.sameLine = true, line.Patched, line.Latest
		if known {
			last := table.Index(model.LastMajor)
			c.best = table.Lines[last].Latest
			if model.LastVersion != "" {
				c.best = model.LastVersion
			}
			if at == last {
				c.sameLine = c.best
			}
			c.behind = max(0, last-at)
		}
		c.older = installed.LessThan(version.Must(version.NewVersion(c.sameLine)))
	}
	newest := version.Must(version.NewVersion(table.Newest().Latest))
	c.beyond = installed.GreaterThan(newest)
	c.newest = !installed.LessThan(newest)
	return c
}

// keyNetworkVersions is the name of the list of versions in the evidence.
const keyNetworkVersions = "network/Versions"

// noteVersions says where the list came from, if it was asked for.
func noteVersions(e evidence, d facts.Datum[VersionList]) {
	switch list, ok := d.Known(); {
	case ok:
		e[keyNetworkVersions] = tidy(list.Source) + " (" + list.AsOf.UTC().Format(time.DateOnly) + ")"
	case d.Reason != "":
		note(e, keyNetworkVersions, d)
	}
}

// offered is what Apple offers, where that can be relied on and the table is
// not the newer of the two; else no list. Heard is false where the list was
// asked for and did not come: the table alone then calls no version the newest.
func (in Input) offered() (list VersionList, heard bool) {
	list, ok := in.Network.Versions.Known()
	if !ok {
		return VersionList{}, in.Network.Versions.Reason == ""
	}
	age := in.Now.Sub(list.AsOf)
	strange := slices.ContainsFunc(list.all(), func(v string) bool { return !plainIOS.MatchString(v) })
	switch {
	case list.AsOf.Before(knowledge.IOS().AsOf.Time):
		return VersionList{}, true
	case age > tableGood, age < -clockSlack, strange:
		return VersionList{}, false
	}
	return list, true
}

// knowsNewer reports whether any iPhone is offered more than a plain version.
func (l VersionList) knowsNewer(text string) bool {
	installed := version.Must(version.NewVersion(text))
	return slices.ContainsFunc(l.all(), func(v string) bool { return installed.LessThan(version.Must(version.NewVersion(v))) })
}

// all are the versions that are offered to any iPhone.
func (l VersionList) all() []string { return slices.Concat(slices.Collect(maps.Values(l.Offered))...) }

// compareOffered holds a plain version of iOS against what Apple offers its model.
func compareOffered(text string, productType facts.Datum[string], list VersionList) comparison {
	name, _ := productType.Known()
	newest := list.Offered[name][0]
	installed, best := version.Must(version.NewVersion(text)), version.Must(version.NewVersion(newest))
	line, last := installed.Segments()[0], best.Segments()[0]
	model, known := knowledge.ModelOf(name)
	if !known {
		model.Name = "iPhone"
	}
	c := comparison{asOf: list.AsOf, offered: true, known: true, model: model.Name, best: newest, newest: !installed.LessThan(best)}

	lines, repaired := linesOf(list)
	c.listed, c.patched = slices.Contains(lines, line), slices.Contains(repaired, line)
	if c.listed {
		c.behind = max(0, slices.Index(lines, last)-slices.Index(lines, line))
	}
	if c.sameLine = newestOf(line, list); line == last {
		c.sameLine = c.best
	}
	c.older = c.sameLine != "" && installed.LessThan(version.Must(version.NewVersion(c.sameLine)))
	return c
}

// newestOf is the newest version of a line that the list or the table knows,
// "" for none.
func newestOf(line int, list VersionList) string {
	known := list.all()
	for _, l := range knowledge.IOS().Lines {
		known = append(known, l.Latest)
	}
	newest := ""
	for _, text := range known {
		v := version.Must(version.NewVersion(text))
		if v.Segments()[0] == line && (newest == "" || v.GreaterThan(version.Must(version.NewVersion(newest)))) {
			newest = text
		}
	}
	return newest
}

// linesOf lists the lines of iOS that the table or the list knows, oldest
// first, and those that Apple offers to any iPhone, and so still repairs.
func linesOf(list VersionList) (all, repaired []int) {
	for _, v := range list.all() {
		repaired = append(repaired, version.Must(version.NewVersion(v)).Segments()[0])
	}
	for _, l := range knowledge.IOS().Lines {
		all = append(all, l.Major)
	}
	all = append(all, repaired...)
	slices.Sort(all)
	return slices.Compact(all), repaired
}

// iosSteps are for when nobody here can say which version is the newest.
func iosSteps(in Input) []Fix {
	return []Fix{iosVersion.fix(Update, "update-offered", menuArgs("software-update", in.Phone))}
}
