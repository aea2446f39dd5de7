package restore

import (
	"context"
	"strings"
	"time"

	"lifeboat/backup"
	"lifeboat/backup/conversation"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// maxSource bounds the name by which a phone asks for the backup, in bytes.
const maxSource = 64

// restore asks the phone to take the backup, and serves it to its last word.
func (r *run) restore(ctx context.Context) error {
	r.progress.Phase(backup.Preparing)
	release, err := r.hold()
	if err != nil {
		return err
	}
	defer release()
	view, err := vault.OpenView(r.Fs, r.Root, r.UDID, r.plan.Backup.Version.Number)
	if err != nil {
		return err
	}
	defer view.Close()
	c := &conversation.Conversation{
		Phone: r.Phone, Log: r.Log, Timeouts: r.Timeouts, Sessions: r.Sessions, Busy: r.Busy,
		OnPasscode: r.progress.Passcode, OnQuiet: r.progress.Quiet,
		OnSettling: func() func() { return r.progress.Detour(backup.Settling, "") },
		OnBlocked:  func(program string) func() { return r.progress.Detour(backup.WaitingProgram, program) },
	}
	err = c.During(ctx, func(ctx context.Context) error { return r.talk(ctx, c, view) })
	if err != nil {
		r.unlistApps(ctx)
	}
	return err
}

// hold keeps other programs from changing the backups while one is read.
// Where nothing can be written, nobody else can change them from here either.
func (r *run) hold() (release func(), err error) {
	none := func() {}
	view, err := vault.OpenView(r.Fs, r.Root, r.UDID, r.plan.Backup.Version.Number)
	if err != nil {
		return none, err
	}
	managed := view.Managed()
	view.Close()
	if !managed {
		return none, nil
	}
	v, err := vault.Open(r.Fs, r.Root, r.UDID, r.Log)
	switch fault.Of(err) {
	case "":
		return func() {
			if err := v.Close(); err != nil {
				r.Log.Warn("closing the place of the backups", "err", err)
			}
		}, nil
	case fault.DestNotAllowed, fault.DestGuarded, fault.DestFull:
		return none, nil
	}
	return none, err
}

// talk is all that is said to the phone.
func (r *run) talk(ctx context.Context, c *conversation.Conversation, view *vault.View) error {
	if err := r.waitUnlocked(ctx); err != nil {
		return err
	}
	r.progress.Phase(backup.Preparing)
	lock, err := c.LockSync(ctx)
	if err != nil {
		return err
	}
	defer lock.Release(ctx)
	// Much may have changed since the plan was made, while the backup was proven.
	f, err := r.readPhone(ctx)
	if err != nil {
		return err
	}
	r.plan.first = false
	if r.plan.judge(f); len(r.plan.Refusals) > 0 {
		return r.plan.Refusals[0]
	}
	if err := r.listApps(ctx, lock.Media); err != nil {
		return err
	}
	r.progress.Phase(backup.WaitingPhone)
	r.progress.Expect(r.plan.Backup.Files, r.plan.Backup.Bytes)
	r.host = r.newHost(view)
	answer, err := c.Request(ctx, r.host, func(s *mobilebackup2.Session) error {
		r.asked = true
		return s.Restore(r.Phone.UDID, r.host.UDID, r.spelled)
	})
	r.answered = err == nil
	if trouble := r.host.Trouble(); trouble != nil {
		return trouble // whatever the phone made of it, this is the cause
	}
	if err == nil && answer.Code != 0 {
		err = fault.FromRestore(op, answer.Code, answer.Text)
	}
	return err
}

// unlockLook is how often a locked phone is looked at.
const unlockLook = 250 * time.Millisecond

// waitUnlocked waits for a phone to be unlocked, which has locked itself while it
// was backed up: one that is locked may refuse. After the time that a passcode may
// take it is [fault.PhoneLocked].
func (r *run) waitUnlocked(ctx context.Context) error {
	until := time.Now().Add(r.Timeouts.Passcode)
	for {
		summary, err := r.Phone.Inspect(ctx)
		if err != nil || fault.Of(summary.Err) != fault.PhoneLocked {
			return err // of all else is said more later
		}
		if time.Now().After(until) {
			return summary.Err
		}
		r.progress.Phase(WaitingUnlock)
		select {
		case <-time.After(unlockLook):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// newHost serves the backup, to be read only.
func (r *run) newHost(view *vault.View) *mobilebackup2.Host {
	return &mobilebackup2.Host{
		Fs: view.FS(), Root: "/", ReadOnly: true, UDID: source(r.plan.Backup.UDID, r.Phone.UDID), Log: r.Log,
		OnMessage: func(name string) {
			if name != "DLMessageProcessMessage" && name != "DLMessageDisconnect" {
				r.spoke = true
			}
		},
		OnBytes: func(n int) {
			r.result.Bytes += int64(n)
			r.progress.Count(Sending, n, 0)
		},
		OnFile: func() {
			r.result.Files++
			r.progress.Count(Sending, 0, 1)
		},
	}
}

// source is the name by which a phone asks for the backup: the UDID of the phone
// that it was made of, wherever the backup lies and whatever its folder is called.
func source(udid, otherwise string) string {
	odd := func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-'
	}
	if udid == "" || len(udid) > maxSource || strings.ContainsFunc(udid, odd) {
		return otherwise
	}
	return udid
}
