package ui

import (
	"math"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/ui/theme"
)

// phaseKeyring is the time before the job, when the keyring is asked.
const phaseKeyring backup.Phase = "keyring"

// phases words each phase of a backup.
var phases = map[backup.Phase]string{
	phaseKeyring:           "ui.phase.keyring",
	backup.Preparing:       "ui.phase.preparing",
	backup.Encrypting:      "ui.phase.encrypting",
	backup.WaitingPasscode: "ui.phase.waiting-passcode",
	backup.WaitingProgram:  "ui.phase.waiting-program",
	backup.Settling:        "ui.phase.settling",
	backup.WaitingPhone:    "ui.phase.waiting-phone",
	backup.Comparing:       "ui.phase.comparing",
	backup.Receiving:       "ui.phase.receiving",
	backup.Finishing:       "ui.phase.finishing",
	backup.Verifying:       "ui.phase.verifying",
	backup.Placing:         "ui.phase.placing",
	backup.Done:            "ui.phase.done",
}

// runningScreen shows a backup under way. Every line keeps its place,
// whatever is known: what is not known yet shows as a dash. The passcode
// prompt stands where the figures are, of which there are none while it waits.
type runningScreen struct {
	w *Window
	f *flow

	phase, percent           *widget.Label
	bar                      *widget.ProgressBar
	endless                  *widget.ProgressBarInfinite
	files, bytes, rate, left *widget.Label
	passcode, figures        fyne.CanvasObject
	aside                    *widget.Label
	cancel                   *widgets.Action
	content                  fyne.CanvasObject
}

func newRunning(w *Window, f *flow) *runningScreen {
	s := &runningScreen{w: w, f: f, phase: widgets.Title("")}
	s.phase.Wrapping, s.phase.Truncation = fyne.TextWrapOff, fyne.TextTruncateEllipsis
	s.bar = widget.NewProgressBar()
	s.bar.TextFormatter = func() string { return "" } // it could not be read across the bar's edge
	s.percent = widgets.OneWord("")
	s.percent.SizeName = theme.TitleText
	s.endless = widget.NewProgressBarInfinite()
	s.endless.Stop()
	grid := container.NewGridWithColumns(2)
	for _, part := range []struct {
		name  string
		value **widget.Label
	}{
		{"ui.running.files", &s.files}, {"ui.running.left", &s.left},
		{"ui.running.bytes", &s.bytes}, {"ui.running.rate", &s.rate},
	} {
		*part.value = widgets.OneLine("")
		(*part.value).TextStyle.Bold = true
		name := widgets.OneLine(w.say(part.name, nil))
		name.Importance = widget.LowImportance
		grid.Add(widgets.NewTight(name, *part.value))
	}
	s.passcode = widgets.Band(theme.Notice, theme.CardBorder, container.NewBorder(nil, nil, widgets.Picture("passcode", 80, 110), nil,
		widgets.NewRows(widgets.Title(w.say("ui.running.passcode", nil)), widgets.Plain(w.say("ui.running.passcode-why", nil)))))
	s.aside = widgets.Quiet("")
	s.figures = widgets.Card(grid)
	s.passcode.Hide()
	s.cancel = widgets.NewAction(w.say("ui.running.cancel", nil), fynetheme.CancelIcon(), func() { w.cancelRun(f) })
	name := widgets.OneLine(w.say("ui.running.of", words.Args{"Name": w.phoneName(f.phone)}))
	name.Importance = widget.LowImportance
	s.content = widgets.Page(widgets.NewColumn(
		widgets.NewTight(name, container.NewBorder(nil, nil, nil, s.percent, s.phase)),
		container.NewStack(s.bar, s.endless),
		container.New(widgets.InTurn{}, s.figures, s.passcode),
		widgets.Plain(w.say("ui.running.keep-connected", nil)),
		s.aside,
	), widgets.ButtonRow(s.cancel))
	return s
}

func (s *runningScreen) object() fyne.CanvasObject { return s.content }
func (s *runningScreen) first() fyne.Focusable     { return s.cancel }

func (s *runningScreen) update() {
	w, e := s.w, s.f.event
	phase := w.say(phases[e.Phase], w.keyring())
	if s.f.stopping {
		phase = w.say("ui.running.stopping", nil)
	}
	widgets.SetText(s.phase, phase)
	widgets.SetEnabled(s.cancel, !s.f.stopping)
	s.progress(e.Percent)
	widgets.SetText(s.files, s.amount("ui.running.files-of", "ui.running.files-only", e.FilesTotal > 0, e.Files > 0,
		words.Args{"N": words.Count(e.Files), "Total": files(e.FilesTotal)}))
	widgets.SetText(s.bytes, s.amount("ui.running.bytes-of", "ui.running.bytes-only", e.BytesTotal > 0, e.Bytes > 0,
		words.Args{"N": words.Bytes(e.Bytes), "Total": words.Bytes(e.BytesTotal)}))
	widgets.SetText(s.rate, s.amount("", "ui.running.rate-value", false, e.Rate > 0, words.Args{"Rate": words.Bytes(e.Rate)}))
	widgets.SetText(s.left, s.amount("", "ui.running.left-value", false, e.Left >= 0, words.Args{"Left": words.Span(e.Left)}))
	widgets.SetText(s.aside, w.Words.Text(aside(e)))
	if asks := e.Passcode && !s.f.stopping; asks != s.passcode.Visible() {
		widgets.Show(s.passcode, asks)
		widgets.Show(s.figures, !asks)
	}
}

// aside is what there is to say beside the figures.
func aside(e backup.Event) words.Text {
	span := words.Args{"Span": words.Span(e.Quiet)}
	switch {
	case e.Phase == backup.WaitingProgram && e.BlockedBy != "":
		return words.T("ui.running.rival", words.Args{"Program": e.BlockedBy})
	case e.Phase == backup.WaitingProgram:
		return words.T("ui.running.rival-unknown", nil)
	case e.Phase == backup.Settling:
		return words.T("ui.running.settling", nil)
	case e.Liveness == backup.PhoneStalled:
		return words.T("ui.running.stalled", span)
	case e.Quiet > 0:
		return words.T("ui.running.quiet", span)
	}
	return words.T("ui.running.go-on", nil)
}

// progress fills the bar, or lets it wander where nothing is known.
func (s *runningScreen) progress(percent float64) {
	known := percent >= 0
	text := ""
	if known {
		text = s.w.say("ui.running.percent", words.Args{"N": int(math.Floor(percent))})
	}
	widgets.SetText(s.percent, text)
	if known != s.bar.Visible() {
		widgets.Show(s.bar, known)
		widgets.Show(s.endless, !known)
	}
	if !known {
		if !s.endless.Running() {
			s.endless.Start()
		}
		return
	}
	if s.endless.Running() {
		s.endless.Stop()
	}
	if v := min(percent/100, 1); v != s.bar.Value {
		s.bar.SetValue(v)
	}
}

// files is a number of files, as a part of a sentence.
func files(n int) words.Text {
	return words.T("ui.running.files-only", words.Args{"N": words.Count(n)})
}

// amount formats a figure with its total, alone, or as not known yet.
func (s *runningScreen) amount(withTotal, alone string, totalKnown, known bool, args words.Args) string {
	switch {
	case totalKnown:
		return s.w.say(withTotal, args)
	case known:
		return s.w.say(alone, args)
	}
	return s.w.say("ui.running.unknown", nil)
}
