package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// reveal scrolls the page so far that what has just got the keyboard can be
// seen. What can be seen in part is left where it is, since a click gives the
// keyboard too and must not lose what it points at.
func reveal(o fyne.CanvasObject) { revealWith(o, 0) }

// revealWith scrolls until all of it and some room below it can be seen, unless that is
// 0. It is for what a click does not press, such as a field.
func revealWith(o fyne.CanvasObject, room float32) {
	driver := fyne.CurrentApp().Driver()
	canvas := driver.CanvasForObject(o)
	if canvas == nil || canvas.Overlays().Top() != nil {
		return
	}
	scroll, around := PageScroll(canvas.Content(), o)
	if scroll == nil || around {
		return
	}
	top, at := driver.AbsolutePositionForObject(scroll).Y, driver.AbsolutePositionForObject(o).Y
	bottom, end := top+scroll.Size().Height, at+o.Size().Height
	gap := 4 * fynetheme.Padding()
	switch {
	case at >= bottom, room > 0 && end+room > bottom:
		scroll.ScrollToOffset(scroll.Offset.AddXY(0, end-bottom+max(gap, room)))
	case end <= top:
		scroll.ScrollToOffset(scroll.Offset.AddXY(0, at-top-gap))
	}
}

// PageScroll finds the scroll of the page below root, and whether o stands
// around it, such as a button at the foot.
func PageScroll(root, o fyne.CanvasObject) (scroll *container.Scroll, around bool) {
	if root == o {
		return nil, true
	}
	switch c := root.(type) {
	case *container.Scroll:
		return c, false
	case *container.ThemeOverride:
		return PageScroll(c.Content, o)
	case *fyne.Container:
		for _, child := range c.Objects {
			found, is := PageScroll(child, o)
			if found != nil {
				scroll = found
			}
			around = around || is
		}
	}
	return scroll, around
}

// Wheel lies over a field that scrolls on its own and hands the mouse wheel to
// the page: whoever scrolls down a page would else be caught in the field.
// It takes nothing but the wheel.
type Wheel struct{ widget.BaseWidget }

func NewWheel() *Wheel {
	w := &Wheel{}
	w.ExtendBaseWidget(w)
	return w
}

func (w *Wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Scrolled scrolls the page.
func (w *Wheel) Scrolled(event *fyne.ScrollEvent) {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(w)
	if canvas == nil {
		return
	}
	if scroll, _ := PageScroll(canvas.Content(), w); scroll != nil {
		scroll.Scrolled(event)
	}
}
