package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/widgets"

	"lifeboat/assets/words"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// waiting is the screen of a phone that is not ready: it says what the user
// has to do on the phone, and continues when that is done.
type waiting struct {
	w       *Window
	p       *phone
	heading *widget.Label
	content fyne.CanvasObject
	again   *widgets.Action
}

// guide is a wait that has steps of its own; all others are worded by
// problems.en.toml.
type guide struct {
	picture, title, why string
	steps               []string
}

var (
	lookingGuide = guide{picture: "connect", title: "ui.waiting.looking"}
	trustGuide   = guide{picture: "trust", title: "ui.waiting.trust", why: "ui.waiting.trust-why",
		steps: []string{"ui.waiting.trust-look", "ui.waiting.trust-tap", "ui.waiting.trust-passcode"}}
	lockedGuide = guide{picture: "locked", title: "ui.waiting.locked", why: "ui.waiting.locked-why",
		steps: []string{"ui.waiting.locked-passcode", "ui.waiting.locked-keep"}}
)

func newWaiting(w *Window, p *phone) *waiting {
	s := &waiting{w: w, p: p}
	g, guided := lookingGuide, true
	switch code := fault.Of(p.obstacle); {
	case code == fault.TrustPending, code == "" && p.stage == device.Pairing:
		g = trustGuide
	case code == fault.PhoneLocked:
		g = lockedGuide
	case code != "":
		guided = false
	}
	if guided {
		s.content = s.guide(g)
	} else {
		s.content = s.problem(p.obstacle)
	}
	return s
}

func (s *waiting) guide(g guide) fyne.CanvasObject {
	w := s.w
	s.heading = widgets.Title("")
	all := []fyne.CanvasObject{widgets.Drawing(g.picture), s.heading}
	s.heading.Text = w.say(g.title, words.Args{"Name": widgets.Shorten(w.phoneName(s.p), 40)})
	if g.why != "" {
		all = append(all, widgets.Plain(w.say(g.why, nil)))
	}
	if len(g.steps) > 0 {
		texts := make([]string, 0, len(g.steps))
		for _, key := range g.steps {
			texts = append(texts, w.say(key, nil))
		}
		all = append(all, widgets.Card(widgets.Steps(texts, w.number)), widgets.Quiet(w.say("ui.waiting.by-itself", nil)))
	}
	return widgets.Page(widgets.NewColumn(all...), nil)
}

// problem is for a phone that waiting alone does not help: it was refused,
// does not answer, is not set up.
func (s *waiting) problem(err error) fyne.CanvasObject {
	w := s.w
	p := w.explain(err)
	s.again = widgets.NewPrimary(w.say("ui.again", nil), fynetheme.ViewRefreshIcon(), func() { w.tryAgain(s.p) })
	return widgets.Page(widgets.NewColumn(
		widgets.OneLine(w.phoneName(s.p)),
		container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon("warn", 32)), nil, widgets.Title(p.Happened)),
		widgets.Plain(p.Meaning),
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(p.Next))),
		w.detailsFold(err),
	), widgets.ButtonRow(s.again))
}

func (s *waiting) object() fyne.CanvasObject { return s.content }
func (s *waiting) update()                   {}

func (s *waiting) first() fyne.Focusable {
	if s.again == nil {
		return nil
	}
	return s.again
}
