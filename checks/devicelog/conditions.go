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
		if d := c.field(m[1]); d.State == facts.NotRead {
			*d = facts.Of(m[2] == "1")
		}
	}
	return c
}

// field is the datum of a field by the phone's word for it.
func (c *Conditions) field(name string) *facts.Datum[bool] {
	switch strings.ToLower(name) {
	case "enabled":
		return &c.Enabled
	case "locked":
		return &c.Locked
	case "onpower":
		return &c.OnPower
	case "onwifi":
		return &c.OnWiFi
	}
	return &c.OnCellular
}

// conditionNames are the fields in the order of backupd's line.
var conditionNames = []string{"enabled", "locked", "onPower", "onWiFi", "onCellular"}

// conditions takes over what a line reports; what it leaves out stays.
func (l *Listener) conditions(text string) (changed bool) {
	read := parseConditions(text)
	now := l.attempt.Conditions
	for _, name := range conditionNames {
		if d := read.field(name); d.State == facts.Read {
			*now.field(name) = *d
		}
	}
	changed = now != l.attempt.Conditions
	l.attempt.Conditions = now
	return changed
}
