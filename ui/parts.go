package ui

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
func title(text string) *widget.Label {
	return &widget.Label{Text: text, SizeName: theme.TitleText, TextStyle: fyne.TextStyle{Bold: true}, Wrapping: fyne.TextWrapWord}
}

// strong is a heading within a screen.
func strong(text string) *widget.Label {
	return &widget.Label{Text: text, TextStyle: fyne.TextStyle{Bold: true}, Wrapping: fyne.TextWrapWord}
}

// plain is running text.
func plain(text string) *widget.Label {
	return &widget.Label{Text: text, Wrapping: fyne.TextWrapWord}
}

// quiet is text that stands back.
func quiet(text string) *widget.Label {
	return &widget.Label{Text: text, Wrapping: fyne.TextWrapWord, Importance: widget.LowImportance}
}

// oneLine is text of any length, such as a name or a path, that never
// widens the window: what does not fit ends in "…".
func oneLine(text string) *widget.Label {
	return &widget.Label{Text: text, Truncation: fyne.TextTruncateEllipsis}
}

// copyable is technical text that can be marked and copied.
func copyable(text string) *widget.Label {
	return &widget.Label{Text: text, Wrapping: fyne.TextWrapBreak, SizeName: fynetheme.SizeNameCaptionText,
		TextStyle: fyne.TextStyle{Monospace: true}, Selectable: true}
}

// drawing is the picture at the top of a screen.
func drawing(name string) fyne.CanvasObject { return picture(name, 176, 110) }

func picture(name string, width, height float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(theme.Picture(name))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(width, height))
	return img
}

// markIcon shows the shape of a status at a size.
func markIcon(status string, size float32) fyne.CanvasObject {
	return container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(size), widget.NewIcon(theme.Marks[status].Icon)))
}

// band sets content on a ground of its own with rounded corners.
func band(ground, border fyne.ThemeColorName, content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(newSurface(ground, border), container.NewPadded(content))
}

// card is a band in the quiet colour of cards.
func card(content fyne.CanvasObject) fyne.CanvasObject {
	return band(theme.Card, theme.CardBorder, content)
}

// surface is a rounded rectangle that follows the theme.
type surface struct {
	widget.BaseWidget
	ground, border fyne.ThemeColorName
}

func newSurface(ground, border fyne.ThemeColorName) *surface {
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
func inset(content fyne.CanvasObject) fyne.CanvasObject {
	pad := fynetheme.InnerPadding()
	return container.New(layout.NewCustomPaddedLayout(0, fynetheme.Padding(), pad, pad), content)
}

// steps are numbered instructions, one under the other.
func steps(texts []string, number func(int) string) fyne.CanvasObject {
	all := make([]fyne.CanvasObject, 0, len(texts))
	for i, text := range texts {
		all = append(all, container.NewBorder(nil, nil, newRows(strong1(number(i+1))), nil, plain(text)))
	}
	return container.New(rows{gap: -8}, all...)
}

// strong1 is a strong word that is never wrapped.
func strong1(text string) *widget.Label {
	return &widget.Label{Text: text, TextStyle: fyne.TextStyle{Bold: true}}
}
