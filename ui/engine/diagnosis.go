package engine

import (
	"context"
	"time"

	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/record"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

// Examination says what a diagnosis examines.
type Examination struct {
	Phone *device.Phone
	// Destination is the folder for backups.
	Destination string
	// Quick leaves out what takes long to read; it stays unknown.
	Quick bool
	// Password opens the backup that stands there; without it the keyring is asked.
	Password keybag.Password
}

// Diagnosis prepares the diagnosis of a phone.
func (e *Engine) Diagnosis(x Examination) *diagnosis.Session {
	return diagnosis.New(diagnosis.Options{
		Phone: x.Phone, Destination: x.Destination, MustExist: x.Destination != e.Own, Quick: x.Quick,
		Connections: &e.connections, History: e.History, Log: e.Log, Feeds: e.feeds(),
		Local: func() checks.Local {
			date, exists, proven := e.Standing(x.Destination, x.Phone.UDID)
			return checks.Local{Exists: exists, Finished: date, Proven: proven, Rehearsed: e.Rehearsed(x.Destination, x.Phone.UDID)}
		},
		Record: func(ctx context.Context) facts.Datum[facts.Record] {
			return e.ownRecord(ctx, x.Destination, x.Phone.UDID, x.Password)
		},
	})
}

// Follow leads a phone from the plug to its diagnosis: it is [Engine.Connect] to
// [device.Ready] and then [Engine.Diagnose]. connected and each are called one
// call at a time, and may not call back.
func (e *Engine) Follow(ctx context.Context, x Examination, connected func(device.Connection), each func(diagnosis.State)) error {
	var last device.Summary
	err := e.Connect(ctx, x.Phone, device.Ready, func(c device.Connection) {
		last = c.Summary
		connected(c)
	})
	if err != nil {
		return err
	}
	return e.Diagnose(ctx, x, last, each)
}

// Diagnose examines a phone until ctx ends and hands over each new state: the
// first within about two seconds, more as slow facts, the network or the phone's
// own changes arrive. It returns an error if the phone cannot be examined, nil
// when ctx ended. each is called as [diagnosis.Session.Run] does, and must not
// call the methods below, which are about the diagnosis that runs.
func (e *Engine) Diagnose(ctx context.Context, x Examination, summary device.Summary, each func(diagnosis.State)) error {
	s, udid := e.Diagnosis(x), x.Phone.UDID
	e.mu.Lock()
	e.ending.Add(1)
	defer e.ending.Done()
	if e.running == nil {
		e.running = map[string]*diagnosis.Session{}
	}
	e.running[udid] = s
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.running[udid] == s {
			delete(e.running, udid)
		}
	}()
	return s.Run(ctx, summary, each)
}

// Wait waits until the diagnoses have ended whose contexts did, and what is done
// after backups, so that nothing is read or remembered any more; but no longer than limit, since a drive that is
// gone can hang.
func (e *Engine) Wait(limit time.Duration) {
	ended := make(chan struct{})
	go func() {
		e.ending.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(limit):
	}
}

// feeds asks the network as far as the user allows it at this moment; nil asks nothing.
func (e *Engine) feeds() *feeds.Client {
	e.mu.Lock()
	defer e.mu.Unlock()
	return feeds.New(e.Cache, e.allowed, e.Log)
}

// Allow says which sources in the network may be asked, from the next diagnosis
// on; none at first.
func (e *Engine) Allow(a feeds.Allowed) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.allowed = a
}

// ownRecord reads what the phone itself remembers of its iCloud backups, out
// of its backup in a folder. Where no password is given, the keyring may have
// one. What cannot be read is not known, and costs the diagnosis nothing else.
func (e *Engine) ownRecord(ctx context.Context, root, udid string, given keybag.Password) facts.Datum[facts.Record] {
	var kept keybag.Password
	defer func() { kept.Wipe() }()
	own, err := record.Newest(ctx, e.Files(), root, udid, func(ctx context.Context) keybag.Password {
		if !given.Empty() {
			return given
		}
		kept, _ = e.Password(ctx, udid) // none is as good as no answer
		return kept
	})
	if err == nil && own.Reason == facts.RecordLocked && !kept.Empty() { // the phone has another one since
		earlier, _ := e.PasswordOf(ctx, library.Kept{Root: root, UDID: udid}, 0)
		defer earlier.Wipe()
		if !earlier.Empty() {
			own, err = record.Newest(ctx, e.Files(), root, udid, func(context.Context) keybag.Password { return earlier })
		}
	}
	if err != nil && e.Log != nil {
		e.Log.Info("the phone's own record not read", "error", err)
	}
	return own
}

// diagnosis is the one of a phone that runs, or nil.
func (e *Engine) diagnosis(p *device.Phone) *diagnosis.Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.running[p.UDID]
}

// Look has everything read again.
func (e *Engine) Look(p *device.Phone) {
	if s := e.diagnosis(p); s != nil {
		s.Look()
	}
}

// FixOpen sets whether the user works on a step now, so that facts are read
// every few seconds.
func (e *Engine) FixOpen(p *device.Phone, open bool) {
	if s := e.diagnosis(p); s != nil {
		s.FixOpen(open)
	}
}

// with is for what needs a diagnosis; one that has ended means that the phone has left.
func (e *Engine) with(p *device.Phone, op string, do func(*diagnosis.Session) error) error {
	s := e.diagnosis(p)
	if s == nil {
		return fault.New(fault.PhoneGone, op, nil)
	}
	return do(s)
}

// Answer takes what the user says to a question and remembers it.
func (e *Engine) Answer(ctx context.Context, p *device.Phone, id checks.QuestionID, a checks.Answer) error {
	return e.with(p, "answer a question", func(s *diagnosis.Session) error { return s.Answer(ctx, id, a) })
}

// Tick takes the user's word that a step was done, or not done after all.
func (e *Engine) Tick(ctx context.Context, p *device.Phone, fixID string, done bool) error {
	return e.with(p, "tick a step", func(s *diagnosis.Session) error { return s.Tick(ctx, fixID, done) })
}

// Attempt listens while the phone tries to back up to iCloud, as
// [diagnosis.Session.Attempt] does, which calls each.
func (e *Engine) Attempt(ctx context.Context, p *device.Phone, each func(devicelog.Attempt)) error {
	return e.with(p, "listen to the phone", func(s *diagnosis.Session) error { return s.Attempt(ctx, each) })
}

// SwitchCloud switches iCloud Backup on or off, and has the facts read again. nil
// means that it was read back as it was wanted. onPasscode may be nil.
func (e *Engine) SwitchCloud(ctx context.Context, p *device.Phone, on bool, onPasscode func(shown bool)) error {
	err := (&conversation.Conversation{Phone: p, Log: e.Log, OnPasscode: onPasscode}).SwitchCloud(ctx, on)
	if s := e.diagnosis(p); s != nil {
		s.Refresh()
	}
	return err
}

// ForgetHistory forgets all that is remembered of a phone.
func (e *Engine) ForgetHistory(ctx context.Context, p *device.Phone) error {
	if e.History == nil {
		return nil
	}
	if s := e.diagnosis(p); s != nil {
		s.Forget()
	}
	return e.History.Forget(ctx, p.UDID)
}
