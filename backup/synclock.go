package backup

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

// syncLock is the lock that keeps other programs (Finder, Apple Devices) off
// the phone while this one is at work.
type syncLock struct {
	run       *run
	talk      *conversation
	afc       *afc.Client // nil if the phone does not serve its media folder
	handle    afc.Handle
	held      bool
	blockedBy string // who may hold it, once it was found busy
}

// lockSync takes the lock. A phone that knows no such lock can be backed up
// all the same; only one that another program holds is an error,
// [fault.SyncLockBusy].
func (r *run) lockSync(ctx context.Context, t *conversation) (*syncLock, error) {
	l := &syncLock{run: r, talk: t}
	err := l.take(ctx)
	if errors.Is(err, afc.ErrBusy) {
		l.release(ctx)
		busy := fault.New(fault.SyncLockBusy, "lock the phone for syncing", err)
		if l.blockedBy != "" {
			busy.With("Program", l.blockedBy)
		}
		return nil, busy
	}
	if ctx.Err() != nil {
		l.release(ctx)
		return nil, context.Cause(ctx)
	}
	if err != nil {
		r.Log.Warn("no sync lock", "err", err)
	}
	return l, nil
}

func (l *syncLock) take(ctx context.Context) (err error) {
	l.post(ctx, notify.SyncWillStart)
	if l.afc, err = l.run.Phone.AFC(ctx); err != nil {
		l.afc = nil
		return err
	}
	if l.handle, err = l.afc.Open(ctx, lockPath, afc.ReadWrite); err != nil {
		return err
	}
	l.post(ctx, notify.SyncLockRequest)
	deadline := time.Now().Add(l.run.Timeouts.SyncLock)
	waiting := false
	for {
		err = l.afc.Lock(ctx, l.handle, afc.LockExclusive)
		if !errors.Is(err, afc.ErrBusy) || time.Now().After(deadline) {
			break
		}
		if !waiting {
			waiting = true
			defer l.run.progress.detour(WaitingProgram)()
			l.blockedBy = strings.Join(l.run.syncApps(ctx), ", ")
			l.run.progress.blockedBy(l.blockedBy)
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
func (r *run) syncApps(ctx context.Context) []string {
	if r.Busy != nil {
		return r.Busy()
	}
	return syncapps.Running(ctx)
}

func (l *syncLock) post(ctx context.Context, name string) {
	if l.talk.notices == nil {
		return
	}
	if err := l.talk.notices.Post(ctx, name); err != nil {
		l.run.Log.Debug("notification not posted", "name", name, "err", err)
	}
}

// release gives the lock back. When ctx has ended, so have its connections,
// and the phone has dropped the lock by itself.
func (l *syncLock) release(ctx context.Context) {
	if l.afc == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if l.held && ctx.Err() == nil {
		if err := l.afc.Lock(ctx, l.handle, afc.LockRelease); err != nil {
			l.run.Log.Debug("sync lock not released", "err", err)
		}
		l.post(ctx, notify.SyncDidFinish)
	}
	l.afc.Close()
}
