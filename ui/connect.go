package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/ui/widgets"

	"lifeboat/device/fault"
)

// connect is the screen without a phone: what to do, or why this computer
// cannot see any.
type connect struct {
	content fyne.CanvasObject
}

// connectSteps are the ways to connect a phone, by system.
var connectSteps = map[string][]string{
	"linux":   {"ui.connect.cable", "ui.connect.unlock", "ui.connect.trust"},
	"darwin":  {"ui.connect.cable", "ui.connect.allow-darwin", "ui.connect.unlock", "ui.connect.trust"},
	"windows": {"ui.connect.cable", "ui.connect.unlock", "ui.connect.trust"},
}

// connectKey distinguishes the screen's forms.
func (w *Window) connectKey() string {
	if !w.looked {
		return "looking"
	}
	return string(fault.Of(w.mux))
}

func newConnect(w *Window) *connect {
	if w.mux != nil {
		return &connect{content: widgets.Page(widgets.NewColumn(w.muxProblem()...), nil)}
	}
	keys := connectSteps[w.OS]
	if keys == nil {
		keys = connectSteps["linux"]
	}
	texts := make([]string, 0, len(keys))
	for _, key := range keys {
		texts = append(texts, w.say(key, nil))
	}
	return &connect{content: widgets.Page(widgets.NewColumn(
		widgets.Drawing("connect"),
		widgets.Title(w.say("ui.connect.title", nil)),
		widgets.Plain(w.say("ui.connect.promise", nil)),
		widgets.Card(widgets.Steps(texts, w.number)),
		widgets.Quiet(w.say("ui.connect.nothing", nil)),
	), nil)}
}

// muxProblem explains why phones cannot be seen. The screen goes away by
// itself when they can.
func (w *Window) muxProblem() []fyne.CanvasObject {
	p := w.explain(w.mux)
	return []fyne.CanvasObject{
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon("fail", 32)), nil, widgets.Title(p.Happened)),
		widgets.Plain(p.Meaning),
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(p.Next))),
		widgets.Quiet(w.say("ui.connect.by-itself", nil)),
		w.detailsFold(w.mux),
	}
}

func (c *connect) object() fyne.CanvasObject { return c.content }
func (c *connect) update()                   {}
func (c *connect) first() fyne.Focusable     { return nil }
