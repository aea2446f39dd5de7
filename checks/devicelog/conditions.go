package devicelog

import (
	"regexp"
	"strings"

	"lifeboat/device/facts"
)

// condition finds the fields of the scheduler's line, which differ in number
// and order between versions of iOS.
var condition = regexp.MustCompile(`(?i)\b(enabled|locked|onPower|onWiFi|onCellular)\s*[:=]\s*([01])\b`)

// parseConditions reads the fields of a line that reports the conditions. It
// ends with what changed, which is not to be taken for how it is.
func parseConditions(text string) Conditions {
	if i := strings.LastIndex(text, "changes:"); i > 0 && condition.MatchString(text[:i]) {
		text = text[:i]
	}
	var c Conditions
	for _, m := range condition.FindAllStringSubmatch(text, 32) {
		for i, d := range c.fields() {
			if strings.EqualFold(m[1], conditionNames[i]) && d.State == facts.NotRead {
				*d = facts.Of(m[2] == "1")
			}
		}
	}
	return c
}

// conditionNames are the phone's words for the [Conditions.fields], in the order of backupd's line.
var conditionNames = []string{"enabled", "locked", "onPower", "onWiFi", "onCellular"}

func (c *Conditions) fields() []*facts.Datum[bool] {
	return []*facts.Datum[bool]{&c.Enabled, &c.Locked, &c.OnPower, &c.OnWiFi, &c.OnCellular}
}

// conditions takes over what a line reports; what it leaves out stays.
func (l *Listener) conditions(text string) (changed bool) {
	read := parseConditions(text)
	now := l.attempt.Conditions
	for i, d := range read.fields() {
		if d.State == facts.Read {
			*now.fields()[i] = *d
		}
	}
	changed = now != l.attempt.Conditions
	l.attempt.Conditions = now
	return changed
}
