package backup

import (
	"math"
	"sync"
	"time"

	"lifeboat/backup/conversation"
	"lifeboat/backup/verify"
)

// tick is the shortest time between two events of the same phase.
const tick = 100 * time.Millisecond

// Share is the part of Percent that a phase fills.
type Share struct {
	From, To float64
	// Counted: what comes or goes in it is counted, for its rate and the time left.
	Counted bool
}

// Scale is what the percents of a run mean.
type Scale struct {
	// Whole: they are of the whole run and never go back; otherwise of each phase.
	Whole bool
	// Shares are those of the phases; one that is not named fills none.
	Shares map[Phase]Share
}

var scale = Scale{Whole: true, Shares: map[Phase]Share{
	Receiving: {0, 85, true},
	Finishing: {85, 86, false},
	Verifying: {86, 99, true},
	Placing:   {99, 99, false},
	Done:      {100, 100, false},
}}

// expectFrom is the percent of the run from which on the size of the whole is
// calculated.
const expectFrom = 2

// Progress gathers how far a run is and reports it at a limited rate. Its
// methods may be called from any goroutine.
type Progress struct {
	report   func(Event)
	timeouts conversation.Timeouts
	scale    Scale
	quit     chan struct{}
	done     sync.WaitGroup

	mu       sync.Mutex
	event    Event
	resume   Phase // what Passcode interrupted
	changed  bool
	entered  time.Time // into the phase
	measured time.Time // for the rate
	bytes    int64     // at measured
	files    int       // that are expected, in all
	total    int64     // bytes that are expected
}

// StartProgress has report called at every change of phase and ten times a second
// at most, from one goroutine at a time, until End. It may be nil, and must not call
// back. timeouts say from when on silence is reported.
func StartProgress(report func(Event), timeouts conversation.Timeouts, scale Scale) *Progress {
	p := &Progress{report: report, timeouts: timeouts.OrDefault(), scale: scale, quit: make(chan struct{})}
	p.event.Percent, p.event.Left = -1, -1
	if report != nil {
		p.done.Go(p.run)
	}
	return p
}

func (p *Progress) run() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			p.mu.Lock()
			p.measure(now)
			if p.changed {
				p.tell()
			}
			p.mu.Unlock()
		case <-p.quit:
			return
		}
	}
}

// End ends the reports. No event comes after it.
func (p *Progress) End() {
	close(p.quit)
	p.done.Wait()
}

// tell passes the event on. p.mu is held, which keeps events in order.
func (p *Progress) tell() {
	p.changed = false
	if p.report != nil {
		event := p.event
		if event.First != nil {
			event.Passcode = event.First.Passcode
		}
		p.report(event)
	}
	p.event.Note = ""
}

// Phase enters a phase and reports it at once.
func (p *Progress) Phase(phase Phase) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.event.Passcode {
		p.resume = phase
		return
	}
	p.enter(phase)
	p.tell()
}

// enter begins a phase. What was counted stays to the end.
func (p *Progress) enter(phase Phase) {
	last := p.event
	if phase == last.Phase {
		return
	}
	e := Event{Phase: phase, Percent: -1, Left: -1, Passcode: last.Passcode, Note: last.Note}
	share, named := p.scale.Shares[phase]
	if p.scale.Whole {
		if e.Percent = last.Percent; named {
			e.Percent = math.Max(e.Percent, share.From)
		}
	}
	switch phase {
	case Finishing, Placing, Done:
		e.Bytes, e.BytesTotal, e.Files, e.FilesTotal, e.Expected = last.Bytes, last.BytesTotal, last.Files, last.FilesTotal, last.Expected
	default:
		if last.Liveness != "" {
			e.Liveness = PhoneActive
		}
	}
	if share.Counted {
		e.FilesTotal, e.BytesTotal = p.files, p.total
	}
	now := time.Now()
	p.event, p.entered, p.measured, p.bytes = e, now, now, e.Bytes
}

// Passcode says that the phone asks for its passcode, or does no longer.
func (p *Progress) Passcode(shown bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if shown == p.event.Passcode {
		return
	}
	p.event.Passcode = shown
	if shown {
		p.resume = p.event.Phase
		p.event.Phase, p.event.Left, p.event.Quiet, p.event.Liveness = WaitingPasscode, -1, 0, PhoneActive
	} else {
		p.event.Phase = p.resume
	}
	p.tell()
}

// Expect sets how much the next phase has to count, bytes in bytes.
func (p *Progress) Expect(files int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files, p.total = files, bytes
}

// Count counts what came or went in a phase, which it enters; with the last of what
// is expected, the phone is finishing.
func (p *Progress) Count(phase Phase, bytes, files int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Passcode = false
	begins := p.event.Phase != phase && p.event.Phase != Finishing
	if begins {
		p.enter(phase)
	}
	p.event.Bytes += int64(bytes)
	p.event.Files += files
	p.changed = true
	if p.event.BytesTotal > 0 {
		p.percent(100 * float64(p.event.Bytes) / float64(p.event.BytesTotal))
	}
	if p.event.Phase == phase && p.files > 0 && p.event.Files >= p.files {
		p.enter(Finishing)
		begins = true
	}
	if begins {
		p.tell()
	}
}

// Percent takes how far the phase is, 0 to 100.
func (p *Progress) Percent(value float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.percent(value)
}

// percent is Percent. p.mu is held.
func (p *Progress) percent(value float64) {
	share, named := p.scale.Shares[p.event.Phase]
	if !named {
		return
	}
	value = share.From + (share.To-share.From)*math.Min(math.Max(value, 0), 100)/100
	if value > p.event.Percent {
		p.event.Percent, p.changed = value, true
	}
}

// Verified takes how far the proof is.
func (p *Progress) Verified(v verify.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Files, p.event.FilesTotal, p.event.Bytes, p.event.BytesTotal = v.Files, v.FilesTotal, v.Bytes, v.BytesTotal
	p.changed = true
	if v.FilesTotal > 0 {
		p.percent(100 * float64(v.Files) / float64(v.FilesTotal))
	}
}

// First takes how far the backup is that is made first.
func (p *Progress) First(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.First, p.event.Percent, p.event.Left = &e, e.Percent, e.Left
	p.tell()
}

// Quiet says for how long the phone has said nothing.
func (p *Progress) Quiet(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stage := PhoneActive
	switch {
	case p.event.Passcode || d < p.timeouts.Quiet:
		d = 0
	case d < p.timeouts.Stalled:
		stage = PhoneQuiet
	default:
		stage = PhoneStalled
	}
	if d = d.Truncate(time.Second); d != p.event.Quiet || stage != p.event.Liveness {
		p.event.Quiet, p.event.Liveness, p.changed = d, stage, true
	}
	if d > 0 {
		p.event.Rate, p.event.Left = 0, -1
	}
}

// Detour enters a phase that interrupts the one under way; back ends it. blockedBy
// names the programs that keep the phone busy, as far as they are known.
func (p *Progress) Detour(phase Phase, blockedBy string) (back func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := p.event.Phase
	p.enter(phase)
	p.event.BlockedBy = blockedBy
	p.tell()
	return func() { p.Phase(from) }
}

// Note passes a file's name on at once.
func (p *Progress) Note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Note = text
	p.tell()
}

// measure calculates rate and time left, twice a second; while the phone says
// nothing there is neither.
func (p *Progress) measure(now time.Time) {
	const every, smoothing = 500 * time.Millisecond, 5.0 // seconds
	share := p.scale.Shares[p.event.Phase]
	dt := now.Sub(p.measured)
	if !share.Counted || dt < every {
		return
	}
	if p.event.Quiet > 0 {
		p.measured, p.bytes = now, p.event.Bytes
		return
	}
	rate := float64(p.event.Bytes-p.bytes) / dt.Seconds()
	weight := 1 - math.Exp(-dt.Seconds()/smoothing)
	if p.event.Rate == 0 {
		weight = 1
	}
	p.event.Rate += weight * (rate - p.event.Rate)
	p.measured, p.bytes = now, p.event.Bytes

	gone := p.event.Percent - share.From
	if p.event.Phase == Receiving && gone >= expectFrom {
		p.event.Expected = int64(float64(p.event.Bytes) * (share.To - share.From) / gone)
	}
	if spent := now.Sub(p.entered); gone >= 1 && spent >= time.Second {
		left := time.Duration(float64(spent) * (100 - p.event.Percent) / gone)
		p.event.Left = left.Round(time.Second)
	}
	p.changed = true
}
