package report

import (
	"regexp"
	"slices"
	"strings"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/device/facts"
)

// Bounds of a report.
const (
	maxSteps    = 100
	maxApps     = 10
	maxProfiles = 30
	maxCrashes  = 50
	maxEvents   = 10
	maxPhases   = 30
	maxCodes    = 16
	maxLines    = 1000
	maxLine     = 300  // characters
	maxRaw      = 2000 // bytes of a line; longer ones are left out
	maxError    = 1000 // characters
	maxName     = 64   // characters
)

// about says what this is and what it leaves out.
func about(in Input) Section {
	written := pair("written", on(in.Checks.Now))
	if _, ok := appForm(in.App); ok {
		written = Line{Label: words.T("report.label.written-by", words.Args{"Version": in.App}), Value: on(in.Checks.Now)}
	}
	return Section{Lines: []Line{written, {Label: words.T("report.left-out", words.Args{"Mask": removed})}}}
}

// asked are the four things that Apple Support asks for.
func asked(in Input) Section {
	p := in.Checks.Phone
	s := Section{Heading: say("heading.asked"), Lines: []Line{
		pair("version", versionOf(p)),
		pair("error", say("state.none-typed")),
	}}
	text := in.Checks.Answers["error-text"].Text
	if text = text[:min(len(text), maxMasked)]; strings.TrimSpace(text) != "" {
		s.Lines[1].Value = asIs(`"` + words.Brief(maskFor(in.Checks)(text), maxError) + `"`)
		if codes := chain(knowledge.CodesIn(text)); codes.Key != "" {
			s.Lines = append(s.Lines, Line{Label: say("label.codes"), Value: codes, Detail: true})
		}
	}
	s.Lines = append(s.Lines, pair("last-icloud", known(p.LastCloudBackup, on)))
	for _, r := range byStatus(in.Results) {
		if since, ok := in.FailingSince[r.ID]; ok && r.Status == checks.Fail && r.Title.Key != "" && safe(r.Title) {
			s.Lines = append(s.Lines, Line{Label: words.T("report.label.failing-since", words.Args{"Check": r.Title}), Value: on(since)})
		}
	}
	steps := stepsOf(in)
	if len(steps) == 0 {
		return Section{s.Heading, append(s.Lines, pair("steps", say("state.none")))}
	}
	return Section{s.Heading, append(append(s.Lines, Line{Label: say("label.steps-below")}), steps...)}
}

// stepsOf words the steps that were taken, the last ones if they are too many.
func stepsOf(in Input) []Line {
	var lines []Line
	for _, s := range in.Steps[max(0, len(in.Steps)-maxSteps):] {
		if text, ok := stepText(in.Results, s.FixID); ok {
			lines = append(lines, Line{Label: words.T("report.step.tried", words.Args{"At": on(s.At)}), Value: text, Detail: true})
		}
	}
	return lines
}

var fixForm = regexp.MustCompile(`^[a-z0-9-]{1,40}/[a-z0-9-]{1,40}$`)

// stepText formats a step as it was worded to the user; one that is not advised
// any more by its bare words, or by the title of its check.
func stepText(results []checks.Result, fixID string) (words.Text, bool) {
	if !fixForm.MatchString(fixID) {
		return words.Text{}, false
	}
	check, name, _ := strings.Cut(fixID, "/")
	for _, r := range results {
		for _, f := range r.Fix {
			if f.ID == fixID && safe(f.Text) {
				return f.Text, true
			}
		}
	}
	key := "check." + check + ".fix." + name
	if said := words.English().Say(key, nil); said != "["+key+"]" {
		return words.T(key, nil), true
	}
	title := words.T("check."+check+".title", nil)
	return title, safe(title)
}

// versionOf is the version of iOS with its build.
func versionOf(p facts.Phone) words.Text {
	version := known(p.Version, versionForm.checked)
	build, known := p.Build.Known()
	if _, ok := buildForm(build); !known || !ok {
		return version
	}
	return words.T("report.with-build", words.Args{"Version": version, "Build": build})
}

// thePhone is what else the phone says about itself.
func thePhone(in Input) Section {
	p := in.Checks.Phone
	return Section{Heading: say("heading.phone"), Lines: []Line{
		pair("model", known(p.ProductType, form(modelForm).checked)),
		pair("switch", known(p.CloudBackupEnabled, yesNo)),
		pair("last-local", known(p.LastLocalBackup, on)),
		pair("last-here", lastHere(in.Checks.Local)),
		pair("free", known(p.DataAvailable, size)),
		pair("capacity", known(p.DataCapacity, size)),
		pair("level", known(p.BatteryLevel, number[int])),
		pair("power", known(p.ExternalConnected, yesNo)),
		pair("charging", known(p.BatteryCharging, yesNo)),
		pair("health", known(p.BatteryHealth, number[int])),
		pair("supervised", known(p.Supervised, yesNo)),
		pair("profiles", known(p.Profiles, count[facts.Profile])),
		pair("apps", known(p.Apps, count[facts.App])),
		pair("crashes", known(p.Crashes, count[facts.Crash])),
	}}
}

func lastHere(l checks.Local) words.Text {
	if !l.Exists {
		return say("state.none")
	}
	return on(l.Finished)
}

func count[T any](all []T) words.Text { return number(len(all)) }

// theComputer is what is known of this computer and of the cable.
func theComputer(in Input) Section {
	h, p := in.Checks.Host, in.Checks.Phone
	lines := []Line{
		pair("system", systemForm.checked(h.OS)),
		pair("destination", known(h.Kind, func(k checks.DestinationKind) words.Text { return kindForm.checked(string(k)) })),
		pair("file-system", known(h.FileSystem, fileSystemForm.checked)),
		pair("remote", known(h.Remote, yesNo)),
		pair("host-free", known(h.FreeBytes, size)),
		pair("connection", connectionForm.checked(p.Connection)),
		pair("drops", known(h.Drops, number[int])),
		pair("cable", known(p.CableSpeed, number[int64])),
	}
	if p.SpeedBits > 0 {
		lines = append(lines, pair("link", number(p.SpeedBits)))
	}
	return Section{say("heading.computer"), lines}
}

// appleServices is what Apple said about its services when the checks ran,
// and how its hosts answered.
func appleServices(in Input) Section {
	n := in.Checks.Network
	s := Section{Heading: say("heading.services"), Lines: []Line{
		pair("status", known(n.Status, func(s checks.ServiceStatus) words.Text { return on(s.AsOf) })),
	}}
	if status, ok := n.Status.Known(); ok {
		for _, e := range status.Events[:min(len(status.Events), maxEvents)] {
			state := "over"
			if e.Open {
				state = "open"
			}
			s.Lines = append(s.Lines, Line{Label: form(serviceForm).checked(e.Service), Detail: true,
				Value: words.T("report.event."+state, words.Args{"Kind": troubleForm.checked(e.Kind), "Since": on(e.Start), "End": on(e.End)})})
		}
		if len(status.Events) == 0 {
			s.Lines = append(s.Lines, Line{Label: say("event.none"), Detail: true})
		}
	}
	s.Lines = append(s.Lines, pair("paths", known(n.Paths, func(paths []checks.HostPath) words.Text {
		n := map[checks.HostState]int{}
		for _, p := range paths {
			n[p.State]++
		}
		return words.T("report.paths", words.Args{
			"All": len(paths), "Open": n[checks.HostOpen], "Blocked": n[checks.HostBlocked], "Intercepted": n[checks.HostIntercepted],
		})
	})))
	paths, _ := n.Paths.Known()
	for _, p := range paths {
		host, known := hostForm(p.Host)
		if known && (p.State == checks.HostBlocked || p.State == checks.HostIntercepted) {
			s.Lines = append(s.Lines, Line{Label: host, Value: say("path." + string(p.State)), Detail: true})
		}
	}
	return s
}

// theChecks are all results, with what each looked at and what the user said.
func theChecks(in Input) Section {
	s := Section{Heading: say("heading.checks")}
	if verdict := checks.Verdict(in.Results); safe(verdict) {
		s.Lines = append(s.Lines, Line{Label: verdict})
	}
	for _, r := range byStatus(in.Results) {
		if r.Title.Key == "" || !safe(r.Title) || !slices.Contains(order, r.Status) {
			continue
		}
		s.Lines = append(s.Lines, Line{Label: r.Title, Value: say("status." + string(r.Status))})
		if r.Finding.Key != "" && safe(r.Finding) {
			s.Lines = append(s.Lines, Line{Label: r.Finding, Detail: true})
		}
		s.Lines = append(append(s.Lines, evidenceOf(r)...), answersOf(r)...)
	}
	return s
}

// answersOf formats what the user tapped. What was typed is not among it.
func answersOf(r checks.Result) []Line {
	var lines []Line
	for _, q := range r.Questions {
		if q.Given == nil || !safe(q.Ask) {
			continue
		}
		for _, c := range q.Choices {
			if c.ID == q.Given.Choice && safe(c.Text) {
				lines = append(lines, Line{Label: q.Ask, Detail: true,
					Value: words.T("report.answer", words.Args{"Answer": c.Text, "At": on(q.Given.At)})})
			}
		}
	}
	return lines
}
