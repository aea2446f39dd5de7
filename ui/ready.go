package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
)

// readyScreen is the phone: its name, the verdict, the checklist, and Back Up Now.
type readyScreen struct {
	w *Window
	p *phone

	name, model *widget.Label
	recheck     *action
	verdictMark *widget.Icon
	verdict     *widget.Label
	list        *fyne.Container
	listed      *Checkup // what list shows
	path, last  *widget.Label
	backUp      *action
	content     fyne.CanvasObject
}

func newReady(w *Window, p *phone) *readyScreen {
	s := &readyScreen{w: w, p: p}
	s.name = oneLine("")
	s.name.SizeName, s.name.TextStyle.Bold = fynetheme.SizeNameHeadingText, true
	s.model = oneLine("")
	s.model.Importance = widget.LowImportance
	s.recheck = newAction(w.say("ui.ready.check-again", nil), fynetheme.ViewRefreshIcon(), func() { w.check(p); w.refresh() })
	s.verdictMark = widget.NewIcon(nil)
	s.verdict = title("")
	s.list = newRows()
	s.backUp = newPrimary(w.say("ui.ready.back-up", nil), fynetheme.DownloadIcon(), func() { w.backUp(p) })
	top := container.NewBorder(nil, nil, nil, container.NewCenter(s.recheck), newTight(s.name, s.model))
	verdict := container.NewBorder(nil, nil,
		container.NewPadded(container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(30), s.verdictMark))), nil, s.verdict)
	s.content = page(newColumn(top, card(verdict), s.list), s.foot())
	return s
}

// foot is what stays in sight: where backups go, and the one big button.
func (s *readyScreen) foot() fyne.CanvasObject {
	w := s.w
	s.path = oneLine("")
	s.last = oneLine("")
	s.last.Importance = widget.LowImportance
	change := newAction(w.say("ui.destination.change", nil), fynetheme.FolderOpenIcon(), w.chooseDestination)
	change.Importance = widget.LowImportance
	where := container.NewBorder(nil, nil, nil, container.NewCenter(change), newTight(s.path, s.last))
	return container.NewBorder(nil, nil, nil, container.NewCenter(big(s.backUp)), where)
}

func (s *readyScreen) object() fyne.CanvasObject { return s.content }
func (s *readyScreen) first() fyne.Focusable     { return s.backUp }

func (s *readyScreen) update() {
	w, p := s.w, s.p
	s.name.SetText(w.phoneName(p))
	s.model.SetText(s.modelLine())
	s.path.SetText(w.say("ui.destination.line", words.Args{"Path": w.Settings.Destination()}))
	s.last.SetText(s.lastLine())
	s.showVerdict()
	setEnabled(s.recheck, !p.checking)
	setEnabled(s.backUp, p.checkup != nil && w.flow == nil)
	if s.listed != p.checkup {
		s.listed = p.checkup
		s.list.Objects = w.checklist(p)
		s.list.Refresh()
	}
}

// modelLine is "iPhone 15 Pro · iOS 18.5", as far as it is known.
func (s *readyScreen) modelLine() string {
	model := s.p.summary.ProductType
	if s.p.checkup != nil && s.p.checkup.Model != "" {
		model = s.p.checkup.Model
	}
	var parts []string
	if model != "" {
		parts = append(parts, model)
	}
	if v := s.p.summary.Version; v != "" {
		parts = append(parts, s.w.say("ui.ready.ios", words.Args{"Version": v}))
	}
	return strings.Join(parts, s.w.say("ui.ready.between", nil))
}

func (s *readyScreen) lastLine() string {
	switch c := s.p.checkup; {
	case c == nil:
		return ""
	case !c.Here.Exists:
		return s.w.say("ui.ready.never", nil)
	case c.Here.Finished.IsZero():
		return s.w.say("ui.ready.some-day", nil)
	default:
		return s.w.say("ui.ready.last", words.Args{"Date": words.Date(c.Here.Finished)})
	}
}

func (s *readyScreen) showVerdict() {
	w, p := s.w, s.p
	text, status := w.say("ui.ready.checking", nil), "unknown"
	switch {
	case p.checkErr != nil:
		text, status = w.explain(p.checkErr).Happened, "warn"
	case p.checkup != nil && !p.checking:
		text, status = w.Words.Text(p.checkup.Verdict), string(worst(p.checkup.Results))
	}
	s.verdict.SetText(text)
	s.verdictMark.SetResource(markResource(status))
}

// worst is the gravest status among results.
func worst(results []checks.Result) checks.Status {
	for _, g := range groups {
		for _, r := range results {
			if r.Status == g.status {
				return g.status
			}
		}
	}
	return checks.Unknown
}

func setEnabled(b *action, on bool) {
	if on == b.Disabled() {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}
