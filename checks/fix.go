package checks

import (
	"cmp"
	"slices"
	"strings"

	"lifeboat/assets/words"
)

// Effort is how much a step costs the user or puts at risk. Steps are always
// offered in this order: a reset never comes before a retry.
type Effort int

const (
	Look    Effort = iota // look at something and say what is there
	Retry                 // try again, or wait
	Setting               // change a setting that can be changed back, move a plug
	Restart               // restart the phone
	Tidy                  // delete or buy something, trim what is backed up
	Update                // install a new iOS
	SignOut               // sign out of the Apple Account
	Erase                 // delete the backup in iCloud
	Reset                 // reset settings of the phone
)

// String returns the effort's name for programs, such as "retry".
func (e Effort) String() string {
	return [...]string{"look", "retry", "setting", "restart", "tidy", "update", "sign-out", "erase", "reset"}[e]
}

// Risky says whether a backup to this computer should come first.
func (e Effort) Risky() bool { return e >= Update }

// Action is what Lifeboat can do by itself, behind a button of its own.
type Action string

const (
	NoAction     Action = ""
	SwitchOn     Action = "switch-on"     // switch iCloud Backup on from here
	RestartPhone Action = "restart-phone" // restart the phone from here
	BackUpHere   Action = "back-up-here"  // make a backup to this computer
	WatchAttempt Action = "watch-attempt" // listen while the phone tries
	ChooseFolder Action = "choose-folder" // choose where backups go
	OpenStatus   Action = "open-status"   // open Apple's page of its services
)

// Fix is one step of a repair.
type Fix struct {
	// ID is "<check>/<name>" and stays for ever.
	ID     string
	Text   words.Text
	Effort Effort
	Action Action
	// Seen says that Lifeboat sees by itself when the step has worked; of
	// others it asks.
	Seen bool
}

// fix is one step of a topic.
func (t topic) fix(effort Effort, name string, args words.Args) Fix {
	return Fix{ID: string(t) + "/" + name, Text: say(string(t)+".fix."+name, args), Effort: effort}
}

// does gives a step a button.
func (f Fix) does(a Action) Fix { f.Action = a; return f }

// Texts are the words of steps.
func Texts(fixes []Fix) []words.Text {
	texts := make([]words.Text, 0, len(fixes))
	for _, f := range fixes {
		texts = append(texts, f.Text)
	}
	return texts
}

// deed tells steps apart that differ in words only: a backup to this computer, a
// restart or another try is one and the same for whichever cause.
func (f Fix) deed() string {
	switch f.Action {
	case BackUpHere, RestartPhone:
		return string(f.Action)
	}
	_, name, _ := strings.Cut(f.ID, "/")
	return cmp.Or(shared[name], f.ID)
}

// shared are names of steps that several causes have in common.
var shared = map[string]string{
	"back-up-now": "back-up-now", "overnight": "overnight", "tonight": "overnight",
	"force-restart": "force-restart",
}

// common is where steps live that several causes share.
const common topic = "common"

// localFirst is the step that comes before every risky one.
var localFirst = common.fix(Tidy, "local-first", nil).does(BackUpHere)

// byEffort puts the cheapest steps first.
func byEffort(fixes []Fix) []Fix {
	sorted := slices.Clone(fixes)
	slices.SortStableFunc(sorted, func(a, b Fix) int { return cmp.Compare(a.Effort, b.Effort) })
	return sorted
}

// safely puts a backup to this computer before the first step that is risky.
func safely(sorted []Fix) []Fix {
	risky := slices.IndexFunc(sorted, func(f Fix) bool { return f.Effort.Risky() })
	if risky < 0 || slices.ContainsFunc(sorted, func(f Fix) bool { return f.Action == BackUpHere }) {
		return sorted
	}
	return slices.Insert(sorted, risky, localFirst)
}
