package state

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/audit"
	"lifeboat/backup/content"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/restore"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/report"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/engine"
	"lifeboat/ui/enginetest"
	"lifeboat/ui/state/reminder"
)

const (
	udidA = "00008110-001A2B3C4D5E601E"
	udidB = "00008130-000A1B2C3D4E501F"
	home  = "/home/anna/Lifeboat Backups"
)

var (
	phoneA = &device.Phone{UDID: udidA, Connection: "USB", DeviceID: 3}
	phoneB = &device.Phone{UDID: udidB, Connection: "USB", DeviceID: 4}
	// errGone is how a run ends whose phone was unplugged.
	errGone    = fault.New(fault.PhoneGone, "receive", nil)
	errKeyring = fault.New(fault.KeyringFailed, "keep the password", errors.New("no such service"))
)

// rig is a state with a scripted engine and a window that only remembers. The
// test is the window's goroutine.
type rig struct {
	*State
	t      *testing.T
	engine *scripted
	view   *memory
	posts  chan func()
}

// inBubble runs f with a started state, in a bubble with a fake clock.
func inBubble(t *testing.T, f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, view: &memory{}, posts: make(chan func(), 1000)}
		r.engine = &scripted{changes: make(chan device.Change), starts: make(chan *run, 9), keyring: map[string]string{}, states: map[string]chan checks.Input{}}
		r.State = New(Options{Engine: r.engine, Settings: NewSettings(nil, home, feeds.Everything), View: r.view,
			Post: func(f func()) { r.posts <- f }, Now: time.Now})
		ctx, cancel := context.WithCancel(t.Context())
		r.Start(ctx)
		r.drain()
		f(r)
		cancel()
		r.drain()
	})
}

// drain lets all goroutines come to rest and runs what they posted.
func (r *rig) drain() {
	for {
		synctest.Wait()
		select {
		case f := <-r.posts:
			f()
		default:
			return
		}
	}
}

// pass lets the fake clock go on by d.
func (r *rig) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(50*time.Millisecond, time.Until(end)))
		r.drain()
	}
}

// plug tells which phones are connected.
func (r *rig) plug(phones ...*device.Phone) {
	r.engine.changes <- device.Change{Phones: phones}
	r.drain()
}

// phone is a phone that must be listed.
func (r *rig) phone(dev *device.Phone) *Phone {
	r.t.Helper()
	p := r.Find(dev.UDID)
	if p == nil {
		r.t.Fatalf("%s is not listed", dev.UDID)
	}
	return p
}

// at fails the test unless a page is shown.
func (r *rig) at(want PageName) {
	r.t.Helper()
	if got := r.Page().Name; got != want {
		r.t.Fatalf("the page is %q, want %q", got, want)
	}
}

// in fails the test unless the backup of a phone has come to a step.
func (r *rig) in(dev *device.Phone, want Step) *Job {
	r.t.Helper()
	j := r.Job(r.phone(dev))
	if j == nil {
		r.t.Fatalf("there is no backup, want one that is %q", want)
	}
	if j.Step != want {
		r.t.Fatalf("the backup is %q (%v), want %q", j.Step, j.Err, want)
	}
	return j
}

// started is the run that has begun since the last call.
func (r *rig) started() *run {
	r.t.Helper()
	r.drain()
	select {
	case got := <-r.engine.starts:
		return got
	default:
		r.t.Fatal("no backup was started")
		return nil
	}
}

// quiet fails the test if a run has begun since the last one was taken.
func (r *rig) quiet() {
	r.t.Helper()
	r.drain()
	if n := len(r.engine.starts); n > 0 {
		r.t.Fatalf("%d backups were started too many", n)
	}
}

// event reports progress and lets it come to the state.
func (r *rig) event(of *run, e backup.Event) {
	of.events <- e
	r.pass(2 * eventsEvery)
}

// end ends a run.
func (r *rig) end(of *run, err error) {
	r.t.Helper()
	of.ends <- err
	r.drain()
}

// first begins a first backup of phone A, with a password that is not kept.
func (r *rig) first() *run {
	r.t.Helper()
	r.plug(phoneA)
	r.BackUp(r.phone(phoneA), "")
	r.drain()
	r.ChoosePassword(r.in(phoneA, Choosing), keybag.NewPassword("correct horse"), false, func(err error) { r.t.Error(err) })
	return r.started()
}

// encrypted makes every phone encrypt its backups.
func (r *rig) encrypted() {
	r.engine.change = func(in *checks.Input) { in.Phone.WillEncrypt = facts.Of(true) }
}

// hears brings a new state of a phone.
func (r *rig) hears(dev *device.Phone, change func(*checks.Input)) {
	in := inputOf(dev)
	change(&in)
	r.engine.statesOf(dev) <- in
	r.drain()
}

// inputOf is a phone just looked at, that was never backed up here.
func inputOf(dev *device.Phone) checks.Input {
	now := time.Now()
	return checks.Input{Now: now, Host: checks.Host{OS: "linux", Destination: home}, Phone: facts.Phone{UDID: dev.UDID, Connection: "USB",
		Readiness: facts.Ready, GatheredAt: now, WillEncrypt: facts.Of(false), CloudBackupEnabled: facts.Of(false)}}
}

func stateOf(in checks.Input) diagnosis.State {
	s := diagnosis.State{Input: in, Results: checks.Run(in)}
	s.Next = checks.Next(s.Input, s.Results)
	return s
}

// memory is a window that only remembers what it was told.
type memory struct {
	View                      // for what no test here calls
	changed, progress, closed int
	problems                  []error
	ended                     []*Job
	asked, checked            int
	wrong                     bool // of the last AskPassword
	then                      func(keybag.Password)
	taken                     int
	took                      string
	reminded                  int
	rehearsed                 int
	askedOwn, restored        int
	wrongOwn                  bool
	thenOwn                   func(keybag.Password)
}

func (m *memory) Changed()                                             { m.changed++ }
func (m *memory) Progress()                                            { m.progress++ }
func (m *memory) Problem(err error, _ func())                          { m.problems = append(m.problems, err) }
func (m *memory) Ended(j *Job)                                         { m.ended = append(m.ended, j) }
func (m *memory) Remind(reminder.Reminder)                             { m.reminded++ }
func (m *memory) Rehearsed(vault.Version, rehearsal.Result)            { m.rehearsed++ }
func (m *memory) RestoreEnded(*Restore)                                { m.restored++ }
func (m *memory) Close()                                               { m.closed++ }
func (m *memory) Checked(vault.Version, verify.Report, audit.Findings) { m.checked++ }
func (m *memory) AskPassword(_ vault.Version, wrong bool, then func(keybag.Password)) {
	m.asked++
	m.wrong, m.then = wrong, then
}

func (m *memory) AskPhonePassword(_ string, wrong bool, then func(keybag.Password)) {
	m.askedOwn++
	m.wrongOwn, m.thenOwn = wrong, then
}

func (m *memory) TakenOut(dir string, done content.Exported) {
	m.taken, m.took = m.taken+1, dir
}

// run is one backup that the engine was asked for.
type run struct {
	order  engine.Order
	events chan backup.Event
	ends   chan error
	again  chan string // has the run ask again, and gets what was answered
}

// scripted is an [Engine] that does what a test tells it.
type scripted struct {
	Engine   // for what no test here calls
	restores enginetest.Restores
	inside   *enginetest.Content
	newer    *enginetest.Content // of version 9, with the password "newer"
	changes  chan device.Change
	starts   chan *run
	change   func(*checks.Input) // of every phone that is plugged in
	deaf     bool                // a run does not hear that it is cancelled
	blocked  chan struct{}       // if set, phones are locked until it is closed

	keyring        map[string]string // by UDID
	keyringErr     error
	keyringWaits   chan struct{} // if set, the keyring answers when something comes
	destinationErr error
	kept           []Kept
	listErr        error
	recheck        func(password string) error
	rehearsed      rehearsal.Result

	mu     sync.Mutex
	calls  []string
	states map[string]chan checks.Input
}

// statesOf is what brings new states of a phone.
func (s *scripted) statesOf(dev *device.Phone) chan checks.Input {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.states[dev.UDID] == nil {
		s.states[dev.UDID] = make(chan checks.Input)
	}
	return s.states[dev.UDID]
}

func (s *scripted) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, fmt.Sprintf(format, args...))
}

// noted are the calls that begin with a word.
func (s *scripted) noted(word string) (calls []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if strings.HasPrefix(c, word) {
			calls = append(calls, c)
		}
	}
	return calls
}

func (s *scripted) Watch(ctx context.Context, each func(device.Change)) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-s.changes:
			each(c)
		}
	}
}

func (s *scripted) Follow(ctx context.Context, x engine.Examination, connected func(device.Connection), each func(diagnosis.State)) error {
	if s.blocked != nil {
		connected(device.Connection{Stage: device.Blocked, Err: fault.New(fault.PhoneLocked, "inspect", nil)})
		select {
		case <-s.blocked:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	connected(device.Connection{Stage: device.Ready, Summary: device.Summary{Name: "Anna's iPhone", ProductType: "iPhone15,2", Version: "18.7.1", Readiness: facts.Ready}})
	return s.Diagnose(ctx, x, device.Summary{}, each)
}

func (s *scripted) Diagnose(ctx context.Context, x engine.Examination, _ device.Summary, each func(diagnosis.State)) error {
	s.note("diagnose %s", x.Destination)
	in := inputOf(x.Phone)
	for {
		if s.change != nil {
			s.change(&in)
		}
		each(stateOf(in))
		select {
		case <-ctx.Done():
			return nil
		case in = <-s.statesOf(x.Phone):
		}
	}
}

func (s *scripted) BackUp(ctx context.Context, o engine.Order, report func(backup.Event)) (backup.Result, error) {
	r := &run{order: o, events: make(chan backup.Event), ends: make(chan error), again: make(chan string, 9)}
	s.starts <- r
	for {
		cancelled := ctx.Done()
		if s.deaf {
			cancelled = nil
		}
		select {
		case e := <-r.events:
			report(e)
		case err := <-r.ends:
			if err == errAskAgain {
				password, err := o.AskAgain(ctx)
				if err != nil {
					return backup.Result{}, err
				}
				r.again <- password.Reveal()
				continue
			}
			return backup.Result{Encrypted: true}, err
		case <-cancelled:
			return backup.Result{}, fault.New(fault.Cancelled, "back up", context.Cause(ctx))
		}
	}
}

// nothing changes nothing of a phone.
func (s *scripted) nothing(*checks.Input) {}

// errAskAgain has a run ask for the password in place of ending.
var errAskAgain = errors.New("ask again")

func (s *scripted) Password(ctx context.Context, udid string) (keybag.Password, error) {
	s.note("password")
	if err := s.waitForKeyring(ctx); err != nil {
		return keybag.Password{}, err
	}
	return keybag.NewPassword(s.keyring[udid]), s.keyringErr
}

func (s *scripted) KeepPassword(ctx context.Context, udid string, p keybag.Password) error {
	if err := s.waitForKeyring(ctx); err != nil {
		return err
	}
	if s.keyringErr == nil {
		s.keyring[udid] = p.Reveal()
	}
	return s.keyringErr
}

func (s *scripted) waitForKeyring(ctx context.Context) error {
	if s.keyringWaits == nil {
		return nil
	}
	select {
	case <-s.keyringWaits:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *scripted) Destination(string) error { return s.destinationErr }
func (s *scripted) Look(*device.Phone)       { s.note("look") }
func (s *scripted) FixOpen(_ *device.Phone, open bool) {
	s.note("open %v", open)
}
func (s *scripted) Answer(_ context.Context, _ *device.Phone, id checks.QuestionID, a checks.Answer) error {
	s.note("answer %s %s%s", id, a.Choice, a.Text)
	return nil
}
func (s *scripted) Tick(_ context.Context, _ *device.Phone, fixID string, done bool) error {
	s.note("tick %s %v", fixID, done)
	return nil
}
func (s *scripted) Attempt(ctx context.Context, _ *device.Phone, _ func(devicelog.Attempt)) error {
	<-ctx.Done()
	s.note("attempt ended")
	return ctx.Err()
}
func (s *scripted) Report(*device.Phone, report.Include) report.Report { return report.Report{} }
func (s *scripted) Record(on bool) (string, error) {
	s.note("record %v", on)
	return "/home/anna/recording.txt", nil
}
func (s *scripted) Allow(a feeds.Allowed)                        { s.note("allow %+v", a) }
func (s *scripted) List(context.Context, string) ([]Kept, error) { return s.kept, s.listErr }
func (s *scripted) Foreign(context.Context, ...string) ([]library.Foreign, []library.Unread, error) {
	return nil, nil, nil
}
func (s *scripted) Remembered(context.Context) ([]library.Remembered, error) { return nil, nil }
func (s *scripted) Room(context.Context, string, []Kept, vault.Policy, time.Time) (library.Room, error) {
	return library.Room{}, nil
}
func (s *scripted) HandOver() (string, library.Program) { return "", "" }

func (s *scripted) OpenContent(_ context.Context, _ Kept, number int, password keybag.Password) (engine.Content, error) {
	if number == 9 {
		if password.Reveal() != "newer" {
			return nil, fault.New(fault.PasswordWrong, "open", nil)
		}
		return s.newer, nil
	}
	if s.recheck != nil {
		if err := s.recheck(password.Reveal()); err != nil {
			return nil, err
		}
	}
	if s.inside == nil {
		return nil, fault.New(fault.VersionUnknown, "open", nil)
	}
	return s.inside, nil
}

func (s *scripted) Recheck(_ context.Context, _ Kept, _ int, password keybag.Password, _ verify.Level, _ func(verify.Progress)) (verify.Report, audit.Findings, error) {
	s.note("recheck %s", password.Reveal())
	if s.recheck != nil {
		return verify.Report{}, audit.Findings{}, s.recheck(password.Reveal())
	}
	return verify.Report{}, audit.Findings{}, nil
}

func (s *scripted) Rehearse(ctx context.Context, _ Kept, number int, password keybag.Password, report func(rehearsal.Progress)) (rehearsal.Result, error) {
	s.note("rehearse %d %s", number, password.Reveal())
	if s.recheck != nil {
		if err := s.recheck(password.Reveal()); err != nil {
			return rehearsal.Result{}, err
		}
	}
	report(rehearsal.Progress{Files: 10, FilesTotal: 100, Bytes: 5, BytesTotal: 50})
	return s.rehearsed, nil
}

func (s *scripted) CheckRestore(ctx context.Context, o engine.RestoreOrder) (restore.Plan, error) {
	return s.restores.CheckRestore(ctx, o)
}

func (s *scripted) Restore(ctx context.Context, o engine.RestoreOrder, report func(backup.Event)) (restore.Result, error) {
	return s.restores.Restore(ctx, o, report)
}
