// Package devicelog understands what the phone's own programs write about an
// iCloud backup: lines in, conditions, phases and a cause out. It listens to
// nothing itself and keeps no line.
package devicelog

import (
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

// Outcome is how an attempt ended.
type Outcome string

const (
	Open      Outcome = ""          // it has not ended, or never began
	Succeeded Outcome = "succeeded" // backupd said so
	Failed    Outcome = "failed"    // backupd said so, with codes
)

// Code is one link of a chain of errors.
type Code = knowledge.Code

// Conditions are what iCloud asks for before it backs up automatically, as
// backupd reported them last.
type Conditions struct {
	Enabled, Locked, OnPower, OnWiFi, OnCellular facts.Datum[bool]
}

// Phase is one step of a backup that backupd reported as done.
type Phase struct {
	Name string // backupd's own word, such as "scan"
	Took time.Duration
}

// Sign is a pattern that was recognised.
type Sign struct {
	ID string // of the pattern in the knowledge
	// Cause is the id of the check that it speaks about, "" for none. A final
	// line counts for the cause that its codes gave.
	Cause string
	Count int       // how often it came
	Last  time.Time // when it came last
	// Proven is false while the pattern was only read in the program and not
	// seen in the log of a real phone: then it is worded "likely".
	Proven bool
	// Conclusive: such a line is enough to name its cause, without a failed attempt.
	Conclusive bool `json:"Accuses"` // its name where attempts are written down
}

// Attempt is what was heard of one attempt so far. The zero Attempt heard
// nothing.
type Attempt struct {
	// Heard says that a line of the programs that make backups came, or one
	// of another that was recognised.
	Heard      bool
	Began      time.Time // zero if it was not heard
	Ended      time.Time
	Conditions Conditions
	Phase      string // under way now, "" if none is known
	Phases     []Phase
	Outcome    Outcome
	Codes      []Code // outermost first
	// Signs are of the entire time of listening, in the order they first came.
	Signs []Sign
	// NextTry is when the phone will try again on its own; zero if it did not
	// say. Mostly it says so without a zone: see [Listener.Zone].
	NextTry time.Time
	// Cause is the id of the check that this attempt failed for, "" for none.
	Cause  string
	Proven bool // of Cause
}
