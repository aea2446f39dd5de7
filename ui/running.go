package ui

import (
	"math"

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
	cancel                   *action
	content                  fyne.CanvasObject
}

func newRunning(w *Window, f *flow) *runningScreen {
	s := &runningScreen{w: w, f: f, phase: title("")}
	s.phase.Wrapping, s.phase.Truncation = fyne.TextWrapOff, fyne.TextTruncateEllipsis
	s.bar = widget.NewProgressBar()
	s.bar.TextFormatter = func() string { return "" } // it could not be read across the bar's edge
	s.percent = strong1("")
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
		*part.value = oneLine("")
		(*part.value).TextStyle.Bold = true
		name := oneLine(w.say(part.name, nil))
		name.Importance = widget.LowImportance
		grid.Add(newTight(name, *part.value))
	}
	s.passcode = band(theme.Notice, theme.CardBorder, container.NewBorder(nil, nil, picture("passcode", 80, 110), nil,
		newRows(title(w.say("ui.running.passcode", nil)), plain(w.say("ui.running.passcode-why", nil)))))
	s.aside = quiet("")
	s.figures = card(grid)
	s.passcode.Hide()
	s.cancel = newAction(w.say("ui.running.cancel", nil), fynetheme.CancelIcon(), func() { w.cancelRun(f) })
	name := oneLine(w.say("ui.running.of", words.Args{"Name": w.phoneName(f.phone)}))
	name.Importance = widget.LowImportance
	s.content = page(newColumn(
		newTight(name, container.NewBorder(nil, nil, nil, s.percent, s.phase)),
		container.NewStack(s.bar, s.endless),
		container.New(inTurn{}, s.figures, s.passcode),
		plain(w.say("ui.running.keep-connected", nil)),
		s.aside,
	), buttons(s.cancel))
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
	setText(s.phase, phase)
	setEnabled(s.cancel, !s.f.stopping)
	s.progress(e.Percent)
	setText(s.files, s.amount("ui.running.files-of", "ui.running.files-only", e.FilesTotal > 0, e.Files > 0,
		words.Args{"N": words.Count(e.Files), "Total": files(e.FilesTotal)}))
	setText(s.bytes, s.amount("ui.running.bytes-of", "ui.running.bytes-only", e.BytesTotal > 0, e.Bytes > 0,
		words.Args{"N": words.Bytes(e.Bytes), "Total": words.Bytes(e.BytesTotal)}))
	setText(s.rate, s.amount("", "ui.running.rate-value", false, e.Rate > 0, words.Args{"Rate": words.Bytes(e.Rate)}))
	setText(s.left, s.amount("", "ui.running.left-value", false, e.Left >= 0, words.Args{"Left": words.Span(e.Left)}))
	setText(s.aside, w.Words.Text(aside(e)))
	if asks := e.Passcode && !s.f.stopping; asks != s.passcode.Visible() {
		show(s.passcode, asks)
		show(s.figures, !asks)
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
	setText(s.percent, text)
	if known != s.bar.Visible() {
		show(s.bar, known)
		show(s.endless, !known)
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

// setText spares a repaint where nothing changed.
func setText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

func show(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}
