package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"lifeboat/assets/words"
	"lifeboat/device/fault"
	"lifeboat/ui/widgets"
)

// explain formats a failure for this computer's system.
func (w *Window) explain(err error) words.Problem {
	e := fault.As(err)
	return w.say_.Problem(string(e.Code), w.o.OS, e.Args)
}

// isAbout reports whether an error has one of some codes.
func isAbout(err error, codes ...fault.Code) bool { return slices.Contains(codes, fault.Of(err)) }

// problemRows say what happened, what it means, and what to do.
func (w *Window) problemRows(mark string, err error) []fyne.CanvasObject {
	p := w.explain(err)
	return []fyne.CanvasObject{
		widgets.Headline(mark, p.Happened),
		widgets.Plain(p.Meaning),
		widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(p.Next)),
	}
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
		w.say("ui.details.version", words.Args{"Version": w.o.Version, "System": w.o.OS}))
	return strings.Join(lines, "\n")
}

// detailsFold holds the technical side of a failure, ready to be copied.
func (w *Window) detailsFold(err error) fyne.CanvasObject {
	return widgets.NewFold(widgets.Quiet(w.say("ui.details.title", nil)), false, func() fyne.CanvasObject {
		text := w.technical(err)
		return widgets.NewRows(widgets.Copyable(text),
			widgets.Left(widgets.NewAction(w.say("ui.details.copy", nil), nil, func() { w.o.Copy(text) })),
			w.recordSwitch())
	}, nil)
}

// recordSwitch begins and ends a recording for a bug report, and says where it
// is. The recording continues over other pages, until it is stopped here or
// the window closes.
func (w *Window) recordSwitch() fyne.CanvasObject {
	said := widgets.Plain("")
	toggle := widgets.NewAction("", nil, nil)
	show := widgets.NewAction(w.say("ui.record.show", nil), nil, func() {
		dir := filepath.Dir(w.Recording.File)
		go w.o.OpenFolder(dir) // where that fails, the path stands above
	})
	update := func() {
		r := w.Recording
		key := "ui.record.start"
		if r.On {
			key = "ui.record.stop"
		}
		toggle.SetText(w.say(key, nil))
		switch {
		case r.Err != nil:
			said.SetText(w.explain(r.Err).Happened)
		case r.On:
			said.SetText(w.say("ui.record.running", words.Args{"Path": r.File}))
		case r.File != "":
			said.SetText(w.say("ui.record.done", words.Args{"Path": r.File}))
		default:
			said.SetText(w.say("ui.record.why", nil))
		}
		widgets.Show(show, r.File != "")
	}
	toggle.OnTapped = func() {
		toggle.Disable()
		w.Record(!w.Recording.On, func() {
			toggle.Enable()
			update()
		})
	}
	update()
	return widgets.NewRows(said, widgets.Left(toggle, show))
}
