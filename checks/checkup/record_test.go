package checkup_test

import (
	"context"
	"testing"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/checkup"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/phonesim/wait"
)

// full is a record by which iCloud was full last night.
func full() facts.Datum[facts.Record] {
	now := time.Now()
	return facts.Of(facts.Record{Of: now, Outcomes: facts.Of([]facts.Outcome{
		{At: now.Add(-7 * time.Hour), Codes: []facts.ErrorCode{{Domain: "MBErrorDomain", Number: 303}}},
	})})
}

// The record takes its time, for which the checklist does not wait; then it
// names the cause.
func TestRecordArrivesLater(t *testing.T) {
	r := newRig(t, "", "last-icloud=12d-ago")
	read := make(chan struct{})
	s := checkup.New(checkup.Options{Phone: r.phone, Quick: true, Record: func(context.Context) facts.Datum[facts.Record] { <-read; return full() }})
	states, _ := r.states(s, device.Summary{})
	first := r.until(states, wait.Promised(20*time.Second), func(st checkup.State) bool { return len(st.Results) > 0 })
	if first.Blocker != "last-icloud-backup" || first.Input.Record.Reason != facts.Pending {
		t.Errorf("at first: blocker %q, record %+v", first.Blocker, first.Input.Record)
	}
	close(read)
	last := r.until(states, wait.Promised(20*time.Second), func(st checkup.State) bool { return st.Blocker == "icloud-storage" })
	if !is("icloud-storage", checks.Fail)(last) {
		t.Errorf("with the record: %s", statuses(last))
	}
}

// What a backup that was just made tells stays known, though nobody keeps its
// password.
func TestRecordOfABackupJustMade(t *testing.T) {
	r := newRig(t, "", "last-icloud=12d-ago")
	locked := facts.Datum[facts.Record]{Value: facts.Record{Of: time.Now()}, Reason: facts.RecordLocked}
	s := checkup.New(checkup.Options{Phone: r.phone, Quick: true, Record: func(context.Context) facts.Datum[facts.Record] { return locked }})
	states, _ := r.states(s, device.Summary{})
	r.until(states, wait.Promised(20*time.Second), func(st checkup.State) bool { return st.Input.Record.Reason == facts.RecordLocked })
	s.Learn(full())
	r.until(states, wait.Promised(20*time.Second), func(st checkup.State) bool { return st.Blocker == "icloud-storage" })
	s.Learn(locked)
	if st := s.State(); st.Blocker != "icloud-storage" {
		t.Errorf("looked again: blocker %q, record %+v", st.Blocker, st.Input.Record)
	}
}
