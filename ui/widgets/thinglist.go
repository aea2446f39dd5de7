package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Entry is one row of an EntryList.
type Entry struct{ Title, When, Text string }

// EntryList is a list of any length: only the rows that can be seen are drawn. Up and
// Down move through it.
type EntryList struct{ widget.List }

// NewEntryList is a list whose rows are asked for as they come into sight. chosen is
// called with the number of a row that is pressed; it may be nil.
func NewEntryList(count func() int, entry func(int) Entry, chosen func(int)) *EntryList {
	l := &EntryList{}
	l.Length = count
	l.CreateItem = func() fyne.CanvasObject {
		return container.New(Rows{Gap: 0}, container.NewBorder(nil, nil, nil, Caption("").Word().Right(), Strong("").Line()), Quiet("").Line())
	}
	l.UpdateItem = func(id widget.ListItemID, item fyne.CanvasObject) {
		if id >= count() {
			return
		}
		e := entry(id)
		rows := item.(*fyne.Container).Objects
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
