package checks

import (
	"cmp"
	"slices"

	"lifeboat/assets/words"
)

// Effort is how much a step costs the user or puts at risk. The steps of one
// check are always offered in this order: a reset never comes before a retry.
type Effort int

const (
	Look    Effort = iota // look at something and say what is there
	Retry                 // try again, or wait
	Setting               // change a setting that can be changed back, move a plug
	Restart               // restart the phone
	Tidy                  // delete or buy something, trim what is backed up
	Update                // install a new iOS
	SignOut               // sign out of the Apple Account
	Reset                 // reset settings of the phone
	Erase                 // delete what iCloud keeps of this phone's backup
)

// String returns the effort's name for programs, such as "retry".
func (e Effort) String() string {
	return [...]string{"look", "retry", "setting", "restart", "tidy", "update", "sign-out", "reset", "erase"}[e]
}

// Risky reports whether a backup to this computer should come first.
func (e Effort) Risky() bool { return e >= Update }

// Action is what Lifeboat can do for the user, behind a button.
type Action string

// The actions; NoAction is that of a step that only the user can take.
const (
	NoAction     Action = ""
	SwitchOn     Action = "switch-on"     // switch iCloud Backup on from here
	RestartPhone Action = "restart-phone" // restart the phone from here
	BackUpHere   Action = "back-up-here"  // make a backup to this computer
	WatchAttempt Action = "watch-attempt" // listen while the phone tries
	ChooseFolder Action = "choose-folder" // choose where backups go
	OpenStatus   Action = "open-status"   // open Apple's page of its services
	MakeReport   Action = "make-report"   // make the report for Apple Support
)

// Fix is one step of a repair.
type Fix struct {
	// ID is "<check>/<name>" and never changes.
	ID     string
	Text   words.Text
	Effort Effort
	Action Action
	// Seen says that Lifeboat can see when the step has worked; for others
	// it asks.
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

// safely puts a backup to this computer before the first step that is risky,
// unless there is one of today.
func (in Input) safely(sorted []Fix) []Fix {
	if in.savedHere() {
		return slices.DeleteFunc(sorted, func(f Fix) bool { return f.Action == BackUpHere })
	}
	risky := slices.IndexFunc(sorted, func(f Fix) bool { return f.Effort.Risky() })
	if risky < 0 || slices.ContainsFunc(sorted, func(f Fix) bool { return f.Action == BackUpHere }) {
		return sorted
	}
	return slices.Insert(sorted, risky, localFirst)
}
