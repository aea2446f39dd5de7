package state

import (
	"math"
	"time"

	"lifeboat/backup"
)

// Progress is how far a run is, as it is shown.
type Progress struct {
	Percent float64 // of the whole run; -1 while unknown. It never goes back, not even after an interruption.
	// Left is how long the rest takes; -1 while unknown. Early is set while the
	// phone sends, and too little has arrived to say it.
	Left  time.Duration
	Early bool
}

// Progress says how far a run is.
func (j *Job) Progress(now time.Time) Progress {
	p := Progress{Percent: j.Event.Percent, Left: j.left.at(now)}
	if j.reached > 0 {
		p.Percent = max(p.Percent, j.reached)
	}
	if j.Step == Interrupted || j.Event.Quiet > 0 {
		p.Left = -1
	}
	p.Early = p.Left < 0 && j.Event.Quiet == 0 && j.Step == Running && (j.Event.Phase == backup.Receiving || j.Event.Phase == backup.Verifying)
	return p
}

// steadyLeft is the time that is left as a person can follow it: it counts
// down, follows what is calculated slowly, and jumps only where it was far off.
type steadyLeft struct {
	phase backup.Phase
	since time.Time // of the phase
	known bool
	left  time.Duration // at at
	set   time.Time
}

const (
	// leftAfter is how long data must have come before a time is named.
	leftAfter = 10 * time.Second
	// leftFollows is the share by which what is shown moves towards what was
	// calculated, with each event.
	leftFollows = 0.1
	// leftJumps is how many times as long, or as short, the calculated time must be
	// for what is shown to give up counting down.
	leftJumps = 2.5
)

// take takes what was calculated, -1 for nothing.
func (l *steadyLeft) take(left time.Duration, phase backup.Phase, now time.Time) {
	if phase != l.phase {
		*l = steadyLeft{phase: phase, since: now}
	}
	if left < 0 || now.Sub(l.since) < leftAfter {
		return
	}
	shown := l.at(now)
	ratio := float64(left+time.Second) / float64(shown+time.Second)
	if !l.known || math.Max(ratio, 1/ratio) > leftJumps {
		l.known, l.left, l.set = true, left, now
		return
	}
	l.left, l.set = shown+time.Duration(leftFollows*float64(left-shown)), now
}

// at is what is shown at a moment.
func (l *steadyLeft) at(now time.Time) time.Duration {
	if !l.known {
		return -1
	}
	return max(0, l.left-now.Sub(l.set))
}
