package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"lifeboat/checks"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/theme"
	"lifeboat/ui/widgets"
)

// overview answers the two questions: is my stuff safe, and what do I do now. It
// has the sentence that joins the two places, a card for each, and the checklist.
type overview struct {
	drawn
	w *Window
	p *state.Phone

	band   *band
	cloud  *cloudCard
	local  *localCard
	list   *checklist
	known  bool // what the texts have their room for
	cards  *fyne.Container
	order  *cardsLayout
	led    bool // the keyboard was brought to the primary button
	scroll *container.Scroll
}

// The least width of a card, under which the cards stand one above the other.
const cardWidth = 350

func newOverview(w *Window, p *state.Phone) *overview {
	o := &overview{w: w, p: p, band: newBand(w, p)}
	o.cloud, o.local, o.list = newCloudCard(w, p), newLocalCard(w, p), newChecklist(w, p)
	o.order = &cardsLayout{Columns: widgets.Columns{Least: cardWidth, Most: 2, Gap: cardGap, Line: cardGap, Across: true},
		cloud: o.cloud.content, local: o.local.content}
	o.cards = container.New(o.order, o.cloud.content, o.local.content)
	o.order.cards = o.cards
	body := container.New(widgets.Rows{Gap: cardGap}, o.band.content.Container, o.cards, o.list.content)
	o.scroll, o.content = widgets.Page(widgets.PageWidth, body, nil)
	return o
}

// cardGap is the distance between the parts of the overview.
const cardGap = 10

// cardsLayout sets iCloud first where the cards stand beside one another. Where
// they stand one above the other, the second is below what a small window shows:
// there the card with the primary button comes first, or else this computer.
type cardsLayout struct {
	widgets.Columns
	cloud, local fyne.CanvasObject
	cards        *fyne.Container
	width        float32
	cloudLeads   bool // the primary button is in the card of iCloud
}

func (c *cardsLayout) order() []fyne.CanvasObject {
	if c.cloudLeads || c.width >= 2*cardWidth+cardGap {
		return []fyne.CanvasObject{c.cloud, c.local}
	}
	return []fyne.CanvasObject{c.local, c.cloud}
}

func (c *cardsLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	c.width = size.Width
	c.Columns.Layout(c.order(), size)
	c.cards.Objects = c.order() // Tab goes through the cards in the order of the eye
}

func (c *cardsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return c.Columns.MinSize(c.order()) }

// first is the one primary button.
func (o *overview) first() fyne.Focusable {
	for _, b := range []*widgets.Action{o.local.button, o.cloud.button, o.list.answer} {
		if b.Visible() && !b.Disabled() && b.Importance == primaryImportance {
			return b
		}
	}
	return nil
}

func (o *overview) update() {
	o.band.update()
	o.cloud.update()
	o.local.update()
	o.list.update()
	if leads := o.cloud.leads(); leads != o.order.cloudLeads {
		o.order.cloudLeads = leads
		o.cards.Refresh()
	}
	if known := o.p.State != nil; known && !o.known {
		o.known = true
		o.free()
	}
	o.content.Refresh()
	o.lead()
}

// lead brings the keyboard to the primary button once it is known, unless it is
// elsewhere already.
func (o *overview) lead() {
	if o.led || o.p.State == nil {
		return
	}
	o.led = true
	c := o.w.o.Window.Canvas()
	if first := o.first(); first != nil && c.Focused() == nil && o.w.sheet == nil {
		c.Focus(first)
	}
}

// free gives the texts the room that they need now: what is known first must not
// be cut to the room of what stood there before.
func (o *overview) free() {
	for _, s := range []*widgets.Steady{o.band.headline, o.band.detail, o.cloud.frame.state, o.cloud.frame.lines, o.local.frame.state, o.local.frame.lines} {
		s.Free()
	}
}

// bandMarks are the shapes of the states of safety, by the names of statuses.
var bandMarks = map[checks.SafetyState]string{
	checks.Safe: "pass", checks.Ageing: "warn", checks.Unsafe: "fail", checks.SafetyUnknown: "unknown",
}

// bandGrounds are their grounds.
var bandGrounds = map[checks.SafetyState]fyne.ThemeColorName{
	checks.Safe: theme.SafeBand, checks.Ageing: theme.AgeingBand, checks.Unsafe: theme.UnsafeBand, checks.SafetyUnknown: theme.UnknownBand,
}

// band is the sentence that joins the two places. It keeps its height.
type band struct {
	w                *Window
	p                *state.Phone
	mark             *widgets.Mark
	headline, detail *widgets.Steady
	known            bool // a state was shown
	at               checks.SafetyState
	content          *widgets.Tinted
}

func newBand(w *Window, p *state.Phone) *band {
	b := &band{w: w, p: p, mark: widgets.NewMark("unknown", 32)}
	b.headline, b.detail = widgets.NewSteady(widgets.Heading(""), 1), widgets.NewSteady(widgets.Plain(""), 1)
	texts := widgets.NewTight(b.headline.Object(), b.detail.Object())
	b.content = widgets.NewTinted(theme.UnknownBand, container.NewBorder(nil, nil,
		container.NewCenter(container.New(layout.NewCustomPaddedLayout(0, 0, 0, 2*widgets.Grid), b.mark)), nil, texts))
	return b
}

func (b *band) update() {
	w := b.w
	at, headline, detail := checks.SafetyUnknown, w.say("check.overview.looking", nil), ""
	switch {
	case b.p.State != nil:
		o := b.p.State.Overview.Band
		at, headline, detail = o.State, w.text(o.Headline), w.text(o.Detail)
		if b.p.Err != nil && !b.p.Gone {
			detail = w.explain(b.p.Err).Happened // what is shown may be old
		}
	case isAbout(b.p.Err, fault.PhoneSilent):
		headline, detail = w.say("ui.safety.silent", nil), w.say("ui.safety.unseen", nil)
	case b.p.Err != nil: // of which the sentence may be too long for a headline
		headline, detail = w.say("ui.safety.unread", nil), w.explain(b.p.Err).Happened+" "+w.say("ui.safety.unseen", nil)
	}
	if at != b.at || (b.p.State != nil) != b.known {
		b.at, b.known = at, b.p.State != nil // the sentence gets the room that it needs, and not that of what stood there
		defer b.headline.Free()
		defer b.detail.Free()
	}
	b.mark.Set(bandMarks[at])
	b.content.SetGround(bandGrounds[at])
	b.headline.Set(headline)
	b.detail.Set(detail)
}
