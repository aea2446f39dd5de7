package backup

import (
	"context"
	"errors"
	"math"

	"lifeboat/assets/words"
	"lifeboat/backup/conversation"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
)

// received is the result of a fetch.
type received struct {
	bytes   int64
	files   int
	skipped []mobilebackup2.Skipped
	count   int // of skipped
}

// fetch is all for which the phone is needed.
func (r *run) fetch(ctx context.Context) (received, error) {
	c := &conversation.Conversation{
		Phone: r.Phone, Log: r.Log, Timeouts: r.Timeouts, Sessions: r.Sessions, Busy: r.Busy,
		OnPasscode: r.progress.Passcode, OnQuiet: r.progress.Quiet,
		OnSettling: func() func() { return r.progress.Detour(Settling, "") },
		OnBlocked:  func(program string) func() { return r.progress.Detour(WaitingProgram, program) },
	}
	var got received
	err := c.During(ctx, func(ctx context.Context) (err error) {
		got, err = r.ask(ctx, c)
		return err
	})
	return got, err
}

// ask goes through all that the phone is asked for.
func (r *run) ask(ctx context.Context, c *conversation.Conversation) (received, error) {
	if err := r.encrypt(ctx, c); err != nil {
		return received{}, err
	}
	r.progress.Phase(Preparing)
	lock, err := c.LockSync(ctx)
	if err != nil {
		return received{}, err
	}
	defer lock.Release(ctx)
	info, err := r.gatherInfo(ctx, lock.Media)
	if err != nil {
		return received{}, err
	}
	build, _ := info.Root["BuildVersion"].(string)
	r.backup, err = r.vault.Begin(vault.Plan{Full: r.Full, Fresh: r.Full, Encrypted: r.sealed, Build: build, Now: r.Now()})
	if err != nil {
		return received{}, r.withSpace(err)
	}
	r.Log.Info("the run begins", "incremental", r.backup.Incremental(), "resumed", r.backup.Resumed())
	if err := format.WriteInfo(r.backup.FS(), r.backup.Dir(), info); err != nil {
		return received{}, r.destination("write Info.plist", err)
	}
	if r.backup.Resumed() {
		r.progress.Phase(Comparing)
	} else {
		r.progress.Phase(WaitingPhone)
	}
	return r.receive(ctx, c)
}

// encrypt makes sure that the phone encrypts, with the password at hand.
func (r *run) encrypt(ctx context.Context, c *conversation.Conversation) error {
	on, err := conversation.WillEncrypt(ctx, r.Phone)
	switch {
	case err != nil:
		return err
	case on:
		r.sealed = true
		return r.checkPassword(ctx)
	case r.Password.Empty() && r.Unencrypted:
		return nil
	case r.Password.Empty():
		return fault.New(fault.PasswordNeeded, "encrypt the backup", nil)
	}
	if r.Password = r.Password.Clean(); r.Password.Empty() {
		return fault.New(fault.PasswordEmpty, "encrypt the backup", nil)
	}
	r.sealed = true
	r.progress.Phase(Encrypting)
	return c.ChangePassword(ctx, keybag.Password{}, r.Password)
}

// receive asks for the backup and serves the phone to the end.
func (r *run) receive(ctx context.Context, c *conversation.Conversation) (received, error) {
	var got received
	host := &mobilebackup2.Host{
		Fs: r.backup.FS(), Root: "/", UDID: r.Phone.UDID, Log: r.Log,
		Space:     func() (uint64, error) { return r.FreeSpace(r.Root) },
		OnPercent: r.progress.Percent,
		OnBytes: func(n int) {
			got.bytes += int64(n)
			r.brought = true
			r.progress.Count(Receiving, n, 0)
		},
		OnFile: func() {
			got.files++
			r.progress.Count(Receiving, 0, 1)
		},
		OnSkipped: func(s mobilebackup2.Skipped) { r.progress.Note(s.Device) },
	}
	answer, err := c.Request(ctx, host, func(s *mobilebackup2.Session) error {
		// A phone that resumes an interrupted run must not start over.
		return s.Backup(r.Phone.UDID, !r.backup.Incremental() && !r.backup.Resumed())
	})
	if trouble := host.Trouble(); trouble != nil {
		return got, r.withSpace(trouble) // whatever the phone made of it, this is the cause
	}
	if err == nil {
		err = answer.Fault("back up")
	}
	got.skipped, got.count = host.Skipped()
	if err != nil {
		return got, unread(shortage(err, host.Shortage()), got.skipped, got.count)
	}
	return got, nil
}

// destination gives an error of this computer's disk its code.
func (r *run) destination(op string, err error) error {
	return r.withSpace(disk.Fault(op, r.Root, err))
}

// withSpace adds how much is free to the word that it is too little.
func (r *run) withSpace(err error) error {
	var known *fault.Error
	if errors.As(err, &known) && known.Code == fault.DestFull {
		known.With("Path", r.Root)
		if free, spaceErr := r.FreeSpace(r.Root); spaceErr == nil {
			known.With("Have", words.Bytes(min(free, math.MaxInt64)))
		}
	}
	return err
}

// shortage adds what the phone said to need to its word that room is short.
func shortage(err error, s *mobilebackup2.Shortage) error {
	var known *fault.Error
	if s != nil && errors.As(err, &known) && known.Code == fault.HostSpace {
		known.With("Need", words.Bytes(s.Need)).With("Have", words.Bytes(s.Have))
	}
	return err
}
