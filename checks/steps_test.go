package checks

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// ages are how old the last iCloud backup of a phone can be.
var ages = []struct {
	name string
	set  func(*Input)
}{
	{"saved", func(*Input) {}},
	{"overdue", aged(5 * day)},
	{"old", aged(20 * day)},
	{"never", func(in *Input) { in.Phone.LastCloudBackup = facts.Gone[time.Time]() }},
	{"no date", func(in *Input) { in.Phone.LastCloudBackup = facts.Datum[time.Time]{} }},
}

// shapes are phones of old and new versions of iOS.
var shapes = []struct{ model, version string }{{"iPhone8,1", "15.8.8"}, {"iPhone11,8", "18.7.10"}, {"iPhone15,2", "26.7.1"}}

// everyPhone calls each with phones that have each trouble that there is, on
// every shape and age, and many that have two or three.
func everyPhone(each func(name string, in Input)) {
	var single []situation
	for id, table := range situations {
		for _, s := range table {
			s.name = string(id) + "/" + s.name
			single = append(single, s)
		}
	}
	slices.SortFunc(single, func(a, b situation) int { return strings.Compare(a.name, b.name) })
	n := 0
	try := func(name string, set ...func(*Input)) {
		n++
		for i, shape := range shapes {
			for j, age := range ages {
				if i != (n+j)%len(shapes) || len(set) > 1 && j%2 != n%2 {
					continue
				}
				in := healthy()
				runs(shape.model, shape.version)(&in)
				age.set(&in)
				for _, s := range set {
					answers := in.Answers
					s(&in)
					for id, a := range answers {
						if _, said := in.Answers[id]; !said {
							if in.Answers == nil {
								in.Answers = Answers{}
							}
							in.Answers[id] = a
						}
					}
				}
				each(fmt.Sprintf("iOS %s, %s, %s", shape.version, age.name, name), in)
			}
		}
	}
	for i, s := range single {
		try(s.name, s.set)
		other, third := single[(i*7+31)%len(single)], single[(i*13+5)%len(single)]
		try(s.name+" + "+other.name, s.set, other.set)
		try(s.name+" + "+other.name+" + "+third.name, s.set, other.set, third.set)
	}
	for _, major := range []int{15, 18, 26} {
		for i, in := range append(troubles(major, now), namedInputs()...) {
			each(fmt.Sprintf("trouble %d, iOS %d", i, major), in)
			in.Phone.LastCloudBackup = facts.Of(now.Add(-20 * day))
			each(fmt.Sprintf("trouble %d, iOS %d, old", i, major), in)
		}
	}
}

// Every list of steps is one that a person can follow, whatever the phone.
func TestStepsCanBeFollowed(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	lists, longest := 0, 0
	everyPhone(func(name string, in Input) {
		for _, fresh := range []bool{false, true} {
			if fresh {
				in.Local = Local{Exists: true, Finished: in.Now.Add(-time.Hour), Proven: true}
			}
			lists++
			results := Run(in)
			next := Next(in, results)
			longest = max(longest, len(next))
			for _, wrong := range unfollowable(in, results, next) {
				t.Errorf("%s: %s\n\t%s", name, wrong, strings.Join(idsOf(next), "\n\t"))
			}
		}
	})
	if lists < 3000 || longest < 12 {
		t.Errorf("%d lists, the longest with %d steps", lists, longest)
	}
}

func idsOf(fixes []Fix) []string {
	var ids []string
	for _, f := range fixes {
		ids = append(ids, f.ID)
	}
	return ids
}

// unfollowable lists what is wrong with a list of steps.
func unfollowable(in Input, results []Result, next []Fix) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	at := map[act]int{}
	for i, f := range next {
		if first, twice := at[f.act()]; twice {
			say("%s is the same as %s", f.ID, next[first].ID)
			continue
		}
		at[f.act()] = i
	}
	place := func(a act) int {
		if i, ok := at[a]; ok {
			return i
		}
		return -1
	}
	last, ready := lastOf(results), accessOf(results)
	named, isNamed := Named(results)
	if last.Status == Pass {
		named, isNamed = worthKnowing(results)
	}
	blocker, blocked := Blocker(results)
	try, here, support := place(actTry), place(actHere), place("common/support")
	proven := in.Local.Proven && in.Now.Sub(in.Local.Finished) < 24*time.Hour
	switch {
	case blocked && len(next) == 0:
		say("%s blocks, and there is no step", blocker.ID)
	case last.Status == Pass && len(next) >= 8:
		say("a phone that is fine gets %d steps", len(next))
	case last.Status != Pass && (blocked || last.Status == Warn) && support != len(next)-1:
		say("the list ends in nothing")
	case last.Status == Pass && support >= 0:
		say("a phone that is fine is sent to Apple")
	}
	if blocked && ready.Status != Fail && !blockedElsewhere(results) && last.Status != Pass && (try < 0 || place(actRestart) < 0) {
		say("no try or no restart")
	}
	// Where nothing is known, everything that helps now and then is in.
	if last.Status == Fail && blocker.ID == string(lastCloud) {
		for _, a := range []act{actRestart, actJoin, actRouter, actSignOut, actReset, actJoinBack} {
			if place(a) < 0 {
				say("%s is missing", a)
			}
		}
	}
	var reasons []string // the checks in the order of their steps before the try
	for i, f := range next {
		check, _, _ := strings.Cut(f.ID, "/")
		// What a backup is only likely too large for can wait until a try failed.
		room := check == string(iCloudStorage) || check == string(phoneStorage) ||
			check == string(backupSize) && f.Effort == Tidy && statusOf(results, check) == Fail
		switch a := f.act(); {
		case a == actTry || a == actHere || a == actNight:
		case try >= 0 && i > try && (room || f.ID == "wifi/join" || check == string(cloudSwitch) && f.ID != "icloud-backup-switch/drive" || check == string(clock) && f.Effort == Setting):
			say("%s comes after the try", f.ID)
		case f.ID == "wifi/router" && i < try:
			say("%s comes before the try", f.ID)
		case f.ID == "clock/restart" && last.Status != Pass && (len(ordered(results, ICloud)) > 1 || statusOf(results, check) != Fail):
			say("%s, as if nothing but the clock asked for it", f.ID)
		case proven && last.Status != Pass && ready.Status != Fail && aboutComputer(check):
			say("%s makes ready for a backup that was just made", f.ID)
		case try >= 0 && i < try && f.Effort.Risky() && !onlyRisky(results, check):
			say("%s comes before the try", f.ID)
		case ready.Status == Fail && check == string(phoneReady):
		case aboutComputer(check): // what it does is to the computer
		case f.Effort.Risky() && here < 0 && !proven, here > i && f.Effort.Risky():
			say("%s comes before a backup to this computer", f.ID)
		case i > try && try >= 0 && f.Effort.Risky() && next[i-1].Effort > f.Effort:
			say("%s comes after %s, which costs more", f.ID, next[i-1].ID)
		}
		if i < try && f.act() != "trim" && f.act() != actHere && !slices.Contains(reasons, check) {
			reasons = append(reasons, check)
		} else if i < try && f.act() != "trim" && f.act() != actHere && reasons[len(reasons)-1] != check && check != string(lastCloud) {
			say("%s stands apart from the other steps of its cause", f.ID)
		}
	}
	if isNamed && ready.Status != Fail {
		if first, ok := surprise(named, ready, next, try); ok {
			say("the verdict names %s, and the first step is %s", named.ID, first)
		}
	}
	for i, f := range next {
		text := words.English().Text(f.Text)
		for _, begin := range []string{"In the same place", "Or ", "Then ", "If that is not enough", "If there is still", "If it is on already"} {
			if strings.HasPrefix(text, begin) && (i == 0 || topOf(next[i-1].ID) != topOf(f.ID) && next[i-1].act() != f.act() && next[i-1].act() != "trim") {
				say("%s begins with %q, after nothing of its cause", f.ID, begin)
			}
		}
		for _, m := range menusOf {
			if major := majorOf(in.Phone); major > 0 && strings.Contains(text, m.text) && (major < m.from || m.below > 0 && major >= m.below) {
				say("%s says %q on iOS %d", f.ID, m.text, major)
			}
		}
	}
	if n := len(next); n > 0 && next[n-1].ID == localFirst.ID {
		say("a backup is to make something safe, and nothing follows")
	}
	for i, f := range next {
		if check := topOf(f.ID); last.Status != Pass && (isNamed || last.Status == Fail || last.Status == Warn) && aboutComputer(check) && f.act() != actHere && here < i {
			say("%s makes ready for a backup here, and comes after it or for none", f.ID)
		}
	}
	if proven && here >= 0 {
		say("a backup is asked for right after one was made")
	}
	if i := place(actReset); i >= 0 && place(actJoinBack) != i+1 {
		say("the network settings are reset, and nobody joins again")
	}
	return wrong
}

// surprise is the first step where it is not of the cause that the verdict
// names. A phone has to be got at first; and a cause that asks for nothing but a
// try or a night first gets what these need, and one that asks for something risky a backup.
func surprise(named, ready Result, next []Fix, try int) (first string, is bool) {
	own, asks := map[act]bool{}, false
	for _, f := range named.Fix {
		own[f.act()] = true
		asks = asks || f.prepares() && f.ID != afterTry
	}
	if len(own) == 0 { // only the user can say more
		return "", false
	}
	for i, f := range next {
		switch {
		case named.ID != ready.ID && slices.ContainsFunc(ready.Fix, func(r Fix) bool { return r.ID == f.ID }):
			continue
		case own[f.act()], !asks && i <= try, !asks && (f.act() == actHere || aboutComputer(topOf(f.ID))):
			return "", false
		}
		return f.ID, true
	}
	return "", false
}

// topOf is the check of a step, statusOf what a check says.
func topOf(id string) string { top, _, _ := strings.Cut(id, "/"); return top }

func statusOf(results []Result, id string) Status {
	for _, r := range results {
		if r.ID == id {
			return r.Status
		}
	}
	return ""
}

// aboutComputer reports whether a check is about the backup on this computer.
func aboutComputer(id string) bool {
	c, ok := causeOf(Result{ID: id})
	return ok && c.about == ThisComputer
}

// menusOf are words of Settings, and on which versions of iOS they stand there.
var menusOf = []struct {
	text        string
	from, below int
}{
	{"Manage Storage", 0, 16}, {"Manage Account Storage", 16, 18}, {"tap the storage bar", 18, 0},
	{"“iCloud Backup”", 0, 16}, {"“Back Up This iPhone”", 16, 0}, {"Apple ID", 0, 18}, {"Apple Account", 18, 0},
	{"Wired Accessories", 26, 0}, {"Allow Access When Locked", 0, 26}, {"Battery > Power Mode", 26, 0},
	{"Stolen Device Protection", 17, 0}, {"Beta Updates", 16, 0}, {"Private Relay", 15, 0}, {"Back Up Over Cellular", 15, 0},
	{"Settings > General > Reset >", 0, 15}, {"Transfer or Reset iPhone", 15, 0}, {"Prepare for New iPhone", 15, 0},
	{"Profiles & Device Management", 0, 15}, {"VPN & Device Management", 15, 0}, {"Settings > Family,", 16, 0},
}

// onlyRisky reports whether a cause that was found has no mild step.
func onlyRisky(results []Result, check string) bool {
	return slices.ContainsFunc(results, func(r Result) bool { return r.ID == check && r.Status == Fail && mildest(r).Risky() })
}

// blockedElsewhere reports whether all that was found is out of the user's hands.
func blockedElsewhere(results []Result) bool {
	for _, r := range results {
		m := meaningOf(r)
		if r.About == ICloud && r.Status == Fail && m != symptom && r.ID != string(management) && r.ID != string(appleServers) {
			return false
		}
	}
	return slices.ContainsFunc(results, func(r Result) bool {
		return r.Status == Fail && (r.ID == string(management) || r.ID == string(appleServers))
	})
}

// LIFEBOAT_STEPS names a file into which every list is written, to be read as
// a person would follow it.
func TestPrintSteps(t *testing.T) {
	path := os.Getenv("LIFEBOAT_STEPS")
	if path == "" {
		t.Skip("LIFEBOAT_STEPS names no file")
	}
	var text strings.Builder
	everyPhone(func(name string, in Input) {
		if strings.Contains(name, " + ") && os.Getenv("LIFEBOAT_STEPS_ALL") == "" {
			return
		}
		results := Run(in)
		fmt.Fprintf(&text, "\n== %s\n   %s\n", name, words.English().Text(Verdict(results)))
		for i, f := range Next(in, results) {
			fmt.Fprintf(&text, "%2d. [%s] %s\n", i+1, f.ID, words.English().Text(f.Text))
		}
	})
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
