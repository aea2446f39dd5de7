package checks

import (
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
)

// errorText is the exact text of an error on the phone's screen.
var errorText = asks(inquiry{id: "error-text", menu: "icloud-backup", good: 7 * 24 * time.Hour})

// blamed lets other witnesses speak about a cause: what the phone wrote when
// it gave up, and the error that the user read on its screen. The phone's word is
// above all; the user's stands back behind a signal that was read.
func (c cause) blamed(in Input, r Result) Result {
	if c.remedy == nil {
		return r
	}
	if a := in.Attempt; a.Outcome == devicelog.Failed && a.Cause == string(c.id) && !in.mendedSince(a) {
		found := "log"
		if !a.Proven {
			found = "log-likely"
		}
		r.Evidence["log/backupd"] = chain(a.Codes)
		return c.accuse(in, r, found, words.Args{"Codes": chain(a.Codes)})
	}
	if text, ok := in.said(errorText); ok && (r.Status != Pass || r.Answered) {
		if cause, known := knowledge.CauseOfText(text.Text); known && cause == string(c.id) {
			noteAnswer(r.Evidence, in, errorText)
			failed := r.Status == Fail
			r = c.accuse(in, r, "text", nil)
			r.Answered = r.Answered || !failed
			return r
		}
	}
	return r
}

// accuse makes a result fail for the word of another witness. What failed by
// itself keeps its own finding, which names a value.
func (c cause) accuse(in Input, r Result, found string, args words.Args) Result {
	if r.Status == Fail {
		return r
	}
	r.Status, r.Answered, r.Pending = Fail, false, false
	r.Finding = say("common.found."+found, args)
	r.headline = say(string(c.id)+".headline.blamed", nil)
	r.Fix = c.remedy(in)
	return r
}

// mendedSince says whether a backup was completed after an attempt failed.
func (in Input) mendedSince(a devicelog.Attempt) bool {
	last, known := in.Phone.LastCloudBackup.Known()
	return known && last.After(a.Ended)
}

// chain writes codes as the phone does: "MBErrorDomain 303, CKErrorDomain 25".
func chain(codes []devicelog.Code) string {
	parts := make([]string, 0, len(codes))
	for _, c := range codes {
		parts = append(parts, tidy(c.Domain)+" "+strconv.Itoa(c.Number))
	}
	return strings.Join(parts, ", ")
}
