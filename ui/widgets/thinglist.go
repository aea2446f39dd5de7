package widgets

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// Entry is one row of an EntryList.
type Entry struct{ Title, When, Text string }

// EntryList is a list of any length: only the rows that can be seen are drawn. Up and
// Down move through it: Fyne shows the row by a tint, and a ring is around the list.
type EntryList struct {
	widget.List
	focused bool
	count   func() int
	entry   func(int) Entry
	at      int // the row that has the keyboard
}

// NewEntryList is a list whose rows are asked for as they come into sight. chosen is
// called with the number of a row that is pressed; it may be nil.
func NewEntryList(count func() int, entry func(int) Entry, chosen func(int)) *EntryList {
	l := &EntryList{count: count, entry: entry}
	l.Length = count
	l.OnHighlighted = func(id widget.ListItemID) { l.at = id }
	l.CreateItem = func() fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(0, 0, Grid, Grid), container.New(Rows{Gap: 0},
			container.NewBorder(nil, nil, nil, Caption("").Word().Right(), Strong("").Line()), Quiet("").Line()))
	}
	l.UpdateItem = func(id widget.ListItemID, item fyne.CanvasObject) {
		if id >= count() {
			return
		}
		e := entry(id)
		rows := item.(*fyne.Container).Objects[0].(*fyne.Container).Objects
		head := rows[0].(*fyne.Container).Objects
		for _, o := range head {
			text := o.(*Text)
			if text.Alignment == fyne.TextAlignTrailing {
				text.SetText(e.When)
			} else {
				text.SetText(e.Title)
			}
		}
		rows[1].(*Text).SetText(e.Text)
	}
	l.OnSelected = func(id widget.ListItemID) {
		l.UnselectAll()
		if chosen != nil {
			chosen(id)
		}
	}
	l.ExtendBaseWidget(l)
	return l
}

// AccessibilityLabel is what a screen reader says: the row that has the keyboard.
func (l *EntryList) AccessibilityLabel() string {
	if l.at < 0 || l.at >= l.count() {
		return ""
	}
	e := l.entry(l.at)
	return strings.Join(slices.DeleteFunc([]string{e.Title, e.When, e.Text}, func(s string) bool { return s == "" }), ", ")
}

// AccessibilityRole says that it can be pressed.
func (l *EntryList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// FocusGained shows that the list has the keyboard.
func (l *EntryList) FocusGained() { l.focused = true; l.List.FocusGained(); l.Refresh() }

// FocusLost is called when the keyboard moves on.
func (l *EntryList) FocusLost() { l.focused = false; l.List.FocusLost(); l.Refresh() }

// CreateRenderer draws Fyne's list with a ring around it.
func (l *EntryList) CreateRenderer() fyne.WidgetRenderer {
	return &entryListRenderer{WidgetRenderer: l.List.CreateRenderer(), of: l, ring: newRing()}
}

type entryListRenderer struct {
	fyne.WidgetRenderer
	of   *EntryList
	ring ring
}

func (r *entryListRenderer) Objects() []fyne.CanvasObject {
	return append(slices.Clone(r.WidgetRenderer.Objects()), r.ring.Rectangle)
}

func (r *entryListRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.ring.around(size)
}

func (r *entryListRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.ring.show(r.of.focused, r.of)
}

// TypedKey hands on what the list has no use for; Enter presses a row as Space does.
func (l *EntryList) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape, fyne.KeyF5:
		handOn(l, key)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.List.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	default:
		l.List.TypedKey(key)
	}
}
