package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"

	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
)

// backupList is what is shown of the backups that are kept.
type backupList struct {
	dir     string
	cancel  context.CancelFunc // ends the looking
	looking bool
	kept    []Kept
	err     error
	sizes   map[versionKey]int64 // of what each backup alone takes, in bytes, as far as it is calculated
	opened  map[versionKey]bool  // rows that the user opened or closed
	changes bool                 // one is being deleted or taken back
	task    *task
	undo    *deleted
}

// versionKey identifies a backup in a folder.
type versionKey struct {
	udid   string
	number int
}

// deleted is the backup that was deleted last, while its undoing is offered.
type deleted struct {
	kept    Kept
	version vault.Version
}

// task is long work on a backup.
type task struct {
	title    string
	cancel   context.CancelFunc
	stopping bool
	closing  bool // the window closes when it has ended
	far      howFar
}

// howFar says how far a task is: a total of 0 is not known.
type howFar struct {
	files, filesTotal int
	bytes, bytesTotal int64
}

// share is the part that is done, 0 to 1; -1 while it is not known.
func (h howFar) share() float64 {
	switch {
	case h.bytesTotal > 0:
		return min(1, float64(h.bytes)/float64(h.bytesTotal))
	case h.filesTotal > 0:
		return min(1, float64(h.files)/float64(h.filesTotal))
	}
	return -1
}

// busy reports whether stopping now would throw work away.
func (s *backupList) busy() bool { return s != nil && s.task != nil }

// showVersions opens the page of the backups that are kept.
func (w *Window) showVersions() {
	if w.flow != nil || w.attempt != nil || w.report != nil || w.shown != nil {
		return
	}
	w.shown = &backupList{opened: map[versionKey]bool{}}
	w.reloadBackups()
}

// leaveVersions goes back to the phone, unless there is work under way.
func (w *Window) leaveVersions() {
	if w.shown.busy() {
		return
	}
	w.shown.cancel()
	w.shown = nil
	w.refresh()
}

// reloadBackups reads what is kept, and after that what each backup takes.
func (w *Window) reloadBackups() {
	s := w.shown
	if s.cancel != nil {
		s.cancel()
	}
	ctx, cancel := context.WithCancel(w.ctx)
	s.cancel, s.looking = cancel, true
	if dir := w.Settings.Destination(); dir != s.dir {
		s.dir, s.kept, s.undo, s.sizes = dir, nil, nil, map[versionKey]int64{}
	}
	dir := s.dir
	w.refresh()
	go func() {
		kept, err := w.Engine.List(ctx, dir)
		w.postFor(ctx, func() { s.looking, s.kept, s.err = false, kept, err })
		for _, k := range kept {
			own, err := w.Engine.Sizes(k)
			if err != nil || ctx.Err() != nil {
				continue // the rest can be seen without
			}
			w.postFor(ctx, func() {
				for number, bytes := range own {
					s.sizes[versionKey{k.UDID, number}] = bytes
				}
			})
		}
	}()
}

// deleteVersion moves a backup to the trash, and offers to undo it.
func (w *Window) deleteVersion(k Kept, v vault.Version) {
	w.changeBackups(func(context.Context) error { return w.Engine.Trash(k, w.Now(), v.Number) },
		func(s *backupList) { s.undo = &deleted{k, v} })
}

// undelete takes a backup back.
func (w *Window) undelete(k Kept, v vault.Version) {
	w.changeBackups(func(context.Context) error { return w.Engine.Undelete(k, v.Number) }, func(*backupList) {})
}

func (w *Window) changeBackups(change func(context.Context) error, done func(*backupList)) {
	s := w.shown
	if s == nil || s.busy() || s.changes {
		return
	}
	s.changes, s.undo = true, nil
	ctx := w.ctx
	w.refresh()
	go func() {
		err := change(ctx)
		w.postFor(ctx, func() {
			s.changes = false
			if err == nil {
				done(s)
			}
			if w.shown != s {
				return
			}
			if err != nil {
				w.showProblem(err, nil)
			}
			w.reloadBackups()
		})
	}()
}

// work does something long. Its outcome is shown by what do returns, on the
// UI goroutine.
func (w *Window) work(title string, do func(ctx context.Context, report func(howFar)) (show func())) {
	s := w.shown
	if s == nil || s.busy() || s.changes {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	t := &task{title: title, cancel: cancel}
	s.task, s.undo = t, nil
	var far latest[howFar]
	ended := make(chan struct{})
	go w.publishTask(t, &far, ended)
	go func() {
		show := do(ctx, func(h howFar) { far.put(h) })
		close(ended)
		cancel()
		w.Post(func() {
			s.task = nil
			if t.closing {
				w.close()
				return
			}
			if w.ctx.Err() != nil {
				return
			}
			if w.sheet != nil && w.sheet.aboutRun {
				w.sheet.hide()
			}
			w.reloadBackups()
			show()
		})
	}()
	w.refresh()
}

// publishTask brings a task's progress to the screen, a few times a second.
func (w *Window) publishTask(t *task, far *latest[howFar], ended <-chan struct{}) {
	far.each(ended, func(h howFar) {
		w.Post(func() {
			t.far = h
			if w.shown != nil && w.shown.task == t {
				w.screen.update()
			}
		})
	})
}

// stopTask gives a task up; it ends within a second or so.
func (w *Window) stopTask(t *task) {
	if !t.stopping {
		t.stopping = true
		t.cancel()
		w.refresh()
	}
}

// recheckVersion proves a backup again. The password comes from the keyring;
// only where it is needed and not there, or wrong, the user is asked.
func (w *Window) recheckVersion(k Kept, v vault.Version, level verify.Level, password keybag.Password) {
	w.work(w.say("ui.versions.checking", w.ofDay(v)), func(ctx context.Context, report func(howFar)) func() {
		if k.Encrypted && password.Empty() {
			password, _ = w.Engine.Password(ctx, k.UDID) // without, the engine reports whether it is needed
		}
		r, found, err := w.Engine.Recheck(ctx, k, v.Number, password, level, func(p verify.Progress) {
			report(farOf(p, v, level))
		})
		return func() {
			switch {
			case isAbout(err, fault.PasswordNeeded, fault.PasswordWrong):
				w.askVersionPassword(k, v, level, fault.Of(err) == fault.PasswordWrong)
			case isAbout(err, fault.Cancelled):
			case err != nil:
				w.showProblem(err, func() { w.sheet.hide(); w.recheckVersion(k, v, level, password) })
			default:
				w.showChecked(v, r, found)
			}
		}
	})
}

// farOf is how far a proof is. Its own totals grow while it reads the lists;
// what the backup is known to hold keeps the bar from going back.
func farOf(p verify.Progress, v vault.Version, level verify.Level) howFar {
	far := howFar{p.Files, max(p.FilesTotal, v.Files), p.Bytes, 0}
	if level.Depth == verify.Full {
		far.bytesTotal = max(p.BytesTotal, v.Bytes)
	}
	return far
}

// copyVersion asks where to, and writes a copy of a backup there.
func (w *Window) copyVersion(k Kept, v vault.Version) {
	d := dialog.NewFolderOpen(func(uri fyne.ListableURI, err error) {
		if err == nil && uri != nil {
			w.copyVersionTo(k, v, uri.Path())
		}
	}, w.Window)
	d.SetTitleText(w.say("ui.versions.copy-where", nil))
	d.SetConfirmText(w.say("ui.versions.copy-here", nil))
	d.Show()
	d.Resize(fyne.NewSize(minWidth, minHeight))
}

func (w *Window) copyVersionTo(k Kept, v vault.Version, to string) {
	w.work(w.say("ui.versions.copying", w.ofDay(v)), func(ctx context.Context, report func(howFar)) func() {
		copied, err := w.Engine.LayOut(ctx, k, v.Number, to, func(bytes int64) {
			report(howFar{bytes: bytes, bytesTotal: v.Bytes})
		})
		return func() {
			switch {
			case isAbout(err, fault.Cancelled):
			case err != nil:
				w.showProblem(err, nil)
			default:
				w.showCopied(v, copied)
			}
		}
	})
}

// clock is the time of a day.
func clock(t time.Time) string { return t.Local().Format("15:04") }
