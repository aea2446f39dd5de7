package checks

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
)

// errorText is the exact text of an error on the phone's screen.
var errorText = asks(questionDef{id: "error-text", menu: "icloud-backup", good: 7 * 24 * time.Hour})

// tryCounts is how long an earlier try that failed still speaks of today.
const tryCounts = 7 * 24 * time.Hour

// witness is what a source other than the signals says about a cause: the phone's
// log, an earlier try that was listened to, or the error that the user read.
type witness struct {
	found    string // which sentence it gives: "common.found.<found>"
	args     words.Args
	said     string // kind of the error text, see saidSteps
	hint     bool   // it names something that does not stop a backup
	now      bool   // heard just now, so that no signal is newer
	likely   bool   // it can be the cause, and need not be
	noted    bool   // of a try that the phone noted itself, mostly at night
	evidence string // key and value of the evidence
	value    string
}

// override lets other witnesses speak about a cause. A signal of today does not
// refute an error of another time: the error decides. Only where the facts show by
// themselves that its cause is over does it become what was likely.
func (c cause) override(in Input, r Result) Result {
	if c.remedy == nil {
		return r
	}
	w, ok := in.witnessOf(c.id)
	if !ok {
		return r
	}
	if w.evidence != "" {
		r.Evidence[w.evidence] = w.value
	} else {
		noteAnswer(r.Evidence, in, errorText)
	}
	if r.Status == Fail { // it keeps its own finding, which names a value
		return r
	}
	over := r.Status == Pass && !r.Answered && c.seen && !w.now && !(w.noted && c.stands)
	r.Status, r.Pending, r.Answered, r.witnessed, r.aside = Fail, false, w.found == "text", true, w.hint
	r.Finding = say("common.found."+w.found, w.args)
	r.headline, r.Value = say(string(c.id)+".headline.blamed", nil), say(string(c.id)+".value.blamed", nil)
	r.Fix = c.remedy(in)
	if w.said != "" {
		r.headline, r.Value = say("text."+w.said, nil), say("common.value."+w.said, nil)
		if steps := saidSteps[w.said]; steps != nil {
			r.Fix = steps(in)
		}
	}
	if over {
		r.Finding = say("common.found.over", words.Args{"Said": r.Finding})
	}
	if over && c.id != management { // whose rules no signal shows; else it only has to be tried again
		r.Fix, r.Value = []Fix{tryStep(in)}, say("common.value.over", nil)
	}
	if over || w.hint || w.likely {
		r.Status = Warn
	}
	return r
}

// witnessOf is the strongest witness that names a cause: the last try of the
// phone that somebody listened to or that the phone noted itself, then what its
// log says without a try, then the user.
func (in Input) witnessOf(id topic) (witness, bool) {
	if a, now := in.lastTry(); !a.noted && a.Outcome == devicelog.Failed && a.Cause == string(id) && !in.savedSince(a.Ended) {
		w := witness{found: "log", args: words.Args{"Codes": chain(a.Codes)}, now: now, evidence: "log/backupd", value: chain(a.Codes)}
		switch {
		case !now:
			w.found, w.args["Date"] = "log-earlier", words.Date(a.Ended)
		case !a.Proven:
			w.found = "log-likely"
		}
		return w, true
	}
	if in.Attempt.Outcome == devicelog.Open {
		if w, ok := in.notedWitness(id); ok {
			return w, true
		}
	}
	for _, s := range in.Attempt.Signs {
		if s.Conclusive && s.Cause == string(id) && !in.savedSince(s.Last) {
			return witness{found: "log-sign", now: true, evidence: "log/" + tidy(s.ID), value: strconv.Itoa(s.Count)}, true
		}
	}
	if text, ok := in.said(errorText); ok && !in.savedSince(text.At) {
		if said, known := knowledge.TextSays(text.Text); known && said.Cause == string(id) {
			return witness{found: "text", said: said.Says, hint: said.Hint}, true
		}
	}
	return witness{}, false
}

// lastTry is the phone's last try to back up that ended: the one that was
// heard now, or else the newest that was listened to before, or that the phone
// noted itself, and still counts.
func (in Input) lastTry() (last try, now bool) {
	if in.Attempt.Outcome != devicelog.Open {
		return try{Attempt: in.Attempt}, true
	}
	tries := in.notedTries()
	for _, a := range in.Earlier {
		tries = append(tries, try{Attempt: a})
	}
	for _, a := range tries {
		age := in.Now.Sub(a.Ended)
		if a.Outcome != devicelog.Open && age <= tryCounts && age >= -clockSlack && a.Ended.After(last.Ended) {
			last = a
		}
	}
	return last, false
}

// FailingSince is since when a check fails by what the phone itself reports: its
// first try that failed for that cause since it was saved last, as somebody heard it or as
// the phone noted it; for the date of the last backup that date, or else the first
// try of all. It can be long before Lifeboat saw the phone.
func (in Input) FailingSince(id string) (first time.Time, known bool) {
	last, dated := in.Phone.LastCloudBackup.Known()
	if id == string(lastCloud) && dated && !last.Before(cloudBegan) && !last.After(in.Now) {
		return last, true
	}
	tries := in.failures()
	for _, a := range append(slices.Clone(in.Earlier), in.Attempt) {
		tries = append(tries, try{Attempt: a})
	}
	for _, t := range tries {
		of := t.Cause == id || id == string(lastCloud) && !dated
		if t.Outcome == devicelog.Failed && of && !t.Ended.IsZero() && !in.savedSince(t.Ended) && (!known || t.Ended.Before(first)) {
			first, known = t.Ended, true
		}
	}
	return first, known
}

// savedSince reports whether a backup was completed after a moment.
func (in Input) savedSince(at time.Time) bool {
	last, known := in.Phone.LastCloudBackup.Known()
	return known && last.After(at)
}

// saidSteps are the steps for an error text that says more than the name of
// its cause, by what it says.
var saidSteps = map[string]func(Input) []Fix{
	"payment":     func(in Input) []Fix { return noticeSteps(in, "payment") },
	"terms":       func(in Input) []Fix { return noticeSteps(in, "terms") },
	"screen-time": screenTimeSteps,
	"restoring": func(in Input) []Fix {
		return []Fix{stuckBackup.fix(Retry, "restoring", nil), restartStep()}
	},
	"files-left-out": func(in Input) []Fix {
		return []Fix{stuckBackup.fix(Retry, "left-out", menuArgs("icloud-backup", in.Phone))}
	},
}

// chain writes codes as the phone does: "MBErrorDomain 303, CKErrorDomain 25".
func chain(codes []devicelog.Code) string {
	parts := make([]string, 0, len(codes))
	for _, c := range codes {
		parts = append(parts, tidy(c.Domain)+" "+strconv.Itoa(c.Number))
	}
	return strings.Join(parts, ", ")
}
