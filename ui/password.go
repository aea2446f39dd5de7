package ui

import (
	"strconv"
	"strings"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
)

// choosePassword is the form of a phone's first encrypted backup: a new
// password, twice, and what forgetting it means.
type choosePassword struct {
	w             *Window
	f             *flow
	first1, twice *widgets.Secret
	keep          *widget.Check
	complaint     *widgets.Complaint
	start         *widgets.Action
	content       fyne.CanvasObject
}

func newChoosePassword(w *Window, f *flow) *choosePassword {
	s := &choosePassword{w: w, f: f, complaint: widgets.NewComplaint()}
	back := func() { w.leave(f) }
	s.twice = widgets.NewSecret(s.submit, back)
	s.first1 = widgets.NewSecret(func() { w.Window.Canvas().Focus(s.twice) }, back)
	s.keep = widget.NewCheck(w.say("ui.password.keep", w.keyring()), nil)
	s.keep.SetChecked(true)
	s.start = widgets.NewPrimary(w.say("ui.password.start", nil), nil, s.submit)
	s.start.Escape = back
	s.content = widgets.Page(widgets.NewColumn(
		widgets.Title(w.say("ui.password.choose", nil)),
		widgets.Plain(w.say("ui.password.choose-why", nil)),
		widgets.Plain(w.say("ui.password.sets", nil)),
		widgets.Card(widgets.NewRows(
			container.NewGridWithColumns(2,
				widgets.NewRows(widgets.Strong(w.say("ui.password.once", nil)), s.first1),
				widgets.NewRows(widgets.Strong(w.say("ui.password.twice", nil)), s.twice)),
			s.complaint.Object(), s.keep)),
		widgets.NewTight(widgets.Strong(w.say("ui.password.forget", nil)), widgets.Plain(w.say("ui.password.forget-means", nil))),
	), backAndGo(w, back, s.start))
	return s
}

func (s *choosePassword) object() fyne.CanvasObject { return s.content }
func (s *choosePassword) update()                   {}
func (s *choosePassword) first() fyne.Focusable     { return s.first1 }

// submit starts the backup if both fields hold the same password. A password
// that is to be kept is in the keyring before the phone gets it.
func (s *choosePassword) submit() {
	w, text := s.w, s.first1.Text
	password := keybag.NewPassword(text).Clean()
	switch {
	case password.Empty():
		s.complaint.Show(w.say("ui.password.empty", nil))
		w.Window.Canvas().Focus(s.first1)
		return
	case text != s.twice.Text:
		s.complaint.Show(w.say("ui.password.mismatch", nil))
		w.Window.Canvas().Focus(s.twice)
		return
	}
	if !s.keep.Checked {
		w.run(s.f, password)
		return
	}
	s.complaint.Show("")
	s.start.Disable()
	udid := s.f.phone.dev.UDID
	go func() {
		err := w.Engine.KeepPassword(w.ctx, udid, keybag.NewPassword(text).Clean())
		w.Post(func() {
			if w.flow != s.f || w.screen != s {
				return
			}
			s.start.Enable()
			if err != nil {
				p := w.explain(err)
				s.keep.SetChecked(false)
				s.complaint.Show(w.say("ui.password.keep-failed", words.Args{"Happened": p.Happened}))
				return
			}
			w.run(s.f, password)
		})
	}()
}

// askPassword is the form for a phone whose backups are encrypted already.
type askPassword struct {
	w         *Window
	f         *flow
	entry     *widgets.Secret
	keep      *widget.Check
	complaint *widgets.Complaint
	start     *widgets.Action
	content   fyne.CanvasObject
}

func newAskPassword(w *Window, f *flow) *askPassword {
	s := &askPassword{w: w, f: f, complaint: widgets.NewComplaint()}
	s.entry = widgets.NewSecret(s.submit, s.back)
	s.keep = widget.NewCheck(w.say("ui.password.keep", w.keyring()), nil)
	s.start = widgets.NewPrimary(w.say("ui.password.continue", nil), nil, s.submit)
	s.start.Escape = s.back
	if f.note != "" {
		s.complaint.Show(w.say(f.note, w.keyring()))
	}
	s.content = widgets.Page(widgets.NewColumn(
		widgets.Title(w.say("ui.password.ask", nil)),
		widgets.Plain(w.say("ui.password.ask-which", nil)),
		widgets.Card(widgets.NewRows(widgets.Strong(w.say("ui.password.existing", nil)), s.entry, s.complaint.Object(), s.keep)),
		widgets.NewTight(widgets.Strong(w.say("ui.password.unknown", nil)), widgets.Plain(w.say("ui.password.unknown-means", words.Args{"Menu": menu("reset-all-settings", f.phone.summary.Version)}))),
	), backAndGo(w, s.back, s.start))
	return s
}

func (s *askPassword) object() fyne.CanvasObject { return s.content }
func (s *askPassword) update()                   {}
func (s *askPassword) first() fyne.Focusable     { return s.entry }

// back gives up: before the job it leads back to the phone, within it it cancels.
func (s *askPassword) back() {
	if s.f.answer != nil {
		s.w.cancelRun(s.f)
		return
	}
	s.w.leave(s.f)
}

func (s *askPassword) submit() {
	w, f := s.w, s.f
	if s.entry.Text == "" {
		s.complaint.Show(w.say("ui.password.empty", nil))
		w.Window.Canvas().Focus(s.entry)
		return
	}
	if s.keep.Checked {
		f.keep = keybag.NewPassword(s.entry.Text)
	}
	password := keybag.NewPassword(s.entry.Text)
	if f.answer == nil {
		w.run(f, password)
		return
	}
	f.answer <- password
	f.answer, f.step = nil, running
	w.refresh()
}

// keyring names this computer's own place for passwords to a sentence.
func (w *Window) keyring() words.Args { return words.Args{"Keyring": w.Words.Keyring(w.OS)} }

// menu is where a phone with a version of iOS has a menu.
func menu(name, version string) words.Text {
	return words.T(knowledge.MenuKey(name, majorOf(version)), nil)
}

// majorOf is the 18 of "18.7.1", 0 if it is not known.
func majorOf(version string) int {
	first, _, _ := strings.Cut(version, ".")
	major, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return major
}

// backAndGo is the foot of a form.
func backAndGo(w *Window, back func(), start *widgets.Action) fyne.CanvasObject {
	b := widgets.NewAction(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), back)
	b.Escape = back
	return container.NewBorder(nil, nil, b, start)
}
