package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// The date of the last backup that iCloud completed is the only proof that
// backups work; a failed attempt never moves it. Rule: section 3 of the notes on checks.
const lastCloud topic = "last-icloud-backup"

// It is a symptom: any cause that fails comes before it in the verdict.
var _ = register(cause{id: lastCloud, place: 30, blocks: 150, seen: true, check: checkLastCloud})

// askLastDate is for a phone that does not tell the date.
var askLastDate = asks(inquiry{id: "last-date", choices: []string{"days", "week", "older", "never"}, menu: "icloud-backup", good: 24 * time.Hour})

const (
	cloudFresh = 3 * 24 * time.Hour // up to here a date is fine
	cloudOld   = 7 * 24 * time.Hour // beyond, backups have failed
	// clockSlack is how far ahead of this computer a phone's clock may run
	// before a date counts as lying in the future.
	clockSlack = 15 * time.Minute
)

// cloudBegan is the day iCloud opened. An older date is no date of a backup.
var cloudBegan = time.Date(2011, 10, 12, 0, 0, 0, 0, time.UTC)

func checkLastCloud(in Input) Result {
	p := in.Phone
	e := evidence{}
	note(e, keyLastCloud, p.LastCloudBackup)
	note(e, keyCloudEnabled, p.CloudBackupEnabled)

	now := lastCloud.fix(Retry, "back-up-now", menuArgs("icloud-backup", p)).does(WatchAttempt)
	night := lastCloud.fix(Retry, "overnight", nil)
	last, known := p.LastCloudBackup.Known()
	on, switchKnown := p.CloudBackupEnabled.Known()
	open := func(found string, args words.Args) Result {
		switch said := in.chose(askLastDate); said {
		case "days":
			return lastCloud.outcome(Pass, "said-days", nil, e).answered().asking(in, askLastDate)
		case "week":
			return lastCloud.outcome(Warn, "said-week", nil, e, night, now).answered().asking(in, askLastDate)
		case "older", "never":
			return lastCloud.outcome(Fail, "said-"+said, nil, e, now, night).answered().asking(in, askLastDate)
		}
		return lastCloud.outcome(Ask, found, args, e).asking(in, askLastDate)
	}
	if !known {
		switch {
		case p.LastCloudBackup.State == facts.Absent && switchKnown && on:
			r := lastCloud.outcome(Fail, "never", nil, e, now, night).asking(in, errorText)
			r.history = lastCloud.history("never", nil)
			return r
		case p.LastCloudBackup.State == facts.Absent:
			return open("absent", nil)
		}
		return open("unread", nil)
	}

	age := in.Now.Sub(last)
	args := words.Args{"Date": words.Date(last), "Age": words.Span(age)}
	switch {
	case last.Before(cloudBegan):
		return open("no-date", args)
	case age < -clockSlack:
		if in.clocksRight() {
			return lastCloud.outcome(Warn, "future-once", args, e, now, night)
		}
		return lastCloud.outcome(Warn, "future", args, e, lastCloud.fix(Setting, "clock", menuArgs("date-and-time", p)))
	case age <= cloudFresh:
		r := lastCloud.outcome(Pass, "fresh", args, e)
		r.history = lastCloud.history("fresh", args)
		return r
	case age <= cloudOld:
		r := lastCloud.outcome(Warn, "overdue", args, e, night, now)
		r.history = lastCloud.history("overdue", args)
		return r
	}
	r := lastCloud.outcome(Fail, "old", args, e, now, night).asking(in, errorText)
	r.history = lastCloud.history("old", args)
	return r
}

// history is the clause that the verdict adds to another cause.
func (t topic) history(found string, args words.Args) words.Text {
	return say(string(t)+".history."+found, args)
}
