package state

import (
	"math/rand/v2"
	"testing"
	"time"

	"lifeboat/backup"
)

// TestSteadyLeft: a time is named after ten seconds of data, counts down by itself,
// follows slowly what is calculated, and jumps only where it was far off.
func TestSteadyLeft(t *testing.T) {
	const receiving, verifying = backup.Receiving, backup.Verifying
	type told struct {
		after time.Duration // since the event before
		phase backup.Phase
		left  time.Duration // as calculated
		shows time.Duration
	}
	const none = -1
	for _, c := range []struct {
		name string
		told []told
	}{
		{"not before ten seconds", []told{{0, receiving, hours(1), none}, {9 * time.Second, receiving, hours(1), none}, {time.Second, receiving, hours(1), hours(1)}}},
		{"not while unknown", []told{{0, receiving, none, none}, {time.Minute, receiving, none, none}, {time.Second, receiving, 50 * time.Second, 50 * time.Second}}},
		{"counts down", []told{{0, receiving, none, none}, {20 * time.Second, receiving, 100 * time.Second, 100 * time.Second},
			{10 * time.Second, receiving, 90 * time.Second, 90 * time.Second}, {30 * time.Second, receiving, none, 60 * time.Second}}},
		{"follows slowly", []told{{0, receiving, none, none}, {20 * time.Second, receiving, 100 * time.Second, 100 * time.Second},
			{10 * time.Second, receiving, 190 * time.Second, 100 * time.Second}, {10 * time.Second, receiving, 40 * time.Second, 85 * time.Second}}},
		{"jumps where it was far off", []told{{0, receiving, none, none}, {20 * time.Second, receiving, 100 * time.Second, 100 * time.Second},
			{time.Second, receiving, hours(2), hours(2)}, {time.Second, receiving, 10 * time.Second, 10 * time.Second}}},
		{"begins anew with a phase", []told{{0, receiving, none, none}, {20 * time.Second, receiving, 100 * time.Second, 100 * time.Second},
			{time.Second, verifying, 5 * time.Second, none}, {10 * time.Second, verifying, 5 * time.Second, 5 * time.Second}}},
		{"never less than nothing", []told{{0, receiving, none, none}, {20 * time.Second, receiving, 5 * time.Second, 5 * time.Second}, {time.Minute, receiving, none, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l steadyLeft
			now := someDay
			for i, e := range c.told {
				now = now.Add(e.after)
				l.take(e.left, e.phase, now)
				got := l.at(now)
				if e.shows != none {
					got = got.Round(time.Second)
				}
				if got != e.shows {
					t.Errorf("event %d shows %v, want %v", i+1, got, e.shows)
				}
			}
		})
	}
}

// TestSteadyLeftIsSteady: where what is calculated wavers by half around the truth,
// what is shown never grows by more than a tenth of it in a second.
func TestSteadyLeftIsSteady(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var l steadyLeft
	now, end := someDay, someDay.Add(20*time.Minute)
	before := time.Duration(-1)
	for now.Before(end.Add(-time.Minute)) {
		truth := end.Sub(now)
		l.take(time.Duration(float64(truth)*(0.67+0.66*random.Float64())), backup.Receiving, now)
		shown := l.at(now)
		if before >= 0 && shown-before > truth/10 {
			t.Fatalf("%v before the end it jumps from %v to %v", truth, before, shown)
		}
		if now.Sub(someDay) > time.Minute && (shown < truth/2 || shown > 2*truth) {
			t.Fatalf("%v before the end it shows %v", truth, shown)
		}
		before, now = shown, now.Add(time.Second)
	}
}

// TestEarly: while data comes and too little is known, a few minutes are named; in
// no other phase.
func TestEarly(t *testing.T) {
	for _, c := range []struct {
		step  Step
		phase backup.Phase
		early bool
	}{
		{Running, backup.Receiving, true}, {Running, backup.Verifying, true}, {Running, backup.WaitingPasscode, false},
		{Running, backup.Preparing, false}, {Interrupted, backup.Receiving, false}, {Asking, backup.Receiving, false},
	} {
		j := &Job{Step: c.step, Event: backup.Event{Phase: c.phase, Percent: -1}}
		if p := j.Progress(someDay); p.Early != c.early || p.Left != -1 || p.Percent != -1 {
			t.Errorf("%s in %s: %+v", c.step, c.phase, p)
		}
	}
}

// TestLeftInSilence: nobody knows how long it takes while the phone says nothing.
func TestLeftInSilence(t *testing.T) {
	known := steadyLeft{known: true, left: time.Hour, set: someDay}
	busy, silent := backup.Event{Phase: backup.Receiving, Left: -1}, backup.Event{Phase: backup.Receiving, Left: -1, Quiet: time.Minute}
	for _, c := range []struct {
		name  string
		event backup.Event
		left  time.Duration
	}{
		{"it sends", busy, time.Hour},
		{"it is silent", silent, -1},
		{"it is silent while what is on it is saved", backup.Event{Phase: backup.Receiving, First: &silent}, -1},
	} {
		r := &Restore{Event: c.event, left: known}
		if got := r.Left(someDay); got != c.left {
			t.Errorf("%s: a restore takes %v more, not %v", c.name, got, c.left)
		}
		if c.event.First != nil {
			continue
		}
		j := &Job{Step: Running, Event: c.event, left: known}
		if p := j.Progress(someDay); p.Left != c.left || p.Early {
			t.Errorf("%s: %+v, not %v", c.name, p, c.left)
		}
	}
}
