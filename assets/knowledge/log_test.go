package knowledge

import (
	"regexp"
	"slices"
	"testing"
)

// processes are those whose lines are listened to.
var processes = []string{"backupd", "cloudd", "BackupAgent2", "akd", "accountsd", "apsd", "nsurlsessiond"}

func TestLogPatterns(t *testing.T) {
	table := Log()
	dated(t, table.AsOf)
	kinds := []LogKind{LogCondition, LogBegin, LogPhase, LogFinal, LogSuccess, LogRetry, LogSign}
	groups := []string{"", "secs", "count", "flag", "phase", "rest"}
	marks := regexp.MustCompile(`\{[a-z]*\}`)
	seen := map[string]bool{}
	for _, p := range table.Patterns {
		if !plainMenuName.MatchString(p.ID) || seen[p.ID] || !slices.Contains(kinds, p.Kind) {
			t.Errorf("%q (%s) is malformed or stands twice", p.ID, p.Kind)
		}
		seen[p.ID] = true
		if len(p.Processes) == 0 || slices.ContainsFunc(p.Processes, func(s string) bool { return !slices.Contains(processes, s) }) {
			t.Errorf("%s: processes %q", p.ID, p.Processes)
		}
		if p.Cause != "" && !slices.Contains(causes, p.Cause) {
			t.Errorf("%s speaks about %q, which is no check", p.ID, p.Cause)
		}
		if (p.Refuses || p.Refines != 0) && (p.Kind != LogSign || p.Cause == "") {
			t.Errorf("%s decides without a cause", p.ID)
		}
		if p.Proven && len(p.Seen) == 0 {
			t.Errorf("%s is proven, but was seen on no iOS", p.ID)
		}
		for _, major := range p.Seen {
			if IOS().Index(major) < 0 {
				t.Errorf("%s was seen on iOS %d, which the table of versions lacks", p.ID, major)
			}
		}
		names := p.Regexp.SubexpNames()
		for _, g := range names[1:] {
			if g == "" || !slices.Contains(groups, g) {
				t.Errorf("%s: group %q", p.ID, g)
			}
		}
		if p.Kind == LogFinal && !slices.Contains(names, "rest") || p.Kind == LogPhase && !slices.Contains(names, "phase") {
			t.Errorf("%s lacks a group", p.ID)
		}
		for _, m := range marks.FindAllString(p.Export, -1) {
			name := m[1 : len(m)-1]
			if name != "codes" && name != "conditions" && (name == "rest" || !slices.Contains(names, name)) {
				t.Errorf("%s exports %s", p.ID, m)
			}
		}
		if p.Export == "" || len(p.Example) > 400 {
			t.Errorf("%s: export %q, example of %d bytes", p.ID, p.Export, len(p.Example))
		}
		// An example is of its own pattern, and the only one that moves the attempt on.
		for _, other := range table.Patterns {
			matches := other.Regexp.MatchString(p.Example)
			if own := other.ID == p.ID; own != matches && (own || other.Kind != LogSign && p.Kind != LogSign) {
				t.Errorf("the example of %s matches %s: %v", p.ID, other.ID, matches)
			}
		}
	}
	for _, phase := range table.Phases {
		if !plainMenuName.MatchString(phase) {
			t.Errorf("phase %q", phase)
		}
	}
}

func TestBrokenLogTable(t *testing.T) {
	for name, data := range map[string]string{
		"no date":        `{"patterns":[{"id":"x","regexp":"y"}]}`,
		"no pattern":     `{"as_of":"2026-11-23","patterns":[]}`,
		"no expression":  `{"as_of":"2026-11-23","patterns":[{"id":"x"}]}`,
		"broken pattern": `{"as_of":"2026-11-23","patterns":[{"id":"x","regexp":"("}]}`,
		"mistyped name":  `{"as_of":"2026-11-23","patterns":[{"idd":"x"}]}`,
	} {
		if _, err := parseLog([]byte(data)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
