package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// title is the sentence that a screen opens with.
func Title(text string) *widget.Label {
	return &widget.Label{Text: text, SizeName: theme.TitleText, TextStyle: fyne.TextStyle{Bold: true}, Wrapping: fyne.TextWrapWord}
}

// strong is a heading within a screen.
func Strong(text string) *widget.Label {
	return &widget.Label{Text: text, TextStyle: fyne.TextStyle{Bold: true}, Wrapping: fyne.TextWrapWord}
}

// plain is running text.
func Plain(text string) *widget.Label {
	return &widget.Label{Text: text, Wrapping: fyne.TextWrapWord}
}

// quiet is text that stands back.
func Quiet(text string) *widget.Label {
	return &widget.Label{Text: text, Wrapping: fyne.TextWrapWord, Importance: widget.LowImportance}
}

// oneLine is text of any length, such as a name or a path, that never
// widens the window: what does not fit ends in "…".
func OneLine(text string) *widget.Label {
	return &widget.Label{Text: text, Truncation: fyne.TextTruncateEllipsis}
}

// copyable is technical text that can be marked and copied.
func Copyable(text string) *widget.Label {
	return &widget.Label{Text: text, Wrapping: fyne.TextWrapBreak, SizeName: fynetheme.SizeNameCaptionText,
		TextStyle: fyne.TextStyle{Monospace: true}, Selectable: true}
}

// drawing is the picture at the top of a screen.
func Drawing(name string) fyne.CanvasObject { return Picture(name, 176, 110) }

func Picture(name string, width, height float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(theme.Picture(name))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(width, height))
	return img
}

// markIcon shows the shape of a status at a size.
func MarkIcon(status string, size float32) fyne.CanvasObject {
	return container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(size), widget.NewIcon(theme.Marks[status].Icon)))
}

// band sets content on a ground of its own with rounded corners.
func Band(ground, border fyne.ThemeColorName, content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(NewSurface(ground, border), container.NewPadded(content))
}

// card is a band in the quiet colour of cards.
func Card(content fyne.CanvasObject) fyne.CanvasObject {
	return Band(theme.Card, theme.CardBorder, content)
}

// surface is a rounded rectangle that follows the theme.
type surface struct {
	widget.BaseWidget
	ground, border fyne.ThemeColorName
}

func NewSurface(ground, border fyne.ThemeColorName) *surface {
	s := &surface{ground: ground, border: border}
	s.ExtendBaseWidget(s)
	return s
}

func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{of: s, rect: canvas.NewRectangle(nil)}
	r.WidgetRenderer = widget.NewSimpleRenderer(r.rect)
	r.Refresh()
	return r
}

type surfaceRenderer struct {
	fyne.WidgetRenderer
	of   *surface
	rect *canvas.Rectangle
}

func (r *surfaceRenderer) Refresh() {
	r.rect.FillColor = fynetheme.ColorForWidget(r.of.ground, r.of)
	if r.of.border != "" {
		r.rect.StrokeColor = fynetheme.ColorForWidget(r.of.border, r.of)
		r.rect.StrokeWidth = 1
		r.rect.CornerRadius = 10
	}
	r.rect.Refresh()
}

// inset sets what has no padding of its own, such as buttons, below the words
// of a card's labels.
func Inset(content fyne.CanvasObject) fyne.CanvasObject {
	pad := fynetheme.InnerPadding()
	return container.New(layout.NewCustomPaddedLayout(0, fynetheme.Padding(), pad, pad), content)
}

// steps are numbered instructions, one under the other.
func Steps(texts []string, number func(int) string) fyne.CanvasObject {
	all := make([]fyne.CanvasObject, 0, len(texts))
	for i, text := range texts {
		all = append(all, container.NewBorder(nil, nil, NewRows(OneWord(number(i+1))), nil, Plain(text)))
	}
	return container.New(Rows{Gap: -8}, all...)
}

// strong1 is a strong word that is never wrapped.
func OneWord(text string) *widget.Label {
	return &widget.Label{Text: text, TextStyle: fyne.TextStyle{Bold: true}}
}

func SetEnabled(b *Action, on bool) {
	if on == b.Disabled() {
		if on {
			b.Enable()
		} else {
			b.Disable()
		}
	}
}

// setText spares a repaint where nothing changed.
func SetText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

func Show(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// markResource is the shape of a status.
func MarkResource(status string) fyne.Resource { return theme.Marks[status].Icon }

// marked sets a mark of a size to the left of content.
func Marked(mark *widget.Icon, size float32, content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil,
		container.NewPadded(container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(size), mark))), nil, content)
}

// shorten cuts text to at most n characters.
func Shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
