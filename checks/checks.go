// Package checks turns facts into a diagnosis: what stops an iCloud backup,
// and whether a backup to this computer can be made. It holds no connection,
// reads no clock and asks nobody; everything it knows comes in as an [Input].
// One cause is one file, cause_<id>.go, which enters itself in the registry.
package checks

import (
	"time"

	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// Status is what a check says about its cause.
type Status string

const (
	Pass    Status = "pass"    // read, and in order
	Warn    Status = "warn"    // read, and could get in the way
	Fail    Status = "fail"    // read, and stops a backup
	Ask     Status = "ask"     // no cable can tell: the user has to look
	Unknown Status = "unknown" // it could be read, but was not
)

// Subject is one of the two places where backups go. They never share a verdict.
type Subject string

// The subjects.
const (
	ICloud       Subject = "icloud"
	ThisComputer Subject = "computer"
)

// DestinationKind is what stands where the backup is to go.
type DestinationKind string

const (
	DestinationFolder  DestinationKind = "folder"  // a folder
	DestinationNew     DestinationKind = "new"     // nothing yet, in a folder that exists
	DestinationMissing DestinationKind = "missing" // nothing, and the folder around it is missing too
	DestinationFile    DestinationKind = "file"    // something that is no folder
)

// Host is what was gathered about this computer. The zero value knows nothing.
type Host struct {
	OS          string // as runtime.GOOS
	Destination string // the folder for backups, "" when none is chosen
	// MustExist is true for a folder that the user chose; only Lifeboat's own
	// is made when it is needed.
	MustExist  bool
	Kind       facts.Datum[DestinationKind]
	FreeBytes  facts.Datum[int64]  // bytes that this user may still write there
	TotalBytes facts.Datum[int64]  // bytes that the drive holds, free or not
	FileSystem facts.Datum[string] // lower case, as the operating system calls it: "ext4", "apfs", "vfat"
	Remote     facts.Datum[bool]   // a network share
	Writable   facts.Datum[bool]   // proven by writing there
	// Cloud is the service whose program uploads what lies in the folder, such
	// as "OneDrive"; "" if none is known to.
	Cloud string
	// ITunes is the version of iTunes on this computer; it is absent where
	// none is installed, and not read on a system that has none by its own.
	ITunes facts.Datum[string]
	// Drops is how often the phone left its cable in the last ten minutes
	// without anybody having asked for it.
	Drops facts.Datum[int]
}

// Local is the backup of this phone that stands on this computer.
type Local struct {
	Exists   bool
	Finished time.Time // zero if it is not known
	Proven   bool      // it was proven intact, and nobody has changed it since
	// Rehearsed is when a restore of any of them was rehearsed last, and passed; zero
	// if none was.
	Rehearsed time.Time
}

// Input is everything that the checks may know. What is left out counts as
// not known, never as fine.
type Input struct {
	Phone   facts.Phone
	Host    Host
	Network Network
	Local   Local
	Answers Answers
	// Attempt is what was heard of the phone's last try.
	Attempt devicelog.Attempt
	// Earlier are tries that were listened to before, on other days.
	Earlier []devicelog.Attempt
	// Record is what the phone itself remembers of its iCloud backups, out of
	// the newest backup of it on this computer.
	Record facts.Datum[facts.Record]
	Now    time.Time // this computer's clock
}

// Result is what one check says.
type Result struct {
	ID     string
	Status Status
	Title  words.Text // what is checked, in a few words
	Short  words.Text // the same in two or three, for a row of the checklist
	// Value is in few words what was read, such as "23 days ago"; of what was
	// not, it says only that it is asked, not read or on its way.
	Value words.Text
	// Finding is one sentence that names the value that was read.
	Finding words.Text
	Why     words.Text // why it matters
	Fix     []Fix      // what to do, the least disruptive first
	// Questions are what the user can tell of it, asked in place.
	Questions []Question
	// Evidence maps the phone's own name of each datum ("domain/key"), or
	// "host/…", "network/…", "answer/…", "log/…", to the value that was read
	// or to why there is none.
	Evidence map[string]string
	// Pending: what it waits for takes long to read and is on its way.
	Pending bool
	// About is which backup it speaks of: the one in iCloud or the one on this computer.
	About Subject
	// Eased: it would fail, but iCloud saved the phone after all, so that it
	// only warns.
	Eased bool
	// Answered: the user's answer decided, no signal did.
	Answered bool
	// witnessed: another witness than a signal decided: a log, a record, an error text.
	witnessed bool
	// aside: it warns of something that is not why nothing is saved.
	aside bool
	// headline says in a clause, without a full stop, what is wrong.
	headline words.Text
	// history says in a clause since when iCloud has saved nothing.
	history words.Text
}

// Group is where a result stands on the checklist.
type Group string

const (
	Stops Group = "stops" // stops the iCloud backup
	Could Group = "could" // could get in the way, or is not known
	Fine  Group = "fine"  // everything else
)

// Group says where a result stands on the checklist.
func (r Result) Group() Group {
	switch {
	case r.Status == Fail && r.About != ThisComputer:
		return Stops
	case r.Status == Pass:
		return Fine
	}
	return Could
}

// Run runs every check over the same input. The order is that of the
// checklist and does not change with what is found. While iCloud has saved
// the phone within its time nothing stops its backups: what would fail warns.
func Run(in Input) []Result {
	causes := registry()
	results := make([]Result, 0, len(causes))
	saved := checkLastCloud(in).Status == Pass
	for _, c := range causes {
		r := c.override(in, c.judge(in))
		r.ID, r.About = string(c.id), c.about
		if saved && r.Status == Fail && c.about == ICloud {
			r.Status, r.Eased = Warn, true
		}
		r.Title, r.Short, r.Value = say(r.ID+".title", nil), say(r.ID+".short", nil), r.value()
		r.Why = say(r.ID+".why", nil)
		// A phone that does not let this computer in cannot be backed up before either.
		if r.Fix = byEffort(r.Fix); c.about == ICloud && c.means != access {
			r.Fix = in.safely(r.Fix)
		}
		for i := range r.Fix {
			r.Fix[i].Seen = r.Fix[i].Seen || c.seen && r.Fix[i].Effort > Look
		}
		results = append(results, r)
	}
	return results
}
