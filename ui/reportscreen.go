package ui

import (
	"path/filepath"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks/report"
)

// reportScreen shows the report as text that can be changed, copied and
// saved. What is personal is left out unless its box is ticked.
type reportScreen struct {
	w *Window
	r *reporting

	boxes   []*widget.Check
	hint    *widgets.Steady
	restart *widgets.Action
	text    *widgets.TextBox
	outcome string // whether copying or saving worked
	copy    *widgets.Action
	saves   []*widgets.Action
	back    *widgets.Action
	content fyne.CanvasObject
}

// includable are the boxes, and what each puts in.
var includable = []struct {
	word string
	of   func(*report.Include) *bool
}{
	{"ui.report.name", func(i *report.Include) *bool { return &i.Name }},
	{"ui.report.profiles", func(i *report.Include) *bool { return &i.Profiles }},
	{"ui.report.apps", func(i *report.Include) *bool { return &i.Apps }},
	{"ui.report.crashes", func(i *report.Include) *bool { return &i.CrashNames }},
}

func newReportScreen(w *Window, r *reporting) *reportScreen {
	s := &reportScreen{w: w, r: r, hint: widgets.NewSteady(widgets.Quiet(""), 2), text: widgets.NewTextBox(8)}
	boxes := container.New(&widgets.Flowing{}, widgets.OneWord(w.say("ui.report.include", nil)))
	for _, part := range includable {
		box := widget.NewCheck(w.say(part.word, nil), nil)
		box.Checked = *part.of(&r.include)
		box.OnChanged = func(on bool) {
			*part.of(&r.include) = on
			s.outcome = ""
			w.makeReport(r)
		}
		s.boxes = append(s.boxes, box)
		boxes.Add(box)
	}
	s.restart = widgets.NewAction(w.say("ui.report.restart", nil), fynetheme.ContentUndoIcon(), func() { w.makeReport(r) })
	s.text.OnChanged = func(text string) {
		if text != r.text {
			r.text, r.edited = text, true
			s.tell("")
		}
	}
	s.copy = widgets.NewAction(w.say("ui.report.copy", nil), fynetheme.ContentCopyIcon(), func() {
		w.Copy(r.text)
		s.tell(w.say("ui.report.copied", nil))
	})
	s.saves = []*widgets.Action{
		widgets.NewAction(w.say("ui.report.save-text", nil), fynetheme.DocumentSaveIcon(), func() { s.save(".txt") }),
		widgets.NewAction(w.say("ui.report.save-page", nil), fynetheme.DocumentPrintIcon(), func() { s.save(".html") }),
	}
	s.back = widgets.NewAction(w.say("ui.back", nil), fynetheme.NavigateBackIcon(), w.leaveReport)
	head := widgets.NewRows(
		widgets.NewTight(widgets.Title(w.say("ui.report.title", nil)), widgets.Plain(w.say("ui.report.how", nil))),
		boxes, container.NewBorder(nil, nil, nil, container.NewCenter(s.restart), s.hint.Object()))
	foot := container.NewBorder(nil, nil, s.back, container.NewHBox(s.copy, s.saves[0], s.saves[1]))
	for _, b := range append([]*widgets.Action{s.restart, s.copy, s.back}, s.saves...) {
		b.Escape = w.leaveReport
	}
	s.content = widgets.Page(container.New(widgets.Column{}, container.New(widgets.Filled{}, head, s.text)), foot)
	return s
}

func (s *reportScreen) object() fyne.CanvasObject { return s.content }
func (s *reportScreen) first() fyne.Focusable     { return s.back }
func (s *reportScreen) leave()                    { s.w.leaveReport() }

func (s *reportScreen) update() {
	w, r := s.w, s.r
	if s.text.Text != r.text {
		onChanged := s.text.OnChanged
		s.text.OnChanged = nil // what follows is no change of the user's
		s.text.SetText(r.text)
		s.text.OnChanged = onChanged
	}
	widgets.SetEnabled(s.copy, r.ready)
	for _, b := range s.saves {
		widgets.SetEnabled(b, r.ready)
	}
	there := w.find(r.phone.dev.UDID) == r.phone
	for _, box := range s.boxes {
		if there && !r.edited {
			box.Enable()
		} else {
			box.Disable()
		}
	}
	widgets.SetEnabled(s.restart, there && r.edited)
	s.hint.Set(s.say())
}

// tell shows whether copying or saving worked.
func (s *reportScreen) tell(text string) {
	s.outcome = text
	s.update()
}

// say is the line above the text.
func (s *reportScreen) say() string {
	switch {
	case s.outcome != "":
		return s.outcome
	case s.r.edited:
		return s.w.say("ui.report.edited", nil)
	}
	return s.w.say("ui.report.page-hint", nil)
}

// save asks where to, and saves.
func (s *reportScreen) save(extension string) {
	w := s.w
	d := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		if err != nil || file == nil {
			return
		}
		path := file.URI().Path()
		file.Close() // the dialog has only made sure that it can be written
		s.saveTo(path, extension)
	}, w.Window)
	d.SetTitleText(w.say("ui.report.where", nil))
	d.SetConfirmText(w.say("ui.report.save", nil))
	d.SetFileName(w.say("ui.report.file", nil) + extension)
	d.Show()
	d.Resize(fyne.NewSize(minWidth, minHeight))
}

// saveTo saves the text in the form that its extension names.
func (s *reportScreen) saveTo(path, extension string) {
	w, r := s.w, s.r
	if filepath.Ext(path) != extension {
		path += extension
	}
	text := r.text
	go func() {
		err := w.Engine.SaveReport(path, text)
		w.postFor(w.ctx, func() {
			if err != nil {
				w.showProblem(err, nil)
				return
			}
			s.tell(w.say("ui.report.saved", words.Args{"Path": path}))
		})
	}()
}
