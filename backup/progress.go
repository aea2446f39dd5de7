package backup

import (
	"math"
	"sync"
	"time"

	"lifeboat/backup/conversation"
)

// tick is the shortest time between two events of the same phase.
const tick = 100 * time.Millisecond

// shares are the parts of the whole run, in percent, that phases fill. A
// phase that is not named fills none.
var shares = map[Phase]struct{ from, to float64 }{
	Receiving: {0, 85},
	Finishing: {85, 86},
	Verifying: {86, 99},
	Placing:   {99, 99},
	Done:      {100, 100},
}

// expectFrom is the percent of the run from which on the size of the whole is
// calculated.
const expectFrom = 2

// progress gathers how far a run is and reports it at a limited rate. Its
// methods may be called from any goroutine.
type progress struct {
	report   func(Event)
	timeouts conversation.Timeouts
	quit     chan struct{}
	done     sync.WaitGroup

	mu       sync.Mutex
	event    Event
	resume   Phase // what Passcode interrupted
	changed  bool
	entered  time.Time // into the phase
	measured time.Time // for the rate
	bytes    int64     // at measured
}

func startProgress(report func(Event)) *progress {
	p := &progress{report: report, timeouts: conversation.Timeouts{}.OrDefault(), quit: make(chan struct{})}
	p.event.Percent, p.event.Left = -1, -1
	if report != nil {
		p.done.Go(p.run)
	}
	return p
}

func (p *progress) run() {
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

// end stops telling. No event comes after it.
func (p *progress) end() {
	close(p.quit)
	p.done.Wait()
}

// tell passes the event on. p.mu is held, which keeps events in order.
func (p *progress) tell() {
	p.changed = false
	if p.report != nil {
		p.report(p.event)
	}
	p.event.Note = ""
}

// phase enters a phase and reports it at once.
func (p *progress) phase(phase Phase) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.event.Passcode {
		p.resume = phase
		return
	}
	p.enter(phase)
	p.tell()
}

func (p *progress) enter(phase Phase) {
	if phase == p.event.Phase {
		return
	}
	now := time.Now()
	if phase == Receiving || phase == Verifying {
		p.event.Bytes, p.event.BytesTotal, p.event.Files, p.event.FilesTotal, p.event.Rate, p.event.Expected = 0, 0, 0, 0, 0, 0
		p.bytes, p.measured = 0, now
	}
	p.event.Phase, p.event.Left, p.event.Quiet, p.entered = phase, -1, 0, now
	p.event.Rate, p.event.BlockedBy = 0, ""
	if phase == Finishing {
		p.event.Liveness = "" // the phone is not needed any more
	}
	if share, ok := shares[phase]; ok {
		p.event.Percent = math.Max(p.event.Percent, share.from)
	}
}

// passcode says that the phone asks for its passcode, or does no longer.
func (p *progress) passcode(shown bool) {
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
		p.event.Phase, p.entered = p.resume, time.Now()
	}
	p.tell()
}

// heard counts what arrives of the content.
func (p *progress) heard(bytes, files int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Passcode = false
	begins := p.event.Phase != Receiving
	if begins {
		p.enter(Receiving)
	}
	p.event.Bytes += int64(bytes)
	p.event.Files += files
	p.changed = true
	if begins {
		p.tell()
	}
}

// percent takes how far the phase is, 0 to 100.
func (p *progress) percent(value float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	share, ok := shares[p.event.Phase]
	if !ok {
		return
	}
	value = share.from + (share.to-share.from)*math.Min(math.Max(value, 0), 100)/100
	if value > p.event.Percent {
		p.event.Percent, p.changed = value, true
	}
}

// verified takes how far the proof is.
func (p *progress) verified(files, total int, bytes, bytesTotal int64) {
	p.mu.Lock()
	p.event.Files, p.event.FilesTotal, p.event.Bytes, p.event.BytesTotal = files, total, bytes, bytesTotal
	p.changed = true
	p.mu.Unlock()
	if total > 0 {
		p.percent(100 * float64(files) / float64(total))
	}
}

// quiet says for how long the phone has said nothing.
func (p *progress) quiet(d time.Duration) {
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
}

// detour enters a phase that interrupts the one under way; back ends it.
func (p *progress) detour(phase Phase) (back func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := p.event.Phase
	p.enter(phase)
	p.tell()
	return func() { p.phase(from) }
}

// blockedBy reports which programs keep the phone busy.
func (p *progress) blockedBy(names string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.event.BlockedBy != names {
		p.event.BlockedBy = names
		p.tell()
	}
}

// note passes a file's name on at once.
func (p *progress) note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Note = text
	p.tell()
}

// measure calculates rate and time left, twice a second.
func (p *progress) measure(now time.Time) {
	const every, smoothing = 500 * time.Millisecond, 5.0 // seconds
	if p.event.Phase != Receiving && p.event.Phase != Verifying {
		return
	}
	dt := now.Sub(p.measured)
	if dt < every {
		return
	}
	rate := float64(p.event.Bytes-p.bytes) / dt.Seconds()
	weight := 1 - math.Exp(-dt.Seconds()/smoothing)
	if p.event.Rate == 0 {
		weight = 1
	}
	p.event.Rate += weight * (rate - p.event.Rate)
	p.measured, p.bytes = now, p.event.Bytes

	share := shares[p.event.Phase]
	gone := p.event.Percent - share.from
	if p.event.Phase == Receiving && gone >= expectFrom {
		p.event.Expected = int64(float64(p.event.Bytes) * (share.to - share.from) / gone)
	}
	if spent := now.Sub(p.entered); gone >= 1 && spent >= time.Second {
		left := time.Duration(float64(spent) * (100 - p.event.Percent) / gone)
		p.event.Left = left.Round(time.Second)
	}
	p.changed = true
}
