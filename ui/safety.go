package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"

	"lifeboat/checks"
	"lifeboat/device/facts"
)

// safety is the card that a phone's page opens with: whether what is on the
// phone is kept anywhere else. Its states differ in their shapes and words.
type safety struct {
	w       *Window
	p       *phone
	mark    *widget.Icon
	text    *widgets.Steady
	content fyne.CanvasObject
}

// safetyLines is the room that the sentence always has.
const safetyLines = 2

// safetyMarks are the shapes of the states, by the names of statuses.
var safetyMarks = map[checks.SafetyState]checks.Status{
	checks.Safe:          checks.Pass,
	checks.Ageing:        checks.Warn,
	checks.Unsafe:        checks.Fail,
	checks.SafetyUnknown: checks.Unknown,
}

func newSafety(w *Window, p *phone) *safety {
	s := &safety{w: w, p: p, mark: widget.NewIcon(nil), text: widgets.NewSteady(widgets.Title(""), safetyLines)}
	s.content = widgets.Card(widgets.Marked(s.mark, 30, s.text.Object()))
	return s
}

func (s *safety) object() fyne.CanvasObject { return s.content }

// free lets the sentence take the room that it needs.
func (s *safety) free() { s.text.Free() }

func (s *safety) update() {
	state, text := checks.SafetyUnknown, s.w.say("ui.safety.looking", nil)
	switch {
	case s.p.state != nil && s.p.state.Safety.State == checks.SafetyUnknown && s.p.state.Input.Host.Kind.Reason == facts.Pending:
		// the folder for backups is still being looked at
	case s.p.state != nil:
		state, text = s.p.state.Safety.State, s.w.Words.Text(s.p.state.Safety.Sentence)
	case s.p.err != nil:
		text = s.w.say("ui.safety.unseen", nil)
	}
	s.text.Set(text)
	if icon := widgets.MarkResource(string(safetyMarks[state])); s.mark.Resource != icon {
		s.mark.SetResource(icon)
	}
}
