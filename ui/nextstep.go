package ui

import (
	"slices"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// nextStep is the card with the first step back to a working backup, and the
// way to all of them. It keeps its height whatever the step is.
type nextStep struct {
	w       *Window
	p       *phone
	text    *widgets.Steady
	line    *fyne.Container
	all     *widgets.Action
	shown   checks.Fix // the step that line has the button of
	content fyne.CanvasObject
}

// nextLines is the room that the step's text always has.
const nextLines = 2

func newNextStep(w *Window, p *phone) *nextStep {
	n := &nextStep{w: w, p: p, text: widgets.NewSteady(widgets.Plain(""), nextLines)}
	n.all = widgets.NewAction("", fynetheme.ListIcon(), func() { w.guide(p) })
	n.line = container.NewHBox(n.all)
	heading := container.NewBorder(nil, nil, nil, n.line, widgets.Strong(w.say("ui.next.title", nil)))
	n.content = widgets.Card(container.New(widgets.Rows{Gap: -4}, heading, n.text.Object()))
	return n
}

func (n *nextStep) object() fyne.CanvasObject { return n.content }

// free lets the text take the room that it needs.
func (n *nextStep) free() { n.text.Free() }

func (n *nextStep) update() {
	w, p := n.w, n.p
	widgets.Show(n.content, p.state != nil)
	if p.state == nil {
		return
	}
	next := p.state.Next
	var first checks.Fix
	text := w.say("ui.next.none", nil)
	if slices.ContainsFunc(p.state.Results, func(r checks.Result) bool { return r.Status == checks.Ask }) {
		text = w.say("ui.next.ask", nil)
	}
	if len(next) > 0 {
		first = next[0]
		text = w.Words.Text(first.Text)
	}
	n.text.Set(text)
	if count := w.say("ui.next.all", words.Args{"N": len(next)}); n.all.Text != count {
		n.all.SetText(count)
	}
	widgets.SetEnabled(n.all, len(next) > 0)
	if first.ID != n.shown.ID || first.Action != n.shown.Action {
		n.shown = first
		n.line.Objects = []fyne.CanvasObject{n.all}
		if b := w.fixButton(p, first); b != nil {
			b.Importance = widget.HighImportance
			n.line.Objects = []fyne.CanvasObject{b, n.all}
		}
		n.line.Refresh()
	}
}
