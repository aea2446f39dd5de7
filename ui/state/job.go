package state

import (
	"context"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/keybag"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
	"lifeboat/ui/engine"
)

// Step is how far a backup has come.
type Step string

const (
	Starting    Step = "starting" // the destination is looked at
	Choosing    Step = "choosing" // a first backup: a password is chosen
	Asking      Step = "asking"   // the phone has a password, which is asked for
	Running     Step = "running"
	Interrupted Step = "interrupted" // the phone was unplugged: it continues when it is back
	Done        Step = "done"
	Failed      Step = "failed"
)

// Note says what was wrong with the password before.
type Note string

const (
	NoNote      Note = ""
	WrongTyped  Note = "typed"
	WrongStored Note = "stored" // the one in the keyring, or of this session
)

// PhaseKeyring is the time before the run, when the keyring is asked.
const PhaseKeyring backup.Phase = "keyring"

// Job is one backup, from the click on Back Up Now until its outcome was read.
// A phone has at most one.
type Job struct {
	Phone *Phone
	Step  Step
	Fix   string // the step of a repair that this is, ticked when it has worked
	Full  bool   // not incremental
	Form  int    // counts the password forms shown, so that each is a new page
	Note  Note

	// Event is the newest of the run.
	Event    backup.Event
	Stopping bool // the person stopped it; it is winding up
	// Passcode is which of the Passcodes times that the phone asks for its
	// passcode it is now, 1 for the first, 0 before.
	Passcode, Passcodes int

	Result  backup.Result
	Earlier int   // backups that are kept beside the new one; -1 if that is not known
	KeepErr error // why the keyring did not take the password
	Err     error // why it failed, or what interrupted it
	// Within is what is in the backup, nil until that is known.
	Within []kind.Summary

	auto     bool            // nobody asked for it: it asks nothing
	seen     bool            // its outcome was looked at
	keeping  bool            // the keyring is taking the new password
	keep     keybag.Password // to be put into the keyring once it has proven right
	password keybag.Password // of the run
	offered  bool            // the password came from the keyring or from this session
	cancel   context.CancelFunc
	unread   unread                 // of the run
	answer   chan<- keybag.Password // takes the answer while the run asks again
	left     steadyLeft
	reached  float64 // percent, before an interruption
	idle     int     // interruptions in a row in which nothing arrived
}

// eventsEvery is how often progress is brought to the window, at most.
const eventsEvery = time.Second

// Job is the backup of a phone, nil if there is none.
func (s *State) Job(p *Phone) *Job {
	if p == nil {
		return nil
	}
	return s.jobs[p.Dev.UDID]
}

// Running are the backups at work, in the order of the phones.
func (s *State) Running() (all []*Job) {
	for _, p := range s.Phones {
		if j := s.jobs[p.Dev.UDID]; j.Busy() {
			all = append(all, j)
		}
	}
	return all
}

// Busy reports whether stopping now would throw work away.
func (j *Job) Busy() bool {
	return j != nil && (j.Step == Running || j.Step == Interrupted || j.answer != nil)
}

// Idle reports whether another backup of the phone can begin.
func (j *Job) Idle() bool { return j == nil || j.Step == Done || j.Step == Failed }

// outlivesPhone reports whether a phone that was unplugged stays listed for it.
func (j *Job) outlivesPhone() bool {
	return j.Busy() || (j.Step == Done || j.Step == Failed) && !j.seen && !j.auto
}

// BackUp begins a backup of p: a folder that cannot be used is reported before
// a password is asked for. fixID is the step of a repair that it is, "" for none.
func (s *State) BackUp(p *Phone, fixID string) { s.beginJob(&Job{Phone: p, Fix: fixID}) }

// Again makes another attempt after a failure; full is whether it builds upon
// no earlier backup.
func (s *State) Again(j *Job, full bool) {
	if !s.Present(j) {
		return
	}
	s.beginJob(&Job{Phone: j.Phone, Fix: j.Fix, Full: full})
}

// Present reports whether the phone of a backup can be backed up now.
func (s *State) Present(j *Job) bool {
	return s.Find(j.Phone.Dev.UDID) == j.Phone && !j.Phone.Gone && j.Phone.Stage == device.Ready && j.Phone.State != nil
}

// beginJob begins a backup, unless there is one of the phone.
func (s *State) beginJob(j *Job) {
	udid := j.Phone.Dev.UDID
	if !s.jobs[udid].Idle() || s.occupied(udid) || j.Phone.State == nil || j.Phone.Gone || s.quitting {
		return
	}
	j.Step, j.Earlier = Starting, -1
	s.jobs[udid] = j
	s.changed()
	ctx, dir := s.ctx, s.Settings.Destination()
	go func() {
		err := s.Engine.Destination(dir)
		s.postFor(ctx, func() {
			switch {
			case s.jobs[udid] != j: // the phone was unplugged meanwhile
			case err != nil:
				s.endJob(j, backup.Result{}, err, nil)
			default:
				s.findPassword(j)
			}
		})
	}()
}

// showJob shows the page of a backup, if its phone is the one that is shown.
func (s *State) showJob(j *Job) {
	if s.Current() == j.Phone && !j.auto && s.Page().Name != BackupsPage {
		s.Show(Page{Name: JobPage})
	}
}

// findPassword puts the question that the phone's encryption calls for.
func (s *State) findPassword(j *Job) {
	// What cannot be read counts as "not encrypted": if the phone has a
	// password after all, the job asks for it before anything is lost.
	encrypted, _ := j.Phone.State.Phone().WillEncrypt.Known()
	switch {
	case encrypted:
		s.askKeyring(j)
	case j.auto:
		delete(s.jobs, j.Phone.Dev.UDID) // a password has to be chosen by a person
	default:
		j.Step, j.Passcodes = Choosing, 1 // to set the password
		s.showJob(j)
	}
	j.Passcodes++ // to begin the backup
}

// askKeyring begins with the password of this session, or that of the keyring,
// or asks for it.
func (s *State) askKeyring(j *Job) {
	udid := j.Phone.Dev.UDID
	if known := s.knownPassword(udid); !known.Empty() {
		j.offered = true
		s.run(j, known)
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	j.Step, j.cancel = Running, cancel
	j.Event = backup.Event{Phase: PhaseKeyring, Percent: -1, Left: -1}
	s.showJob(j)
	go func() {
		password, err := s.Engine.Password(ctx, udid)
		s.Post(func() {
			defer cancel()
			switch {
			case j.Stopping:
				s.endJob(j, backup.Result{}, fault.New(fault.Cancelled, "ask the keyring", nil), nil)
			case (err != nil || password.Empty()) && j.auto:
				delete(s.jobs, udid)
				s.changed()
			case err != nil || password.Empty():
				s.ask(j, NoNote)
			default:
				j.offered = true
				s.run(j, password)
			}
		})
	}()
}

// ask shows the form for the phone's password.
func (s *State) ask(j *Job, note Note) {
	j.Step, j.Note = Asking, note
	j.Form++
	s.showJob(j)
	s.changed()
}

// ChoosePassword begins the backup with a new password. One that is to be kept
// is in the keyring before the phone gets it; failed is called if the keyring
// does not take it.
func (s *State) ChoosePassword(j *Job, password keybag.Password, keep bool, failed func(error)) {
	if j.Step != Choosing || j.keeping {
		return // a second Enter begins no second backup
	}
	if !keep {
		s.run(j, password)
		return
	}
	j.keeping = true
	s.changed()
	udid := j.Phone.Dev.UDID
	go func() {
		err := s.Engine.KeepPassword(s.ctx, udid, password)
		s.Post(func() {
			j.keeping = false
			switch {
			case s.jobs[udid] != j:
			case err != nil:
				failed(err)
				s.changed()
			default:
				s.run(j, password)
			}
		})
	}()
}

// GivePassword answers what the form asks; keep is whether it goes into the
// keyring once it has proven right.
func (s *State) GivePassword(j *Job, password keybag.Password, keep bool) {
	if j.Step != Asking {
		return
	}
	if keep {
		j.keep = password
	}
	if j.answer == nil {
		s.run(j, password)
		return
	}
	j.password = password
	j.answer <- copyOf(password)
	j.answer, j.Step = nil, Running
	s.changed()
}

// LeaveForm gives up a backup whose password was asked for: before it runs it
// is as if it had never begun, within the run it stops.
func (s *State) LeaveForm(j *Job) {
	switch {
	case j.answer != nil:
		s.StopJob(j)
	case j.Step == Choosing || j.Step == Asking:
		delete(s.jobs, j.Phone.Dev.UDID)
		s.forgetIfGone(j.Phone)
		s.changed()
	}
}

// run starts the job.
func (s *State) run(j *Job, password keybag.Password) {
	ctx, cancel := context.WithCancel(s.ctx)
	j.Step, j.cancel, j.Stopping, j.Passcode, j.Err = Running, cancel, false, 0, nil
	j.password, j.left = password, steadyLeft{}
	j.Event = backup.Event{Phase: backup.Preparing, Percent: -1, Left: -1}
	order := engine.Order{
		Phone: j.Phone.Dev, Root: s.Settings.Destination(), Password: copyOf(password),
		AskAgain: func(ctx context.Context) (keybag.Password, error) { return s.askAgain(ctx, j) },
		Full:     j.Full, Policy: s.Settings.Policy(), Level: s.Settings.Level(),
	}
	j.unread.clear()
	put, end := relay(s, func(e backup.Event) { s.progress(j, e) })
	go func() {
		var last backup.Event
		result, err := s.Engine.BackUp(ctx, order, func(e backup.Event) {
			j.unread.add(e.Note)
			if urgent := e.Phase != last.Phase || e.Passcode != last.Passcode; urgent {
				s.Post(func() { s.progress(j, e) })
			} else {
				put(e)
			}
			last = e
		})
		end()
		earlier := s.countEarlier(ctx, order, err)
		cancel()
		s.Post(func() {
			j.Earlier = earlier
			s.proven(j, result, err, last)
		})
	}()
	s.showJob(j)
	s.changed()
}

// progress takes an event of the run.
func (s *State) progress(j *Job, e backup.Event) {
	if j.Step != Running && j.Step != Asking {
		return
	}
	phase := e.Phase != j.Event.Phase || e.Passcode != j.Event.Passcode
	if e.Passcode && !j.Event.Passcode {
		j.Passcode++
		j.Passcodes = max(j.Passcodes, j.Passcode)
	}
	j.Event = e
	j.left.take(e.Left, e.Phase, s.Now())
	if phase {
		s.changed()
		return
	}
	s.View.Progress()
}

// askAgain asks for the phone's password while the job waits.
func (s *State) askAgain(ctx context.Context, j *Job) (keybag.Password, error) {
	return s.await(ctx, func(answer chan<- keybag.Password) {
		j.answer = answer
		note := WrongTyped
		if j.offered {
			note = WrongStored
		}
		delete(s.passwords, j.Phone.Dev.UDID)
		j.offered, j.auto, j.keep = false, false, keybag.Password{}
		s.ask(j, note)
	})
}

// proven remembers a password that turned out right, and ends the run.
func (s *State) proven(j *Job, result backup.Result, err error, last backup.Event) {
	if s.interrupted(j, err, last) {
		return
	}
	udid, password := j.Phone.Dev.UDID, j.password
	if err == nil && !password.Empty() {
		s.passwords[udid] = copyOf(password)
	}
	if err != nil || j.keep.Empty() {
		s.endJob(j, result, err, nil)
		return
	}
	keep := j.keep
	go func() {
		keepErr := s.Engine.KeepPassword(s.ctx, udid, keep)
		s.Post(func() { s.endJob(j, result, nil, keepErr) })
	}()
}

// endJob takes the outcome.
func (s *State) endJob(j *Job, result backup.Result, err, keepErr error) {
	j.Result, j.Err, j.KeepErr, j.answer = result, err, keepErr, nil
	j.Step = Failed
	if err == nil {
		j.Step = Done
		s.Tick(j.Phone, j.Fix, true)
		s.lookWithin(j)
	}
	if s.quitting {
		s.quitIfIdle()
		return
	}
	shown := s.Current() == j.Phone && s.Page().Name == JobPage
	switch {
	case j.Step == Done && shown && !j.Phone.Gone:
		s.Tab(Overview) // which is green now
	case j.Step == Failed && !shown:
		s.showJob(j)
	}
	if p := s.Find(j.Phone.Dev.UDID); p != nil && p.Stage == device.Ready && !p.Gone {
		s.Look(p) // also after a failure: encryption may be on now
	}
	if s.Backups != nil && !s.Backups.Changing() {
		s.ReloadBackups()
	}
	s.View.Ended(j)
	s.changed()
}

// StopJob stops a backup; it ends within a second.
func (s *State) StopJob(j *Job) {
	if !j.Busy() || j.Stopping {
		return
	}
	j.Stopping = true
	if j.Step == Interrupted {
		s.endJob(j, backup.Result{}, fault.New(fault.Cancelled, "wait for the phone", j.Err), nil)
		return
	}
	j.Step = Running
	j.cancel()
	s.changed()
}

// dismiss takes note that the outcome of a backup was read, or that its form
// was left.
func (s *State) dismiss(j *Job) {
	if j == nil {
		return
	}
	udid := j.Phone.Dev.UDID
	switch j.Step {
	case Choosing:
		delete(s.jobs, udid)
	case Asking:
		if j.answer == nil {
			delete(s.jobs, udid)
			s.forgetIfGone(j.Phone)
		}
	case Done, Failed: // the overview goes on to say so
		j.seen = true
		s.forgetIfGone(j.Phone)
	}
}

// autoAge is how old the newest backup here must be for one to start by itself.
const autoAge = 24 * time.Hour

// startIfWished starts a backup when a phone was plugged in, if that was chosen
// and it needs no answer but the passcode.
func (s *State) startIfWished(p *Phone) {
	if p.tried || p.State == nil || p.Stage != device.Ready {
		return
	}
	local := p.State.Input.Local
	if _, looked := p.State.Input.Host.Kind.Known(); !looked && !local.Exists {
		return // what is here is not known yet
	}
	p.tried = true // once for each time that it is plugged in
	if !s.Settings.StartOnPlug() || !local.Exists || s.Now().Sub(local.Finished) < autoAge || !s.jobs[p.Dev.UDID].Idle() || s.Restore.of(p) {
		return
	}
	s.beginJob(&Job{Phone: p, auto: true})
}

// countEarlier says how many backups are kept beside one that was just made.
func (s *State) countEarlier(ctx context.Context, o engine.Order, failed error) int {
	if failed != nil {
		return -1
	}
	all, err := s.Engine.List(ctx, o.Root)
	if err != nil {
		return -1 // the new backup is no worse for it
	}
	n := 0
	for _, k := range all {
		if phoneid.Same(k.UDID, o.Phone.UDID) {
			for _, v := range k.Versions {
				if !v.Current && v.Trashed.IsZero() && !v.Unfinished {
					n++
				}
			}
		}
	}
	return n
}
