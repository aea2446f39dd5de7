package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"

	"lifeboat/device/fault"
)

// failedScreen says why there is no new backup, and what to do about it.
type failedScreen struct {
	w           *Window
	f           *flow
	again, full *widgets.Action // full is nil where it would not help
	content     fyne.CanvasObject
}

func newFailed(w *Window, f *flow) *failedScreen {
	s := &failedScreen{w: w, f: f}
	p := w.explain(f.err)
	mark := "fail"
	if stoppedByUser(f.err) || isAbout(f.err, fault.DestOffline, fault.PlacePending) {
		mark = "unknown" // nothing went wrong
	}
	leave := func() { w.leave(f) }
	s.again = widgets.NewPrimary(w.say("ui.again", nil), fynetheme.ViewRefreshIcon(), func() { w.again(f, f.full) })
	s.again.Escape = leave
	foot := widgets.ButtonRow(s.again)
	if isAbout(f.err, fault.StuckSamePlace, fault.BackupCorrupt, fault.BackupDamaged) {
		s.full = widgets.NewPrimary(w.say("ui.failed.full", nil), fynetheme.DownloadIcon(), func() { w.again(f, true) })
		s.full.Escape = leave
		s.again.Importance = widget.MediumImportance
		foot = widgets.ButtonRow(s.again, s.full)
	}
	back := widgets.NewAction(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), leave)
	back.Escape = leave
	all := []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon(mark, 40)), nil, widgets.Title(p.Happened)),
		widgets.Plain(p.Meaning),
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(p.Next))),
	}
	if isAbout(f.err, fault.DestFull, fault.DestMissing, fault.DestNotFolder, fault.DestNotAllowed, fault.DestGuarded, fault.DestFailed, fault.HostSpace,
		fault.DestOffline, fault.DestSmallFiles, fault.DestUnfit) {
		ways := container.NewHBox(widgets.NewAction(w.say("ui.destination.other", nil), fynetheme.FolderOpenIcon(), w.chooseDestination))
		if isAbout(f.err, fault.DestGuarded) {
			ways.Add(widgets.NewAction(w.say("ui.failed.privacy", nil), fynetheme.SettingsIcon(), func() { w.openPage(privacyPane) }))
		}
		all = append(all, ways)
	}
	if names, count := f.unread.list(); count > 0 {
		all = append(all, w.unreadFold(names, count, "ui.failed.unread-why"))
	}
	all = append(all, w.detailsFold(f.err))
	s.content = widgets.Page(widgets.NewColumn(all...), container.NewBorder(nil, nil, back, foot))
	s.update()
	return s
}

// privacyPane is where macOS lets people allow a program to use all folders.
const privacyPane = "x-apple.systempreferences:com.apple.preference.security?Privacy_AllFiles"

// stoppedByUser reports whether an outcome is what the user wanted.
func stoppedByUser(err error) bool { return isAbout(err, fault.Cancelled, fault.CancelledPhone) }

func isAbout(err error, codes ...fault.Code) bool {
	for _, code := range codes {
		if fault.Of(err) == code {
			return true
		}
	}
	return false
}

func (s *failedScreen) object() fyne.CanvasObject { return s.content }

// update lets a full backup begin only while its phone is there: it may have
// been restarted, as the advice is.
func (s *failedScreen) update() {
	if s.full != nil {
		widgets.SetEnabled(s.full, s.w.present(s.f) != nil)
	}
}

func (s *failedScreen) first() fyne.Focusable {
	if s.full != nil && !s.full.Disabled() {
		return s.full
	}
	return s.again
}
