package checks

import (
	"slices"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// The date of the last backup that iCloud completed is the only proof that
// backups work; a failed attempt never moves it
// (checks/SIGNALS.md#last-icloud-backup).
const lastCloud topic = "last-icloud-backup"

// It is a symptom: any cause that fails comes before it in the verdict, and
// while it passes no cause fails.
var _ = register(cause{id: lastCloud, place: 30, dependsOn: []topic{phoneReady}, urgency: 90, about: ICloud, means: symptom, seen: true,
	check: checkLastCloud,
	acts:  map[string]act{"back-up-now": actTry, "overnight": actNight, "clock": actClock}})

// askLastDate is for a phone that does not tell the date.
var askLastDate = asks(questionDef{id: "last-date", choices: []string{"days", "week", "older", "never"}, menu: "icloud-backup", good: 24 * time.Hour})

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
	last, known := note(e, keyLastCloud, p.LastCloudBackup)
	on, switchKnown := note(e, keyCloudEnabled, p.CloudBackupEnabled)
	noteRecord(e, in)

	now := tryStep(in)
	night := lastCloud.fix(Retry, "overnight", nil)
	open := func(found string, args words.Args) Result {
		switch said := in.chose(askLastDate); said {
		case "days":
			return lastCloud.dated(Pass, "said-days", nil, e).answered().asking(in, askLastDate)
		case "week":
			return lastCloud.dated(Warn, "said-week", nil, e, night, now).answered().asking(in, askLastDate)
		case "older", "never":
			return lastCloud.dated(Fail, "said-"+said, nil, e, now, night).answered().asking(in, askLastDate)
		}
		return lastCloud.outcome(Ask, found, args, e).asking(in, askLastDate)
	}
	if !known {
		switch {
		case p.LastCloudBackup.State == facts.Absent && switchKnown && on:
			return in.unsaved("never", nil, e, now, night)
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
		return lastCloud.dated(Pass, "fresh", args, e)
	case age <= cloudOld:
		return lastCloud.dated(Warn, "overdue", args, e, night, now)
	}
	return in.unsaved("old", args, e, now, night)
}

// dated is an outcome that knows since when iCloud has saved nothing, or that
// it has saved. The clause about it ends the sentence that names another cause.
func (t topic) dated(status Status, found string, args words.Args, e evidence, fixes ...Fix) Result {
	r := t.outcome(status, found, args, e, fixes...)
	r.headline = say(string(t)+".headline."+found, args)
	r.history = say(string(t)+".history."+found, args)
	return r
}

// unsaved is the outcome where iCloud has saved nothing for long, or never. The
// phone's own record says more of it, where there is one.
func (in Input) unsaved(found string, args words.Args, e evidence, fixes ...Fix) Result {
	r := lastCloud.dated(Fail, found, args, e, slices.Concat(fixes, in.recordAsk())...).asking(in, errorText)
	if t, is := in.unexplained(); is {
		noted := "noted"
		if t.Cause == string(phoneReady) {
			noted = "noted-locked"
		}
		r.Finding = say("last-icloud-backup.found."+noted, words.Args{"Said": r.Finding, "Date": words.Date(t.Ended), "Of": asOf(in.Record.Value)})
	}
	return r
}
