package diagnosis

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"lifeboat/checks"
	"lifeboat/checks/feeds"
	"lifeboat/checks/history"
	"lifeboat/checks/host"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// Options configure a diagnosis. Phone must be set.
type Options struct {
	Phone *device.Phone
	// Destination is the folder for backups; MustExist is false for
	// Lifeboat's own, which is made when it is needed.
	Destination string
	MustExist   bool
	// Local is called to look for a backup of the phone in the destination; nil
	// finds none.
	Local func() checks.Local
	// Record is called to read what the phone itself remembers of its iCloud
	// backups, out of its newest backup in the destination. It may take seconds, or
	// as long as the keyring asks its user, and must end with its context. nil reads
	// none; see also [Session.Learn].
	Record func(context.Context) facts.Datum[facts.Record]
	// Feeds asks the network; nil does not.
	Feeds *feeds.Client
	// History remembers runs, answers and steps; nil forgets them.
	History *history.Store
	// Quick leaves out what takes long to read; it stays unknown.
	Quick bool
	// ConnectionTracker counts how often the phone leaves its cable; nil does not.
	Connections *ConnectionTracker
	Log         *slog.Logger     // nil discards
	Now         func() time.Time // nil is time.Now; may be called on any goroutine
}

// Session is the diagnosis of one phone. Its methods may be used by several
// goroutines.
type Session struct {
	Options
	look    chan struct{} // read everything again
	refresh chan struct{} // read the fast facts again
	turn    chan struct{} // holds a token while the phone's facts are read: one at a time

	mu      sync.Mutex
	state   State
	begun   bool // the facts were read, so that there is a state to report
	each    func(State)
	fixOpen bool
	held    bool // see Hold

	fixEvery time.Duration // but in tests the constant
	changed  bool          // the backup on this computer may be another than it was
	lastRun  *history.Run  // the one before this diagnosis
	// beside starts work that ends with the diagnosis, which waits for it; nil
	// while none runs.
	beside func(work func(context.Context))
	// endWork ends the slow reading of an examination that another replaces.
	endWork context.CancelFunc
}

// New prepares a diagnosis.
func New(o Options) *Session {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Session{Options: o, look: make(chan struct{}, 1), refresh: make(chan struct{}, 1), turn: make(chan struct{}, 1), fixEvery: fixEvery, each: func(State) {}}
}

// How often the facts are read again for what the phone does not report:
// while something is wrong that the user may be repairing, and otherwise.
const (
	fixEvery  = 3 * time.Second
	idleEvery = 30 * time.Second
	// hostSoon is how long the first state waits for this computer's drives.
	hostSoon = 700 * time.Millisecond
)

// Run examines the phone until ctx ends, and then returns nil. each is
// called, one call at a time, with each new state: first when the fast facts are
// read, then whenever something arrives or changes. It must not call methods of s,
// which wait for it. An error is that of the phone (a *fault.Error).
func (s *Session) Run(ctx context.Context, summary device.Summary, each func(State)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var workers sync.WaitGroup
	s.mu.Lock()
	s.each = each
	s.beside = func(work func(context.Context)) { workers.Go(func() { work(ctx) }) }
	s.mu.Unlock()
	defer workers.Wait()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.beside = nil
	}()
	defer stop()
	// Before the facts are read, so that no change falls between the two.
	workers.Go(func() { s.listen(ctx) })
	if err := s.examine(ctx, summary, &workers); err != nil {
		return ended(ctx, err)
	}
	return ended(ctx, s.follow(ctx, &workers))
}

// Once examines the phone until nothing is pending any more.
func (s *Session) Once(ctx context.Context, summary device.Summary) (State, error) {
	work, stop := context.WithCancel(ctx)
	defer stop()
	var workers sync.WaitGroup
	if err := s.examine(work, summary, &workers); err != nil {
		stop()
		workers.Wait()
		return State{}, err
	}
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return State{}, fault.New(fault.Cancelled, "examine the phone", err)
	}
	return s.State(), nil
}

// ended is nil for a diagnosis that ended because its context did.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// State is what is known now.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// examine reads everything once. It returns when the fast facts are known;
// what is slower arrives by the workers.
func (s *Session) examine(ctx context.Context, summary device.Summary, workers *sync.WaitGroup) error {
	ctx = s.newWork(ctx)
	computer := make(chan surroundings, 1)
	go func() { computer <- s.computer(ctx) }()
	network := s.pendingNetwork()
	arrived := make(chan struct{})
	var rest sync.WaitGroup
	if s.Feeds != nil {
		rest.Go(func() {
			s.Feeds.Each(ctx, func(n checks.Network) {
				<-arrived // not before the phone, which is the first to be shown
				s.arrive(ctx, func(in *checks.Input) { in.Network = n })
			})
		})
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		close(arrived)
		workers.Go(rest.Wait)
		return err
	}
	defer done()
	phone, err := s.Phone.Facts(ctx, summary)
	if err != nil {
		// Whoever ends for this does not wait for the network, and who goes
		// on still hears of it.
		close(arrived)
		workers.Go(rest.Wait)
		return err
	}
	dig := phone.Readiness == facts.Ready && !s.Quick
	if dig {
		phone.Deep = facts.PendingDeep()
	}
	in := checks.Input{Phone: phone, Network: network, Record: s.knownRecord(), Host: checks.Host{
		Destination: s.Destination, Kind: facts.Datum[checks.DestinationKind]{Reason: facts.Pending},
	}}
	s.recall(ctx, &in)
	soon := time.NewTimer(hostSoon)
	defer soon.Stop()
	select {
	case found := <-computer:
		in.Host, in.Local = found.host, found.local
	case <-soon.C:
		rest.Go(func() {
			found := <-computer
			s.arrive(ctx, func(in *checks.Input) { in.Host, in.Local = found.host, found.local })
		})
	}
	s.first(in)
	close(arrived)
	if s.Record != nil {
		rest.Go(func() { s.learn(ctx, s.Record) })
	}
	if dig {
		rest.Go(func() {
			s.Phone.Deep(ctx, func(d facts.Deep) { s.arrive(ctx, func(in *checks.Input) { in.Phone.Deep = d }) })
		})
	}
	workers.Go(func() {
		rest.Wait()
		s.record(ctx)
	})
	return nil
}

// takeTurn waits until nobody else reads the phone's facts: what is read later
// is newer, and a phone has one conversation at a time.
func (s *Session) takeTurn(ctx context.Context) (done func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return func() { <-s.turn }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Cancelled, "read the facts", context.Cause(ctx))
	}
}

// newWork ends what is still being read for an earlier examination.
func (s *Session) newWork(ctx context.Context) context.Context {
	work, end := context.WithCancel(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endWork != nil {
		s.endWork()
	}
	s.endWork = end
	return work
}

// surroundings are what this computer has to say.
type surroundings struct {
	host  checks.Host
	local checks.Local
}

// computer looks at this computer.
func (s *Session) computer(ctx context.Context) (found surroundings) {
	found.host = host.Gather(ctx, s.Destination)
	found.host.MustExist = s.MustExist
	found.local, _ = s.local(ctx)
	return found
}

// localPatience is how long a drive may take to show its backup. One that is
// gone can hang for minutes.
const localPatience = 5 * time.Second

// local looks for a backup of the phone on this computer; ok is false if the
// drive does not answer.
func (s *Session) local(ctx context.Context) (found checks.Local, ok bool) {
	if s.Local == nil {
		return found, true
	}
	answer := make(chan checks.Local, 1) // one place, so that a late answer ends its goroutine
	go func() { answer <- s.Local() }()
	select {
	case found = <-answer:
		return found, true
	case <-ctx.Done():
	case <-time.After(localPatience):
	}
	return found, false
}

// pendingNetwork is what is known of the network before it answers.
func (s *Session) pendingNetwork() checks.Network {
	if s.Feeds == nil {
		return checks.Network{}
	}
	return checks.Network{
		Versions: facts.Datum[checks.VersionList]{Reason: facts.Pending}, Status: facts.Datum[checks.ServiceStatus]{Reason: facts.Pending},
		Paths: facts.Datum[[]checks.HostPath]{Reason: facts.Pending}, ClockSkew: facts.Datum[time.Duration]{Reason: facts.Pending},
	}
}

// first sets the state for the first time and reports it.
func (s *Session) first(in checks.Input) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in.Attempt = s.state.Input.Attempt // of this phone, before it was looked at again
	s.state.Input, s.begun = in, true
	s.tell()
}

// arrive is a change by work that another examination may have replaced.
func (s *Session) arrive(ctx context.Context, part func(*checks.Input)) {
	if ctx.Err() == nil {
		s.change(part)
	}
}

// change replaces a part of what is known, has it judged and reports it.
func (s *Session) change(part func(*checks.Input)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		return
	}
	part(&s.state.Input)
	s.tell()
}

// set replaces a part of what is known also before there is a state to report.
func (s *Session) set(part func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if part(); s.begun {
		s.tell()
	}
}

// tell judges and hands the state over; s.mu is held, so that states come in order.
func (s *Session) tell() {
	s.state.Input.Now = s.Now()
	if s.Connections != nil {
		if n, ok := s.Connections.Drops(s.Phone.UDID, s.Now()); ok {
			s.state.Input.Host.Drops = facts.Of(n)
		}
	}
	s.state.judge()
	if s.lastRun != nil {
		s.state.Changes = history.Changes(*s.lastRun, runOf(s.state))
	}
	s.each(s.state)
}
