package ui

import (
	"fmt"
	"strings"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
)

// explain formats a failure for this computer's system.
func (w *Window) explain(err error) words.Problem {
	e := fault.As(err)
	return w.Words.Problem(string(e.Code), w.OS, e.Args)
}

// technical is a failure as it came, for whoever is asked for help. It never
// holds a password: no error does.
func (w *Window) technical(err error) string {
	e := fault.As(err)
	lines := []string{w.say("ui.details.code", words.Args{"Code": string(e.Code)})}
	if e.Op != "" {
		lines = append(lines, w.say("ui.details.step", words.Args{"Step": e.Op}))
	}
	if e.Domain != "" {
		lines = append(lines, w.say("ui.details.device", words.Args{"Domain": e.Domain, "Number": fmt.Sprint(e.Number)}))
	}
	if e.Text != "" {
		lines = append(lines, w.say("ui.details.text", words.Args{"Text": e.Text}))
	}
	lines = append(lines, w.say("ui.details.error", words.Args{"Error": err.Error()}),
		w.say("ui.details.version", words.Args{"Version": w.Version, "System": w.OS}))
	return strings.Join(lines, "\n")
}

// detailsFold holds the technical side of a failure, ready to be copied.
func (w *Window) detailsFold(err error) fyne.CanvasObject {
	return widgets.NewFold(widgets.Plain(w.say("ui.details.title", nil)), false, func() fyne.CanvasObject {
		text := w.technical(err)
		return widgets.NewRows(widgets.Copyable(text),
			container.NewHBox(widgets.NewAction(w.say("ui.details.copy", nil), nil, func() { w.Copy(text) })),
			w.recordSwitch())
	}, nil)
}
