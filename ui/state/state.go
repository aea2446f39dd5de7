// Package state is what the window knows and what a person can do in it: the
// phones, the page that is shown, the backups that run, the questions that are
// open. It knows no Fyne, and is tested without it.
//
// All of it belongs to one goroutine, that of the window, and so do all
// callbacks of [View]. What takes time runs elsewhere through [Engine] and
// hands its result over with Options.Post. Whatever changes ends in
// [View.Changed]: pages read the state and draw it anew.
package state

import (
	"context"
	"time"

	"lifeboat/backup/audit"
	"lifeboat/backup/changes"
	"lifeboat/backup/content"
	"lifeboat/backup/keybag"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/ui/state/reminder"
)

// Options are what a state is made of. All fields must be set.
type Options struct {
	Engine   Engine
	Settings *Settings
	View     View
	Post     func(func())     // runs a function on the window's goroutine, without waiting for it
	Now      func() time.Time // may be called on any goroutine
}

// View is the window. Its methods are called on the window's goroutine, must
// return soon, and may call back.
type View interface {
	// Changed is called after each change of the state.
	Changed()
	// Progress is called when only figures of what runs have changed, once a
	// second or so.
	Progress()
	// Problem shows why something did not work; again repeats it, and is nil
	// where that makes no sense.
	Problem(err error, again func())
	// Waiting shows that something is under way. Closing it calls cancel, which
	// may be nil. The result closes it, and reports whether it was still open.
	Waiting(what Deed, cancel func()) (close func() bool)
	// Succeeded reports what is done.
	Succeeded(what Deed)
	// Ended is called when a backup has succeeded or failed, also while the
	// window is not to be seen.
	Ended(j *Job)
	// Checked shows what proving a version again has found, Copied where a copy
	// of it is, and whether Apple's program looks for it there, and AskPassword asks for the password that it was made with; wrong
	// is whether one was tried. It answers with then.
	Checked(v vault.Version, r verify.Report, found audit.Findings)
	Copied(v vault.Version, copied vault.Copy, handedOver bool)
	AskPassword(v vault.Version, wrong bool, then func(keybag.Password))
	// Transferred shows what was copied to another folder of backups, and whether
	// it is in the trash here now, Differences what
	// differs between a version and the one before.
	Transferred(v vault.Version, t vault.Transferred, away bool)
	Differences(v vault.Version, c changes.Changes)
	// Rehearsed shows what restoring a version onto a simulated phone has proven.
	Rehearsed(v vault.Version, r rehearsal.Result)
	// AskPhonePassword asks for the password of a phone's own backups, which is called
	// name; wrong is whether one was tried. It answers with then, and may be put aside.
	AskPhonePassword(name string, wrong bool, then func(keybag.Password))
	// RestoreEnded is called when a phone was restored, or was not, also while the window
	// is not to be seen.
	RestoreEnded(r *Restore)
	// TakenOut shows what was taken out of a backup, into which folder.
	TakenOut(dir string, done content.Exported)
	// Remind shows a reminder in the way of the system.
	Remind(r reminder.Reminder)
	// Close ends the window.
	Close()
}

// State is all that the window knows. Its fields are read only for pages.
type State struct {
	Options
	ctx  context.Context
	stop context.CancelFunc

	// Looked is set when the first list of phones has come. Mux is why usbmuxd
	// cannot be asked, nil if it can.
	Looked bool
	Mux    error
	// Phones are those that are connected, in the order they came, and those
	// whose backup waits for them.
	Phones []*Phone
	// Attempt is a try of the phone's that is watched, Report the report that is
	// written, Backups what is kept; nil while there is none.
	Attempt *Attempt
	Report  *Report
	Backups *Backups
	// Inside is what is in a backup, nil while none is looked into.
	Inside *Inside
	// Restore is what is put onto a phone, nil while nothing is.
	Restore *Restore
	// Offer is the rehearsal that the person was offered last; nil for none, or once
	// it was done.
	Offer *reminder.Reminder
	// Recording is what is recorded for a bug report.
	Recording Recording

	endWatch  context.CancelFunc
	page      Page
	back      []Page
	jobs      map[string]*Job            // by UDID: running, or just ended
	passwords map[string]keybag.Password // that have proven right in this session, by UDID
	reminders reminder.Memory            // what is known of each phone's copies
	quitting  bool                       // the window is to close as soon as nothing runs
	closed    bool                       // and has
	calls     chan func()                // short calls of the engine, made in their order
}

// New is a state that knows nothing yet and has started nothing.
func New(o Options) *State {
	return &State{Options: o, ctx: context.Background(), stop: func() {}, page: Page{Name: Overview},
		jobs: map[string]*Job{}, passwords: map[string]keybag.Password{}, calls: make(chan func(), maxCalls),
		reminders: reminder.Parse(o.Settings.Reminders())}
}

// Start begins to watch for phones until ctx ends. It returns at once.
func (s *State) Start(ctx context.Context) {
	s.ctx, s.stop = context.WithCancel(ctx)
	allowed := s.Settings.Allowed()
	s.tell(func() { s.Engine.Allow(allowed) })
	go s.call(s.ctx)
	s.LookForPhones()
	s.remind(firstReminder)
}

// LookForPhones begins anew to ask which phones there are.
func (s *State) LookForPhones() {
	if s.endWatch != nil {
		s.endWatch()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.endWatch = cancel
	go s.watch(ctx)
}

// maxCalls is how many calls of the engine may wait for those before them;
// nobody clicks that often.
const maxCalls = 256

// tell queues a short call of the engine, to be made after all earlier ones.
func (s *State) tell(call func()) {
	select {
	case s.calls <- call:
	case <-s.ctx.Done():
	}
}

// call makes the calls until ctx ends.
func (s *State) call(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-s.calls:
			f()
		}
	}
}

// changed has everything drawn anew.
func (s *State) changed() {
	s.updatePolling()
	s.View.Changed()
}

// postFor posts f and a change, unless ctx has ended by then.
func (s *State) postFor(ctx context.Context, f func()) {
	s.Post(func() {
		if ctx.Err() != nil {
			return
		}
		f()
		s.changed()
	})
}

// perform does something on another goroutine, and then calls done, or shows why it did
// not work.
func (s *State) perform(do func(context.Context) error, done func()) {
	ctx := s.ctx
	go func() {
		err := do(ctx)
		s.postFor(ctx, func() { s.outcome(err, nil, done) })
	}()
}

// Busy reports whether ending the program now would throw work away.
func (s *State) Busy() bool {
	return len(s.Running()) > 0 || s.Backups.Busy() || s.Inside.Busy() || s.Restore.Busy()
}

// Quit ends everything and the window. What runs is given up first, and is
// waited for, as it has to leave its folders in order.
func (s *State) Quit() {
	s.quitting = true
	for _, j := range s.Running() {
		s.StopJob(j)
	}
	if s.Backups.Busy() {
		s.StopTask()
	}
	s.StopTakingOut()
	s.StopRestore()
	s.quitIfIdle()
}

// quitIfIdle ends the window if that was asked for and nothing runs any more.
func (s *State) quitIfIdle() {
	if !s.quitting || s.closed || s.Busy() {
		return
	}
	s.closed = true
	if s.Recording.On {
		s.Engine.Record(false) // what is written is flushed; there is nobody left to hear of an error
	}
	s.closeInside()
	s.stop()
	s.View.Close()
}
