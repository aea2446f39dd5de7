package widgets

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Text is a label without the padding that Fyne's has around it, so that texts,
// buttons and marks stand on one left edge.
type Text struct{ widget.Label }

// newText is text in a size and a weight that wraps.
func newText(text string, size fyne.ThemeSizeName, bold bool) *Text {
	t := &Text{}
	t.Text, t.SizeName, t.TextStyle.Bold, t.Wrapping = text, size, bold, fyne.TextWrapWord
	t.ExtendBaseWidget(t)
	return t
}

// MinSize is the room that the text needs at the width that it has.
func (t *Text) MinSize() fyne.Size {
	t.ExtendBaseWidget(t)
	return t.BaseWidget.MinSize()
}

// CreateRenderer draws Fyne's label with its padding outside.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	t.ExtendBaseWidget(t)
	return &textRenderer{WidgetRenderer: t.Label.CreateRenderer()}
}

// SetText changes the text; the same one costs nothing.
func (t *Text) SetText(text string) {
	if t.Text != text {
		t.Label.SetText(text)
	}
}

// SetImportance changes the colour of the text.
func (t *Text) SetImportance(i widget.Importance) {
	if t.Importance != i {
		t.Importance = i
		t.Refresh()
	}
}

type textRenderer struct{ fyne.WidgetRenderer }

func (r *textRenderer) pad() float32 { return fynetheme.InnerPadding() }

func (r *textRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size.AddWidthHeight(2*r.pad(), 2*r.pad()))
	for _, o := range r.Objects() {
		o.Move(fyne.NewPos(-r.pad(), -r.pad()))
	}
}

func (r *textRenderer) MinSize() fyne.Size {
	m := r.WidgetRenderer.MinSize().SubtractWidthHeight(2*r.pad(), 2*r.pad())
	return fyne.NewSize(max(0, m.Width), max(0, m.Height))
}

// Heading is the one sentence that a page opens with.
func Heading(text string) *Text { return newText(text, fynetheme.SizeNameHeadingText, true) }

// Title is a heading within a page.
func Title(text string) *Text { return newText(text, fynetheme.SizeNameSubHeadingText, true) }

// Strong is a word of state, or the heading of a paragraph.
func Strong(text string) *Text { return newText(text, fynetheme.SizeNameText, true) }

// Plain is running text.
func Plain(text string) *Text { return newText(text, fynetheme.SizeNameText, false) }

// Quiet is running text that stands back.
func Quiet(text string) *Text {
	t := Plain(text)
	t.Importance = widget.LowImportance
	return t
}

// Caption is small text that stands back.
func Caption(text string) *Text {
	t := newText(text, fynetheme.SizeNameCaptionText, false)
	t.Importance = widget.LowImportance
	return t
}

// Line makes a text of any length, such as a name or a path, stand on one line
// that never widens the window: what does not fit ends in "…".
func (t *Text) Line() *Text {
	t.Wrapping, t.Truncation = fyne.TextWrapOff, fyne.TextTruncateEllipsis
	return t
}

// Word makes a text as wide as it is, which is for short ones of our own.
func (t *Text) Word() *Text {
	t.Wrapping, t.Truncation = fyne.TextWrapOff, fyne.TextTruncateOff
	return t
}

// Right sets the text at the right-hand side of its room.
func (t *Text) Right() *Text {
	t.Alignment = fyne.TextAlignTrailing
	return t
}

// OneLine is plain text on one line.
func OneLine(text string) *Text { return Plain(text).Line() }

// Copyable is technical text that can be marked and copied.
func Copyable(text string) *Text {
	t := newText(text, fynetheme.SizeNameCaptionText, false)
	t.Wrapping, t.TextStyle.Monospace, t.Selectable = fyne.TextWrapBreak, true, true
	return t
}

// Shorten cuts text to at most n characters.
func Shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
