package widgets

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// TestBar fills as far as is known, and draws nothing that cannot be seen.
func TestBar(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	b := NewBar()
	b.Resize(fyne.NewSize(200, barHeight))
	r := test.WidgetRenderer(b).(*barRenderer)
	for _, c := range []struct {
		set, value float64
		width      float32 // of what is filled, 0 for nothing
	}{{-1, 0, 0}, {0.5, 0.5, 100}, {0.5001, 0.5, 100}, {0.51, 0.51, 102}, {0.001, 0.001, barHeight}, {7, 1, 200}, {0, 0, 0}} {
		b.SetValue(c.set)
		if width := r.fill.Size().Width; b.Value() != c.value || c.width > 0 && width != c.width || r.fill.Visible() != (c.width > 0) {
			t.Errorf("set to %v it is at %v, %v wide, want %v, %v", c.set, b.Value(), width, c.value, c.width)
		}
	}
}

// TestTextHasNoPadding stands at the edge of its room, as high as its letters.
func TestTextHasNoPadding(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	text := Plain("words").Word()
	text.Resize(text.MinSize())
	if want := fyne.MeasureText("words", fynetheme.TextSize(), fyne.TextStyle{}); text.MinSize() != want {
		t.Errorf("needs %v, want %v", text.MinSize(), want)
	}
	where := absolute(text, func(o fyne.CanvasObject) bool { _, is := o.(*canvas.Text); return is })
	if where == nil || *where != (fyne.Position{}) {
		t.Errorf("its letters stand at %v", where)
	}
	if narrow := Plain("many words that wrap in a narrow place"); true {
		narrow.Resize(fyne.NewSize(80, 10))
		if h := narrow.MinSize().Height; h < 3*text.MinSize().Height {
			t.Errorf("wrapped it needs a height of %v", h)
		}
	}
}

// absolute is where the first object below a widget that fits stands, nil for none.
func absolute(o fyne.CanvasObject, fits func(fyne.CanvasObject) bool) *fyne.Position {
	var children []fyne.CanvasObject
	switch c := o.(type) {
	case *fyne.Container:
		children = c.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(c).Objects()
	}
	for _, child := range children {
		if fits(child) {
			at := child.Position()
			return &at
		}
		if below := absolute(child, fits); below != nil {
			at := below.Add(child.Position())
			return &at
		}
	}
	return nil
}

// TestTile cuts its name before its value, and its value only where it alone has
// no room.
func TestTile(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	tile := NewTile(nil)
	tile.Set("fail", "A name of very many letters", "51 days ago", true, false)
	r := test.WidgetRenderer(tile).(*tileRenderer)
	for _, c := range []struct {
		width       float32
		name, value bool // whether all of it can be read
	}{{600, true, true}, {200, false, true}, {60, false, false}} {
		tile.Resize(fyne.NewSize(c.width, 20))
		name, value := r.name.Text == tile.name, r.value.Text == tile.value
		if name != c.name || value != c.value {
			t.Errorf("at a width of %v it says %q, %q", c.width, r.name.Text, r.value.Text)
		}
		if !name && r.name.Text != "" && !strings.HasSuffix(r.name.Text, "…") {
			t.Errorf("at a width of %v the name ends without a sign: %q", c.width, r.name.Text)
		}
	}
}

// TestTickBoxWraps is as high as its words need, and is ticked by a press on them.
func TestTickBoxWraps(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	ticked := 0
	b := NewTickBox("Many words that have no room on one line of a narrow window", func(bool) { ticked++ })
	b.Resize(fyne.NewSize(1000, 10))
	one := b.MinSize().Height
	b.Resize(fyne.NewSize(160, 10))
	if wrapped := b.MinSize(); wrapped.Height < one+20 || wrapped.Width > 160 {
		t.Errorf("needs %v, and a height of %v on one line", wrapped, one)
	}
	b.Resize(b.MinSize())
	b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(150, b.Size().Height-4)})
	if ticked != 1 || !b.Checked {
		t.Error("a press on its words does not tick it")
	}
	b.Set(false)
	b.Disable()
	b.Tapped(&fyne.PointEvent{})
	if ticked != 1 || b.Checked {
		t.Error("it was ticked by itself, or while it may not be")
	}
}

// TestAnswerWraps is a usual button while its words are few, and no wider than the
// smallest window has room for where they are many.
func TestAnswerWraps(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	few, many := NewAnswer("Yes", func() {}), NewAnswer(strings.Repeat("many words ", 12), func() {})
	if got, want := few.MinSize(), NewAction("Yes", nil, func() {}).MinSize(); got != want {
		t.Errorf("needs %v, a button %v", got, want)
	}
	if got := many.MinSize(); got.Width != mostAnswer || got.Height < few.MinSize().Height+15 {
		t.Errorf("many words need %v", got)
	}
	many.Resize(many.MinSize())
	letters := 0
	for _, o := range test.WidgetRenderer(many).Objects() {
		switch o := o.(type) {
		case *widget.RichText:
			t.Error("the words stand there twice")
		case *Text:
			letters++
			if m := o.MinSize(); m.Height > o.Size().Height || o.Text != many.Text {
				t.Errorf("%q needs %v of %v", o.Text, m, o.Size())
			}
		}
	}
	if letters != 1 {
		t.Errorf("%d texts", letters)
	}
}

// focusables are one of each widget that the keyboard reaches.
func focusables() map[string]fyne.Focusable {
	tabs := NewTabs([]string{"One"}, func(int) {})
	grid := NewThumbGrid(func(int) Thumb { return Thumb{} }, func(int, int) {}, func(int) {})
	grid.SetSections([]ThumbSection{{Count: 3}})
	feed := NewFeed(3, func(int) fyne.CanvasObject { return Plain("It") }, func(int, int) {})
	return map[string]fyne.Focusable{
		"action": NewAction("Do", nil, func() {}), "primary": NewPrimary("Do", nil, func() {}), "danger": NewDanger("Do", func() {}), "answer": NewAnswer(strings.Repeat("many words ", 12), func() {}),
		"link": NewLink("Go", func() {}), "tab": tabs.all[0], "chooser": NewChooser(func() {}),
		"icon": NewIconButton("Back", fynetheme.NavigateBackIcon(), func() {}), "tile": NewTile(func() {}),
		"grid": grid, "feed": feed,
		"list":      NewEntryList(func() int { return 3 }, func(int) Entry { return Entry{Title: "It"} }, nil),
		"fold":      NewFold(Plain("More"), false, func() fyne.CanvasObject { return Plain("It") }, nil),
		"menu item": NewMenuItem("Do", func() {}), "danger in a menu": NewMenuDanger("Do", func() {}),
		"tick": NewTickBox("On", nil), "secret": NewSecret(func() {}), "box": NewTextBox(2), "choice": NewChoice([]string{"A", "B"}, 0, func(int) {}),
	}
}

// TestFocusIsSeen sees that each widget looks otherwise with the keyboard than
// without, the colours of its lines and grounds and what it shows.
func TestFocusIsSeen(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	for name, w := range focusables() {
		o := w.(fyne.CanvasObject)
		if f, is := w.(*Feed); is {
			o = f.Object
		}
		window := test.NewWindow(o)
		window.Resize(fyne.NewSize(300, 100))
		before := look(o)
		window.Canvas().Focus(w)
		during := look(o)
		window.Canvas().Unfocus()
		if reflect.DeepEqual(before, during) {
			t.Errorf("%s looks the same with the keyboard", name)
		}
		if after := look(o); !reflect.DeepEqual(before, after) {
			t.Errorf("%s keeps the look: %v, before %v", name, after, before)
		}
		window.Close()
	}
}

// look is how the lines and grounds of a widget are painted that can be seen.
func look(o fyne.CanvasObject) (all []any) {
	if !o.Visible() {
		return nil
	}
	var children []fyne.CanvasObject
	switch o := o.(type) {
	case *canvas.Rectangle:
		if o.StrokeWidth == 0 {
			return []any{o.FillColor, o.Size()}
		}
		return []any{o.FillColor, o.StrokeColor, o.StrokeWidth, o.Size()}
	case *canvas.Circle:
		return []any{o.FillColor, o.StrokeColor}
	case *fyne.Container:
		children = o.Objects
	case fyne.Widget:
		children = test.WidgetRenderer(o).Objects()
	}
	for _, child := range children {
		all = append(all, look(child)...)
	}
	return all
}

// TestEscapeIsHandedOn sees that Escape and F5 reach the window whatever has the
// keyboard, and Space what has it.
func TestEscapeIsHandedOn(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	for name, w := range focusables() {
		window := test.NewWindow(w.(fyne.CanvasObject))
		var heard []fyne.KeyName
		window.Canvas().SetOnTypedKey(func(key *fyne.KeyEvent) { heard = append(heard, key.Name) })
		window.Canvas().Focus(w)
		for _, key := range []fyne.KeyName{fyne.KeyEscape, fyne.KeySpace, fyne.KeyF5} {
			if _, menu := w.(*Choice); menu && key == fyne.KeySpace {
				continue // it opens
			}
			w.TypedKey(&fyne.KeyEvent{Name: key})
		}
		if want := []fyne.KeyName{fyne.KeyEscape, fyne.KeyF5}; !reflect.DeepEqual(heard, want) {
			t.Errorf("%s hands on %v, want %v", name, heard, want)
		}
		window.Close()
	}
}

// TestListsAreNamed: a screen reader hears what has the keyboard in a list or a grid.
func TestListsAreNamed(t *testing.T) {
	test.NewTempApp(t)
	l := NewEntryList(func() int { return 3 }, func(n int) Entry { return Entry{Title: strconv.Itoa(n), Text: "it"} }, nil)
	w := test.NewTempWindow(t, l)
	w.Resize(fyne.NewSize(300, 200))
	w.Canvas().Focus(l)
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	g := NewThumbGrid(func(int) Thumb { return Thumb{} }, func(int, int) {}, nil)
	g.Label, g.Name = "Photos", func(n int) string { return "Photo " + strconv.Itoa(n+1) }
	empty := g.AccessibilityLabel()
	g.SetSections([]ThumbSection{{Count: 3}})
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	for got, want := range map[string]string{l.AccessibilityLabel(): "1, it", empty: "Photos", g.AccessibilityLabel(): "Photos, Photo 2"} {
		if got != want {
			t.Errorf("a screen reader hears %q, want %q", got, want)
		}
	}
}

// TestEntryListByKeyboard: Down moves to the next row, Enter presses it.
func TestEntryListByKeyboard(t *testing.T) {
	test.NewTempApp(t)
	pressed := -1
	l := NewEntryList(func() int { return 3 }, func(n int) Entry { return Entry{Title: strconv.Itoa(n)} }, func(n int) { pressed = n })
	w := test.NewTempWindow(t, l)
	w.Resize(fyne.NewSize(300, 200))
	w.Canvas().Focus(l)
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pressed != 1 {
		t.Errorf("pressed row %d", pressed)
	}
}

// TestRingsStandClear: the ring around what scrolls crosses nothing that is read in it.
func TestRingsStandClear(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	feed := NewFeed(30, func(int) fyne.CanvasObject { return Plain("It") }, func(int, int) {})
	w := test.NewTempWindow(t, feed.Object)
	w.Resize(fyne.NewSize(300, 200))
	w.Canvas().Focus(feed)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject
	from, to, ring := at(feed.Scroll), at(feed.Scroll).Add(feed.Scroll.Size()), at(feed.ring.Rectangle)
	end := ring.Add(feed.ring.Size())
	if !feed.ring.Visible() || min(from.X-ring.X, from.Y-ring.Y, end.X-to.X, end.Y-to.Y) < ringGap+ringWidth {
		t.Errorf("the ring stands from %v to %v, what it is around from %v to %v", ring, end, from, to)
	}
	grid := NewThumbGrid(func(int) Thumb { return Thumb{} }, func(int, int) {}, nil)
	grid.SetSections([]ThumbSection{{Count: 3}})
	w = test.NewTempWindow(t, grid.Object)
	w.Resize(fyne.NewSize(300, 200))
	w.Canvas().Focus(grid)
	if outer, inner := grid.ring[0], grid.ring[1]; outer.Position().X < outer.StrokeWidth || inner.Position().X < outer.Position().X+outer.StrokeWidth/2+inner.StrokeWidth/2 || !inner.Visible() || inner.StrokeColor == outer.StrokeColor {
		t.Errorf("the rings stand at %v and %v", outer.Position(), inner.Position())
	}
	list := NewEntryList(func() int { return 1 }, func(int) Entry { return Entry{Title: "It"} }, nil)
	item := list.CreateItem()
	item.Resize(fyne.NewSize(300, 40))
	if at := absolute(item, func(o fyne.CanvasObject) bool { _, is := o.(*Text); return is }); at == nil || at.X < Grid {
		t.Errorf("the words of a row stand at %v", at)
	}
}

// TestAlike: choices under one another are as wide as the widest, whatever is offered later.
func TestAlike(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	narrow, wide, alone := NewChoice([]string{"A"}, 0, nil), NewChoice([]string{"Many words to choose"}, 0, nil), NewChoice([]string{"A"}, 0, nil)
	Alike([]fyne.CanvasObject{Plain("Why"), Labelled("One", narrow), Labelled("Two", wide)})
	if n, w := narrow.MinSize(), wide.MinSize(); n != w || n.Width <= alone.MinSize().Width {
		t.Errorf("%v and %v, alone %v", n, w, alone.MinSize())
	}
	before := narrow.MinSize()
	wide.Set([]string{"Many more words than there were to choose"}, 0)
	if narrow.MinSize() != wide.MinSize() || narrow.MinSize() == before {
		t.Errorf("%v and %v, before %v", narrow.MinSize(), wide.MinSize(), before)
	}
}
