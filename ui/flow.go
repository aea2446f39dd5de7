package ui

import (
	"context"
	"strings"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/keybag"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
	"lifeboat/ui/engine"
)

// step is how far a backup has come.
type step string

const (
	starting step = "starting" // the destination is looked at; the phone's own screen stays
	choosing step = "choosing" // a first backup: the user chooses a password
	asking   step = "asking"   // the phone has a password: the user is asked for it
	running  step = "running"
	done     step = "done"
	failed   step = "failed"
)

// flow is one backup, from the click on Back Up Now until its outcome was read.
type flow struct {
	phone *phone
	step  step
	fix   string // the step of a repair that this is, ticked when it has worked
	full  bool   // not incremental
	form  int    // counts the password forms shown, so that each is a new screen

	// note says what was wrong with the last password, as a key of ui.en.toml
	// and a failure's words below it.
	note    string
	noteErr error

	// keep is a password to be put into the keyring once it has proven right.
	keep keybag.Password
	// offered is whether the password came from the keyring.
	offered bool

	cancel   context.CancelFunc
	stopping bool // the user cancelled; the job is winding up
	closing  bool // ... because the window is to close
	event    backup.Event
	unread   unread                 // of the run
	answer   chan<- keybag.Password // takes the answer while the job asks again

	result  backup.Result
	earlier int   // backups that are kept beside the new one; -1 if that is not known
	keepErr error // why the keyring did not take the password
	err     error
}

// eventsEvery is how often progress is brought to the screen, at most.
const eventsEvery = 200 * time.Millisecond

func (f *flow) key() string {
	key := string(f.step) + "/" + f.phone.dev.UDID
	if f.step == choosing || f.step == asking {
		key += strings.Repeat("+", f.form)
	}
	return key
}

// busy reports whether stopping now would throw work away.
func (f *flow) busy() bool { return f.step == running || f.answer != nil }

// outlivesPhone reports whether the screen stays when the phone is unplugged.
func (f *flow) outlivesPhone() bool { return f.busy() || f.step == done || f.step == failed }

// newFlowScreen makes the screen for a flow's step.
func newFlowScreen(w *Window, f *flow) screen {
	switch f.step {
	case choosing:
		return newChoosePassword(w, f)
	case asking:
		return newAskPassword(w, f)
	case done:
		return newDone(w, f)
	case failed:
		return newFailed(w, f)
	}
	return newRunning(w, f)
}

// backUp begins a backup of p: a folder that cannot be used is reported before
// a password is asked for.
func (w *Window) backUp(p *phone) { w.backUpAs(p, "") }

// backUpAs begins a backup that is a step of a repair, or none ("").
func (w *Window) backUpAs(p *phone, fixID string) { w.begin(&flow{phone: p, fix: fixID}) }

// begin begins a flow, unless there is one.
func (w *Window) begin(f *flow) {
	if w.flow != nil || f.phone.state == nil {
		return
	}
	f.step = starting
	w.flow = f
	w.refresh()
	ctx, dir := w.ctx, w.Settings.Destination()
	go func() {
		err := w.Engine.Destination(dir)
		w.postFor(ctx, func() {
			switch {
			case w.flow != f: // the phone was unplugged meanwhile
			case err != nil:
				f.step, f.err = failed, err
			default:
				w.askPassword(f)
			}
		})
	}()
}

// askPassword puts the question that the phone's encryption calls for.
func (w *Window) askPassword(f *flow) {
	// What cannot be read counts as "not encrypted": if the phone has a
	// password after all, the job asks for it before anything is lost.
	if encrypted, _ := f.phone.state.Phone().WillEncrypt.Known(); encrypted {
		w.tryKeyring(f)
		return
	}
	f.step = choosing
}

// tryKeyring begins with the password that the keyring holds, or asks for it.
func (w *Window) tryKeyring(f *flow) {
	ctx, cancel := context.WithCancel(w.ctx)
	f.step, f.cancel = running, cancel
	f.event = backup.Event{Phase: phaseKeyring, Percent: -1, Left: -1}
	w.refresh()
	udid := f.phone.dev.UDID
	go func() {
		password, err := w.Engine.Password(ctx, udid)
		w.Post(func() {
			defer cancel()
			switch {
			case f.stopping:
				w.ended(f, backup.Result{}, fault.New(fault.Cancelled, "ask the keyring", nil), nil)
			case err != nil || password.Empty():
				w.ask(f, "", nil)
			default:
				f.offered = true
				w.run(f, password)
			}
		})
	}()
}

// ask shows the form for the phone's password.
func (w *Window) ask(f *flow, note string, err error) {
	f.step, f.note, f.noteErr = asking, note, err
	f.form++
	w.refresh()
}

// run starts the job.
func (w *Window) run(f *flow, password keybag.Password) {
	ctx, cancel := context.WithCancel(w.ctx)
	f.step, f.cancel, f.stopping = running, cancel, false
	f.event = backup.Event{Phase: backup.Preparing, Percent: -1, Left: -1}
	order := engine.Order{
		Phone: f.phone.dev, Root: w.Settings.Destination(), Password: password,
		AskAgain: func(ctx context.Context) (keybag.Password, error) { return w.askAgain(ctx, f) },
		Full:     f.full, Policy: w.Settings.Policy(), Level: w.Settings.Level(),
	}
	f.unread.clear()
	var event latest[backup.Event]
	ended := make(chan struct{})
	go w.publish(f, &event, ended)
	go func() {
		result, err := w.Engine.BackUp(ctx, order, func(e backup.Event) {
			f.unread.add(e.Note)
			event.put(e)
		})
		close(ended)
		earlier := w.countEarlier(ctx, order, err)
		cancel()
		w.Post(func() {
			f.earlier = earlier
			w.proven(f, result, err)
		})
	}()
	w.refresh()
}

// publish brings the latest event to the screen, a few times a second.
func (w *Window) publish(f *flow, event *latest[backup.Event], ended <-chan struct{}) {
	event.each(ended, func(e backup.Event) {
		w.Post(func() {
			f.event = e
			if w.flow == f && f.step == running {
				w.screen.update()
			}
		})
	})
}

// askAgain asks for the phone's password while the job waits.
func (w *Window) askAgain(ctx context.Context, f *flow) (keybag.Password, error) {
	answer := make(chan keybag.Password, 1)
	w.Post(func() {
		if ctx.Err() != nil {
			return
		}
		f.answer = answer
		note := "ui.password.wrong"
		if f.offered {
			note = "ui.password.wrong-keyring"
		}
		f.offered, f.keep = false, keybag.Password{}
		w.ask(f, note, nil)
	})
	select {
	case password := <-answer:
		return password, nil
	case <-ctx.Done():
		return keybag.Password{}, fault.New(fault.Cancelled, "ask for the password again", context.Cause(ctx))
	}
}

// proven keeps a password that turned out right, and ends the flow.
func (w *Window) proven(f *flow, result backup.Result, err error) {
	if err != nil || f.keep.Empty() {
		w.ended(f, result, err, nil)
		return
	}
	udid, password := f.phone.dev.UDID, f.keep
	go func() {
		keepErr := w.Engine.KeepPassword(w.ctx, udid, password)
		w.Post(func() { w.ended(f, result, nil, keepErr) })
	}()
}

// ended shows the outcome.
func (w *Window) ended(f *flow, result backup.Result, err, keepErr error) {
	f.result, f.err, f.keepErr, f.answer = result, err, keepErr, nil
	f.step = failed
	if err == nil {
		f.step = done
		w.tick(f.phone, f.fix, true)
	}
	if f.closing {
		w.close()
		return
	}
	if w.sheet != nil && w.sheet.aboutRun {
		w.sheet.hide() // "a backup is running" is no longer true
	}
	w.recheck(f.phone.dev.UDID) // also after a failure: encryption may be on now
	w.refresh()
}

// recheck brings a phone's checklist up to date, if it is still there.
func (w *Window) recheck(udid string) {
	if p := w.find(udid); p != nil && p.stage == device.Ready && !p.gone {
		w.look(p)
	}
}

// cancelRun stops a running backup; the job ends within a second.
func (w *Window) cancelRun(f *flow) {
	if !f.busy() || f.stopping {
		return
	}
	f.stopping = true
	f.step = running
	f.cancel()
	w.refresh()
}

// leave goes back to the phone. What a backup taught of it may move the rows
// of the checklist now.
func (w *Window) leave(f *flow) {
	if w.flow == f {
		w.flow = nil
	}
	if f.step == done {
		f.phone.taught()
	}
	w.refresh()
}

// again makes another attempt after a failure; full is whether it builds upon
// no earlier backup.
func (w *Window) again(f *flow, full bool) {
	w.flow = nil
	if p := w.present(f); p != nil {
		w.begin(&flow{phone: p, fix: f.fix, full: full})
		return
	}
	w.refresh()
}

// present is a flow's phone, nil while it cannot be backed up.
func (w *Window) present(f *flow) *phone {
	if p := w.find(f.phone.dev.UDID); p != nil && p.stage == device.Ready && p.state != nil {
		return p
	}
	return nil
}

// countEarlier says how many backups are kept beside one that was just made.
func (w *Window) countEarlier(ctx context.Context, o engine.Order, failed error) int {
	if failed != nil {
		return -1
	}
	all, err := w.Engine.List(ctx, o.Root)
	if err != nil {
		return -1 // the new backup is no worse for it
	}
	n := 0
	for _, k := range all {
		for _, v := range k.Versions {
			if phoneid.Same(k.UDID, o.Phone.UDID) && !v.Current && v.Trashed.IsZero() && !v.Unfinished {
				n++
			}
		}
	}
	return n
}
