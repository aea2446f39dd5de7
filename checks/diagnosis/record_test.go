package diagnosis_test

import (
	"context"
	"testing"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
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
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Quick: true, Record: func(context.Context) facts.Datum[facts.Record] { <-read; return full() }})
	states, _ := r.states(s, device.Summary{})
	first := r.until(states, wait.Promised(20*time.Second), func(st diagnosis.State) bool { return len(st.Results) > 0 })
	if first.Blocker != "last-icloud-backup" || first.Input.Record.Reason != facts.Pending {
		t.Errorf("at first: blocker %q, record %+v", first.Blocker, first.Input.Record)
	}
	close(read)
	last := r.until(states, wait.Promised(20*time.Second), func(st diagnosis.State) bool { return st.Blocker == "icloud-storage" })
	if !is("icloud-storage", checks.Fail)(last) {
		t.Errorf("with the record: %s", statuses(last))
	}
}

// What a backup that was just made tells stays known, though nobody keeps its
// password.
func TestRecordOfABackupJustMade(t *testing.T) {
	r := newRig(t, "", "last-icloud=12d-ago")
	locked := facts.Datum[facts.Record]{Value: facts.Record{Of: time.Now()}, Reason: facts.RecordLocked}
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Quick: true, Record: func(context.Context) facts.Datum[facts.Record] { return locked }})
	states, _ := r.states(s, device.Summary{})
	r.until(states, wait.Promised(20*time.Second), func(st diagnosis.State) bool { return st.Input.Record.Reason == facts.RecordLocked })
	s.Learn(full())
	r.until(states, wait.Promised(20*time.Second), func(st diagnosis.State) bool { return st.Blocker == "icloud-storage" })
	s.Learn(locked)
	if st := s.State(); st.Blocker != "icloud-storage" {
		t.Errorf("looked again: blocker %q, record %+v", st.Blocker, st.Input.Record)
	}
}

// What is read after a backup is added while the diagnosis runs; it ends
// with it, and the diagnosis does not end before it has.
func TestRecordIsReadNoLongerThanTheDiagnosis(t *testing.T) {
	r := newRig(t, "", "last-icloud=12d-ago")
	s := diagnosis.New(diagnosis.Options{Phone: r.phone, Quick: true})
	if s.LearnFrom(func(context.Context) facts.Datum[facts.Record] { t.Error("read without a diagnosis"); return full() }) {
		t.Error("a diagnosis is said to run before it does")
	}
	ctx, stop := context.WithCancel(t.Context())
	states, ended := make(chan diagnosis.State, 1000), make(chan error, 1)
	go func() {
		ended <- s.Run(ctx, device.Summary{}, func(st diagnosis.State) { states <- st })
	}()
	r.until(states, 20*time.Second, func(st diagnosis.State) bool { return len(st.Results) > 0 })
	if !s.LearnFrom(func(context.Context) facts.Datum[facts.Record] { return full() }) {
		t.Error("the diagnosis is said not to run")
	}
	r.until(states, 20*time.Second, func(st diagnosis.State) bool { return st.Blocker == "icloud-storage" })
	begun, release, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	s.LearnFrom(func(ctx context.Context) facts.Datum[facts.Record] {
		close(begun)
		<-ctx.Done()
		<-release
		close(over)
		return facts.Gone[facts.Record]()
	})
	<-begun
	stop()
	select {
	case <-ended:
		t.Fatal("the diagnosis ended, and its reading goes on")
	case <-time.After(100 * time.Millisecond): // a diagnosis that did not wait would have ended
	}
	close(release)
	<-ended
	select {
	case <-over:
	default:
		t.Error("the diagnosis ended, and its reading goes on")
	}
	if st := s.State(); st.Blocker != "icloud-storage" {
		t.Errorf("what came after the end was added: %+v", st.Input.Record)
	}
	if s.LearnFrom(func(context.Context) facts.Datum[facts.Record] { t.Error("read after the end"); return full() }) {
		t.Error("a diagnosis is said to run that has ended")
	}
}
