package corpus_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dustin/go-humanize"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

// ownRecord is what the phone of a story remembers of its iCloud backups.
type ownRecord struct {
	Age      string   // of the backup that it was read from
	Outcomes []string // one a night, the newest last: "MBErrorDomain 303, CKErrorDomain 25"; "MBErrorDomain 0" for a success
	Ended    string   // how long ago the newest ended; seven hours unless given
	Sizes    []string // "AppDomain-com.example.chat|12GB"
	Longest  string   // the longest time when it was ready for a backup, five nights alike
	Lost     string   // what ended them: "power", "wifi" or "lock"
	// Restoring, Unlock and Locked: a restore has not ended; it waits to be
	// unlocked; nobody knows the password.
	Restoring, Unlock, Locked bool
	Odd                       bool // it could not be understood
}

func (o *ownRecord) read(t *testing.T, now time.Time) facts.Datum[facts.Record] {
	t.Helper()
	if o == nil {
		return facts.Datum[facts.Record]{Reason: facts.RecordNone}
	}
	r := facts.Record{Of: now.Add(-span(t, o.Age))}
	switch {
	case o.Locked:
		return facts.Datum[facts.Record]{Value: r, Reason: facts.RecordLocked}
	case o.Odd:
		return facts.Datum[facts.Record]{Value: r, State: facts.Refused, Reason: "WrongType"}
	}
	ended := now.Add(-7 * time.Hour)
	if o.Ended != "" {
		ended = now.Add(-span(t, o.Ended))
	}
	var outcomes []facts.Outcome
	for i, codes := range o.Outcomes {
		one := facts.Outcome{At: ended.AddDate(0, 0, i-len(o.Outcomes)+1)}
		for _, c := range knowledge.CodesIn(codes) {
			one.Codes = append(one.Codes, facts.ErrorCode{Domain: c.Domain, Number: c.Number})
		}
		outcomes = append(outcomes, one)
	}
	r.Outcomes = facts.Of(outcomes)
	var sizes []facts.DomainSize
	for _, s := range o.Sizes {
		domain, text, _ := strings.Cut(s, "|")
		n, err := humanize.ParseBytes(text)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, facts.DomainSize{Domain: domain, Bytes: int64(n)})
	}
	if len(sizes) > 0 {
		r.Sizes = facts.Of(sizes)
	}
	if o.Longest != "" {
		var spells []facts.Spell
		for n := range 5 {
			spells = append(spells, facts.Spell{Began: now.AddDate(0, 0, n-5), Lasted: span(t, o.Longest),
				OnPower: facts.Of(o.Lost != "power"), OnWiFi: facts.Of(o.Lost != "wifi"), Locked: facts.Of(o.Lost != "lock")})
		}
		r.Spells = facts.Of(spells)
	}
	r.Restoring, r.AwaitsUnlock = facts.Of(o.Restoring), facts.Of(o.Unlock)
	return facts.Of(r)
}
