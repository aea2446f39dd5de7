package main

import (
	"context"
	"os"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/backup/keyring"
	"lifeboat/backup/record"
	"lifeboat/checks/diagnosis"
	"lifeboat/device/facts"
)

// keyringTakes is how long the system's keyring may take where nobody said
// that it holds a password.
const keyringTakes = 10 * time.Second

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

// ownRecord reads what the phone itself remembers, out of its backup here. What
// cannot be read is not known, and costs the diagnosis nothing else.
func (c *call) ownRecord(ctx context.Context, root, udid string, given keybag.Password) facts.Datum[facts.Record] {
	var kept keybag.Password
	defer func() { kept.Wipe() }()
	own, err := record.Newest(ctx, afero.NewOsFs(), root, udid, func(ctx context.Context) keybag.Password {
		if !given.Empty() {
			return given
		}
		kept = keptPassword(ctx, udid)
		return kept
	})
	if err != nil {
		c.log.Info("the phone's own record not read", "error", err)
	}
	return own
}

// keptPassword is the one in the system's keyring, empty for none.
func keptPassword(ctx context.Context, udid string) keybag.Password {
	answer := make(chan keybag.Password, 1)
	go func() {
		password, _, _ := keyring.Load(udid)
		answer <- password
	}()
	select {
	case password := <-answer:
		return password
	case <-ctx.Done():
	case <-time.After(keyringTakes):
	}
	return keybag.Password{}
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
