package ui

import (
	"strings"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// verdict is the card with the one sentence that all checks come to for
// iCloud. Below it stands what a backup to this computer would tell, what has
// changed, or what is still to come.
type verdict struct {
	w       *Window
	p       *phone
	mark    *widget.Icon
	text    *widgets.Steady
	aside   *widgets.Steady
	content fyne.CanvasObject
}

// verdictLines is the room that the sentence always has.
const verdictLines = 2

func newVerdict(w *Window, p *phone) *verdict {
	v := &verdict{w: w, p: p, mark: widget.NewIcon(nil), aside: widgets.NewSteady(widgets.Quiet(""), 1)}
	sentence := widgets.Strong("")
	sentence.SizeName = fynetheme.SizeNameSubHeadingText
	v.text = widgets.NewSteady(sentence, verdictLines)
	v.content = widgets.Card(widgets.Marked(v.mark, 30, widgets.NewTight(v.text.Object(), v.aside.Object())))
	return v
}

func (v *verdict) object() fyne.CanvasObject { return v.content }

// free lets the sentences take the room that they need.
func (v *verdict) free() {
	v.text.Free()
	v.aside.Free()
}

func (v *verdict) update() {
	text, status := v.sentence()
	v.text.Set(text)
	if icon := widgets.MarkResource(status); v.mark.Resource != icon {
		v.mark.SetResource(icon)
	}
	v.aside.Set(v.beside())
}

func (v *verdict) sentence() (text, status string) {
	w, p := v.w, v.p
	switch {
	case p.err != nil:
		return w.explain(p.err).Happened, string(checks.Warn)
	case p.state == nil:
		return w.say("ui.ready.checking", nil), string(checks.Unknown)
	}
	return w.Words.Text(p.state.Verdict), string(p.state.Standing)
}

// beside is what stands below the sentence.
func (v *verdict) beside() string {
	w, p := v.w, v.p
	switch {
	case p.err != nil, p.state == nil:
		return ""
	case p.looking:
		return w.say("ui.ready.checking", nil)
	case len(p.state.Changes) > 0:
		return w.say("ui.ready.changed", words.Args{"N": words.Count(len(p.state.Changes)), "What": w.changedChecks(p)})
	case p.state.Pending:
		return w.say("ui.ready.pending", nil)
	}
	if step, ok := checks.RecordStep(p.state.Results); ok {
		return w.Words.Text(step.Text)
	}
	return w.say("ui.ready.looked", words.Args{"Time": p.state.Input.Now.Local().Format("15:04")})
}

// changedChecks names the checks whose results differ from last time.
func (w *Window) changedChecks(p *phone) string {
	var names []string
	for _, c := range p.state.Changes {
		if r, ok := p.state.Result(c.ID); ok {
			names = append(names, w.Words.Text(r.Title))
		}
	}
	return strings.Join(names, w.say("ui.ready.comma", nil))
}
