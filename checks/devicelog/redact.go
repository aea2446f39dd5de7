package devicelog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

// number is all that goes out of a captured number.
var number = regexp.MustCompile(`^[0-9]{1,15}(?:\.[0-9]{1,9})?$`)

// Redact turns lines into what may be shown to others. Nothing of a line goes
// out as it stands: one that is recognised is rewritten in the words of its pattern, with
// the numbers, known codes and known words that were found in it. All others are left out.
func Redact(lines []facts.LogLine) []string {
	table := knowledge.Log()
	out := []string{}
	for _, line := range lines {
		process := program(line.Process)
		text := cut(line.Text)
		for _, p := range table.Patterns {
			if !slices.Contains(p.Processes, process) {
				continue
			}
			if m := p.Regexp.FindStringSubmatch(text); m != nil {
				out = append(out, line.At.UTC().Format(time.RFC3339)+" "+process+": "+rendered(table, p, m, text))
			}
		}
	}
	return out
}

// rendered is a line that p recognised, in the words of p.
func rendered(table knowledge.LogTable, p knowledge.LogPattern, m []string, text string) string {
	pairs := []string{}
	if strings.Contains(p.Export, "{conditions}") {
		pairs = append(pairs, "{conditions}", fields(text))
	}
	for i, name := range p.Regexp.SubexpNames() {
		switch name {
		case "secs", "count", "flag":
			value := "?"
			if number.MatchString(m[i]) {
				value = m[i]
			}
			pairs = append(pairs, "{"+name+"}", value)
		case "phase":
			value := "step"
			if slices.Contains(table.Phases, m[i]) {
				value = m[i]
			}
			pairs = append(pairs, "{phase}", value)
		case "rest":
			pairs = append(pairs, "{codes}", publicCodes(knowledge.CodesIn(m[i])))
		}
	}
	return strings.NewReplacer(pairs...).Replace(p.Export)
}

// publicCodes writes a chain of errors. A domain that is not known might be
// anybody's name, and its number anybody's.
func publicCodes(codes []Code) string {
	parts := []string{}
	for _, c := range codes {
		part := "other"
		if domain, known := knowledge.Errors().Domain(c.Domain); known {
			part = domain + "(" + strconv.Itoa(c.Number) + ")"
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "no code"
	}
	return strings.Join(parts, " ")
}

// fields writes the conditions that a line reports.
func fields(text string) string {
	c := parseConditions(text)
	parts := []string{}
	for i, d := range c.fields() {
		if on, known := d.Known(); known {
			parts = append(parts, conditionNames[i]+":"+map[bool]string{false: "0", true: "1"}[on])
		}
	}
	if len(parts) == 0 {
		return "no field known"
	}
	return strings.Join(parts, ", ")
}
