package ui

import (
	"path/filepath"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/checks/report"
)

// reportPage shows the report as text that can be changed, copied and
// saved. What is personal is left out unless its box is ticked.
type reportPage struct {
	drawn
	w *Window
	r *state.Report

	boxes   []*widgets.TickBox
	hint    *widgets.Steady
	restart *widgets.Action
	text    *widgets.TextBox
	outcome string // whether copying or saving worked
	copy    *widgets.Action
	saves   []*widgets.Action
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

// boxWidth is the least width of a box with its words.
const boxWidth = 240

func newReportPage(w *Window, r *state.Report) *reportPage {
	s := &reportPage{w: w, r: r, hint: widgets.NewSteady(widgets.Quiet(""), 2), text: widgets.NewTextBox(8)}
	s.hint.Middle = true // beside the button
	boxes := container.New(&widgets.Columns{Least: boxWidth, Most: 2, Gap: widgets.Grid, Across: true})
	for _, part := range includable {
		box := tick(w.say(part.word, nil), *part.of(&r.Include), func(on bool) {
			*part.of(&r.Include) = on
			s.outcome = ""
			w.MakeReport()
		})
		s.boxes = append(s.boxes, box)
		boxes.Add(box)
	}
	s.restart = widgets.NewAction(w.say("ui.report.restart", nil), nil, w.MakeReport)
	s.text.OnChanged = func(text string) {
		if text != r.Text {
			w.EditReport(text)
			s.tell("")
		}
	}
	s.copy = widgets.NewAction(w.say("ui.report.copy", nil), nil, func() {
		w.o.Copy(r.Text)
		s.tell(w.say("ui.report.copied", nil))
	})
	s.saves = []*widgets.Action{
		widgets.NewAction(w.say("ui.report.save-text", nil), nil, func() { s.save(".txt") }),
		widgets.NewAction(w.say("ui.report.save-page", nil), nil, func() { s.save(".html") }),
	}
	head := widgets.NewRows(
		w.pageHead(widgets.Heading(w.say("ui.report.title", nil))), widgets.Plain(w.say("ui.report.how", nil)),
		widgets.NewTight(widgets.Plain(w.say("ui.report.include", nil)), boxes), container.NewBorder(nil, nil, nil, container.NewCenter(s.restart), s.hint.Object()))
	_, s.content = widgets.Page(widgets.TextWidth, container.New(widgets.Filled{}, head, s.text), widgets.ButtonRow(s.copy, s.saves[0], s.saves[1]))
	return s
}

func (s *reportPage) first() fyne.Focusable { return s.copy }

func (s *reportPage) update() {
	w, r := s.w, s.r
	s.text.Set(r.Text)
	widgets.SetEnabled(s.copy, r.Ready)
	for _, b := range s.saves {
		widgets.SetEnabled(b, r.Ready)
	}
	there := w.ReportPhoneThere()
	for _, box := range s.boxes {
		widgets.SetEnabled(box, there && !r.Edited)
	}
	widgets.SetEnabled(s.restart, there && r.Edited)
	s.hint.Set(s.say())
}

// tell shows whether copying or saving worked.
func (s *reportPage) tell(text string) {
	s.outcome = text
	s.update()
}

// say is the line above the text.
func (s *reportPage) say() string {
	switch {
	case s.outcome != "":
		return s.outcome
	case s.r.Edited:
		return s.w.say("ui.report.edited", nil)
	}
	return s.w.say("ui.report.page-hint", nil)
}

// save asks where to, and saves.
func (s *reportPage) save(extension string) {
	w := s.w
	w.pickFile(w.say("ui.report.where", nil), w.say("ui.report.file", nil)+extension, func(path string) { s.saveTo(path, extension) })
}

// saveTo saves the text in the form that its extension names.
func (s *reportPage) saveTo(path, extension string) {
	w := s.w
	if filepath.Ext(path) != extension {
		path += extension
	}
	w.SaveReport(path, func() { s.tell(w.say("ui.report.saved", words.Args{"Path": path})) })
}
