package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/ui/state"
	"lifeboat/ui/theme"
	"lifeboat/ui/widgets"
)

// header stands on every page: the phone, the two pages that are always there,
// and the settings.
type header struct {
	w       *Window
	phone   *widgets.Chooser
	tabs    *widgets.Tabs
	line    *fyne.Container
	content fyne.CanvasObject
}

// insidePages are the pages of what is in a backup, which stand under Backups.
var insidePages = []state.PageName{state.InsidePage, state.KindPage, state.PhotoPage, state.TalkPage, state.GonePage}

// tabPages are what the tabs lead to.
var tabPages = []state.PageName{state.Overview, state.BackupsPage}

func newHeader(w *Window) *header {
	h := &header{w: w}
	h.phone = widgets.NewChooser(h.choose)
	h.tabs = widgets.NewTabs([]string{w.say("ui.tab.overview", nil), w.say("ui.tab.backups", nil)},
		func(i int) { w.Tab(tabPages[i]) })
	settings := widgets.NewIconButton(w.say("ui.settings.title", nil), fynetheme.SettingsIcon(), func() {
		if w.Page().Name != state.SettingsPage {
			w.Show(state.Page{Name: state.SettingsPage})
		}
	})
	h.line = container.New(headerLayout{h.phone}, h.phone, h.tabs.Container, settings)
	padded := container.New(layout.NewCustomPaddedLayout(widgets.Grid, widgets.Grid, 3*widgets.Grid, 2*widgets.Grid), h.line)
	h.content = container.New(widgets.Rows{}, padded, widget.NewSeparator())
	return h
}

// headerLayout sets the phone to the left, the last object to the right, and the
// one between in the middle, or as far to the right of it as the words of the phone
// need and there is room.
type headerLayout struct{ phone *widgets.Chooser }

func (l headerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left, middle, right := objects[0], objects[1], objects[2]
	m, r := middle.MinSize(), right.MinSize()
	x := max((size.Width-m.Width)/2, l.phone.Natural()+2*widgets.Grid)
	x = min(x, size.Width-r.Width-widgets.Grid-m.Width)
	for _, o := range []struct {
		fyne.CanvasObject
		x, width float32
	}{{left, 0, x - 2*widgets.Grid}, {middle, x, m.Width}, {right, size.Width - r.Width, r.Width}} {
		least := o.MinSize().Height
		o.Resize(fyne.NewSize(o.width, least))
		o.Move(fyne.NewPos(o.x, (size.Height-least)/2))
	}
}

func (headerLayout) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		m := o.MinSize()
		least = fyne.NewSize(least.Width+m.Width+widgets.Grid, max(least.Height, m.Height))
	}
	return least
}

func (h *header) update() {
	w := h.w
	chosen := -1
	for i, name := range tabPages {
		if at := w.Page().Name; at == name || name == state.BackupsPage && slices.Contains(insidePages, at) {
			chosen = i
		}
	}
	h.tabs.Choose(chosen)
	before := h.phone.Natural()
	if p := w.Current(); p == nil {
		h.phone.Set(w.say("ui.phone.none", nil), "", false)
	} else {
		h.phone.Set(w.phoneName(p), w.aboutPhone(p), true)
	}
	if h.phone.Natural() != before {
		h.line.Refresh()
	}
}

// choose shows all phones, each with how it does.
func (h *header) choose() {
	w := h.w
	if len(w.Phones) == 0 {
		return
	}
	var items []*fyne.MenuItem
	var taken []string
	for _, p := range w.Phones {
		name := w.chooserName(p, taken)
		taken = append(taken, name)
		item := fyne.NewMenuItem(name+w.say("ui.ready.between", nil)+w.lastSaved(p), func() { w.Choose(p) })
		item.Checked = p == w.Current()
		if p.State != nil {
			item.Icon = theme.Marks[bandMarks[p.State.Overview.Band.State]].Icon
		}
		items = append(items, item)
	}
	again := fyne.NewMenuItem(w.say("ui.ready.check-again", nil), w.checkAgain)
	items = append(items, fyne.NewMenuItemSeparator(), again)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.phone)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.o.Window.Canvas(), at.AddXY(0, h.phone.Size().Height))
}

// lastSaved says in few words how a phone's backups here do.
func (w *Window) lastSaved(p *state.Phone) string {
	switch j := w.Job(p); {
	case j.Busy():
		return w.say("ui.strip.short", nil)
	case p.State != nil:
		return w.text(p.State.Overview.Local.State)
	}
	return w.say("ui.waiting.short", nil)
}

// firstPadOS is the first version of what had been iOS on iPads.
const firstPadOS = 13

// aboutPhone is "iPhone 15 Pro · iOS 18.5 · 84 %", as far as it is known. A model
// without a name that people know is called what it is, such as "iPad".
func (w *Window) aboutPhone(p *state.Phone) string {
	product := p.Summary.ProductType
	model := facts.DeviceOf(product)
	if p.State != nil && p.State.Model() != "" && p.State.Model() != product {
		model = p.State.Model()
	}
	system := "ui.ready.ios"
	if facts.DeviceOf(product) == "iPad" && majorOf(p.Summary.Version) >= firstPadOS {
		system = "ui.ready.ipados"
	}
	var parts []string
	if model != "" {
		parts = append(parts, model)
	}
	if v := p.Summary.Version; v != "" {
		parts = append(parts, w.say(system, words.Args{"Version": v}))
	}
	if p.State != nil {
		if level, known := p.State.Phone().BatteryLevel.Known(); known {
			parts = append(parts, w.say("ui.running.percent", words.Args{"N": level}))
		}
	}
	return strings.Join(parts, w.say("ui.ready.between", nil))
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

// phoneName is how a phone is called; one that does not tell its name is "iPhone".
func (w *Window) phoneName(p *state.Phone) string {
	if p.Summary.Name == "" {
		return w.say("ui.phone.nameless", nil)
	}
	return p.Summary.Name
}

// chooserName makes the names in the chooser differ and keeps them short.
func (w *Window) chooserName(p *state.Phone, taken []string) string {
	name := widgets.Shorten(w.phoneName(p), 32)
	for n, base := 2, name; slices.Contains(taken, name); n++ {
		name = w.say("ui.phone.nth", words.Args{"Name": base, "N": strconv.Itoa(n)})
	}
	return name
}

// strip stands below every page but that of the backup itself, while a backup
// runs: how far it is, and the way to it.
type strip struct {
	w       *Window
	text    *widgets.Text
	bar     *widgets.Bar
	show    *widgets.Link
	job     *state.Job
	restore *state.Restore
	content fyne.CanvasObject
}

func newStrip(w *Window) *strip {
	s := &strip{w: w, text: widgets.OneLine(""), bar: widgets.NewBar()}
	s.show = widgets.NewLink(w.say("ui.strip.show", nil), func() {
		if s.restore != nil {
			w.Show(state.Page{Name: state.RestorePage})
			return
		}
		if s.job != nil {
			w.Choose(s.job.Phone)
			w.Show(state.Page{Name: state.JobPage})
		}
	})
	line := container.NewBorder(nil, nil, nil, s.show, s.text)
	s.content = container.New(widgets.Rows{}, widget.NewSeparator(),
		container.New(layout.NewCustomPaddedLayout(widgets.Grid, widgets.Grid, 0, 0),
			container.New(widgets.Column{Width: widgets.PageWidth}, widgets.NewTight(line, s.bar))))
	s.content.Hide()
	return s
}

func (s *strip) update() {
	w := s.w
	s.job = nil
	at := w.Page().Name
	s.restore = nil
	if w.Restore.Busy() && at != state.RestorePage {
		s.restore = w.Restore
	}
	for _, j := range w.Running() {
		if s.restore == nil && j.Phone != w.Current() || at != state.JobPage && at != state.Overview {
			s.job = j
			break
		}
	}
	if shown := s.job != nil || s.restore != nil; shown != s.content.Visible() {
		widgets.Show(s.content, shown)
		w.floor.Refresh() // the page gets the room, or gives it
	}
	if r := s.restore; r != nil {
		s.text.SetText(w.say("ui.restore.running", w.restoreName(r)) + w.say("ui.ready.between", nil) + w.restorePhaseOf(r))
		s.bar.SetValue(r.Percent() / 100)
		return
	}
	if s.job == nil {
		return
	}
	p := s.job.Progress(w.Now())
	parts := []string{w.say("ui.running.of", words.Args{"Name": w.phoneName(s.job.Phone)}), w.phaseOf(s.job)}
	if left := w.leftOf(s.job); left != "" {
		parts = append(parts, left)
	}
	s.text.SetText(strings.Join(parts, w.say("ui.ready.between", nil)))
	s.bar.SetValue(p.Percent / 100)
}

// demoBand marks the window as a demonstration.
func (w *Window) demoBand() fyne.CanvasObject {
	text := widgets.Caption(w.say("ui.demo", nil))
	text.Alignment, text.TextStyle.Bold, text.Importance = fyne.TextAlignCenter, true, widget.MediumImportance
	return container.NewStack(widgets.Ground(theme.DemoBand, "", 4, container.NewThemeOverride(text, theme.OnDemo())))
}

// checksShown reports whether the checks of a phone are known or coming.
func (w *Window) checksShown(p *state.Phone) bool { return p.Stage == device.Ready }
