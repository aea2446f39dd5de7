package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// Menu is a button that opens a list of further actions. Fyne's own menus have no ring
// around what has the keyboard, do not answer Tab, and say nothing to a screen reader.
type Menu struct {
	// Button is what is to be put on a page.
	Button *Action

	items  []*MenuItem
	opened func()
	canvas fyne.Canvas  // that it was opened on
	over   *menuOverlay // nil while it is closed
}

// NewMenu is a menu of some actions; opened is called when it has been opened, and
// may be nil.
func NewMenu(text string, opened func(), items ...*MenuItem) *Menu {
	m := &Menu{items: items, opened: opened}
	m.Button = NewAction(text, nil, m.Open)
	for _, i := range items {
		i.menu = m
	}
	return m
}

// Offers reports whether there is an action in the menu, and one that can be pressed now.
func (m *Menu) Offers() (some, now bool) {
	for _, i := range m.items {
		some = some || i.Visible()
		now = now || i.Visible() && !i.Disabled()
	}
	return some, now
}

// IsOpen reports whether the menu is shown.
func (m *Menu) IsOpen() bool { return m.over != nil }

// Open shows the menu below its button, or above it where there is no room, and gives
// the keyboard to its first action.
func (m *Menu) Open() {
	c := fyne.CurrentApp().Driver().CanvasForObject(m.Button)
	if c == nil || m.IsOpen() {
		return
	}
	rows := container.New(Rows{})
	var first *MenuItem
	above := false
	for _, i := range m.items {
		i.focused, i.hovered = false, false // as it was when the menu was closed
		i.Refresh()
		if i.apart && i.Visible() && above {
			rows.Add(Padded(Grid/2, widget.NewSeparator()))
		}
		rows.Add(i)
		above = above || i.Visible()
		if first == nil && i.Visible() && !i.Disabled() {
			first = i
		}
	}
	c.Unfocus() // one ring at a time
	m.canvas, m.over = c, newMenuOverlay(m, Ground(fynetheme.ColorNameMenuBackground, theme.CardBorder, Grid/2, rows))
	c.Overlays().Add(m.over)
	if first != nil {
		c.Focus(first)
	}
	if m.opened != nil {
		m.opened()
	}
}

// Close hides the menu and gives the keyboard back to its button.
func (m *Menu) Close() {
	if !m.IsOpen() {
		return
	}
	m.canvas.Overlays().Remove(m.over)
	m.over = nil
	m.canvas.Focus(m.Button)
}

// menuOverlay lies over the whole window while a menu is open, and keeps it within the
// window whatever size that gets. A press beside the menu closes it.
type menuOverlay struct {
	widget.BaseWidget
	menu   *Menu
	panel  fyne.CanvasObject
	shadow *canvas.Rectangle
}

func newMenuOverlay(m *Menu, panel fyne.CanvasObject) *menuOverlay {
	o := &menuOverlay{menu: m, panel: panel, shadow: canvas.NewRectangle(color.Transparent)}
	o.shadow.CornerRadius, o.shadow.Shadow.BlurRadius, o.shadow.Shadow.Offset = 10, 14, fyne.NewPos(0, 4)
	o.ExtendBaseWidget(o)
	return o
}

// Tapped closes the menu.
func (o *menuOverlay) Tapped(*fyne.PointEvent) { o.menu.Close() }

// TappedSecondary closes the menu.
func (o *menuOverlay) TappedSecondary(*fyne.PointEvent) { o.menu.Close() }

// CreateRenderer draws the menu.
func (o *menuOverlay) CreateRenderer() fyne.WidgetRenderer {
	r := &menuOverlayRenderer{of: o}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(o.shadow, o.panel))
	r.Refresh()
	return r
}

type menuOverlayRenderer struct {
	fyne.WidgetRenderer
	of *menuOverlay
}

func (r *menuOverlayRenderer) MinSize() fyne.Size { return r.of.panel.MinSize() }

func (r *menuOverlayRenderer) Layout(room fyne.Size) {
	r.WidgetRenderer.Layout(room)
	button := r.of.menu.Button
	at, size := fyne.CurrentApp().Driver().AbsolutePositionForObject(button), r.of.panel.MinSize()
	y := at.Y + button.Size().Height + Grid/2
	if y+size.Height+Grid > room.Height && at.Y-Grid/2 >= size.Height {
		y = at.Y - Grid/2 - size.Height // above it
	}
	place := fyne.NewPos(max(0, min(at.X, room.Width-size.Width-Grid)), max(0, min(y, room.Height-size.Height-Grid)))
	for _, o := range []fyne.CanvasObject{r.of.shadow, r.of.panel} {
		o.Resize(size)
		o.Move(place)
	}
}

func (r *menuOverlayRenderer) Refresh() {
	r.of.shadow.Shadow.Color = fynetheme.ColorForWidget(fynetheme.ColorNameShadow, r.of)
	r.of.shadow.FillColor = fynetheme.ColorForWidget(fynetheme.ColorNameMenuBackground, r.of)
	r.of.shadow.Refresh()
	r.WidgetRenderer.Refresh()
}

// focus gives the keyboard to the next action that can be pressed, from one on and
// round about, or to the one before with by -1.
func (m *Menu) focus(from, by int) {
	for n := range m.items {
		to := m.items[((from+n*by)%len(m.items)+len(m.items))%len(m.items)]
		if to.Visible() && !to.Disabled() {
			m.canvas.Focus(to)
			return
		}
	}
}

// MenuItem is one action of a menu. Whether it is visible, and enabled, can be changed
// while the menu is closed; hidden or shown while it is open, it closes it.
type MenuItem struct {
	tap
	Text string

	menu     *Menu
	danger   bool
	apart    bool // a line stands above it
	disabled bool
}

// NewMenuItem is an action; do is called after the menu was closed.
func NewMenuItem(text string, do func()) *MenuItem {
	i := &MenuItem{Text: text}
	i.extend(i, do)
	return i
}

// NewMenuDanger is an action that loses something, which stands apart.
func NewMenuDanger(text string, do func()) *MenuItem {
	i := NewMenuItem(text, do)
	i.danger, i.apart = true, true
	return i
}

// Menu is the menu that the action is in; nil for none.
func (i *MenuItem) Menu() *Menu { return i.menu }

// Tapped closes the menu and does what the action is for.
func (i *MenuItem) Tapped(*fyne.PointEvent) {
	if i.disabled {
		return
	}
	if i.menu != nil {
		i.menu.Close()
	}
	i.tap.Tapped(nil)
}

// TypedKey moves through the menu, presses the action, or closes the menu.
func (i *MenuItem) TypedKey(key *fyne.KeyEvent) {
	m := i.menu
	if m == nil || !m.IsOpen() {
		i.tap.TypedKey(key)
		return
	}
	at := 0
	for n, other := range m.items {
		if other == i {
			at = n
		}
	}
	switch key.Name {
	case fyne.KeyDown:
		m.focus(at+1, 1)
	case fyne.KeyUp:
		m.focus(at-1, -1)
	case fyne.KeyHome:
		m.focus(0, 1)
	case fyne.KeyEnd:
		m.focus(len(m.items)-1, -1)
	case fyne.KeyEscape:
		m.Close()
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		i.Tapped(nil)
	default:
		handOn(i, key)
	}
}

// Show offers the action.
func (i *MenuItem) Show() {
	i.closeMenu()
	i.BaseWidget.Show()
}

// Hide does not offer it.
func (i *MenuItem) Hide() {
	i.closeMenu()
	i.BaseWidget.Hide()
}

func (i *MenuItem) closeMenu() {
	if i.menu != nil {
		i.menu.Close()
	}
}

// Enable lets the action be pressed.
func (i *MenuItem) Enable() { i.disabled = false; i.Refresh() }

// Disable shows it, but does not let it be pressed.
func (i *MenuItem) Disable() { i.disabled = true; i.Refresh() }

// Disabled reports whether it cannot be pressed.
func (i *MenuItem) Disabled() bool { return i.disabled }

// Cursor shows whether there is something to click.
func (i *MenuItem) Cursor() desktop.Cursor {
	if i.disabled {
		return desktop.DefaultCursor
	}
	return i.tap.Cursor()
}

// AccessibilityLabel is what a screen reader says.
func (i *MenuItem) AccessibilityLabel() string { return i.Text }

// CreateRenderer draws the words.
func (i *MenuItem) CreateRenderer() fyne.WidgetRenderer {
	r := &menuItemRenderer{of: i, ground: canvas.NewRectangle(color.Transparent), text: canvas.NewText(i.Text, nil), ring: newRing()}
	r.WidgetRenderer = widget.NewSimpleRenderer(container.NewWithoutLayout(r.ground, r.text, r.ring.Rectangle))
	r.Refresh()
	return r
}

type menuItemRenderer struct {
	fyne.WidgetRenderer
	of     *MenuItem
	ground *canvas.Rectangle
	text   *canvas.Text
	ring   ring
}

const menuPadding = 12

func (r *menuItemRenderer) MinSize() fyne.Size {
	return r.text.MinSize().AddWidthHeight(2*menuPadding, 2*Grid)
}

func (r *menuItemRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ground.Resize(size)
	m := r.text.MinSize()
	r.text.Resize(m)
	r.text.Move(fyne.NewPos(menuPadding, (size.Height-m.Height)/2))
	// Within the action, as the one below it would cover it.
	r.ring.Move(fyne.NewPos(1, 1))
	r.ring.Resize(size.SubtractWidthHeight(2, 2))
}

func (r *menuItemRenderer) Refresh() {
	i := r.of
	words := fynetheme.ColorNameForeground
	switch {
	case i.disabled:
		words = fynetheme.ColorNameDisabled
	case i.danger:
		words = fynetheme.ColorNameError
	}
	r.text.Text, r.text.TextSize = i.Text, fynetheme.TextSize()
	r.text.Color = fynetheme.ColorForWidget(words, i)
	r.ground.CornerRadius, r.ground.FillColor = fynetheme.Size(fynetheme.SizeNameButtonRadius), color.Transparent
	if i.hovered && !i.disabled {
		r.ground.FillColor = fynetheme.ColorForWidget(fynetheme.ColorNameHover, i)
	}
	r.Layout(i.Size())
	r.ground.Refresh()
	r.text.Refresh()
	r.ring.show(i.focused, i)
}
