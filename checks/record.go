package checks

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// The phone's own record of its iCloud backups is as old as the backup on this
// computer that it was read from. It is the strongest witness of its time;
// whatever was heard, read or done later outweighs it.

const (
	// notedCounts is how long a failure that the phone noted may be why nothing
	// was saved since. Up to [tryCounts] it is taken for the cause itself.
	notedCounts = 60 * 24 * time.Hour
	// recordFresh is how long the rest of the record speaks of today.
	recordFresh = 14 * 24 * time.Hour
	// spellLong is a time that mostly is enough for a backup of one day, and
	// spellShort one that hardly is; spellsFew are too few to tell.
	spellLong  = time.Hour
	spellShort = 30 * time.Minute
	spellsFew  = 3
)

// The names of what the record holds.
const (
	keyRecord       = "record/Date"
	keyOutcome      = "record/BackupStateInfo"
	keyNotedSince   = "record/FailingSince"
	keyNotedText    = "record/localizedDescription"
	keyEnabledSince = "record/AccountEnabledDate"
	keyNoneInCloud  = "record/NilBackupDateFetchDate"
	keyRestoring    = "record/RestoreStateInfo"
	keyAwaitsUnlock = "record/FetchMissingKeysAtNextUnlock"
	keyPreflight    = "record/PreflightSizing"
	keyLongestSpell = "record/LastOnConditionEvents"
)

// try is how one of the phone's own tries ended. noted: the phone's record says
// so, and nobody listened.
type try struct {
	devicelog.Attempt
	noted bool
}

// notedTries are the tries of the record, oldest first. One that cannot be
// understood is [devicelog.Open].
func (in Input) notedTries() []try {
	record, known := in.Record.Known()
	outcomes, listed := record.Outcomes.Known()
	if !known || !listed {
		return nil
	}
	tries := make([]try, 0, len(outcomes))
	for _, o := range outcomes {
		tries = append(tries, try{attemptOf(o), true})
	}
	return tries
}

// attemptOf words an outcome as what could have been heard.
func attemptOf(o facts.Outcome) devicelog.Attempt {
	a := devicelog.Attempt{Ended: o.At}
	for _, c := range o.Codes {
		a.Codes = append(a.Codes, devicelog.Code{Domain: c.Domain, Number: c.Number})
	}
	switch {
	case len(a.Codes) == 0:
	case succeeded(a.Codes[0]):
		a.Outcome, a.Codes = devicelog.Succeeded, nil
	default:
		code, _ := knowledge.Errors().CauseOf(a.Codes)
		a.Outcome, a.Cause, a.Proven = devicelog.Failed, code.Cause, code.Proven
	}
	return a
}

// succeeded reports whether a code is none: backupd notes a success as an error
// of number 0, and takes 500 for one.
func succeeded(c devicelog.Code) bool {
	return c.Domain == knowledge.MBDomain && (c.Number == 0 || c.Number == 500)
}

// failures are the tries that the phone noted since the last one that
// succeeded, newest first. There are none where the newest cannot be understood,
// has no date, or is over by the date of the last backup.
func (in Input) failures() []try {
	var streak []try
	for _, t := range slices.Backward(in.notedTries()) {
		age := in.Now.Sub(t.Ended)
		if t.Outcome != devicelog.Failed || t.Ended.IsZero() || age < -clockSlack || age > notedCounts || in.savedSince(t.Ended) {
			break
		}
		streak = append(streak, t)
	}
	return streak
}

// notedWitness is what the phone's own record says of a cause: the newest failure
// decides, and others since the last success can be why as well.
func (in Input) notedWitness(id topic) (witness, bool) {
	streak := in.failures()
	if in.outdated(streak, id) {
		return witness{}, false
	}
	for i, t := range streak {
		if t.Cause != string(id) {
			continue
		}
		record := in.Record.Value
		w := witness{found: "record", noted: true, evidence: keyOutcome, value: chain(t.Codes), args: words.Args{
			"Date": words.Date(t.Ended), "Of": asOf(record), "Since": "",
		}}
		if first := streak[len(streak)-1]; first.Ended.Before(t.Ended) {
			w.args["Since"] = words.Date(first.Ended)
		}
		newest := i == 0 || !named(streak[:i])
		if !newest || in.Now.Sub(t.Ended) > tryCounts || !in.dateKnown() {
			w.found, w.likely = "record-earlier", true
		}
		return w, true
	}
	return in.notedState(id)
}

// dateKnown reports whether the phone said when iCloud saved it last, or that it
// never did. Else nobody knows whether a failure is over.
func (in Input) dateKnown() bool {
	d := in.Phone.LastCloudBackup
	return d.State == facts.Read || d.State == facts.Absent
}

// named reports whether one of some tries names a cause.
func named(tries []try) bool {
	return slices.ContainsFunc(tries, func(t try) bool { return t.Cause != "" })
}

// asOf is the date of a record for a sentence, "" where it is not known.
func asOf(r facts.Record) any {
	if r.Of.IsZero() {
		return ""
	}
	return words.Date(r.Of)
}

// outdated reports whether a later witness names another cause than the record:
// a try that was listened to, the error that the user read, or a line of the log.
func (in Input) outdated(streak []try, id topic) bool {
	at := in.Record.Value.Of
	if len(streak) > 0 {
		at = streak[0].Ended
	}
	if last, _ := in.lastTry(); !last.noted && last.Ended.After(at) && last.Cause != string(id) {
		return true
	}
	if text, ok := in.said(errorText); ok && text.At.After(at) {
		if said, known := knowledge.TextSays(text.Text); known && said.Cause != string(id) && !said.Hint {
			return true
		}
	}
	for _, s := range in.Attempt.Signs {
		if s.Conclusive && s.Cause != string(id) && s.Last.After(at) && !in.savedSince(s.Last) {
			return true
		}
	}
	return false
}

// notedState is what the rest of the record says of a stuck backup: a restore
// that has not ended, or keys that come with the next unlock. It may be over.
func (in Input) notedState(id topic) (witness, bool) {
	record, fresh := in.freshRecord()
	if id != stuckBackup || !fresh || in.savedSince(record.Of) {
		return witness{}, false
	}
	args := words.Args{"Of": asOf(record)}
	if on, _ := record.Restoring.Known(); on {
		return witness{found: "record-restoring", args: args, said: "restoring", likely: true, evidence: keyRestoring, value: "true"}, true
	}
	if on, _ := record.AwaitsUnlock.Known(); on {
		return witness{found: "record-unlock", args: args, likely: true, evidence: keyAwaitsUnlock, value: "true"}, true
	}
	return witness{}, false
}

// freshRecord is the record if it still speaks of today.
func (in Input) freshRecord() (facts.Record, bool) {
	record, known := in.Record.Known()
	age := in.Now.Sub(record.Of)
	return record, known && !record.Of.IsZero() && age <= recordFresh && age >= -clockSlack
}

// noteRecord adds to the evidence what the record holds about the last backups.
func noteRecord(e evidence, in Input) {
	record, known := in.Record.Known()
	if !known {
		if in.Record.Reason == facts.RecordLocked || in.Record.State == facts.Refused {
			note(e, keyRecord, in.Record)
		}
		return
	}
	e[keyRecord] = plain(record.Of)
	note(e, keyEnabledSince, record.EnabledSince)
	if at, known := record.NoneInCloud.Known(); known {
		e[keyNoneInCloud] = plain(at)
	}
	outcomes, listed := record.Outcomes.Known()
	if !listed || len(outcomes) == 0 {
		note(e, keyOutcome, count(record.Outcomes))
		return
	}
	last := outcomes[len(outcomes)-1]
	e[keyOutcome] = "not known"
	if a := attemptOf(last); len(last.Codes) > 0 {
		if e[keyOutcome] = chain(a.Codes); a.Outcome == devicelog.Succeeded {
			e[keyOutcome] = string(devicelog.Succeeded)
		}
	}
	if last.Text != "" {
		e[keyNotedText] = tidy(last.Text)
	}
	if streak := in.failures(); len(streak) > 0 {
		e[keyNotedSince] = plain(streak[len(streak)-1].Ended)
	}
}

// unexplained is the newest failure of the record if neither it nor another
// since the last success names a cause that a check can take up.
func (in Input) unexplained() (try, bool) {
	streak := in.failures()
	if len(streak) == 0 || named(streak) && streak[0].Cause != string(phoneReady) {
		return try{}, false
	}
	return streak[0], true
}

// recordAsk is the step to a backup on this computer, where it would show why
// iCloud saves nothing: as long as no record of this phone was read.
func (in Input) recordAsk() []Fix {
	name, locked := "record", in.Record.Reason == facts.RecordLocked
	if in.Record.State == facts.Read || awaited(in.Record) || in.savedHere() && !locked {
		return nil
	}
	if locked {
		name = "record-locked"
	}
	return []Fix{lastCloud.fix(Retry, name, words.Args{"Of": asOf(in.Record.Value)}).does(BackUpHere)}
}

// RecordStep is the step to a backup on this computer that would show why
// iCloud saves nothing, if results have it.
func RecordStep(results []Result) (Fix, bool) {
	return find(lastOf(results).Fix, func(f Fix) bool { return f.Action == BackUpHere && f.ID != localFirst.ID })
}

// recordedLoad is what the last try meant to save, largest parts first.
func (in Input) recordedLoad() (total int64, parts []facts.App, known bool) {
	record, fresh := in.freshRecord()
	sizes, listed := record.Sizes.Known()
	if !fresh || !listed || len(sizes) == 0 {
		return 0, nil, false
	}
	installed, _ := in.Phone.Apps.Known()
	for _, s := range sizes {
		s.Bytes = boundedSize(s.Bytes)
		total = boundedSize(total + s.Bytes)
		if app, is := appOf(s, installed); is {
			parts = append(parts, app)
		}
	}
	if stated, known := record.Total.Known(); known {
		total = max(total, boundedSize(stated))
	}
	return total, byBytes(parts), true
}

// cameraRoll is the part of the phone that holds photos and films; it stands in
// the ranking of the apps.
const cameraRoll = "CameraRollDomain"

// appOf is the app whose data a part of the phone is. Its name is that of the
// app on the phone, or else its identifier.
func appOf(s facts.DomainSize, installed []facts.App) (facts.App, bool) {
	kind, id, _ := strings.Cut(s.Domain, "-")
	switch kind {
	case cameraRoll:
		return facts.App{BundleID: cameraRoll, Name: "photos", Bytes: s.Bytes}, true
	case "AppDomain", "AppDomainPlugin":
	case "AppDomainGroup":
		id = strings.TrimPrefix(id, "group.")
	default:
		return facts.App{}, false
	}
	if id == "" {
		return facts.App{}, false
	}
	app := facts.App{BundleID: id, Bytes: s.Bytes}
	for _, other := range installed {
		if other.BundleID == id || strings.HasPrefix(id, other.BundleID+".") {
			app.BundleID, app.Name = other.BundleID, other.Name
		}
	}
	return app, true
}

// byBytes adds up the parts of each app and puts the largest first.
func byBytes(parts []facts.App) []facts.App {
	sums, at := []facts.App{}, map[string]int{}
	for _, p := range parts {
		i, seen := at[p.BundleID]
		if !seen {
			i = len(sums)
			at[p.BundleID] = i
			sums = append(sums, facts.App{BundleID: p.BundleID, Name: p.Name})
		}
		sums[i].Bytes = boundedSize(sums[i].Bytes + p.Bytes)
	}
	slices.SortStableFunc(sums, func(a, b facts.App) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return sums
}

// notePreflight adds the sizes of the record to the evidence.
func notePreflight(e evidence, total int64, parts []facts.App) {
	e[keyPreflight] = strconv.FormatInt(total, 10)
	for i, p := range parts[:min(len(parts), appsRanked)] {
		e["record/app/"+strconv.Itoa(i+1)] = humanize.Bytes(uint64(p.Bytes)) + ", " + appName(p)
	}
}

// nights is how long the phone was ready for a backup, as it noted itself:
// the longest time, and what most often ended the short ones.
type nights struct {
	longest time.Duration
	lost    string // "power", "wifi", "lock", or "" where the phone did not note it
	count   int
}

// nights looks at the times that still speak of today.
func (in Input) nights() (n nights, known bool) {
	record, fresh := in.freshRecord()
	spells, listed := record.Spells.Known()
	if !fresh || !listed {
		return n, false
	}
	lost := map[string]int{}
	for _, s := range spells {
		if in.Now.Sub(s.Began) > recordFresh || s.Began.After(in.Now.Add(clockSlack)) {
			continue
		}
		n.count++
		n.longest = max(n.longest, s.Lasted)
		for name, flag := range map[string]facts.Datum[bool]{"power": s.OnPower, "wifi": s.OnWiFi, "lock": s.Locked} {
			if on, known := flag.Known(); known && !on {
				lost[name]++
			}
		}
	}
	for _, name := range []string{"power", "wifi", "lock"} {
		if lost[name] > lost[n.lost] {
			n.lost = name
		}
	}
	return n, n.count > 0
}
