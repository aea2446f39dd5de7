package checks

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// A backup can stand still for reasons of the phone's own: a program that
// makes it crashed, keys are missing because nobody unlocked the phone since it
// started, or what lies in iCloud is damaged (checks/SIGNALS.md#stuck-backup).
const stuckBackup topic = "stuck-backup"

var _ = register(cause{id: stuckBackup, place: 140, dependsOn: []topic{phoneReady}, urgency: 50, about: ICloud,
	check: checkStuckBackup, remedy: stuckSteps,
	acts: map[string]act{"back-up-now": actTry, "left-out": actTry, "wait": actNight}})

// askStuck is about what the page of iCloud Backup shows.
var askStuck = asks(questionDef{id: "stuck-text", choices: []string{"no", "estimating", "restoring", "error"}, menu: "icloud-backup", good: 24 * time.Hour})

const (
	crashFresh = 14 * 24 * time.Hour // older crashes say nothing of today
	crashesBad = 2                   // a single crash happens to the best
)

var (
	// backupPrograms are those of the phone that take part in a backup.
	backupPrograms = []string{"backupd", "cloudd", "BackupAgent2", "nsurlsessiond", "apsd"}
	// shortMemory is the report that iOS writes when it ended programs for
	// lack of memory. It names any program, so that it is only noted.
	shortMemory = "JetsamEvent"
	// signKinds words the log's signs by their ids; what is not here is "sign".
	signKinds = map[string]string{
		"keys-missing": "keys", "keys-missing-early": "keys", "keys-missing-again": "keys",
		"history-corrupt": "history", "server-reset": "history",
	}
)

func checkStuckBackup(in Input) Result {
	e := evidence{}
	crashes := countCrashes(in.Phone.Crashes, in.Now)
	note(e, keyCrashes, facts.Datum[int]{Value: crashes.total, State: in.Phone.Crashes.State, Reason: in.Phone.Crashes.Reason})
	for program, n := range crashes.of {
		e[keyCrashes+"/"+program] = strconv.Itoa(n)
	}
	saved, _ := note(e, keyLastCloud, in.Phone.LastCloudBackup)
	found, signs, proven := in.stuckSigns(e)

	_, known := in.Phone.Crashes.Known()
	args := words.Args{
		"Crashes": words.Count(crashes.total), "Programs": strings.Join(crashes.programs(), ", "), "Last": words.Date(crashes.last),
		"Signs": words.Count(signs), "Proven": proven, "Date": words.Date(saved),
	}
	steps := stuckSteps(in)
	open := func(found string) Result {
		switch said := in.complaint(askStuck); {
		case in.chose(askStuck) == "no":
			return stuckBackup.outcome(Pass, "said-no", nil, e).answered().asking(in, askStuck)
		case said == "estimating":
			return stuckBackup.outcome(Warn, "said-estimating", nil, e, steps...).answered().asking(in, askStuck)
		case said == "restoring":
			return stuckBackup.outcome(Fail, "said-restoring", nil, e, saidSteps["restoring"](in)...).answered().asking(in, askStuck)
		case said == "error":
			return stuckBackup.outcome(Warn, "said-error", nil, e, steps...).answered().asking(in, askStuck, errorText)
		}
		return stuckBackup.outcome(Ask, found, args, e).asking(in, askStuck)
	}
	switch {
	case signs > 0:
		return stuckBackup.outcome(Warn, found, args, e, steps...)
	case crashes.total >= crashesBad:
		return stuckBackup.outcome(Warn, "crashes", args, e, steps...)
	case awaited(in.Phone.Crashes):
		return pending(e)
	case !known:
		return open("unread")
	case crashes.total > 0:
		return open("crash")
	case !in.savedLately():
		return open("old")
	}
	return stuckBackup.outcome(Pass, "none", args, e)
}

// crashCount is how often the programs of a backup crashed lately.
type crashCount struct {
	total int
	last  time.Time
	of    map[string]int // by program; of shortMemory too, which total leaves out
}

// countCrashes counts the reports that are fresh.
func countCrashes(d facts.Datum[[]facts.Crash], now time.Time) crashCount {
	c := crashCount{of: map[string]int{}}
	reports, _ := d.Known()
	for _, r := range reports {
		if now.Sub(r.At) > crashFresh {
			continue
		}
		switch {
		case slices.Contains(backupPrograms, r.Process):
			c.total++
			c.of[r.Process]++
			if r.At.After(c.last) {
				c.last = r.At
			}
		case r.Process == shortMemory:
			c.of[shortMemory]++
		}
	}
	return c
}

// programs are the names of those that crashed, the most important first.
func (c crashCount) programs() []string {
	var names []string
	for _, name := range backupPrograms {
		if c.of[name] > 0 {
			names = append(names, name)
		}
	}
	return names
}

// stuckSigns finds what the phone's log says of a stuck backup: the kind that
// came most often, how often, and whether its pattern is proven. What came
// before the last completed backup is over.
func (in Input) stuckSigns(e evidence) (kind string, count int, proven bool) {
	last, known := in.Phone.LastCloudBackup.Known()
	for _, s := range in.Attempt.Signs {
		if s.Cause != string(stuckBackup) || known && last.After(s.Last) {
			continue
		}
		e["log/"+tidy(s.ID)] = strconv.Itoa(s.Count)
		if s.Count > count {
			kind, count, proven = "sign", s.Count, s.Proven
			if named, ok := signKinds[s.ID]; ok {
				kind = named
			}
		}
	}
	return kind, count, proven
}

// stuckSteps are waiting, a restart, the switch, the apps, and only at the
// very end the backup in iCloud itself. The switch counts as a restart, so
// that it comes after one: a restart loses nothing that was saved so far.
func stuckSteps(in Input) []Fix {
	path := words.Args{
		"Menu": menu("icloud-backup", in.Phone), "Switch": menu("icloud-backup-switch", in.Phone),
		"Storage": menu("icloud-storage", in.Phone), "How": forceRestart(in.Phone),
	}
	return []Fix{
		stuckBackup.fix(Retry, "wait", path), stuckBackup.fix(Retry, "back-up-now", path).does(WatchAttempt),
		restartStep(), stuckBackup.fix(Restart, "force-restart", path),
		stuckBackup.fix(Restart, "off-on", path),
		stuckBackup.fix(Erase, "isolate", path), // what is off goes from the iCloud backup
		stuckBackup.fix(Erase, "delete", path),
	}
}

// forceRestart is how this model is forced to restart.
func forceRestart(p facts.Phone) words.Text {
	productType, _ := p.ProductType.Known()
	family := knowledge.RestartUnknown
	if m, ok := knowledge.ModelOf(productType); ok {
		family = m.Restart
	}
	return say("common.force-restart."+string(family), nil)
}
