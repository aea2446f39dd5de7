package ui

import (
	"strconv"
	"strings"
	"time"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
	"lifeboat/ui/theme"
)

// attemptScreen is the page on which the phone is watched while it tries:
// what to do, the four conditions as they are reported, what is under way,
// and in the end its outcome in place of what to do.
type attemptScreen struct {
	w *Window
	a *attempt

	clock      *widget.Label
	guide      fyne.CanvasObject
	silent     fyne.CanvasObject
	outcome    *fyne.Container
	shown      string // what outcome says
	conditions []*condition
	phase      *widget.Label
	phases     *widget.Label
	took       fyne.CanvasObject // around phases
	scroll     *container.Scroll
	details    *widgets.Fold
	codes      *widget.Label
	cancel     *widgets.Action
	again      *widgets.Action
	content    fyne.CanvasObject
}

func newAttemptScreen(w *Window, a *attempt) *attemptScreen {
	s := &attemptScreen{w: w, a: a, clock: widgets.OneWord(""), outcome: widgets.NewRows(), phase: widgets.OneLine(""), phases: widgets.Quiet(""), codes: widgets.Copyable("")}
	s.clock.SizeName = theme.TitleText
	s.guide = widgets.Card(widgets.Steps(w.Words.Texts(checks.AttemptSteps(a.phone.state.Phone())), w.number))
	questions := widgets.NewAction(w.say("ui.attempt.questions", nil), fynetheme.QuestionIcon(), w.leaveForQuestions)
	s.silent = widgets.Band(theme.Notice, theme.CardBorder, widgets.NewRows(widgets.Plain(w.say("ui.attempt.silent", nil)), widgets.Inset(container.NewHBox(questions))))
	s.silent.Hide()
	s.outcome.Hide()
	grid := container.New(&widgets.Flowing{})
	for _, c := range conditionsShown {
		shown := newCondition(w, c.name)
		s.conditions = append(s.conditions, shown)
		grid.Add(shown.object())
	}
	s.details = widgets.NewFold(widgets.Quiet(w.say("ui.check.details", nil)), false, func() fyne.CanvasObject { return s.codes }, nil)
	s.cancel = widgets.NewAction(w.say("ui.attempt.cancel", nil), fynetheme.CancelIcon(), w.leaveAttempt)
	s.again = widgets.NewPrimary(w.say("ui.attempt.again", nil), fynetheme.ViewRefreshIcon(), w.attemptAgain)
	s.cancel.Escape, s.again.Escape = w.leaveAttempt, w.leaveAttempt
	s.again.Hide()
	s.took = widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.attempt.does", nil)), s.phases))
	s.phase.TextStyle.Bold = true
	s.scroll, s.content = widgets.ScrollPage(widgets.NewColumn(
		widgets.NewTight(container.NewBorder(nil, nil, nil, s.clock, widgets.Title(w.say("ui.attempt.title", nil))), s.phase),
		s.outcome, s.silent, s.guide,
		widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.attempt.needs", nil)), grid)),
		s.took, s.details,
	), container.NewBorder(nil, nil, s.cancel, s.again))
	return s
}

func (s *attemptScreen) object() fyne.CanvasObject { return s.content }
func (s *attemptScreen) first() fyne.Focusable     { return s.cancel }
func (s *attemptScreen) leave()                    { s.w.leaveAttempt() }

func (s *attemptScreen) update() {
	w, a := s.w, s.a
	widgets.SetText(s.clock, w.clock(a.now.Sub(a.began)))
	for i, c := range conditionsShown {
		s.conditions[i].update(c.of(a.got.Conditions), c)
	}
	widgets.SetText(s.phase, s.underWay())
	widgets.SetText(s.phases, s.done())
	widgets.Show(s.took, len(a.got.Phases) > 0)
	widgets.SetText(s.codes, s.technical())
	widgets.Show(s.details, s.codes.Text != "")
	widgets.Show(s.silent, a.silent() && !a.over)
	widgets.Show(s.guide, !a.over)
	widgets.Show(s.outcome, a.over)
	if a.over {
		s.conclude()
	}
}

// underWay says what the phone does now.
func (s *attemptScreen) underWay() string {
	w, got := s.w, s.a.got
	switch {
	case s.a.over, got.Outcome != devicelog.Open:
		return w.say("ui.attempt.ended", nil)
	case got.Phase != "":
		return w.say("ui.attempt.phase", words.Args{"Phase": w.phaseName(got.Phase)})
	case !got.Began.IsZero():
		return w.say("ui.attempt.began", nil)
	case got.Heard:
		return w.say("ui.attempt.heard", nil)
	}
	return w.say("ui.attempt.nothing", nil)
}

// done lists the phases that are done.
func (s *attemptScreen) done() string {
	var lines []string
	for _, p := range s.a.got.Phases {
		lines = append(lines, s.w.say("ui.attempt.took",
			words.Args{"Phase": s.w.phaseName(p.Name), "Seconds": strconv.FormatFloat(p.Took.Seconds(), 'f', 1, 64)}))
	}
	return strings.Join(lines, "\n")
}

// phaseNames word what backupd calls its phases; others are shown as they are.
var phaseNames = map[string]string{
	"scan": "ui.attempt.phases.scan", "upload": "ui.attempt.phases.upload", "commit": "ui.attempt.phases.commit",
	"prepare": "ui.attempt.phases.prepare", "finish": "ui.attempt.phases.finish",
}

func (w *Window) phaseName(name string) string {
	if key, ok := phaseNames[strings.ToLower(name)]; ok {
		return w.say(key, nil)
	}
	return w.say("ui.attempt.phases.other", words.Args{"Name": widgets.Shorten(name, 40)})
}

// technical are the codes as the phone wrote them, and when it will try again.
func (s *attemptScreen) technical() string {
	var lines []string
	for _, c := range s.a.got.Codes {
		lines = append(lines, s.w.say("ui.attempt.code", words.Args{"Domain": widgets.Shorten(c.Domain, 60), "Number": strconv.Itoa(c.Number)}))
	}
	for _, sign := range s.a.got.Signs {
		lines = append(lines, s.w.say("ui.attempt.sign", words.Args{"ID": sign.ID, "N": strconv.Itoa(sign.Count)}))
	}
	if next := s.a.got.NextTry; !next.IsZero() {
		lines = append(lines, s.w.say("ui.attempt.next-try", words.Args{"Date": words.Date(next), "Time": next.Local().Format("15:04")}))
	}
	return strings.Join(lines, "\n")
}

// conclude shows the outcome of the attempt.
func (s *attemptScreen) conclude() {
	a := s.a
	p := a.phone
	s.cancel.SetText(s.w.say("ui.back", nil))
	s.cancel.SetIcon(fynetheme.NavigateBackIcon())
	s.again.Show()
	widgets.SetEnabled(s.again, s.w.find(p.dev.UDID) != nil)
	var r checks.Result
	if a.got.Cause != "" {
		r, _ = p.state.Result(a.got.Cause)
	}
	last, _ := p.state.Phone().LastCloudBackup.Known()
	shown := strings.Join([]string{string(a.got.Outcome), r.ID, s.w.Words.Text(r.Finding), last.Format(time.RFC3339)}, "|")
	if shown == s.shown {
		return
	}
	if s.shown == "" {
		s.scroll.ScrollToTop() // where the outcome is
	}
	s.shown = shown
	s.outcome.Objects = []fyne.CanvasObject{widgets.Card(widgets.NewRows(s.result(r, last)...))}
	s.outcome.Refresh()
}

// result words the outcome: success with its date, the cause, or what went
// wrong with listening.
func (s *attemptScreen) result(r checks.Result, last time.Time) []fyne.CanvasObject {
	w, a := s.w, s.a
	switch {
	case a.got.Outcome == devicelog.Succeeded:
		proof := w.say("ui.attempt.succeeded-unread", nil)
		if !last.Before(a.began.Add(-dateSlack)) {
			proof = w.say("ui.attempt.succeeded-date", words.Args{"Date": words.Date(last), "Time": last.Local().Format("15:04")})
		}
		return []fyne.CanvasObject{s.headline(checks.Pass, w.say("ui.attempt.succeeded", nil)), widgets.Plain(proof)}
	case a.got.Outcome == devicelog.Failed && r.ID != "":
		return s.showCause(r)
	case a.got.Outcome == devicelog.Failed:
		report := widgets.NewAction(w.say("ui.ready.report", nil), fynetheme.DocumentIcon(), func() {
			p := a.phone
			w.leaveAttempt()
			w.writeReport(p)
		})
		return []fyne.CanvasObject{s.headline(checks.Fail, w.say("ui.attempt.failed", nil)),
			widgets.Plain(w.say("ui.attempt.failed-unknown", nil)), widgets.Inset(container.NewHBox(report))}
	case a.err != nil:
		e := w.explain(a.err)
		return []fyne.CanvasObject{s.headline(checks.Warn, e.Happened), widgets.Plain(e.Meaning),
			widgets.NewTight(widgets.Strong(w.say("ui.problem.next", nil)), widgets.Plain(e.Next))}
	}
	return []fyne.CanvasObject{s.headline(checks.Unknown, w.say("ui.attempt.no-outcome", nil))}
}

// dateSlack is how far the phone's clock may stand behind this computer's
// when it writes down the date of a backup.
const dateSlack = 5 * time.Minute

// showCause names the cause and the first step against it.
func (s *attemptScreen) showCause(r checks.Result) []fyne.CanvasObject {
	w, p := s.w, s.a.phone
	headline := "ui.attempt.failed-likely"
	if s.a.got.Proven {
		headline = "ui.attempt.failed-proven"
	}
	all := []fyne.CanvasObject{
		s.headline(checks.Fail, w.say(headline, words.Args{"Cause": w.Words.Text(r.Title)})),
		widgets.Plain(w.Words.Text(r.Finding)),
	}
	if len(r.Fix) > 0 {
		all = append(all, widgets.NewTight(widgets.Strong(w.say("ui.next.title", nil)), widgets.Plain(w.Words.Text(r.Fix[0].Text))))
	}
	buttons := container.New(&widgets.Flowing{})
	if len(r.Fix) > 0 && r.Fix[0].Action != checks.WatchAttempt {
		if d := w.fixActionOf(r.Fix[0].Action); d.word != "" {
			buttons.Add(widgets.NewAction(w.say(d.word, nil), d.icon, func() { w.leaveAttempt(); d.do(p, r.Fix[0]) }))
		}
	}
	buttons.Add(widgets.NewAction(w.say("ui.next.all", words.Args{"N": len(p.state.Next)}), fynetheme.ListIcon(), func() {
		w.leaveAttempt()
		w.guide(p)
	}))
	return append(all, widgets.Inset(buttons))
}

func (s *attemptScreen) headline(status checks.Status, text string) fyne.CanvasObject {
	return container.NewBorder(nil, nil, container.NewPadded(widgets.MarkIcon(string(status), 32)), nil, widgets.Title(text))
}

// shownCondition is one of the conditions under which iCloud backs up automatically.
type shownCondition struct {
	name, yes, no string
	noStatus      checks.Status
	of            func(devicelog.Conditions) facts.Datum[bool]
}

// conditionsShown are the four that the page lights up. A phone that is
// unlocked is no trouble for a backup that the user begins.
var conditionsShown = []shownCondition{
	{"ui.condition.enabled", "ui.condition.enabled-yes", "ui.condition.enabled-no", checks.Fail,
		func(c devicelog.Conditions) facts.Datum[bool] { return c.Enabled }},
	{"ui.condition.locked", "ui.condition.locked-yes", "ui.condition.locked-no", checks.Pass,
		func(c devicelog.Conditions) facts.Datum[bool] { return c.Locked }},
	{"ui.condition.power", "ui.condition.power-yes", "ui.condition.power-no", checks.Fail,
		func(c devicelog.Conditions) facts.Datum[bool] { return c.OnPower }},
	{"ui.condition.wifi", "ui.condition.wifi-yes", "ui.condition.wifi-no", checks.Fail,
		func(c devicelog.Conditions) facts.Datum[bool] { return c.OnWiFi }},
}

// condition is the light of one condition.
type condition struct {
	w       *Window
	mark    *widget.Icon
	value   *widget.Label
	content fyne.CanvasObject
}

// conditionSize is the room of one light, so that its word moves no other.
var conditionSize = fyne.NewSize(290, 0)

func newCondition(w *Window, name string) *condition {
	c := &condition{w: w, mark: widget.NewIcon(nil), value: widgets.OneLine("")}
	label := widgets.OneLine(w.say(name, nil))
	label.Importance = widget.LowImportance
	c.content = container.New(widgets.AtLeast{Size: conditionSize}, container.NewBorder(nil, nil,
		container.NewPadded(container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(22), c.mark))), nil,
		widgets.NewTight(label, c.value)))
	return c
}

func (c *condition) object() fyne.CanvasObject { return c.content }

func (c *condition) update(d facts.Datum[bool], of shownCondition) {
	word, status := "ui.condition.unreported", checks.Unknown
	if on, known := d.Known(); known && on {
		word, status = of.yes, checks.Pass
	} else if known {
		word, status = of.no, of.noStatus
	}
	widgets.SetText(c.value, c.w.say(word, nil))
	if icon := widgets.MarkResource(string(status)); c.mark.Resource != icon {
		c.mark.SetResource(icon)
	}
}
