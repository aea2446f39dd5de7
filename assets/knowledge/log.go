package knowledge

import (
	_ "embed"
	"regexp"
	"slices"
	"sync"
)

//go:embed logpatterns.json
var logPatternsJSON []byte

// LogKind says what a line of the phone's log reports about a backup.
type LogKind string

const (
	LogCondition LogKind = "condition" // the state of what an automatic backup asks for
	LogBegin     LogKind = "begin"     // an attempt begins
	LogPhase     LogKind = "phase"     // a step is done
	LogFinal     LogKind = "final"     // the attempt failed; the group "rest" holds its codes
	LogSuccess   LogKind = "success"   // the attempt succeeded
	LogRetry     LogKind = "retry"     // when the phone tries again; the group "rest" may begin with the date
	LogSign      LogKind = "sign"      // anything else that speaks about a cause
)

// LogPattern recognises one kind of line. Apple documents none of them: most
// were read in the programs of iOS, and may be worded otherwise in other versions.
type LogPattern struct {
	ID        string   `json:"id"`
	Kind      LogKind  `json:"kind"`
	Processes []string `json:"processes"` // whose lines it is looked for in
	// Regexp has no groups but these: secs and count (numbers), flag (0 or 1),
	// phase (a word), rest (any text, never to be shown).
	Regexp *regexp.Regexp `json:"regexp"`
	Cause  string         `json:"cause"` // id of the check that it speaks about, "" for none
	// Proven says that such a line was seen in the log of a real phone.
	Proven bool  `json:"proven"`
	Seen   []int `json:"seen"` // major versions of iOS
	// Refuses: by this line alone the phone says why there is no backup, so
	// that it may stand in for codes that are not known.
	Refuses bool `json:"refuses"`
	// Conclusive: such a line is enough to name its cause, without a failed attempt.
	Conclusive bool `json:"accuses"`
	// Refines is the code of MBErrorDomain whose cause this line says more
	// precisely, 0 for none.
	Refines int `json:"refines"`
	// Export is what may be shown of such a line to others, with {secs},
	// {count}, {flag}, {phase}, {codes} and {conditions} in it.
	Export string `json:"export"`
	// Example is such a line, from a real log or built from the program's format.
	Example string `json:"example"`
}

// LogTable is all that is known about the lines.
type LogTable struct {
	AsOf Day `json:"as_of"`
	// Phases are the steps of a backup by the phone's own words, as far as
	// they are known, in their order.
	Phases   []string     `json:"phases"`
	Patterns []LogPattern `json:"patterns"`
}

// Log is the embedded table of log patterns: those of backupd in iOS 18 and
// 26 from the formats in the program, the others from posted logs.
var Log = sync.OnceValue(func() LogTable { return must(parseLog(logPatternsJSON)) })

func parseLog(data []byte) (LogTable, error) {
	return decode("log patterns", data, func(t LogTable) bool {
		return !t.AsOf.IsZero() && len(t.Patterns) > 0 && !slices.ContainsFunc(t.Patterns, func(p LogPattern) bool { return p.Regexp == nil })
	})
}
