package ui

import (
	"context"
	"time"

	"github.com/spf13/afero"

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

// Diagnose examines a phone until ctx ends.
func (l *Live) Diagnose(ctx context.Context, p *device.Phone, summary device.Summary, destination string, each func(diagnosis.State)) error {
	s := diagnosis.New(diagnosis.Options{
		Phone: p, Destination: destination, MustExist: destination != l.Own, Connections: &l.plugs, History: l.History, Log: l.Log,
		Local: func() checks.Local { return localBackup(destination, p.UDID) },
		Record: func(ctx context.Context) facts.Datum[facts.Record] {
			return l.ownRecord(ctx, destination, p.UDID, keybag.Password{})
		},
		Feeds: l.feeds(),
	})
	l.mu.Lock()
	l.running.Add(1)
	defer l.running.Done()
	if l.sessions == nil {
		l.sessions = map[string]*diagnosis.Session{}
	}
	l.sessions[p.UDID] = s
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.sessions[p.UDID] == s {
			delete(l.sessions, p.UDID)
		}
	}()
	return s.Run(ctx, summary, each)
}

// Wait waits until the diagnoses have ended whose contexts did, so that nothing
// is read or remembered any more; but no longer than patience, since a drive that is
// gone can hang.
func (l *Live) Wait(patience time.Duration) {
	ended := make(chan struct{})
	go func() {
		l.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
	}
}

// feeds asks the network as far as the user allows it at this moment.
func (l *Live) feeds() *feeds.Client {
	l.mu.Lock()
	defer l.mu.Unlock()
	return feeds.New(l.Cache, l.allowed, l.Log)
}

// Allow says which sources in the network may be asked, from the next diagnosis on.
func (l *Live) Allow(a feeds.Allowed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.allowed = a
}

// localBackup looks for a backup of the phone; one that cannot be read is none.
func localBackup(root, udid string) checks.Local {
	date, stands, proven := library.Standing(afero.NewOsFs(), root, udid)
	return checks.Local{Exists: stands, Finished: date, Proven: proven}
}

// ownRecord reads what the phone itself remembers of its iCloud backups, out
// of its backup in a folder. Where no password is given, the keyring may have one.
func (l *Live) ownRecord(ctx context.Context, root, udid string, given keybag.Password) facts.Datum[facts.Record] {
	var kept keybag.Password
	defer func() { kept.Wipe() }()
	own, err := record.Newest(ctx, afero.NewOsFs(), root, udid, func(ctx context.Context) keybag.Password {
		if !given.Empty() || l.Keyring == nil {
			return given
		}
		kept, _ = l.Password(ctx, udid) // none is as good as no answer
		return kept
	})
	if log := l.Log; err != nil && log != nil {
		log.Info("the phone's own record not read", "error", err)
	}
	return own
}

// session is the diagnosis of a phone that runs, or nil.
func (l *Live) session(p *device.Phone) *diagnosis.Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sessions[p.UDID]
}

// Look has everything read again.
func (l *Live) Look(p *device.Phone) {
	if s := l.session(p); s != nil {
		s.Look()
	}
}

// FixOpen reports whether the user works on a step now.
func (l *Live) FixOpen(p *device.Phone, open bool) {
	if s := l.session(p); s != nil {
		s.FixOpen(open)
	}
}

// gone is for what needs a diagnosis that has ended: the phone has left.
func gone(op string) error { return fault.New(fault.PhoneGone, op, nil) }

// Answer takes what the user says to a question.
func (l *Live) Answer(ctx context.Context, p *device.Phone, id checks.QuestionID, a checks.Answer) error {
	s := l.session(p)
	if s == nil {
		return gone("answer a question")
	}
	return s.Answer(ctx, id, a)
}

// Tick takes the user's word that a step was done.
func (l *Live) Tick(ctx context.Context, p *device.Phone, fixID string, done bool) error {
	s := l.session(p)
	if s == nil {
		return gone("tick a step")
	}
	return s.Tick(ctx, fixID, done)
}

// Attempt listens while the phone tries to back up to iCloud.
func (l *Live) Attempt(ctx context.Context, p *device.Phone, each func(devicelog.Attempt)) error {
	s := l.session(p)
	if s == nil {
		return gone("listen to the phone")
	}
	return s.Attempt(ctx, each)
}

// SwitchOn switches iCloud Backup on, and has the facts read again.
func (l *Live) SwitchOn(ctx context.Context, p *device.Phone) error {
	err := (&conversation.Conversation{Phone: p, Log: l.Log}).SwitchCloud(ctx, true)
	if s := l.session(p); s != nil {
		s.Refresh()
	}
	return err
}

// restartTakes is how long a phone may be away from its cable when it
// restarts, without that counting against the cable.
const restartTakes = 3 * time.Minute

// Restart restarts the phone.
func (l *Live) Restart(ctx context.Context, p *device.Phone) error {
	l.plugs.Expect(p.UDID, time.Now().Add(restartTakes))
	return p.Restart(ctx)
}

// ForgetHistory forgets all that is remembered of a phone.
func (l *Live) ForgetHistory(ctx context.Context, p *device.Phone) error {
	if l.History == nil {
		return nil
	}
	if s := l.session(p); s != nil {
		s.Forget()
	}
	return l.History.Forget(ctx, p.UDID)
}
