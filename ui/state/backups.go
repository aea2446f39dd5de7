package state

import (
	"context"
	"slices"

	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// Backups is what is shown of the backups that are kept.
type Backups struct {
	Dir     string
	Looking bool
	Kept    []Kept
	Err     error
	// Sizes is what each backup alone takes, in bytes, as far as it is calculated.
	Sizes map[VersionKey]int64
	// Opened are the rows that the person opened or closed.
	Opened map[VersionKey]bool
	Task   *Task
	// Foreign are those that other programs made, and Unread the folders of such
	// that could not be looked at. Away are folders in which backups were seen and
	// that are not there now.
	Foreign []library.Foreign
	Unread  []library.Unread
	Away    []library.Remembered
	// Room is what the backups take and what goes next; nil while it is not known.
	Room *library.Room
	// Apple is the program on this computer that restores backups; "" is none.
	Apple library.Program
	// Undo is the backup that was deleted last, while its undoing is offered.
	Undo *Deleted

	cancel  context.CancelFunc // ends the looking
	changes bool               // one is being deleted or taken back
}

// VersionKey identifies a backup in a folder.
type VersionKey struct {
	UDID   string
	Number int
}

// Deleted is a backup that was deleted.
type Deleted struct {
	Kept    Kept
	Version vault.Version
}

// TaskKind is what a task does.
type TaskKind string

const (
	Checking  TaskKind = "checking"
	Copying   TaskKind = "copying"
	Moving    TaskKind = "moving" // to another folder of backups
	Comparing TaskKind = "comparing"
	// Rehearsing restores onto a simulated phone.
	Rehearsing TaskKind = "rehearsing"
)

// Task is long work on a backup.
type Task struct {
	Kind     TaskKind
	Version  vault.Version
	Stopping bool
	Far      HowFar

	cancel context.CancelFunc
}

// HowFar says how far a task is: a total of 0 is not known.
type HowFar struct {
	Files, FilesTotal int
	Bytes, BytesTotal int64
}

// Share is the part that is done, 0 to 1; -1 while it is not known.
func (h HowFar) Share() float64 {
	switch {
	case h.BytesTotal > 0:
		return min(1, float64(h.Bytes)/float64(h.BytesTotal))
	case h.FilesTotal > 0:
		return min(1, float64(h.Files)/float64(h.FilesTotal))
	}
	return -1
}

// Busy reports whether stopping now would throw work away.
func (b *Backups) Busy() bool { return b != nil && b.Task != nil }

// Changing reports whether a backup is worked on, deleted or taken back.
func (b *Backups) Changing() bool { return b.Busy() || b.changes }

// openBackups begins to look at what is kept.
func (s *State) openBackups() {
	s.Backups = &Backups{Opened: map[VersionKey]bool{}}
	s.ReloadBackups()
}

// closeBackups forgets what is kept, unless there is work under way.
func (s *State) closeBackups() {
	if s.Backups == nil || s.Backups.Busy() {
		return
	}
	s.Backups.cancel()
	s.Backups = nil
}

// ReloadBackups reads what is kept, and after that what each backup takes.
func (s *State) ReloadBackups() {
	b := s.Backups
	if b.cancel != nil {
		b.cancel()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	b.cancel, b.Looking = cancel, true
	if dir := s.Settings.Destination(); dir != b.Dir {
		b.Dir, b.Kept, b.Undo, b.Room, b.Sizes = dir, nil, nil, nil, map[VersionKey]int64{}
	}
	dir, policy := b.Dir, s.Settings.Policy()
	s.changed()
	go func() {
		kept, err := s.Engine.List(ctx, dir)
		_, apple := s.Engine.HandOver()
		s.postFor(ctx, func() { b.Looking, b.Kept, b.Err, b.Apple = false, kept, err, apple })
		if err == nil {
			s.measure(ctx, b, dir, kept, policy)
		}
		if foreign, unread, err := s.Engine.Foreign(ctx, dir); err == nil {
			s.postFor(ctx, func() { b.Foreign, b.Unread = foreign, unread })
		}
		if remembered, err := s.Engine.Remembered(ctx); err == nil {
			away := slices.DeleteFunc(remembered, func(r library.Remembered) bool { return r.Here })
			s.postFor(ctx, func() { b.Away = away })
		}
	}()
}

// measure reads what the backups in a folder take, together and each alone. What
// cannot be read can be done without.
func (s *State) measure(ctx context.Context, b *Backups, dir string, kept []Kept, policy vault.Policy) {
	room, err := s.Engine.Room(ctx, dir, kept, policy, s.Now())
	s.postFor(ctx, func() {
		if err == nil {
			b.Room = &room
		}
		for _, p := range room.Phones {
			for number, bytes := range p.Own {
				b.Sizes[VersionKey{p.UDID, number}] = bytes
			}
		}
	})
}

// Delete moves a backup to the trash, and offers to undo it.
func (s *State) Delete(k Kept, v vault.Version) {
	s.changeBackups(func() error { return s.Engine.Trash(k, s.Now(), v.Number) },
		func(b *Backups) { b.Undo = &Deleted{k, v} })
}

// Undelete takes a backup back.
func (s *State) Undelete(k Kept, v vault.Version) {
	s.changeBackups(func() error { return s.Engine.Undelete(k, v.Number) }, func(*Backups) {})
}

func (s *State) changeBackups(change func() error, done func(*Backups)) {
	b := s.Backups
	if b == nil || b.Changing() {
		return
	}
	b.changes, b.Undo = true, nil
	ctx := s.ctx
	s.changed()
	go func() {
		err := change()
		s.postFor(ctx, func() {
			b.changes = false
			if err == nil {
				done(b)
			}
			if s.Backups != b {
				return
			}
			if err != nil {
				s.View.Problem(err, nil)
			}
			s.ReloadBackups()
		})
	}()
}

// work does something long. Its outcome is shown by what do returns, on the
// window's goroutine.
func (s *State) work(kind TaskKind, v vault.Version, do func(ctx context.Context, report func(HowFar)) (show func())) {
	b := s.Backups
	if b == nil || b.Changing() {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	t := &Task{Kind: kind, Version: v, cancel: cancel}
	b.Task, b.Undo = t, nil
	report, end := relay(s, func(h HowFar) {
		if t.Far = h; s.Backups != nil && s.Backups.Task == t {
			s.View.Progress()
		}
	})
	go func() {
		show := do(ctx, report)
		end()
		cancel()
		s.Post(func() {
			b.Task = nil
			if s.quitting {
				s.quitIfIdle()
				return
			}
			if s.ctx.Err() != nil {
				return
			}
			if s.Page().Name == BackupsPage {
				s.ReloadBackups()
			} else {
				s.closeBackups()
			}
			show()
		})
	}()
	s.changed()
}

// outcome shows what came of what the person asked for: done does if it worked, and
// again repeats it if not, which is nil where that makes no sense. What they gave up
// needs no word.
func (s *State) outcome(err error, again, done func()) {
	switch fault.Of(err) {
	case "":
		done()
	case fault.Cancelled:
	default:
		s.View.Problem(err, again)
	}
}

// opened is outcome of what a version's password is needed for: where the one that was
// tried does not open it, the person is asked for another, with which again repeats it.
func (s *State) opened(v vault.Version, tried keybag.Password, err error, again func(keybag.Password), done func()) {
	switch code := fault.Of(err); code {
	case fault.PasswordNeeded, fault.PasswordWrong, fault.PasswordOlder:
		s.View.AskPassword(v, code != fault.PasswordNeeded, again)
	default:
		s.outcome(err, func() { again(tried) }, done)
	}
}

// StopTask gives the task up; it ends within a second or so.
func (s *State) StopTask() {
	if t := s.Backups.Task; t != nil && !t.Stopping {
		t.Stopping = true
		t.cancel()
		s.changed()
	}
}

// Check proves a backup again. The password comes from this session or the
// keyring; only where it is needed and not there, or wrong, the person is asked.
func (s *State) Check(k Kept, v vault.Version, level verify.Level, password keybag.Password) {
	if password.Empty() {
		password = s.knownPassword(k.UDID)
	}
	s.work(Checking, v, func(ctx context.Context, report func(HowFar)) func() {
		if k.Encrypted && password.Empty() {
			password, _ = s.Engine.Password(ctx, k.UDID) // without, the engine reports whether it is needed
		}
		r, found, err := s.Engine.Recheck(ctx, k, v.Number, password, level, func(p verify.Progress) {
			report(farOf(p, v, level))
		})
		again := func(p keybag.Password) { s.Check(k, v, level, p) }
		return func() { s.opened(v, password, err, again, func() { s.View.Checked(v, r, found) }) }
	})
}

// farOf is how far a proof is. Its own totals grow while it reads the lists;
// what the backup is known to hold keeps the bar from going back.
func farOf(p verify.Progress, v vault.Version, level verify.Level) HowFar {
	far := HowFar{p.Files, max(p.FilesTotal, v.Files), p.Bytes, 0}
	if level.Depth == verify.Full {
		far.BytesTotal = max(p.BytesTotal, v.Bytes)
	}
	return far
}

// LayOut writes a copy of a backup into a folder, ready for Finder or Apple
// Devices; "" is the folder where the one of this system looks for it.
func (s *State) LayOut(k Kept, v vault.Version, to string) {
	s.work(Copying, v, func(ctx context.Context, report func(HowFar)) func() {
		copied, err := s.Engine.LayOut(ctx, k, v.Number, to, func(bytes int64) { report(HowFar{Bytes: bytes, BytesTotal: v.Bytes}) })
		return func() { s.outcome(err, nil, func() { s.View.Copied(v, copied, to == "") }) }
	})
}

// CopyTo copies a backup to another folder of backups, such as one on another
// drive. With move it goes into the trash here once all of it is there and was
// compared.
func (s *State) CopyTo(k Kept, v vault.Version, to string, move bool) {
	s.work(Moving, v, func(ctx context.Context, report func(HowFar)) func() {
		far := func(bytes int64) { report(HowFar{Bytes: bytes, BytesTotal: v.Bytes}) }
		var t vault.Transferred
		var away bool
		var err error
		if move {
			t, away, err = s.Engine.Move(ctx, k, v.Number, to, s.Now(), far)
		} else {
			t, err = s.Engine.Copy(ctx, k, v.Number, to, far)
		}
		again := func() { s.CopyTo(k, v, to, move) }
		return func() { s.outcome(err, again, func() { s.View.Transferred(v, t, away) }) }
	})
}

// Compare finds out what changed with a backup, against the one before it.
func (s *State) Compare(k Kept, v vault.Version) {
	before := 0
	for _, other := range k.Versions {
		if other.Number < v.Number && other.Number > before && !other.Unfinished {
			before = other.Number
		}
	}
	if before == 0 {
		return
	}
	password := s.knownPassword(k.UDID)
	s.work(Comparing, v, func(ctx context.Context, _ func(HowFar)) func() {
		if k.Encrypted && password.Empty() {
			password, _ = s.Engine.Password(ctx, k.UDID) // without, the names stay unknown
		}
		c, err := s.Engine.Changes(ctx, k, before, v.Number, password)
		return func() { s.outcome(err, nil, func() { s.View.Differences(v, c) }) }
	})
}
