package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A backup on a computer protects the data while iCloud fails, and needs none
// of it. The phone knows when any computer made its last; only what stands
// in Lifeboat's folder is known to be there (checks/SIGNALS.md#last-local-backup).
const lastLocal topic = "last-local-backup"

var _ = register(cause{id: lastLocal, place: 200, dependsOn: []topic{thisComputer}, urgency: 120, about: ThisComputer, seen: true,
	check: checkLastLocal})

// localFresh is how old a backup here may be.
const localFresh = 30 * 24 * time.Hour

func checkLastLocal(in Input) Result {
	p := in.Phone
	e := evidence{keyHostLast: "none"}
	if in.Local.Exists {
		e[keyHostLast] = plain(in.Local.Finished)
	}
	last, lastKnown := note(e, keyLastLocal, p.LastLocalBackup)
	note(e, keyLastCloud, p.LastCloudBackup)

	here := in.Local.Finished
	age := in.Now.Sub(here)
	args := words.Args{"Date": words.Date(here), "Age": words.Span(age), "Last": words.Date(last)}
	first := lastLocal.fix(Tidy, "first", nil).does(BackUpHere)
	again := lastLocal.fix(Tidy, "again", nil).does(BackUpHere)
	switch {
	case in.Local.Exists && (here.IsZero() || age < -clockSlack):
		return lastLocal.outcome(Warn, "undated", args, e, again)
	case in.Local.Exists && age <= localFresh:
		return lastLocal.outcome(Pass, "fresh", args, e)
	case in.Local.Exists && lastKnown && last.Sub(here) > sameBackup:
		return lastLocal.outcome(Warn, "newer-elsewhere", args, e, again)
	case in.Local.Exists:
		return lastLocal.outcome(Warn, "old", args, e, again)
	case p.LastLocalBackup.State == facts.Absent && in.savesNothing():
		return lastLocal.outcome(Warn, "unprotected", nil, e, first)
	case p.LastLocalBackup.State == facts.Absent:
		return lastLocal.outcome(Warn, "never", nil, e, first)
	case !in.looked() && lastKnown:
		return lastLocal.outcome(Unknown, "somewhere", args, e, first)
	case !in.looked():
		return lastLocal.outcome(Unknown, "unread", nil, e, first)
	case lastKnown:
		return lastLocal.outcome(Warn, "elsewhere", args, e, first)
	}
	return lastLocal.outcome(Warn, "none-here", nil, e, first)
}

// sameBackup is how far the phone's date and ours for one backup may lie apart.
const sameBackup = 24 * time.Hour

// looked reports whether there was a folder in which a backup could be seen.
func (in Input) looked() bool {
	kind, known := in.Host.Kind.Known()
	return in.Host.Destination != "" && known && (kind == DestinationFolder || kind == DestinationNew && !in.Host.MustExist)
}
