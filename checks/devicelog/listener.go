package devicelog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

const (
	maxLine   = 8 << 10 // bytes of a line that are looked at
	maxPhases = 64
	maxSigns  = 64
	// straggle is how long after its end an attempt may still be spoken of:
	// backupd says "done" of the last phase, and its scheduler repeats a failure, only then.
	straggle = 5 * time.Second
)

// makers are the programs that make backups, which are silent when there is none;
// the others that patterns name talk all day.
var makers = []string{"backupd", "BackupAgent2"}

// Listener makes out of lines, one by one, what became of an attempt. It is
// not safe for concurrent use.
type Listener struct {
	// Zone is the one in which the phone writes dates. No source gives it; New
	// takes this computer's, where the phone mostly is too.
	Zone *time.Location

	table   knowledge.LogTable
	attempt Attempt
	line    int         // how many lines were recognised
	end     int         // the line that ended this attempt, 0 while it is open
	before  int         // the line that ended the attempt before
	last    map[int]int // the line in which the sign of this index came last
}

// New returns a Listener that has heard nothing.
func New() *Listener { return &Listener{Zone: time.Local, table: knowledge.Log(), last: map[int]int{}} }

// Attempt is a copy of what was heard so far.
func (l *Listener) Attempt() Attempt {
	a := l.attempt
	a.Phases, a.Codes, a.Signs = slices.Clone(a.Phases), slices.Clone(a.Codes), slices.Clone(a.Signs)
	return a
}

// Add takes the next line, and reports whether it changed the attempt.
func (l *Listener) Add(line facts.LogLine) (changed bool) {
	process := program(line.Process)
	if slices.Contains(makers, process) && !l.attempt.Heard {
		l.attempt.Heard, changed = true, true
	}
	text := cut(line.Text)
	for _, p := range l.table.Patterns {
		if !slices.Contains(p.Processes, process) {
			continue
		}
		if m := p.Regexp.FindStringSubmatch(text); m != nil {
			l.line++
			l.attempt.Heard = true
			changed = l.take(p, m, line.At, text) || changed
		}
	}
	return changed
}

// take applies one pattern that matched.
func (l *Listener) take(p knowledge.LogPattern, m []string, at time.Time, text string) (changed bool) {
	group := func(name string) string {
		if i := p.Regexp.SubexpIndex(name); i >= 0 {
			return m[i]
		}
		return ""
	}
	switch p.Kind {
	case knowledge.LogCondition:
		return l.conditions(text)
	case knowledge.LogBegin:
		l.begin(at)
	case knowledge.LogPhase:
		l.phase(group("phase"), seconds(group("secs")), at)
	case knowledge.LogSuccess:
		l.succeed(at)
	case knowledge.LogFinal:
		return l.fail(p, codesOf(group("rest")), at)
	case knowledge.LogRetry:
		if next := nextTry(group("rest"), at, l.Zone); !next.IsZero() {
			l.attempt.NextTry = next
		}
		l.sign(p.ID, p.Cause, p.Proven, at)
	case knowledge.LogSign:
		l.sign(p.ID, p.Cause, p.Proven, at)
	}
	return true
}

// begin forgets the attempt before, but neither the conditions nor the signs.
func (l *Listener) begin(at time.Time) {
	a := &l.attempt
	if a.Outcome != Open {
		l.before, l.end = l.end, 0
	}
	*a = Attempt{Heard: true, Began: at, Conditions: a.Conditions, Signs: a.Signs}
	if !at.IsZero() && len(l.table.Phases) > 0 {
		a.Phase = l.table.Phases[0]
	}
}

// straggles reports whether a line may still be of the attempt that ended.
func (l *Listener) straggles(at time.Time) bool {
	since := at.Sub(l.attempt.Ended)
	return l.attempt.Outcome != Open && since < straggle && since > -straggle
}

// phase notes a step that is done. The first one after an end begins an attempt.
func (l *Listener) phase(name string, took time.Duration, at time.Time) {
	late := l.straggles(at)
	if l.attempt.Outcome != Open && !late {
		l.begin(at.Add(-took))
	}
	a := &l.attempt
	if a.Began.IsZero() {
		a.Began = at.Add(-took)
	}
	if len(a.Phases) == maxPhases {
		a.Phases = slices.Delete(a.Phases, 0, 1)
	}
	a.Phases = append(a.Phases, Phase{Name: name, Took: took})
	a.Phase = ""
	if i := slices.Index(l.table.Phases, name); i >= 0 && i+1 < len(l.table.Phases) && !late {
		a.Phase = l.table.Phases[i+1]
	}
}

// succeed notes the end that everybody hopes for.
func (l *Listener) succeed(at time.Time) {
	if l.attempt.Outcome != Open && !l.straggles(at) {
		l.begin(time.Time{})
	}
	a := &l.attempt
	a.Outcome, a.Ended, a.Phase = Succeeded, at, ""
	a.Codes, a.Cause, a.Proven = nil, "", false
	l.end = l.line
}

// seconds reads a number with a point; what is none, or longer than a year, is 0.
func seconds(text string) time.Duration {
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || !(s >= 0 && s <= 365*24*3600) {
		return 0
	}
	return time.Duration(s * float64(time.Second))
}

// fail notes how an attempt ended. Of several lines about one end, the first
// with a cause stands, else the first with codes, else the first; none of them
// takes back a success.
func (l *Listener) fail(p knowledge.LogPattern, codes []Code, at time.Time) (changed bool) {
	again := l.straggles(at)
	if l.attempt.Outcome != Open && !again {
		l.begin(time.Time{})
	}
	a := &l.attempt
	cause, proven := l.causeOf(p, codes)
	if again && (a.Outcome == Succeeded || a.Cause != "" || cause == "" && (len(a.Codes) > 0 || len(codes) == 0)) {
		return false
	}
	a.Outcome, a.Phase, a.Codes, a.Cause, a.Proven = Failed, "", codes, cause, proven
	if !again {
		a.Ended, l.end = at, l.line
	}
	if !again || cause != "" {
		l.sign(p.ID, cause, proven, at)
	}
	return true
}

// causeOf returns the cause of a failure: by its codes, which a sign of the same
// attempt may make more precise; or else by the only cause for which the
// phone said that it refuses. Else there is none: it is never guessed.
func (l *Listener) causeOf(p knowledge.LogPattern, codes []Code) (cause string, proven bool) {
	known, ok := knowledge.Errors().CauseOf(codes)
	refused := map[string]bool{} // cause → proven
	for i, s := range l.attempt.Signs {
		if l.last[i] <= l.before {
			continue // of an attempt before
		}
		said := l.pattern(s.ID)
		if ok && said.Refines != 0 && known.Domain == knowledge.MBDomain && known.From == said.Refines {
			return said.Cause, p.Proven && said.Proven
		}
		if said.Refuses {
			refused[said.Cause] = refused[said.Cause] || said.Proven
		}
	}
	if ok {
		return known.Cause, p.Proven && known.Proven
	}
	if len(refused) == 1 {
		for cause, proven := range refused {
			return cause, p.Proven && proven
		}
	}
	return "", false
}

// codesOf finds the chain of errors in what follows "Backup failed:". Where
// codes stand in the part that backupd makes public, the error object behind it is not
// asked: it may hold the name of a file, which may look like anything.
func codesOf(rest string) []Code {
	public, _, _ := strings.Cut(rest, ", <")
	if codes := knowledge.CodesIn(public); len(codes) > 0 {
		return codes
	}
	return knowledge.CodesIn(rest)
}

func (l *Listener) pattern(id string) knowledge.LogPattern {
	for _, p := range l.table.Patterns {
		if p.ID == id {
			return p
		}
	}
	return knowledge.LogPattern{}
}

// sign counts one more of a sign.
func (l *Listener) sign(id, cause string, proven bool, at time.Time) {
	signs := l.attempt.Signs
	i := slices.IndexFunc(signs, func(s Sign) bool { return s.ID == id && s.Cause == cause })
	if i < 0 {
		if len(signs) == maxSigns {
			return
		}
		i = len(signs)
		signs = append(signs, Sign{ID: id, Cause: cause, Proven: proven, Conclusive: l.pattern(id).Conclusive})
	}
	signs[i].Count++
	signs[i].Last = at
	l.last[i] = l.line
	l.attempt.Signs = signs
}

// program is the name of a process without its path and what a log may hang
// behind it: "backupd(MobileBackup)".
func program(process string) string {
	process = process[strings.LastIndexByte(process, '/')+1:]
	name, _, _ := strings.Cut(process, "(")
	name, _, _ = strings.Cut(name, "[")
	return name
}

// cut bounds a line.
func cut(text string) string { return text[:min(len(text), maxLine)] }
