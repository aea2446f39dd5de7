package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lifeboat/ui/theme"
)

// block is an object of a size.
func block(width, height float32) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(width, height))
	return r
}

// TestFlowing begins a line where the width ends, sets objects at the middle of
// their line, and counts no hidden object.
func TestFlowing(t *testing.T) {
	hidden := block(100, 100)
	hidden.Hide()
	blocks := []fyne.CanvasObject{block(50, 20), hidden, block(60, 30), block(70, 10), block(200, 10)}
	const gap, line = buttonGap, Grid
	for _, c := range []struct {
		width  float32
		places []fyne.Position // of those that can be seen
		height float32
	}{
		{1000, []fyne.Position{fyne.NewPos(0, 5), fyne.NewPos(50+gap, 0), fyne.NewPos(110+2*gap, 10), fyne.NewPos(180+3*gap, 10)}, 30},
		{110 + gap, []fyne.Position{fyne.NewPos(0, 5), fyne.NewPos(50+gap, 0), fyne.NewPos(0, 30+line), fyne.NewPos(0, 40+2*line)}, 50 + 2*line},
		{10, []fyne.Position{{}, fyne.NewPos(0, 20+line), fyne.NewPos(0, 50+2*line), fyne.NewPos(0, 60+3*line)}, 70 + 3*line},
	} {
		all := container.New(&Flowing{}, blocks...)
		all.Resize(fyne.NewSize(c.width, 500))
		i := 0
		for _, b := range blocks {
			if !b.Visible() {
				continue
			}
			if b.Position() != c.places[i] {
				t.Errorf("width %v: block %d stands at %v, want %v", c.width, i, b.Position(), c.places[i])
			}
			i++
		}
		if got := all.MinSize(); got.Height != c.height || got.Width != 200 {
			t.Errorf("width %v: needs %v, want a height of %v", c.width, got, c.height)
		}
	}
}

// TestColumns goes down each column first, or along rows of one height each, in as
// many columns as fit.
func TestColumns(t *testing.T) {
	for _, c := range []struct {
		name   string
		layout Columns
		width  float32
		places []fyne.Position
		height float32
	}{
		{"three", Columns{Least: 100, Most: 3, Gap: 10, Line: 5}, 500, []fyne.Position{{}, fyne.NewPos(0, 45), fyne.NewPos(170, 0), fyne.NewPos(170, 45), fyne.NewPos(340, 0)}, 65},
		{"two", Columns{Least: 100, Gap: 10}, 310, []fyne.Position{{}, fyne.NewPos(0, 40), fyne.NewPos(0, 60), fyne.NewPos(160, 0), fyne.NewPos(160, 40)}, 80},
		{"one", Columns{Least: 100, Gap: 10}, 90, []fyne.Position{{}, fyne.NewPos(0, 20), fyne.NewPos(0, 40), fyne.NewPos(0, 80), fyne.NewPos(0, 100)}, 120},
		{"across", Columns{Least: 100, Most: 3, Gap: 10, Across: true}, 500, []fyne.Position{{}, fyne.NewPos(170, 0), fyne.NewPos(340, 0), fyne.NewPos(0, 40), fyne.NewPos(170, 40)}, 60},
	} {
		blocks := []fyne.CanvasObject{block(10, 20), block(10, 20), block(10, 40), block(10, 20), block(10, 20)}
		switch c.name {
		case "two":
			blocks = []fyne.CanvasObject{block(10, 20), block(10, 20), block(10, 20), block(10, 40), block(10, 20)}
		}
		hidden := block(999, 999)
		hidden.Hide()
		all := container.New(&c.layout, append([]fyne.CanvasObject{hidden}, blocks...)...)
		all.Resize(fyne.NewSize(c.width, 500))
		for i, b := range blocks {
			if b.Position() != c.places[i] {
				t.Errorf("%s: block %d stands at %v, want %v", c.name, i, b.Position(), c.places[i])
			}
		}
		if got := all.MinSize().Height; got != c.height {
			t.Errorf("%s: needs a height of %v, want %v", c.name, got, c.height)
		}
	}
}

// TestEnds sets what belongs to a text beside it, and below where there is no room.
func TestEnds(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	text, one, two := Strong("A title of some words").Line(), block(60, 20), block(70, 20)
	all := container.New(&Ends{}, text, one, two)
	all.Resize(fyne.NewSize(500, 20))
	if one.Position().X != 500-70-60-2*Grid || two.Position().X != 500-70 || all.MinSize().Height > 24 {
		t.Errorf("beside: %v and %v, needs %v", one.Position(), two.Position(), all.MinSize())
	}
	all.Resize(fyne.NewSize(200, 20))
	below := text.MinSize().Height + Grid
	if one.Position() != fyne.NewPos(0, below) || two.Position() != fyne.NewPos(60+2*Grid, below) || all.MinSize().Height != below+20 {
		t.Errorf("below: %v and %v, needs %v", one.Position(), two.Position(), all.MinSize())
	}
}

// TestFilled leaves the rest to the second object, but never less than it needs.
func TestFilled(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	head, body := block(10, 40), block(10, 100)
	all := container.New(Filled{}, head, body)
	const gap = Grid
	for height, want := range map[float32]float32{500: 460 - gap, 60: 100} {
		all.Resize(fyne.NewSize(200, height))
		if body.Size() != fyne.NewSize(200, want) || body.Position() != fyne.NewPos(0, 40+gap) {
			t.Errorf("height %v: the body is %v at %v, want a height of %v", height, body.Size(), body.Position(), want)
		}
	}
}

// TestSteady keeps its height whatever it says, until it is freed or gets
// another width.
func TestSteady(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	s := NewSteady(Plain("short"), 2)
	s.Object().Resize(fyne.NewSize(200, 100))
	two := s.Object().MinSize().Height
	if one := Plain("short").MinSize().Height; two <= one {
		t.Errorf("two lines are %v high, one is %v", two, one)
	}
	long := strings.Repeat("many words ", 30) + "end"
	s.Set(long)
	if got := s.Object().MinSize().Height; got != two || !s.Cut() {
		t.Errorf("a long text makes it %v high, want %v", got, two)
	}
	if shown := s.Label.Text; !strings.HasPrefix(shown, "many words many words many") || !strings.HasSuffix(shown, "…") {
		t.Errorf("shows %q", shown)
	}
	s.Set("short again")
	if got := s.Object().MinSize().Height; got != two || s.Label.Text != "short again" {
		t.Errorf("says %q at a height of %v", s.Label.Text, got)
	}
	s.Middle = true
	s.Object().Resize(fyne.NewSize(200, two+1))
	s.Set("in the middle")
	if at, end := s.Label.Position().Y, s.Label.Position().Y+s.Label.MinSize().Height; at < 5 || two+1-end < at-1 || two+1-end > at+1 {
		t.Errorf("it stands from %v to %v of %v", at, end, two+1)
	}
	s.Set(long)
	if s.Label.Position().Y > 2 {
		t.Errorf("a long text stands at %v", s.Label.Position())
	}
	s.Free()
	if got := s.Object().MinSize().Height; got <= two || s.Cut() {
		t.Errorf("freed it is %v high", got)
	}
	high := s.Object().MinSize().Height
	s.Object().Resize(fyne.NewSize(800, 300))
	if got := s.Object().MinSize().Height; got >= high || got < two || s.Cut() {
		t.Errorf("in a wider place it is %v high, in the narrow one %v", got, high)
	}
}
