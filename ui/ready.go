package ui

import (
	"strings"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// readyScreen is the phone: its name, whether it is safe, the verdict over
// iCloud, the next step, the checklist, and Back Up Now.
type readyScreen struct {
	w *Window
	p *phone

	name, model *widget.Label
	recheck     *widgets.Action
	safety      *safety
	verdict     *verdict
	next        *nextStep
	list        *checklist
	path, last  *widget.Label
	backUp      *widgets.Action
	content     fyne.CanvasObject
}

func newReady(w *Window, p *phone) *readyScreen {
	s := &readyScreen{w: w, p: p}
	s.name = widgets.OneLine("")
	s.name.SizeName, s.name.TextStyle.Bold = fynetheme.SizeNameHeadingText, true
	s.model = widgets.OneLine("")
	s.model.Importance = widget.LowImportance
	s.recheck = widgets.NewAction(w.say("ui.ready.check-again", nil), fynetheme.ViewRefreshIcon(), func() { w.look(p); w.refresh() })
	s.safety = newSafety(w, p)
	s.verdict = newVerdict(w, p)
	s.next = newNextStep(w, p)
	s.list = newChecklist(w, p)
	s.backUp = widgets.NewPrimary(w.say("ui.ready.back-up", nil), fynetheme.DownloadIcon(), func() { w.backUp(p) })
	watch := widgets.NewAction(w.say("ui.ready.watch", nil), fynetheme.VisibilityIcon(), func() { w.watchAttempt(p, "") })
	report := widgets.NewAction(w.say("ui.ready.report", nil), fynetheme.DocumentIcon(), func() { w.writeReport(p) })
	top := container.NewBorder(nil, nil, nil, container.NewCenter(s.recheck), widgets.NewTight(s.name, s.model))
	var scroll *container.Scroll
	scroll, s.content = widgets.ScrollPage(widgets.NewColumn(top, s.safety.object(), s.verdict.object(), s.next.object(), s.list.object(),
		container.New(&widgets.Flowing{}, watch, report)), s.foot())
	s.list.scroll = scroll
	return s
}

// foot is what stays in sight: where backups go, and the one big button.
func (s *readyScreen) foot() fyne.CanvasObject {
	w := s.w
	s.path = widgets.OneLine("")
	s.last = widgets.OneLine("")
	s.last.Importance = widget.LowImportance
	change := widgets.NewAction(w.say("ui.destination.change", nil), fynetheme.FolderOpenIcon(), w.chooseDestination)
	change.Importance = widget.LowImportance
	where := container.NewBorder(nil, nil, nil, container.NewCenter(change), widgets.NewTight(s.path, s.last))
	return container.NewBorder(nil, nil, nil, container.NewCenter(widgets.Big(s.backUp)), where)
}

func (s *readyScreen) object() fyne.CanvasObject { return s.content }
func (s *readyScreen) first() fyne.Focusable     { return s.backUp }

func (s *readyScreen) update() {
	w, p := s.w, s.p
	widgets.SetText(s.name, w.phoneName(p))
	widgets.SetText(s.model, s.modelLine())
	widgets.SetText(s.path, w.say("ui.destination.line", words.Args{"Path": w.Settings.Destination()}))
	widgets.SetText(s.last, s.lastLine())
	widgets.SetEnabled(s.recheck, !p.looking)
	widgets.SetEnabled(s.backUp, p.state != nil && w.flow == nil)
	stale := s.list.stale()
	s.safety.update()
	s.verdict.update()
	s.next.update()
	if stale { // the new texts get their room, and not that of what stood there
		s.safety.free()
		s.verdict.free()
		s.next.free()
	}
	s.list.update()
}

// firstPadOS is the first version of what had been iOS on iPads.
const firstPadOS = 13

// modelLine is "iPhone 15 Pro · iOS 18.5", as far as it is known. A model
// without a name that people know is called what it is, such as "iPad".
func (s *readyScreen) modelLine() string {
	product := s.p.summary.ProductType
	device := facts.DeviceOf(product)
	model := device
	if s.p.state != nil && s.p.state.Model() != "" && s.p.state.Model() != product {
		model = s.p.state.Model()
	}
	system := "ui.ready.ios"
	if device == "iPad" && majorOf(s.p.summary.Version) >= firstPadOS {
		system = "ui.ready.ipados"
	}
	var parts []string
	if model != "" {
		parts = append(parts, model)
	}
	if v := s.p.summary.Version; v != "" {
		parts = append(parts, s.w.say(system, words.Args{"Version": v}))
	}
	return strings.Join(parts, s.w.say("ui.ready.between", nil))
}

func (s *readyScreen) lastLine() string {
	if s.p.state == nil {
		return ""
	}
	switch local := s.p.state.Input.Local; {
	case !local.Exists:
		return s.w.say("ui.ready.never", nil)
	case local.Finished.IsZero():
		return s.w.say("ui.ready.some-day", nil)
	default:
		return s.w.say("ui.ready.last", words.Args{"Date": words.Date(local.Finished)})
	}
}
