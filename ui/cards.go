package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// primaryImportance marks the one button of a page that stands out.
const primaryImportance = widget.HighImportance

// cardFrame is what both cards have: a caption, a mark with a state, and lines.
type cardFrame struct {
	mark  *widgets.Mark
	state *widgets.Steady
	lines *widgets.Steady
}

// cardLines is the room that the lines of a card always have.
const cardLines = 3

func newCardFrame() *cardFrame {
	f := &cardFrame{mark: widgets.NewMark("unknown", 20)}
	f.state = widgets.NewSteady(widgets.Title(""), 1)
	f.lines = widgets.NewSteady(widgets.Quiet(""), cardLines)
	return f
}

// card puts the frame together, with a caption above and a foot below.
func (f *cardFrame) card(caption string, foot ...fyne.CanvasObject) fyne.CanvasObject {
	head := widgets.Caption(strings.ToUpper(caption)).Line()
	head.TextStyle.Bold = true
	top := widgets.NewRows(head, widgets.Beside(f.mark, f.state.Object()), f.lines.Object())
	apart := container.New(widgets.AtLeast{Size: fyne.NewSize(0, 1)})
	return widgets.Card(container.NewBorder(nil, widgets.NewRows(append([]fyne.CanvasObject{apart}, foot...)...), nil, nil, top))
}

func (f *cardFrame) set(status checks.Status, headline string, lines ...string) {
	if status == "" {
		status = checks.Unknown
	}
	f.mark.Set(string(status))
	f.state.Label.SetImportance(importanceOf(status))
	f.state.Set(headline)
	var said []string
	for _, line := range lines {
		if line != "" {
			said = append(said, line)
		}
	}
	f.lines.Set(strings.Join(said, "\n"))
}

// importanceOf colours the word of a status.
func importanceOf(s checks.Status) widget.Importance {
	switch s {
	case checks.Pass:
		return widget.SuccessImportance
	case checks.Warn:
		return widget.WarningImportance
	case checks.Fail:
		return widget.DangerImportance
	}
	return widget.MediumImportance
}

// cloudCard is how iCloud does, and what to do about it.
type cloudCard struct {
	w       *Window
	p       *state.Phone
	frame   *cardFrame
	button  *widgets.Action
	others  *widgets.Link
	try     *widgets.Link
	fix     checks.Fix
	foot    *fyne.Container
	content fyne.CanvasObject
}

func newCloudCard(w *Window, p *state.Phone) *cloudCard {
	c := &cloudCard{w: w, p: p, frame: newCardFrame()}
	c.button = widgets.NewAction("", nil, func() {
		if p.State == nil {
			w.checkAgain()
			return
		}
		w.doFix(p, c.fix)
	})
	c.others = widgets.NewLink("", func() { w.ShowFix(p) })
	c.try = widgets.NewLink(w.say("ui.cloud.try", nil), func() { w.Watch(p, "") })
	// Without a button the links stand as high as those of the other card.
	c.foot = container.New(&widgets.Flowing{Least: c.button.MinSize().Height}, c.button, c.others, c.try)
	c.content = c.frame.card(w.say("ui.cloud.title", nil), c.foot)
	return c
}

func (c *cloudCard) update() {
	defer c.foot.Refresh() // the buttons are as wide as their words
	w, p := c.w, c.p
	if p.State == nil {
		c.unread()
		return
	}
	o := p.State.Overview
	card := o.ICloud
	c.frame.set(card.Status, w.text(card.State), w.text(card.Saved), w.text(card.Cause), w.text(card.Record))
	widgets.Show(c.button, card.Fix != nil)
	if card.Fix != nil {
		c.fix = *card.Fix
		c.button.SetText(w.fixWord(c.fix))
	}
	c.button.SetPrimary(o.Primary.Kind == checks.PrimaryFix)
	widgets.SetEnabled(c.button, !p.Gone)
	steps := len(p.State.Next)
	widgets.Show(c.others, steps > 1)
	c.others.SetText(w.say("ui.cloud.steps", words.Args{"N": words.Count(steps)}))
	doubled := card.Fix != nil && card.Fix.Action == checks.WatchAttempt // the button does the same
	widgets.Show(c.try, !p.Gone && !w.Job(p).Busy() && !doubled)
}

// leads reports whether the one primary button is in this card.
func (c *cloudCard) leads() bool {
	return c.button.Visible() && c.button.Importance == primaryImportance
}

// unread shows that nothing is known of the phone: not yet, or since it could not
// be read, which can be tried again.
func (c *cloudCard) unread() {
	w, failed := c.w, c.p.Err != nil && !c.p.Gone
	widgets.Show(c.others, false)
	widgets.Show(c.try, false)
	widgets.Show(c.button, failed)
	c.button.SetPrimary(failed)
	widgets.SetEnabled(c.button, true)
	if !failed {
		c.frame.set(checks.Unknown, w.say("ui.card.looking", nil))
		return
	}
	c.button.SetText(w.say("ui.again", nil))
	c.frame.set(checks.Unknown, w.say("ui.card.unread", nil), w.explain(c.p.Err).Next)
}

// localCard is how the backups to this computer do; while one runs it is its
// progress.
type localCard struct {
	w       *Window
	p       *state.Phone
	frame   *cardFrame
	bar     *widgets.Bar
	button  *widgets.Action
	choose  bool // the button leads to another folder, as there can be no backup in this one
	folder  *widgets.Link
	proof   *widgets.Link
	foot    *fyne.Container
	content fyne.CanvasObject
}

func newLocalCard(w *Window, p *state.Phone) *localCard {
	c := &localCard{w: w, p: p, frame: newCardFrame(), bar: widgets.NewBar()}
	c.button = widgets.NewAction(w.say("ui.ready.back-up", nil), nil, func() {
		switch {
		case !w.Job(p).Idle():
			w.Show(state.Page{Name: state.JobPage})
		case c.choose:
			w.chooseDestination()
		default:
			w.BackUp(p, "")
		}
	})
	c.folder = widgets.NewLink(w.say("ui.destination.change", nil), w.chooseDestination)
	c.proof = widgets.NewLink(w.say("ui.local.proof", nil), func() { w.Show(state.Page{Name: state.JobPage}) })
	c.foot = container.New(&widgets.Flowing{}, c.button, c.proof, c.folder)
	place := container.New(widgets.InTurn{}, c.bar) // is there also while the bar is not
	c.content = c.frame.card(w.say("ui.local.title", nil), place, c.foot)
	return c
}

func (c *localCard) update() {
	defer c.foot.Refresh() // the buttons are as wide as their words
	w, p, j := c.w, c.p, c.w.Job(c.p)
	busy := !j.Idle()
	if busy {
		c.running(j)
		return
	}
	c.choose = p.State != nil && p.State.Overview.Primary.Kind == checks.PrimaryChooseFolder
	if c.choose {
		c.button.SetText(w.say("ui.destination.other", nil))
	} else {
		c.button.SetText(w.say("ui.ready.back-up", nil))
	}
	widgets.SetEnabled(c.button, c.choose || p.State != nil && !p.Gone)
	widgets.Show(c.folder, !c.choose)
	widgets.Show(c.proof, j != nil && j.Step == state.Done)
	if p.State == nil {
		said := w.say("ui.card.looking", nil)
		if p.Err != nil && !p.Gone {
			said = w.say("ui.card.unread", nil)
		}
		c.frame.set(checks.Unknown, said)
		c.button.SetPrimary(false)
		widgets.Show(c.bar, false)
		return
	}
	o := p.State.Overview
	card := o.Local
	saved := w.text(card.Saved)
	if saved == "" {
		saved = w.text(card.Expect)
	}
	where := w.say("ui.destination.to", words.Args{"Folder": folderName(w.Settings.Destination())})
	if room := w.text(card.Room); room != "" {
		where += w.say("ui.ready.between", nil) + room
	}
	if trouble := w.text(card.Trouble); trouble != "" {
		where = trouble
	}
	failed, shows := "", w.text(card.Shows)
	if j != nil && wentWrong(j) { // which matters more, and would leave the checklist no room
		failed, shows = w.say("ui.local.failed", words.Args{"Happened": w.explain(j.Err).Happened}), ""
	}
	c.frame.set(card.Status, w.text(card.State), failed, saved, where, shows)
	c.button.SetPrimary(c.choose || o.Primary.Kind == checks.PrimaryBackUp)
	used, known := card.Used()
	widgets.Show(c.bar, known)
	if known {
		c.bar.SetValue(used)
	}
}

// running shows the backup under way in place of the state.
func (c *localCard) running(j *state.Job) {
	w := c.w
	lines := []string{w.amountOf(j), w.leftOf(j)}
	if j.Step == state.Interrupted {
		lines = []string{w.say("ui.job.plug-in", nil)}
	}
	c.frame.set(checks.Unknown, w.phaseOf(j), lines...)
	widgets.Show(c.bar, true)
	c.bar.SetValue(j.Progress(w.Now()).Percent / 100)
	c.button.SetText(w.say("ui.strip.show", nil))
	c.button.SetPrimary(false)
	widgets.SetEnabled(c.button, true)
	widgets.Show(c.folder, false)
	widgets.Show(c.proof, false)
}

// folderName is the last part of a folder's path, whichever system wrote it.
func folderName(path string) string {
	trimmed := strings.TrimRight(path, `/\`)
	if i := strings.LastIndexAny(trimmed, `/\`); i >= 0 && trimmed[i+1:] != "" {
		return trimmed[i+1:]
	}
	return path
}
