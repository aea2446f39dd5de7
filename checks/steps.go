package checks

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// act names what a step has the user do, whatever words it has: a restart or
// another try is one and the same for whichever cause, and stands once in a list.
type act string

const (
	actTry      act = "back-up-now" // tap "Back Up Now"
	actNight    act = "night"       // leave it plugged in, locked and on Wi-Fi
	actHere     act = "here"        // back up to this computer
	actRestart  act = "restart"
	actJoin     act = "join" // choose another Wi-Fi
	actRouter   act = "router"
	actSignOut  act = "sign-out"
	actReset    act = "reset-network"
	actJoinBack act = "join-again" // what has to follow a reset of the network settings

	actCharger     act = "charger" // another cable, or another charger
	actClean       act = "clean"   // the port of the phone
	actClock       act = "clock"
	actFinishSetup act = "finish-setup"
	actPort        act = "port" // of the computer
	actReplug      act = "replug"
	actSignIn      act = "sign-in"
	actTrim        act = "trim" // what is backed up
	actUnlock      act = "unlock"
)

// acts are the steps that several causes have, as each says of its own. Every
// other step is an act of its own.
var acts = sync.OnceValue(func() map[string]act {
	all := map[string]act{}
	for _, c := range registry() {
		for name, a := range c.acts {
			all[string(c.id)+"/"+name] = a
		}
	}
	return all
})

// act is what a step has the user do.
func (f Fix) act() act {
	switch f.Action {
	case BackUpHere:
		return actHere
	case RestartPhone:
		return actRestart
	}
	return cmp.Or(acts()[f.ID], act(f.ID))
}

// prepares reports whether a step is one of those after which a try makes sense:
// it is mild, and is neither the try itself nor what follows one that failed.
func (f Fix) prepares() bool {
	switch f.act() {
	case actTry, actNight, actHere:
		return false
	}
	return f.Effort != Restart && !f.Effort.Risky()
}

const (
	// calmSteps is how many steps a phone gets at most that iCloud saved within its time.
	calmSteps = 5
	// savedHereFor is how long a backup to this computer counts as the one
	// to make before anything risky.
	savedHereFor = 24 * time.Hour
)

// savedHere reports whether a backup that was proven intact was made to this
// computer just now.
func (in Input) savedHere() bool {
	age := in.Now.Sub(in.Local.Finished)
	return in.Local.Proven && age < savedHereFor && age >= -clockSlack
}

// Next is the whole way back to a working backup, in an order that a person
// can follow. It begins with the cause that the verdict names, so that the first step
// surprises nobody; only to get at the phone comes before. Where that cause asks
// for nothing but a try or a night, what a try needs comes first. Then the others that are
// found or likely, grouped, the one with the mildest step first; then one
// try; then what is left to do where it fails again, with a backup to this
// computer before the first risky step; and at last Apple Support. What two
// causes ask for stands once. A phone that iCloud saved within its time gets a few mild steps at most.
func Next(in Input, results []Result) []Fix {
	last := lastOf(results)
	if last.Status == Pass {
		return calm(in, results)
	}
	named, _ := Named(results)
	w := way{in: in, named: named.ID, last: last, causes: ordered(results, ICloud), computer: ordered(results, ThisComputer), stood: map[act]bool{}}
	ready := accessOf(results)
	if ready.Status == Fail || ready.Status == Warn {
		w.add(ready.Fix...)
	}
	if ready.Status == Fail { // before that nothing else can be looked at
		w.add(supportStep())
		return w.steps
	}
	if w.named == "" && !w.unsaved() { // nothing is known to be wrong with its backups
		for _, r := range w.causes {
			w.add(w.calmest(r)...)
		}
		if !in.savedHere() {
			w.readyHere()
		}
		w.backUpHere(false)
		return w.steps
	}
	w.prepare()
	w.try()
	w.askRecord()
	w.again()
	w.risk()
	w.add(supportStep())
	return w.steps
}

// way is a list of steps while it is made.
type way struct {
	in       Input
	named    string   // the check that the verdict names, "" if it names none
	last     Result   // about the date of the last iCloud backup
	causes   []Result // of iCloud that are found or likely, in the order of their steps
	computer []Result // what is wrong with this computer
	steps    []Fix
	stood    map[act]bool
}

// add adds steps, each act once.
func (w *way) add(steps ...Fix) {
	for _, f := range steps {
		if a := f.act(); !w.stood[a] {
			w.stood[a] = true
			w.steps = append(w.steps, f)
		}
	}
}

// ordered lists the results of one place that fail or warn: what the verdict
// names, then what was found before what is likely before what is only worth
// knowing, and among these first what costs the least to fix.
func ordered(results []Result, about Subject) []Result {
	named, _ := Named(results)
	level := func(r Result) int {
		switch own := meaningOf(r) == reason; {
		case r.ID == named.ID:
			return 0
		case r.Status == Fail && own:
			return 1
		case r.Status == Fail:
			return 2
		case own:
			return 3
		}
		return 4
	}
	found := slices.DeleteFunc(urgent(results), func(r Result) bool {
		m := meaningOf(r)
		return r.Status != Fail && r.Status != Warn || (r.About == ThisComputer) != (about == ThisComputer) || about == ICloud && (m == symptom || m == access)
	})
	slices.SortStableFunc(found, func(a, b Result) int {
		return cmp.Or(cmp.Compare(level(a), level(b)), cmp.Compare(mildest(a), mildest(b)))
	})
	return found
}

// mildest is the effort of the mildest step that changes anything.
func mildest(r Result) Effort {
	least := Erase + 1
	for _, f := range r.Fix {
		switch f.act() {
		case actTry, actNight, actHere:
			continue
		}
		if f.Effort > Look {
			least = min(least, f.Effort)
		}
	}
	return least
}

// unsaved reports whether iCloud is known to be behind.
func (w *way) unsaved() bool { return w.last.Status == Fail || w.last.Status == Warn }

// found lists what was found to stop the backup.
func (w *way) found() []Result {
	return slices.DeleteFunc(slices.Clone(w.causes), func(r Result) bool { return r.Status != Fail })
}

// elsewhere are causes that nothing on the phone puts right.
var elsewhere = []topic{management, appleServers}

// general reports whether steps that help whatever the cause belong in.
func (w *way) general() bool {
	found := w.found()
	return len(found) == 0 && w.unsaved() ||
		slices.ContainsFunc(found, func(r Result) bool { return !slices.Contains(elsewhere, topic(r.ID)) })
}

// later are steps that are worth the effort only after a try failed, unless
// their cause was found.
var later = []string{"vpn-and-filters/other-wifi", "vpn-and-filters/router", "backup-size/trim", "backup-size/own-cloud"}

const (
	// afterTry is what nobody does before a first try on a Wi-Fi that was just chosen.
	afterTry = "wifi/router"
	// ownLook is a look that surprises where the verdict names another cause.
	ownLook = "backup-size/photos"
)

func (w *way) isLater(r Result, f Fix) bool {
	return f.ID == afterTry || r.Status != Fail && (slices.Contains(later, f.ID) || f.ID == ownLook && r.ID != w.named)
}

// prepare adds what makes a try worth while: the Wi-Fi, the room, the account.
func (w *way) prepare() {
	for _, r := range w.causes {
		if beside(r) {
			continue
		}
		mild := false
		for _, f := range r.Fix {
			if f.prepares() && !w.isLater(r, f) {
				w.add(w.wordedBest(f))
				mild = true
			}
		}
		if !mild && r.Status == Fail && mildest(r).Risky() && mildest(r) <= Erase {
			w.backUpHere(true)
			w.add(r.Fix...)
		}
	}
	for _, f := range w.last.Fix {
		if f.prepares() && w.unsaved() {
			w.add(f)
		}
	}
}

// beside reports whether a result is worth knowing, but not why nothing is saved.
func beside(r Result) bool { return r.Status == Warn && meaningOf(r) != reason }

// wordedBest is the step of the same act that says the most: it names the apps.
func (w *way) wordedBest(f Fix) Fix {
	if f.act() != actTrim {
		return f
	}
	if best, found := find(fixesOf(w.causes), func(other Fix) bool { return other.ID == "backup-size/trim" }); found {
		return best
	}
	return f
}

// fixesOf are the steps of results, as they stand there.
func fixesOf(results []Result) (all []Fix) {
	for _, r := range results {
		all = append(all, r.Fix...)
	}
	return all
}

// firstOf is the first step of an act among results.
func firstOf(a act, results []Result) (Fix, bool) {
	return find(fixesOf(results), func(f Fix) bool { return f.act() == a })
}

// try adds the try itself, and the night in which the phone tries on its own:
// first the night where that is what is missing.
func (w *way) try() {
	try, own := firstOf(actTry, w.found())
	if !own {
		try = tryStep(w.in)
	}
	reasons := slices.DeleteFunc(slices.Clone(w.causes), func(r Result) bool { return meaningOf(r) != reason })
	night, waits := firstOf(actNight, append(reasons, w.last))
	patience := slices.ContainsFunc(reasons, func(r Result) bool {
		return topic(r.ID) == overnight || topic(r.ID) == stuckBackup || topic(r.ID) == backupSize && r.ID == w.named && r.Status != Fail
	})
	before := func(f Fix) bool { return f.act() == actTry || f.act() == actNight }
	i := slices.IndexFunc(w.last.Fix, before)
	switch {
	case !waits:
		w.add(try)
	case patience || i >= 0 && w.last.Fix[i].act() == actNight:
		w.add(night, try)
	default:
		w.add(try, night)
	}
}

// askRecord adds the backup to this computer that shows why iCloud fails, where
// nothing else was found to.
func (w *way) askRecord() {
	if here, wanted := firstOf(actHere, []Result{w.last}); wanted && len(w.found()) == 0 {
		w.readyHere()
		w.add(here)
	}
}

// again adds what is left to do where the try fails, before anything that is risky.
func (w *way) again() {
	for _, r := range w.causes {
		for _, f := range r.Fix {
			if beside(r) && f.prepares() {
				w.add(f)
			}
		}
	}
	for _, r := range w.causes {
		for _, f := range r.Fix {
			switch {
			case f.ID == string(clock)+"/restart" && (len(w.causes) > 1 || r.Status != Fail):
				w.add(restartStep()) // whatever the cause, and not only "if the time stays wrong"
			case f.Effort == Restart:
				w.add(f)
			}
		}
	}
	if w.general() {
		w.add(restartStep())
	}
	for _, r := range w.causes {
		for _, f := range r.Fix {
			if w.isLater(r, f) {
				w.add(w.wordedBest(f))
			}
		}
	}
	if len(w.found()) == 0 && w.unsaved() {
		w.add(otherWiFi(w.in), wifi.fix(Setting, "router", nil))
	}
}

// risk adds what is risky, and a backup to this computer before it. The reset
// of the network settings, and joining again, come before anything is deleted in iCloud.
func (w *way) risk() {
	risky := slices.DeleteFunc(fixesOf(w.causes), func(f Fix) bool { return !f.Effort.Risky() })
	if len(w.found()) == 0 && w.last.Status == Fail {
		risky = append(append(risky, signOutStep(w.in)), resetNetwork(wifi, w.in)...)
	}
	w.backUpHere(len(risky) > 0)
	w.add(byEffort(risky)...)
}

// backUpHere adds a backup to this computer, unless there is one of today or
// it stands already, and before it what this computer lacks for it. needed says
// that something risky follows.
func (w *way) backUpHere(needed bool) {
	here, wanted := firstOf(actHere, append(slices.Clone(w.causes), w.computer...))
	switch {
	case w.in.savedHere() || w.stood[actHere]:
	case needed:
		w.readyHere()
		w.add(localFirst)
	case wanted && here.ID != localFirst.ID: // which is for what is risky
		w.readyHere()
		w.add(here)
	}
}

// readyHere adds what this computer lacks for a backup to it.
func (w *way) readyHere() {
	for _, f := range fixesOf(w.computer) {
		if f.act() != actHere && !f.Effort.Risky() {
			w.add(f)
		}
	}
}

// calm are the steps for a phone that iCloud saved within its time: of what
// would stop the next backup what is mild and then a try, of anything else the first step.
func calm(in Input, results []Result) []Fix {
	w := way{in: in, stood: map[act]bool{}}
	var eased []Result
	sorted := urgent(results)
	if first, found := worthKnowing(results); found { // which the verdict names
		sorted = slices.DeleteFunc(sorted, func(r Result) bool { return r.ID == first.ID })
		sorted = slices.Insert(sorted, 0, first)
	}
	for _, r := range sorted {
		if r.Status != Fail && r.Status != Warn || meaningOf(r) == access && !r.Eased {
			continue
		}
		if r.Eased {
			eased = append(eased, r)
		}
		w.add(w.calmest(r)...)
	}
	steps := slices.Clip(w.steps[:min(len(w.steps), calmSteps)])
	if n := len(steps); n > 0 && steps[n-1].ID == localFirst.ID { // what it makes safe was cut off
		steps = steps[:n-1]
	}
	if try, ok := firstOf(actTry, eased); ok {
		i := slices.IndexFunc(steps, func(f Fix) bool { return f.act() == actHere || f.Effort.Risky() })
		if i < 0 {
			i = len(steps)
		}
		steps = slices.Insert(steps, i, try)
	}
	return steps
}

// calmest are the steps of a result that are worth doing on a phone that is fine.
func (w *way) calmest(r Result) []Fix {
	steps := slices.DeleteFunc(slices.Clone(r.Fix), func(f Fix) bool { return f.act() == actHere && w.in.savedHere() })
	mild := slices.DeleteFunc(slices.Clone(steps), func(f Fix) bool { return !f.prepares() || f.ID == afterTry })
	switch {
	case (r.Eased || r.Status == Fail) && len(mild) > 0:
		return mild
	case len(mild) > 0:
		return mild[:1]
	case len(steps) > 1 && steps[0].ID == localFirst.ID: // what is risky comes after a backup
		return steps[:2]
	}
	return steps[:min(len(steps), 1)]
}

// Steps that stand in the lists of many causes.
func tryStep(in Input) Fix {
	return lastCloud.fix(Retry, "back-up-now", menuArgs("icloud-backup", in.Phone)).does(WatchAttempt)
}

func restartStep() Fix { return stuckBackup.fix(Restart, "restart", nil).does(RestartPhone) }

func otherWiFi(in Input) Fix {
	return vpnAndFilters.fix(Setting, "other-wifi", menuArgs("wifi", in.Phone))
}

// resetNetwork resets the network settings, after which the phone knows no
// Wi-Fi any more.
func resetNetwork(t topic, in Input) []Fix {
	return []Fix{
		t.fix(Reset, "reset-network", menuArgs("reset-network-settings", in.Phone)),
		wifi.fix(Reset, "join-again", menuArgs("wifi", in.Phone)),
	}
}

// supportStep is the end of every list.
func supportStep() Fix { return common.fix(Look, "support", nil).does(MakeReport) }
