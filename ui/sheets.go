package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/checks"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// sheet is a question over the page. Escape closes it.
type sheet struct {
	w      *Window
	popup  *widget.PopUp
	about  any    // the job or the restore that it asks about: it makes no sense when that has ended
	closed func() // optional: called when it was closed by whatever way
}

const (
	sheetWidth = 460
	// sheetHigh is the height from which on a sheet scrolls in the smallest window.
	sheetHigh = 376
	// sheetAround is what buttons and distances take above and below what scrolls.
	sheetAround = minHeight - sheetHigh
)

// tall is the layout of what scrolls in a sheet: as high as what is in it, as long as
// the window has room for that.
type tall struct {
	widgets.Scrolled
	canvas fyne.Canvas
}

// MinSize follows the window.
func (t tall) MinSize(objects []fyne.CanvasObject) fyne.Size {
	most := max(sheetHigh, t.canvas.Size().Height-sheetAround)
	return fyne.NewSize(sheetWidth+2*widgets.Grid, min(most, objects[0].(*container.Scroll).Content.MinSize().Height))
}

// showSheet puts rows and a line of buttons over the page; first gets the keyboard,
// which nil gives to nothing.
func (w *Window) showSheet(all []fyne.CanvasObject, first *widgets.Action, others ...*widgets.Action) *sheet {
	return w.showSheetSaying(nil, all, first, others...)
}

// showSheetSaying has beside the buttons, where it is in sight however small the window
// is, what was wrong with what was typed.
func (w *Window) showSheetSaying(said fyne.CanvasObject, all []fyne.CanvasObject, first *widgets.Action, others ...*widgets.Action) *sheet {
	if w.sheet != nil {
		w.sheet.hide()
	}
	w.closeMenu()
	s := &sheet{w: w}
	line := widgets.Line()
	if first != nil {
		others = append(others, first)
	}
	for _, b := range others {
		line.Add(b)
	}
	foot := container.NewBorder(nil, nil, nil, container.New(widgets.Middle{}, line))
	if said != nil {
		foot.Add(container.New(widgets.Middle{}, said))
	}
	rows := container.New(widgets.Width{Width: sheetWidth}, container.New(widgets.Rows{Gap: 12}, all...))
	body := container.New(widgets.Rows{Gap: 2 * widgets.Grid}, rows, foot)
	if rows.MinSize().Height > sheetHigh {
		foot := container.New(layout.NewCustomPaddedLayout(2*widgets.Grid-fynetheme.Padding(), 0, 0, 0), foot)
		body = container.NewBorder(nil, foot, nil, nil, container.New(tall{canvas: w.o.Window.Canvas()}, container.NewVScroll(rows)))
	}
	s.popup = widget.NewModalPopUp(widgets.Padded(2*widgets.Grid, body), w.o.Window.Canvas())
	w.sheet = s
	s.popup.Show()
	// A second time, now that the texts know their width.
	s.popup.Resize(s.popup.MinSize())
	if first != nil {
		w.o.Window.Canvas().Focus(first)
	}
	return s
}

func (s *sheet) hide() {
	s.popup.Hide()
	if s.w.sheet == s {
		s.w.sheet = nil
		s.w.focusFirst()
	}
	if closed := s.closed; closed != nil {
		s.closed = nil
		closed()
	}
}

// hideSheet closes the sheet that is open, if there is one.
func (w *Window) hideSheet() {
	if w.sheet != nil {
		w.sheet.hide()
	}
}

// closer is the button that closes a sheet.
func (w *Window) closer(key string) *widgets.Action {
	return widgets.NewAction(w.say(key, nil), nil, w.hideSheet)
}

// deedWords are the keys of the words of a deed: what is asked, and what is done.
type deedWords struct {
	title, means, do, keep string
	waiting, done, next    string
	danger                 bool
}

var deeds = map[state.Deed]deedWords{
	state.SwitchOn: {title: "ui.switch-on.title", means: "ui.switch-on.means", do: "ui.switch-on.do", keep: "ui.sheet.cancel",
		waiting: "ui.switch-on.waiting", done: "ui.switch-on.done", next: "ui.switch-on.next"},
	state.Restart: {title: "ui.restart.title", means: "ui.restart.means", do: "ui.restart.do", keep: "ui.sheet.cancel",
		waiting: "ui.restart.waiting", done: "ui.restart.done", next: "ui.restart.next"},
	state.Forget: {title: "ui.forget.title", means: "ui.forget.means", do: "ui.forget.do", keep: "ui.forget.keep",
		waiting: "ui.forget.waiting", done: "ui.forget.done", next: "ui.forget.next", danger: true},
	state.ChangePassword: {waiting: "ui.settings.changing"},
}

// ask asks before a deed is done.
func (w *Window) ask(p *state.Phone, what state.Deed, fixID string) {
	d := deeds[what]
	args := map[string]any{"Name": widgets.Shorten(w.phoneName(p), 40)}
	do := widgets.NewAction(w.say(d.do, nil), nil, func() { w.hideSheet(); w.Do(p, what, fixID) })
	rows := []fyne.CanvasObject{widgets.Title(w.say(d.title, args)), widgets.Plain(w.say(d.means, args))}
	if d.danger {
		do.Importance = widget.DangerImportance
		w.showSheet(rows, w.closer(d.keep), do)
		return
	}
	do.SetPrimary(true)
	w.showSheet(rows, do, w.closer(d.keep))
}

// Waiting shows that something is under way that was asked for. Cancel does not have the keyboard: Enter,
// pressed once too often, must not end what it began.
func (w *Window) Waiting(what state.Deed, cancel func()) func() bool {
	s := w.showSheet([]fyne.CanvasObject{widgets.Title(w.say(deeds[what].waiting, nil)), widgets.Quiet(w.say("ui.sheet.moment", nil))},
		nil, w.closer("ui.sheet.cancel"))
	s.closed = cancel
	return func() bool {
		if w.sheet != s {
			return false
		}
		s.closed = nil
		s.hide()
		return true
	}
}

// Succeeded reports what is done.
func (w *Window) Succeeded(what state.Deed) {
	d := deeds[what]
	ok := widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, w.hideSheet)
	w.showSheet([]fyne.CanvasObject{widgets.Headline(string(checks.Pass), w.say(d.done, nil)), widgets.Plain(w.say(d.next, nil))}, ok)
}

// Problem explains a failure; again is nil where trying again makes no sense.
func (w *Window) Problem(err error, again func()) {
	rows := append(w.problemRows(string(checks.Warn), err), w.detailsFold(err))
	closer := widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, w.hideSheet)
	if again == nil {
		w.showSheet(rows, closer)
		return
	}
	w.showSheet(rows, closer, widgets.NewAction(w.say("ui.again", nil), nil, func() { w.hideSheet(); again() }))
}

// askToGiveUp asks before what is under way is given up, which makes no sense any more
// when about has ended; means, goOn and stop are keys.
func (w *Window) askToGiveUp(about any, title, means, goOn, stop string, do func()) {
	s := w.showSheet([]fyne.CanvasObject{widgets.Title(title), widgets.Plain(w.say(means, nil))},
		widgets.NewPrimary(w.say(goOn, nil), nil, w.hideSheet),
		widgets.NewDanger(w.say(stop, nil), func() { w.hideSheet(); do() }))
	s.about = about
}

// showMade says what was written, and leads to its folder.
func (w *Window) showMade(dir string, rows ...fyne.CanvasObject) {
	trouble := widgets.Plain(w.say("ui.done.open-failed", nil))
	trouble.Hide()
	w.showSheet(append(rows, trouble), widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, w.hideSheet),
		widgets.NewAction(w.say("ui.done.open", nil), nil, func() { w.open(w.o.OpenFolder, dir, trouble.Show) }))
}

// open has another program show something; failed is called on the window's goroutine
// where that cannot be done.
func (w *Window) open(show func(string) error, what string, failed func()) {
	go func() {
		if show(what) != nil {
			w.o.Post(failed)
		}
	}()
}

// openOrSay has another program show something, or says where it is; title is a key.
func (w *Window) openOrSay(show func(string) error, what, title string) {
	w.open(show, what, func() {
		w.showSheet([]fyne.CanvasObject{widgets.Title(w.say(title, nil)), widgets.Copyable(what)},
			widgets.NewPrimary(w.say("ui.sheet.close", nil), nil, w.hideSheet))
	})
}

// openPage shows a page of the web, or says where it is.
func (w *Window) openPage(address string) { w.openOrSay(w.o.OpenPage, address, "ui.page.failed") }

// pickFolder asks for a folder, by the system's own dialogue where there is one.
func (w *Window) pickFolder(title, confirm, start string, chosen func(dir string)) {
	withFyne := func() { w.pickWithFyne(title, confirm, start, chosen) }
	w.pick(w.o.Pick, title, start, withFyne, chosen)
}

// pick asks by the system's own dialogue, or with Fyne's where there is none that works.
func (w *Window) pick(own func(ctx context.Context, title, with string) (string, error), title, with string, withFyne func(), chosen func(path string)) {
	if own == nil {
		withFyne()
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	go func() {
		defer cancel()
		path, err := own(ctx, title, with)
		w.o.Post(func() {
			switch {
			case w.ctx.Err() != nil:
			case err != nil:
				withFyne()
			case path != "":
				chosen(path)
			}
		})
	}()
}

// chooseDestination lets the person pick the folder for backups.
func (w *Window) chooseDestination() {
	w.pickFolder(w.say("ui.destination.choose", nil), w.say("ui.destination.take", nil), w.Settings.Destination(), w.SetDestination)
}
