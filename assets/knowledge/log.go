package knowledge

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"time"
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
	ID        string
	Kind      LogKind
	Processes []string // whose lines it is looked for in
	// Regexp has no groups but these: secs and count (numbers), flag (0 or 1),
	// phase (a word), rest (any text, never to be shown).
	Regexp *regexp.Regexp
	Cause  string // id of the check that it speaks about, "" for none
	// Proven says that such a line was seen in the log of a real phone.
	Proven bool
	Seen   []int // major versions of iOS
	// Refuses: by this line alone the phone says why there is no backup, so
	// that it may stand in for codes that are not known.
	Refuses bool
	// Conclusive: such a line is enough to name its cause, without a failed attempt.
	Conclusive bool
	// Refines is the code of MBErrorDomain whose cause this line says more
	// precisely, 0 for none.
	Refines int
	// Export is what may be shown of such a line to others, with {secs},
	// {count}, {flag}, {phase}, {codes} and {conditions} in it.
	Export string
	// Example is such a line, from a real log or built from the program's format.
	Example string
}

// LogTable is all that is known about the lines.
type LogTable struct {
	AsOf time.Time
	// Phases are the steps of a backup by the phone's own words, as far as
	// they are known, in their order.
	Phases   []string
	Patterns []LogPattern
}

// Log is the embedded table of log patterns: those of backupd in iOS 18 and
// 26 from the formats in the program, the others from posted logs.
var Log = sync.OnceValue(func() LogTable { return must(parseLog(logPatternsJSON)) })

func parseLog(data []byte) (LogTable, error) {
	var file struct {
		AsOf     string   `json:"as_of"`
		Phases   []string `json:"phases"`
		Patterns []struct {
			ID        string   `json:"id"`
			Kind      LogKind  `json:"kind"`
			Processes []string `json:"processes"`
			Regexp    string   `json:"regexp"`
			Cause     string   `json:"cause"`
			Proven    bool     `json:"proven"`
			Seen      []int    `json:"seen"`
			Refuses   bool     `json:"refuses"`
			Accuses   bool     `json:"accuses"`
			Refines   int      `json:"refines"`
			Export    string   `json:"export"`
			Example   string   `json:"example"`
		} `json:"patterns"`
	}
	if err := strict(data, &file); err != nil {
		return LogTable{}, fmt.Errorf("log patterns: %w", err)
	}
	at, err := time.Parse(time.DateOnly, file.AsOf)
	if err != nil {
		return LogTable{}, fmt.Errorf("log patterns: %w", err)
	}
	if len(file.Patterns) == 0 {
		return LogTable{}, errors.New("log patterns: no pattern")
	}
	table := LogTable{AsOf: at, Phases: file.Phases}
	for _, p := range file.Patterns {
		re, err := regexp.Compile(p.Regexp)
		if err != nil {
			return LogTable{}, fmt.Errorf("log patterns: %s: %w", p.ID, err)
		}
		table.Patterns = append(table.Patterns, LogPattern{
			ID: p.ID, Kind: p.Kind, Processes: p.Processes, Regexp: re, Cause: p.Cause, Proven: p.Proven,
			Seen: p.Seen, Refuses: p.Refuses, Conclusive: p.Accuses, Refines: p.Refines, Export: p.Export, Example: p.Example,
		})
	}
	return table, nil
}
