package conversation

import (
	"context"
	"errors"
	"strings"
	"time"

	"lifeboat/backup/syncapps"
	"lifeboat/device/fault"
	"lifeboat/device/services/afc"
	"lifeboat/device/services/notify"
)

// lockPath is the file whose lock says that a computer syncs with the phone
// (device/PROTOCOL.md#the-sync-lock).
const lockPath = "/com.apple.itunes.lock_sync"

// SyncLock is the lock that keeps other programs (Finder, Apple Devices) off
// the phone while this one is at work.
type SyncLock struct {
	// Media is the phone's media folder, where the lock lies; nil if the phone does
	// not serve it. It closes with Release.
	Media     *afc.Client
	by        *Conversation
	handle    afc.Handle
	held      bool
	blockedBy string // who may hold it, once it was found busy
}

// LockSync takes the lock, within [Conversation.During]. A phone that knows no
// such lock can be backed up all the same; only one that another program holds
// is an error, [fault.SyncLockBusy].
func (c *Conversation) LockSync(ctx context.Context) (*SyncLock, error) {
	l := &SyncLock{by: c}
	err := l.take(ctx)
	if errors.Is(err, afc.ErrBusy) {
		l.Release(ctx)
		busy := fault.New(fault.SyncLockBusy, "lock the phone for syncing", err)
		if l.blockedBy != "" {
			busy.With("Program", l.blockedBy)
		}
		return nil, busy
	}
	if ctx.Err() != nil {
		l.Release(ctx)
		return nil, context.Cause(ctx)
	}
	if err != nil {
		c.Log.Warn("no sync lock", "err", err)
	}
	return l, nil
}

func (l *SyncLock) take(ctx context.Context) (err error) {
	l.post(ctx, notify.SyncWillStart)
	if l.Media, err = l.by.Phone.AFC(ctx); err != nil {
		l.Media = nil
		return err
	}
	if l.handle, err = l.Media.Open(ctx, lockPath, afc.ReadWrite); err != nil {
		return err
	}
	l.post(ctx, notify.SyncLockRequest)
	deadline := time.Now().Add(l.by.Timeouts.SyncLock)
	waiting := false
	for {
		err = l.Media.Lock(ctx, l.handle, afc.LockExclusive)
		if !errors.Is(err, afc.ErrBusy) || time.Now().After(deadline) {
			break
		}
		if !waiting {
			waiting = true
			l.blockedBy = strings.Join(l.by.syncApps(ctx), ", ")
			if l.by.OnBlocked != nil {
				defer l.by.OnBlocked(l.blockedBy)()
			}
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err == nil {
		l.held = true
		l.post(ctx, notify.SyncDidStart)
	}
	return err
}

// syncApps names the programs here that may be busy with the phone.
func (c *Conversation) syncApps(ctx context.Context) []string {
	if c.Busy != nil {
		return c.Busy()
	}
	return syncapps.Running(ctx)
}

func (l *SyncLock) post(ctx context.Context, name string) {
	if l.by.notices == nil {
		return
	}
	if err := l.by.notices.Post(ctx, name); err != nil {
		l.by.Log.Debug("notification not posted", "name", name, "err", err)
	}
}

// Release gives the lock back. When ctx has ended, so have its connections,
// and the phone has dropped the lock on its own.
func (l *SyncLock) Release(ctx context.Context) {
	if l.Media == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if l.held && ctx.Err() == nil {
		if err := l.Media.Lock(ctx, l.handle, afc.LockRelease); err != nil {
			l.by.Log.Debug("sync lock not released", "err", err)
		}
		l.post(ctx, notify.SyncDidFinish)
	}
	l.Media.Close()
}
