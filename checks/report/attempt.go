package report

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
)

// theAttempt is what was heard of the phone's last try.
func theAttempt(in Input) Section {
	a := in.Checks.Attempt
	if !a.Heard {
		return Section{}
	}
	outcome := "open"
	if a.Outcome == devicelog.Succeeded || a.Outcome == devicelog.Failed {
		outcome = string(a.Outcome)
	}
	s := Section{Heading: say("heading.attempt"), Lines: []Line{
		pair("outcome", say("outcome."+outcome)),
		pair("began", on(a.Began)),
		pair("ended", on(a.Ended)),
		pair("on-wifi", known(a.Conditions.OnWiFi, yesNo)),
		pair("on-power", known(a.Conditions.OnPower, yesNo)),
		pair("phone-locked", known(a.Conditions.Locked, yesNo)),
		pair("switched-on", known(a.Conditions.Enabled, yesNo)),
	}}
	if codes := chain(a.Codes); codes.Key != "" {
		s.Lines = append(s.Lines, pair("codes", codes))
	}
	if title := words.T("check."+a.Cause+".title", nil); a.Cause != "" && safe(title) {
		label := "blamed-likely"
		if a.Proven {
			label = "blamed"
		}
		s.Lines = append(s.Lines, pair(label, title))
	}
	if !a.NextTry.IsZero() {
		s.Lines = append(s.Lines, pair("next-try", on(a.NextTry)))
	}
	for _, phase := range a.Phases[:min(len(a.Phases), maxPhases)] {
		if slices.Contains(knowledge.Log().Phases, phase.Name) {
			s.Lines = append(s.Lines, Line{Label: asIs(phase.Name), Value: asIs(phase.Took.Round(10 * time.Millisecond).String()), Detail: true})
		}
	}
	return s
}

// chain words those codes whose family is known; the zero Text if none is.
func chain(codes []knowledge.Code) words.Text {
	var parts []string
	for _, c := range codes[:min(len(codes), maxCodes)] {
		if _, ok := domainForm(c.Domain); ok {
			parts = append(parts, c.Domain+" "+strconv.Itoa(c.Number))
		}
	}
	if len(parts) == 0 {
		return words.Text{}
	}
	return asIs(strings.Join(parts, ", "))
}

// redacted is how a line begins that devicelog.Redact wrote. One that begins
// otherwise is not from there.
var redacted = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z ([A-Za-z0-9-]{1,32}): `)

// theLog are the lines of the phone's log that may go out, the last ones if
// they are too many.
func theLog(in Input) Section {
	s := Section{Heading: say("heading.log")}
	mask := maskFor(in.Checks)
	for _, line := range in.Lines[max(0, len(in.Lines)-maxLines):] {
		head := redacted.FindStringSubmatch(line)
		if head == nil || len(line) > maxRaw {
			continue
		}
		if _, ok := processForm(head[1]); ok {
			s.Lines = append(s.Lines, Line{Label: asIs(head[0] + words.Brief(mask(line[len(head[0]):]), maxLine))})
		}
	}
	return s
}
