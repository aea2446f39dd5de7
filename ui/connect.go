package ui

import (
	"maps"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/device"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// connectSteps are the ways to connect a phone, by system.
var connectSteps = map[string][]string{
	"darwin": {"ui.connect.cable", "ui.connect.allow-darwin", "ui.connect.unlock", "ui.connect.trust"},
	"":       {"ui.connect.cable", "ui.connect.unlock", "ui.connect.trust"},
}

// connectKey distinguishes the page's forms.
func (w *Window) connectKey() string {
	if !w.Looked {
		return "looking"
	}
	return string(fault.Of(w.Mux))
}

// newConnectPage is the way from the cable to a phone that answers: a drawing of what
// the phone shows, one sentence, and three dots for what is done. Without a phone it
// also leads to the backups that were made before.
func newConnectPage(w *Window) *still {
	c := &still{}
	rows := []fyne.CanvasObject{widgets.Picture("connect", 176, 110)}
	if w.Mux != nil {
		rows = w.muxProblem(c)
	} else {
		keys := connectSteps[w.o.OS]
		if keys == nil {
			keys = connectSteps[""]
		}
		rows = append(rows, widgets.Heading(w.say("ui.connect.title", nil)), widgets.Plain(w.say("ui.connect.promise", nil)),
			w.stepsCard(keys), w.dots(0), widgets.Quiet(w.say("ui.connect.nothing", nil)))
	}
	rows = append(rows, container.New(&widgets.Flowing{Gap: 3 * widgets.Grid}, widgets.NewLink(w.say("ui.connect.backups", nil), func() { w.Tab(state.BackupsPage) }),
		widgets.NewLink(w.say("ui.lost.link", nil), func() { w.Show(state.Page{Name: state.LostPage}) })))
	_, c.content = widgets.Page(widgets.TextWidth, widgets.NewWide(rows...), nil)
	return c
}

// stepsCard are the steps with these keys, in their order.
func (w *Window) stepsCard(keys []string) fyne.CanvasObject {
	texts := make([]string, 0, len(keys))
	for _, key := range keys {
		texts = append(texts, w.say(key, nil))
	}
	return widgets.Card(widgets.NumberedSteps(texts))
}

// muxHelp is what can be done where phones cannot be seen: commands to copy, each
// for another distribution, and the page where the program comes from.
type muxHelp struct {
	commands []string
	page     string
}

// appleDevices is Apple's program for iPhones in the store of Windows.
const appleDevices = "https://apps.microsoft.com/detail/9np83lwlpz9k"

var muxHelps = map[string]map[fault.Code]muxHelp{
	"linux": {
		fault.MuxMissing: {commands: []string{"sudo apt install usbmuxd", "sudo dnf install usbmuxd"}},
		fault.MuxStopped: {commands: []string{"sudo systemctl restart usbmuxd"}},
	},
	"windows": {
		fault.MuxMissing: {page: appleDevices},
		fault.MuxStopped: {page: appleDevices},
	},
}

// muxProblem explains why phones cannot be seen. The page goes away by itself when
// they can.
func (w *Window) muxProblem(c *still) []fyne.CanvasObject {
	help := muxHelps[w.o.OS][fault.Of(w.Mux)]
	said := *fault.As(w.Mux)
	if len(help.commands) > 0 { // which the sentence need not have as well
		said.Args = maps.Clone(said.Args)
		said.With("Shown", true)
	}
	rows := w.problemRows("fail", &said)
	for _, command := range help.commands {
		rows = append(rows, widgets.Card(container.NewBorder(nil, nil, nil,
			container.NewCenter(widgets.NewAction(w.say("ui.connect.copy", nil), nil, func() { w.o.Copy(command) })), container.New(widgets.Middle{}, widgets.Copyable(command)))))
	}
	again := widgets.NewPrimary(w.say("ui.again", nil), nil, w.LookForPhones)
	c.to = again
	line := container.New(&widgets.Flowing{}, again)
	if help.page != "" {
		line.Add(widgets.NewAction(w.say("ui.connect.get", nil), nil, func() { w.openPage(help.page) }))
	}
	rows = append(rows, line)
	return append(rows, widgets.Quiet(w.say("ui.connect.by-itself", nil)), w.detailsFold(w.Mux))
}

// dots are the three things that have to be done, so many of them done.
func (w *Window) dots(done int) fyne.CanvasObject {
	line := container.New(&widgets.Flowing{Gap: 3 * widgets.Grid})
	for i, key := range []string{"ui.connect.plugged", "ui.connect.unlocked", "ui.connect.trusted"} {
		mark := "unknown"
		if i < done {
			mark = "pass"
		}
		line.Add(widgets.Beside(widgets.NewMark(mark, 16), widgets.Quiet(w.say(key, nil)).Word()))
	}
	return line
}

// guide is a wait that has steps of its own; all others are worded by
// problems.en.toml.
type guide struct {
	picture, title, why string
	steps               []string
	done                int
}

var (
	lookingGuide = guide{picture: "connect", title: "ui.waiting.looking", done: 1}
	trustGuide   = guide{picture: "trust", title: "ui.waiting.trust", why: "ui.waiting.trust-why",
		steps: []string{"ui.waiting.trust-look", "ui.waiting.trust-tap", "ui.waiting.trust-passcode"}, done: 2}
	lockedGuide = guide{picture: "locked", title: "ui.waiting.locked", why: "ui.waiting.locked-why",
		steps: []string{"ui.waiting.locked-passcode", "ui.waiting.locked-keep"}, done: 1}
)

// waitingKey distinguishes one obstacle from another.
func waitingKey(p *state.Phone) string {
	return strconv.Itoa(int(p.Stage)) + "/" + string(fault.Of(p.Obstacle))
}

// newWaitingPage is the page of a phone that is not ready: it says what the person
// has to do on the phone, and goes away when that is done.
func newWaitingPage(w *Window, p *state.Phone) *still {
	g, guided := lookingGuide, true
	switch code := fault.Of(p.Obstacle); {
	case code == fault.TrustPending, code == "" && p.Stage == device.Pairing:
		g = trustGuide
	case code == fault.PhoneLocked:
		g = lockedGuide
	case code != "":
		guided = false
	}
	c := &still{}
	if !guided {
		// A phone that waiting alone does not help: it was refused, does not answer,
		// is not set up.
		again := widgets.NewPrimary(w.say("ui.again", nil), nil, func() { w.TryAgain(p) })
		c.to = again
		rows := append(w.problemRows("warn", p.Obstacle), w.detailsFold(p.Obstacle))
		_, c.content = widgets.Page(widgets.TextWidth, widgets.NewWide(rows...), widgets.ButtonRow(again))
		return c
	}
	rows := []fyne.CanvasObject{widgets.Picture(g.picture, 176, 110),
		widgets.Heading(w.say(g.title, words.Args{"Name": widgets.Shorten(w.phoneName(p), 40)}))}
	if g.why != "" {
		rows = append(rows, widgets.Plain(w.say(g.why, nil)))
	}
	if len(g.steps) > 0 {
		rows = append(rows, w.stepsCard(g.steps))
	}
	rows = append(rows, w.dots(g.done))
	if len(g.steps) > 0 {
		rows = append(rows, widgets.Quiet(w.say("ui.waiting.by-itself", nil)))
	}
	_, c.content = widgets.Page(widgets.TextWidth, widgets.NewWide(rows...), nil)
	return c
}
