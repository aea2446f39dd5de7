package restore

import (
	"math"
	"sync"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/conversation"
	"lifeboat/backup/verify"
)

// Phase is what a job is doing. Each has words at restore.phase.<phase>.
type Phase string

// The phases, in the order in which they come. BackingUp is left out if the
// person refused it; WaitingPasscode comes whenever the phone asks for its
// passcode, WaitingUnlock, WaitingProgram and Settling before the phone is asked.
const (
	Checking        Phase = "checking"
	Proving         Phase = "proving" // that the backup is intact
	BackingUp       Phase = "backing-up"
	Preparing       Phase = "preparing"
	WaitingUnlock   Phase = "waiting-unlock"  // the phone is locked
	WaitingProgram  Phase = "waiting-program" // another program is busy with the phone
	Settling        Phase = "settling"        // the phone is finishing an interrupted session
	WaitingPhone    Phase = "waiting-phone"   // it was asked, and has wanted nothing yet
	WaitingPasscode Phase = "waiting-passcode"
	Sending         Phase = "sending"
	Finishing       Phase = "finishing" // it has everything, and puts it in place
	Done            Phase = "done"      // it restarts
)

// Event is how far a job is.
type Event struct {
	Phase Phase
	// Percent of the phase, 0 to 100; -1 while unknown.
	Percent float64
	// Bytes and Files count what was looked at in Proving and sent in Sending; the
	// totals are 0 while unknown.
	Bytes, BytesTotal int64
	Files, FilesTotal int
	// Rate is in bytes a second, smoothed; 0 while unknown.
	Rate float64
	// Left is the time that the rest of the phase should take; -1 while unknown.
	Left time.Duration
	// Passcode: the phone asks for its passcode right now.
	Passcode bool
	// Quiet and Liveness are as in [backup.Event].
	Quiet    time.Duration
	Liveness backup.Liveness
	// BlockedBy names the programs that may keep the phone busy.
	BlockedBy string
	// First is how far the backup of what is on the phone is, in BackingUp.
	First *backup.Event
}

// tick is the shortest time between two events of the same phase.
const tick = 100 * time.Millisecond

// progress gathers how far a job is and reports it at a limited rate. Its methods
// may be called from any goroutine.
type progress struct {
	report   func(Event)
	timeouts conversation.Timeouts
	quit     chan struct{}
	done     sync.WaitGroup

	mu       sync.Mutex
	event    Event
	resume   Phase // what Passcode interrupted
	changed  bool
	entered  time.Time
	measured time.Time // for the rate
	bytes    int64     // at measured
	files    int       // to be sent
	total    int64     // bytes to be sent
}

func startProgress(report func(Event), timeouts conversation.Timeouts) *progress {
	p := &progress{report: report, timeouts: timeouts, quit: make(chan struct{})}
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
	if p.report == nil {
		return
	}
	event := p.event
	if event.First != nil {
		event.Passcode = event.First.Passcode
	}
	p.report(event)
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

// enter begins a phase. The counts of what was sent stay to the end.
func (p *progress) enter(phase Phase) {
	if phase == p.event.Phase {
		return
	}
	now := time.Now()
	event := Event{Phase: phase, Percent: -1, Left: -1}
	switch phase {
	case Sending:
		event.FilesTotal, event.BytesTotal = p.files, p.total
	case Finishing, Done:
		event.Files, event.Bytes, event.FilesTotal, event.BytesTotal = p.event.Files, p.event.Bytes, p.event.FilesTotal, p.event.BytesTotal
	}
	p.event, p.entered, p.measured, p.bytes = event, now, now, event.Bytes
}

// detour enters a phase that interrupts the one under way; back ends it.
func (p *progress) detour(phase Phase, program string) (back func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := p.event.Phase
	p.enter(phase)
	p.event.BlockedBy = program
	p.tell()
	return func() { p.phase(from) }
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
		p.event.Phase, p.event.Left, p.event.Quiet, p.event.Liveness = WaitingPasscode, -1, 0, backup.PhoneActive
	} else {
		p.event.Phase = p.resume
	}
	p.tell()
}

// proven takes how far the proof is.
func (p *progress) proven(v verify.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Files, p.event.FilesTotal, p.event.Bytes, p.event.BytesTotal = v.Files, v.FilesTotal, v.Bytes, v.BytesTotal
	p.percent(float64(v.Files), float64(v.FilesTotal))
	p.changed = true
}

// first takes how far the backup is that is made first.
func (p *progress) first(e backup.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.First, p.event.Percent, p.event.Left = &e, e.Percent, e.Left
	p.tell()
}

// expect sets how much there is to be sent.
func (p *progress) expect(files int, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files, p.total = files, bytes
}

// sent counts what was sent.
func (p *progress) sent(bytes, files int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.event.Passcode = false
	begins := p.event.Phase != Sending && p.event.Phase != Finishing
	if begins {
		p.enter(Sending)
	}
	p.event.Bytes += int64(bytes)
	p.event.Files += files
	p.percent(float64(p.event.Bytes), float64(p.total))
	p.changed = true
	if p.event.Phase == Sending && p.files > 0 && p.event.Files >= p.files {
		p.enter(Finishing)
		begins = true
	}
	if begins {
		p.tell()
	}
}

// percent sets the share of the phase that is done. p.mu is held.
func (p *progress) percent(done, total float64) {
	if total > 0 {
		p.event.Percent = math.Max(p.event.Percent, math.Min(100*done/total, 100))
	}
}

// quiet says for how long the phone has said nothing.
func (p *progress) quiet(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	stage := backup.PhoneActive
	switch {
	case p.event.Passcode || d < p.timeouts.Quiet:
		d = 0
	case d < p.timeouts.Stalled:
		stage = backup.PhoneQuiet
	default:
		stage = backup.PhoneStalled
	}
	if d = d.Truncate(time.Second); d != p.event.Quiet || stage != p.event.Liveness {
		p.event.Quiet, p.event.Liveness, p.changed = d, stage, true
	}
}

// measure calculates rate and time left, twice a second.
func (p *progress) measure(now time.Time) {
	const every, smoothing = 500 * time.Millisecond, 5.0 // seconds
	if p.event.Phase != Sending && p.event.Phase != Proving {
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
	if spent := now.Sub(p.entered); p.event.Percent >= 1 && spent >= time.Second {
		left := time.Duration(float64(spent) * (100 - p.event.Percent) / p.event.Percent)
		p.event.Left = left.Round(time.Second)
	}
	p.changed = true
}
