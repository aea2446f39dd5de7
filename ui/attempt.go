package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// attemptPage is the page on which the phone is watched while it tries:
// what to do, the four conditions as they are reported, what is under way,
// and in the end its outcome in place of what to do.
type attemptPage struct {
	drawn
	w *Window
	a *state.Attempt

	clock      *widgets.Text
	guide      fyne.CanvasObject
	silent     fyne.CanvasObject
	outcome    *fyne.Container
	shown      string // what outcome says
	conditions []*condition
	phase      *widgets.Text
	phases     *widgets.Text
	took       fyne.CanvasObject // around phases
	scroll     *container.Scroll
	cure       *widgets.Action // what Lifeboat can do about the cause, nil for nothing
	details    *widgets.Fold
	codes      *widgets.Text
	leave      *widgets.Action
	again      *widgets.Action
	buttons    *fyne.Container // of leave and again, the one that stands out last
}

func newAttemptPage(w *Window, a *state.Attempt) *attemptPage {
	s := &attemptPage{w: w, a: a, clock: widgets.Title("").Word(), outcome: widgets.NewRows(), phase: widgets.Strong("").Line(),
		phases: widgets.Quiet(""), codes: widgets.Copyable("")}
	s.guide = widgets.Card(widgets.NumberedSteps(w.say_.Texts(checks.AttemptSteps(a.Phone.State.Phone()))))
	questions := widgets.NewAction(w.say("ui.attempt.questions", nil), nil, w.leaveForQuestions)
	s.silent = widgets.NoticeCard(widgets.NewRows(widgets.Plain(w.say("ui.attempt.silent", nil)), widgets.Left(questions)))
	s.silent.Hide()
	s.outcome.Hide()
	grid := container.New(&widgets.Columns{Least: 250, Most: 2, Gap: 2 * widgets.Grid, Line: widgets.Grid})
	for _, c := range conditionsShown {
		shown := newCondition(w, c.name)
		s.conditions = append(s.conditions, shown)
		grid.Add(shown.content)
	}
	s.details = widgets.NewFold(widgets.Quiet(w.say("ui.check.details", nil)), false, func() fyne.CanvasObject { return s.codes }, nil)
	s.again = widgets.NewPrimary(w.say("ui.attempt.again", nil), nil, w.WatchAgain)
	s.leave = widgets.NewAction(w.say("ui.attempt.cancel", nil), nil, w.Back)
	s.again.Hide()
	s.buttons = widgets.Line(s.leave, s.again)
	s.took = widgets.Card(widgets.NewTight(widgets.Strong(w.say("ui.attempt.does", nil)), s.phases))
	s.scroll, s.content = widgets.Page(widgets.TextWidth, widgets.NewWide(
		w.pageHead(container.NewBorder(nil, nil, nil, container.NewCenter(s.clock), widgets.Heading(w.say("ui.attempt.title", nil)))),
		s.phase, s.outcome, s.silent, s.guide,
		widgets.Card(widgets.NewRows(widgets.Strong(w.say("ui.attempt.needs", nil)), grid)),
		s.took, s.details,
	), widgets.ButtonRow(s.buttons))
	return s
}

// first is nothing: Enter must not end the watching.
func (s *attemptPage) first() fyne.Focusable { return nil }

func (s *attemptPage) update() {
	w, a := s.w, s.a
	s.clock.SetText(w.clock(a.Clock.Sub(a.Began)))
	for i, c := range conditionsShown {
		s.conditions[i].update(c.of(a.Got.Conditions), c, a.Over)
	}
	s.phase.SetText(s.underWay())
	s.phases.SetText(s.done())
	widgets.Show(s.took, len(a.Got.Phases) > 0)
	s.codes.SetText(s.technical())
	widgets.Show(s.details, s.codes.Text != "")
	widgets.Show(s.silent, a.Silent() && !a.Over)
	widgets.Show(s.guide, !a.Over)
	widgets.Show(s.outcome, a.Over)
	if a.Over {
		s.conclude()
	}
}

// underWay says what the phone does now.
func (s *attemptPage) underWay() string {
	w, got := s.w, s.a.Got
	switch {
	case s.a.Over, got.Outcome != devicelog.Open:
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
func (s *attemptPage) done() string {
	var lines []string
	for _, p := range s.a.Got.Phases {
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
func (s *attemptPage) technical() string {
	var lines []string
	for _, c := range s.a.Got.Codes {
		lines = append(lines, s.w.say("ui.attempt.code", words.Args{"Domain": widgets.Shorten(c.Domain, 60), "Number": strconv.Itoa(c.Number)}))
	}
	for _, sign := range s.a.Got.Signs {
		lines = append(lines, s.w.say("ui.attempt.sign", words.Args{"ID": sign.ID, "N": strconv.Itoa(sign.Count)}))
	}
	if next := s.a.Got.NextTry; !next.IsZero() {
		lines = append(lines, s.w.say("ui.attempt.next-try", words.Args{"Date": words.Date(next), "Time": next.Local().Format("15:04")}))
	}
	return strings.Join(lines, "\n")
}

// conclude shows the outcome of the attempt.
func (s *attemptPage) conclude() {
	a := s.a
	p := a.Phone
	s.leave.SetText(s.w.say("ui.back", nil))
	s.again.Show()
	widgets.SetEnabled(s.again, s.w.CanWatchAgain())
	var r checks.Result
	if a.Got.Cause != "" {
		r, _ = p.State.Result(a.Got.Cause)
	}
	last, _ := p.State.Phone().LastCloudBackup.Known()
	shown := strings.Join([]string{string(a.Got.Outcome), r.ID, s.w.text(r.Finding), last.Format(time.RFC3339)}, "|")
	if shown == s.shown {
		return
	}
	if s.shown == "" {
		s.scroll.ScrollToTop() // where the outcome is
	}
	s.shown, s.cure = shown, nil
	s.outcome.Objects = []fyne.CanvasObject{widgets.Card(widgets.NewRows(s.result(r, last)...))}
	s.outcome.Refresh()
	// The way on stands out: to try again only where nothing better is known.
	succeeded := a.Got.Outcome == devicelog.Succeeded
	s.leave.SetPrimary(succeeded)
	s.again.SetPrimary(!succeeded && s.cure == nil)
	if succeeded {
		s.buttons.Objects = []fyne.CanvasObject{s.again, s.leave}
		s.buttons.Refresh()
	}
}

// result words the outcome: success with its date, the cause, or what went
// wrong with listening.
func (s *attemptPage) result(r checks.Result, last time.Time) []fyne.CanvasObject {
	w, a := s.w, s.a
	switch {
	case a.Got.Outcome == devicelog.Succeeded:
		proof := w.say("ui.attempt.succeeded-unread", nil)
		if !last.Before(a.Began.Add(-dateSlack)) {
			proof = w.say("ui.attempt.succeeded-date", words.Args{"Date": words.Date(last), "Time": last.Local().Format("15:04")})
		}
		return []fyne.CanvasObject{widgets.Headline(string(checks.Pass), w.say("ui.attempt.succeeded", nil)), widgets.Plain(proof)}
	case a.Got.Outcome == devicelog.Failed && r.ID != "":
		return s.showCause(r)
	case a.Got.Outcome == devicelog.Failed:
		report := widgets.NewAction(w.say("ui.ready.report", nil), nil, func() { w.WriteReport(a.Phone, w.say_) })
		return []fyne.CanvasObject{widgets.Headline(string(checks.Fail), w.say("ui.attempt.failed", nil)),
			widgets.Plain(w.say("ui.attempt.failed-unknown", nil)), widgets.Left(report)}
	case a.Err != nil:
		return w.problemRows(string(checks.Warn), a.Err)
	}
	return []fyne.CanvasObject{widgets.Headline(string(checks.Unknown), w.say("ui.attempt.no-outcome", nil))}
}

// dateSlack is how far the phone's clock may stand behind this computer's
// when it writes down the date of a backup.
const dateSlack = 5 * time.Minute

// showCause names the cause and the first step against it.
func (s *attemptPage) showCause(r checks.Result) []fyne.CanvasObject {
	w, p := s.w, s.a.Phone
	headline := "ui.attempt.failed-likely"
	if s.a.Got.Proven {
		headline = "ui.attempt.failed-proven"
	}
	all := []fyne.CanvasObject{
		widgets.Headline(string(checks.Fail), w.say(headline, words.Args{"Cause": w.text(r.Title)})),
		widgets.Plain(w.text(r.Finding)),
	}
	if len(r.Fix) > 0 {
		all = append(all, widgets.NewTight(widgets.Strong(w.say("ui.next.title", nil)), widgets.Plain(w.text(r.Fix[0].Text))))
	}
	buttons := container.New(&widgets.Flowing{})
	if len(r.Fix) > 0 && r.Fix[0].Action != checks.WatchAttempt {
		if word := w.actionWord(r.Fix[0].Action); word != "" {
			s.cure = widgets.NewPrimary(word, nil, func() { w.Back(); w.doFix(p, r.Fix[0]) })
			buttons.Add(s.cure)
		}
	}
	buttons.Add(widgets.NewAction(w.say("ui.next.all", words.Args{"N": len(p.State.Next)}), nil, func() { w.ShowFix(p) }))
	return append(all, buttons)
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
	mark    *widgets.Mark
	value   *widgets.Text
	content fyne.CanvasObject
}

func newCondition(w *Window, name string) *condition {
	c := &condition{w: w, mark: widgets.NewMark("unknown", 18), value: widgets.OneLine("")}
	c.content = widgets.Beside(c.mark, container.New(widgets.Rows{}, widgets.Caption(w.say(name, nil)).Line(), c.value))
	return c
}

// update shows a condition; over is whether nothing more will be heard of it.
func (c *condition) update(d facts.Datum[bool], of shownCondition, over bool) {
	word, status := "ui.condition.unreported", checks.Unknown
	if over {
		word = "ui.condition.never"
	}
	if on, known := d.Known(); known && on {
		word, status = of.yes, checks.Pass
	} else if known {
		word, status = of.no, of.noStatus
	}
	c.value.SetText(c.w.say(word, nil))
	c.mark.Set(string(status))
}

// clock writes how long something takes, as "1:05".
func (w *Window) clock(d time.Duration) string {
	seconds := int(max(d, 0).Round(time.Second) / time.Second)
	return w.say("ui.attempt.clock", words.Args{"Minutes": strconv.Itoa(seconds / 60), "Seconds": fmt.Sprintf("%02d", seconds%60)})
}

// leaveForQuestions gives up watching and opens what only the person can see.
func (w *Window) leaveForQuestions() {
	asking := w.questions(w.Attempt.Phone)
	w.Back()
	if len(asking) > 0 {
		w.Show(state.Page{Name: state.CheckPage, Check: asking[0]})
	}
}
