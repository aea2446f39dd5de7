package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"

	"lifeboat/device/fault"
)

// failedScreen says why there is no new backup, and what to do about it.
type failedScreen struct {
	again   *action
	content fyne.CanvasObject
}

func newFailed(w *Window, f *flow) *failedScreen {
	s := &failedScreen{}
	p := w.explain(f.err)
	mark := "fail"
	if stoppedByUser(f.err) {
		mark = "unknown" // nothing went wrong
	}
	leave := func() { w.leave(f) }
	s.again = newPrimary(w.say("ui.again", nil), fynetheme.ViewRefreshIcon(), func() { w.again(f) })
	s.again.escape = leave
	back := newAction(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), leave)
	back.escape = leave
	all := []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(markIcon(mark, 40)), nil, title(p.Happened)),
		plain(p.Meaning),
		card(newTight(strong(w.say("ui.problem.next", nil)), plain(p.Next))),
	}
	if isAbout(f.err, fault.DestFull, fault.DestMissing, fault.DestNotFolder, fault.DestNotAllowed, fault.DestFailed, fault.HostSpace) {
		all = append(all, container.NewHBox(
			newAction(w.say("ui.destination.other", nil), fynetheme.FolderOpenIcon(), w.chooseDestination)))
	}
	all = append(all, w.detailsFold(f.err))
	s.content = page(newColumn(all...), container.NewBorder(nil, nil, back, s.again))
	return s
}

// stoppedByUser says whether an outcome is what the user wanted.
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
func (s *failedScreen) update()                   {}
func (s *failedScreen) first() fyne.Focusable     { return s.again }
