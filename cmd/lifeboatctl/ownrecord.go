package main

import (
	"os"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/checks/diagnosis"
	"lifeboat/device/facts"
)

// givenPassword is the one that the user gave for backups that are read on the
// way, empty for none. A diagnosis does not ask for it.
func givenPassword(file string) (keybag.Password, error) {
	if file != "" {
		return fromFile(file)
	}
	password, err := usable(os.Getenv("LIFEBOAT_PASSWORD"))
	if err != nil {
		return keybag.Password{}, nil
	}
	return password, nil
}

// recordJSON says what became of the phone's own record, and of when it is.
type recordJSON struct {
	State string     `json:"state"` // "read", "locked", "none", "absent", "unreadable"
	Of    *time.Time `json:"of,omitempty"`
}

func recordOf(s diagnosis.State) recordJSON {
	own := s.Input.Record
	j := recordJSON{State: "unreadable"}
	switch {
	case own.State == facts.Read:
		j.State = "read"
	case own.State == facts.Absent:
		j.State = "absent"
	case own.Reason == facts.RecordLocked:
		j.State = "locked"
	case own.Reason == facts.RecordNone, own.Reason == "":
		j.State = "none"
	}
	if of := own.Value.Of; !of.IsZero() {
		j.Of = &of
	}
	return j
}

// printRecord says of a record that is there and was not read how to have it read.
func (c *call) printRecord(s diagnosis.State) {
	j := recordOf(s)
	if j.State != "locked" {
		return
	}
	args := words.Args{"Of": ""}
	if j.Of != nil {
		args["Of"] = words.Date(*j.Of)
	}
	c.print("\n" + c.text("cli.record-locked", args))
}
