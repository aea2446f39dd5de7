package ui

import (
	"image/color"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/ui/theme"
)

// header is the line at the top: the app, the phone if there are several,
// and the settings.
type header struct {
	w        *Window
	chooser  *widget.Select
	udids    []string // of the chooser's options
	backups  *widgets.Action
	settings *widgets.Action
}

func newHeader(w *Window) *header {
	h := &header{w: w}
	h.chooser = widget.NewSelect(nil, nil)
	h.chooser.Hide()
	h.settings = widgets.NewAction(w.say("ui.settings.open", nil), fynetheme.SettingsIcon(), w.showSettings)
	h.settings.Importance = widget.LowImportance
	h.backups = widgets.NewAction(w.say("ui.versions.open", nil), fynetheme.StorageIcon(), w.showVersions)
	h.backups.Importance = widget.LowImportance
	return h
}

func (h *header) object() fyne.CanvasObject {
	logo := canvas.NewImageFromResource(theme.Icon())
	logo.FillMode = canvas.ImageFillContain
	logo.SetMinSize(fyne.NewSquareSize(30))
	name := &widget.Label{Text: h.w.say("ui.app", nil), SizeName: fynetheme.SizeNameSubHeadingText, TextStyle: fyne.TextStyle{Bold: true}}
	bar := container.NewBorder(nil, nil, container.NewPadded(container.NewHBox(logo, name)),
		container.NewHBox(h.backups, h.settings), h.chooser)
	return widgets.NewRows(container.NewPadded(bar), widget.NewSeparator())
}

// update lists the phones; one alone needs no choosing.
func (h *header) update() {
	w := h.w
	widgets.SetEnabled(h.backups, w.flow == nil && w.attempt == nil && w.report == nil && w.shown == nil)
	if len(w.phones) < 2 {
		h.chooser.Hide()
		return
	}
	h.udids = h.udids[:0]
	names := make([]string, 0, len(w.phones))
	selected := ""
	for _, p := range w.phones {
		name := w.chooserName(p, names)
		names, h.udids = append(names, name), append(h.udids, p.dev.UDID)
		if p == w.current() {
			selected = name
		}
	}
	h.chooser.OnChanged = nil // what follows is no choice of the user's
	h.chooser.SetOptions(names)
	h.chooser.SetSelected(selected)
	h.chooser.OnChanged = func(string) { h.choose(h.chooser.SelectedIndex()) }
	if w.flow != nil || w.attempt != nil || w.report != nil {
		h.chooser.Disable()
	} else {
		h.chooser.Enable()
	}
	h.chooser.Show()
}

func (h *header) choose(i int) {
	if i < 0 || i >= len(h.udids) {
		return
	}
	h.w.Settings.SetPhone(h.udids[i])
	h.w.refresh()
}

// demoBand marks the window as a demonstration.
func (w *Window) demoBand() fyne.CanvasObject {
	text := &widget.Label{Text: w.say("ui.demo", nil), Alignment: fyne.TextAlignCenter, Wrapping: fyne.TextWrapWord,
		SizeName: fynetheme.SizeNameCaptionText, TextStyle: fyne.TextStyle{Bold: true}}
	return container.NewStack(widgets.NewSurface(theme.DemoBand, ""), container.NewThemeOverride(text, demoTheme{theme.New()}))
}

// demoTheme letters the demonstration band.
type demoTheme struct{ *theme.Lifeboat }

func (d demoTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == fynetheme.ColorNameForeground {
		name = theme.OnDemoBand
	}
	return d.Lifeboat.Color(name, variant)
}

func (d demoTheme) Size(name fyne.ThemeSizeName) float32 {
	if name == fynetheme.SizeNameInnerPadding {
		return 5
	}
	return d.Lifeboat.Size(name)
}
