package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
	"lifeboat/ui/state"
	"lifeboat/ui/state/reminder"
	"lifeboat/ui/theme"
	"lifeboat/ui/widgets"
)

// settingsPage has a card for each kind of choice. All take effect at once.
type settingsPage struct {
	drawn
	w      *Window
	path   *widgets.Text
	change *widgets.Action
}

func newSettingsPage(w *Window, p *state.Phone) *settingsPage {
	s := &settingsPage{w: w, path: widgets.OneLine("")}
	s.change = widgets.NewAction(w.say("ui.destination.change", nil), nil, w.chooseDestination)
	body := widgets.NewWide(
		w.pageHead(widgets.Heading(w.say("ui.settings.title", nil))),
		s.part("ui.settings.destination", container.NewBorder(nil, nil, nil, s.change, container.New(widgets.Middle{}, s.path))),
		s.part("ui.keeping.title", w.keeping()...),
		s.part("ui.proving.title", widgets.Plain(w.say("ui.proving.why", nil)),
			tick(w.say("ui.proving.all", nil), w.Settings.Level() != verify.Level{}, w.Settings.SetReadAll)),
		s.part("ui.settings.background", s.background()...),
		s.part("ui.settings.appearance", s.appearance()),
		s.part("ui.settings.network", s.network()...),
	)
	if p != nil {
		body.Add(s.part("ui.settings.reminders", s.reminders(p)...))
		body.Add(s.part("ui.settings.password", w.passwordPart(p)...))
		body.Add(s.part("ui.settings.memory", widgets.Plain(w.say("ui.settings.memory-what", nil)),
			widgets.Left(widgets.NewAction(w.say("ui.settings.forget", words.Args{"Name": widgets.Shorten(w.phoneName(p), 30)}), nil,
				func() { w.ask(p, state.Forget, "") }))))
	}
	body.Add(s.part("ui.settings.about", s.about()...))
	_, s.content = widgets.Page(widgets.TextWidth, body, nil)
	return s
}

func (s *settingsPage) first() fyne.Focusable { return nil }

func (s *settingsPage) update() {
	s.path.SetText(s.w.Settings.Destination())
	// What is under way keeps its folder.
	widgets.SetEnabled(s.change, len(s.w.Running()) == 0 && !s.w.Backups.Busy())
}

// part is a card with a heading.
func (s *settingsPage) part(key string, rows ...fyne.CanvasObject) fyne.CanvasObject {
	widgets.Alike(rows)
	return widgets.Card(widgets.NewRows(append([]fyne.CanvasObject{widgets.Title(s.w.say(key, nil))}, rows...)...))
}

// tick is a choice between yes and no.
func tick(text string, on bool, changed func(bool)) *widgets.TickBox {
	b := widgets.NewTickBox(text, changed)
	b.Checked = on
	return b
}

// background are the choices about a window that is closed.
func (s *settingsPage) background() []fyne.CanvasObject {
	w := s.w
	return append([]fyne.CanvasObject{
		tick(w.say("ui.settings.background-on", nil), w.Settings.Background(), func(on bool) { w.Settings.SetBackground(on); w.updateTray() }),
		tick(w.say("ui.settings.on-plug", nil), w.Settings.StartOnPlug(), w.Settings.SetStartOnPlug),
		widgets.Caption(w.say("ui.settings.on-plug-means", nil)),
	}, s.login()...)
}

// everies are how often a person can be reminded, in the order of the choice.
var everies = []option[reminder.Every]{{reminder.Weekly, "ui.reminder.weekly"}, {reminder.Monthly, "ui.reminder.monthly"}, {reminder.Off, "ui.reminder.off"}}

// offers are whether a rehearsal is offered.
var offers = []option[bool]{{true, "ui.rehearsal.monthly"}, {false, "ui.reminder.off"}}

// option is one of a few values, with the key of its words.
type option[T comparable] struct {
	is  T
	key string
}

// choice lets the person choose one of a few values; label is a key, too.
func choice[T comparable](w *Window, label string, all []option[T], now T, chosen func(T)) fyne.CanvasObject {
	names, at := make([]string, len(all)), 0
	for i, o := range all {
		names[i] = w.say(o.key, nil)
		if o.is == now {
			at = i
		}
	}
	return widgets.Labelled(w.say(label, nil), widgets.NewChoice(names, at, func(i int) { chosen(all[i].is) }))
}

// reminders are the choices of when to be reminded of a phone.
func (s *settingsPage) reminders(p *state.Phone) []fyne.CanvasObject {
	w := s.w
	all := []fyne.CanvasObject{widgets.Plain(w.say("ui.reminder.what", words.Args{"Name": widgets.Shorten(w.phoneName(p), 40)}))}
	for _, kind := range []option[reminder.Kind]{{reminder.ICloud, "ui.cloud.title"}, {reminder.Computer, "ui.local.title"}} {
		all = append(all, choice(w, kind.key, everies, w.Reminder(p, kind.is), func(every reminder.Every) { w.SetReminder(p, kind.is, every) }))
	}
	return append(all, choice(w, "ui.rehearsal.setting", offers, w.OffersRehearsal(p), func(on bool) { w.SetOffersRehearsal(p, on) }))
}

// login is the choice whether Lifeboat starts when the person logs in. What the
// system says is asked, and not remembered.
func (s *settingsPage) login() []fyne.CanvasObject {
	w := s.w
	if w.o.Login == nil {
		return nil
	}
	trouble := widgets.Caption("")
	trouble.Hide()
	box := widgets.NewTickBox(w.say("ui.settings.login", nil), nil)
	box.Disable()
	fail := func(err error) {
		trouble.SetText(w.say("ui.settings.login-failed", words.Args{"Error": err.Error()}))
		widgets.Show(trouble, true)
	}
	read := func() {
		go func() {
			on, err := w.o.Login()
			w.o.Post(func() {
				if err != nil {
					fail(err)
					return
				}
				widgets.Show(trouble, false)
				box.Set(on)
				box.Enable()
			})
		}()
	}
	box.OnChanged = func(on bool) {
		box.Disable()
		go func() {
			err := w.o.SetLogin(on)
			w.o.Post(func() {
				if err != nil {
					fail(err)
					box.Set(!on)
					box.Enable()
					return
				}
				read()
			})
		}()
	}
	read()
	return []fyne.CanvasObject{box, trouble}
}

// appearances are the forms of the colours, in the order of the choice.
var appearances = []option[state.Appearance]{{state.AsSystem, "ui.appearance.system"}, {state.Light, "ui.appearance.light"}, {state.Dark, "ui.appearance.dark"}}

// appearance lets the person choose the form of the colours.
func (s *settingsPage) appearance() fyne.CanvasObject {
	w := s.w
	return choice(w, "ui.appearance.which", appearances, w.Settings.Appearance(), func(which state.Appearance) {
		w.Settings.SetAppearance(which)
		ApplyAppearance(w.o.App, w.Settings.Appearance())
	})
}

// ApplyAppearance gives an app the colours of a choice.
func ApplyAppearance(a fyne.App, which state.Appearance) {
	switch which {
	case state.Light:
		a.Settings().SetTheme(theme.Light())
	case state.Dark:
		a.Settings().SetTheme(theme.Dark())
	default:
		a.Settings().SetTheme(theme.New())
	}
}

// network names each call to the network.
func (s *settingsPage) network() []fyne.CanvasObject {
	w := s.w
	all := []fyne.CanvasObject{widgets.Plain(w.say("ui.settings.network-why", nil))}
	for _, source := range feeds.Sources() {
		allowed := w.Settings.Allowed()
		box := tick(w.text(source.Title), *allowed.Switch(source.ID), func(on bool) {
			w.Allow(func(settings *state.Settings) {
				now := settings.Allowed()
				*now.Switch(source.ID) = on
				settings.SetAllowed(now)
			})
		})
		all = append(all, container.New(widgets.Rows{}, box, widgets.Indent(28, widgets.Caption(w.text(source.Sends)))))
	}
	return all
}

// about says which Lifeboat it is, and what leaves the computer.
func (s *settingsPage) about() []fyne.CanvasObject {
	w := s.w
	all := []fyne.CanvasObject{
		widgets.Plain(w.say("ui.settings.version", words.Args{"Version": w.o.Version})),
		widgets.Quiet(w.say("ui.about.leaves", nil)),
		widgets.Quiet(w.say("ui.about.licence", nil)),
		w.recordSwitch(),
	}
	if w.o.ExportLog == nil {
		return all
	}
	saved := widgets.Caption("")
	saved.Hide()
	export := widgets.NewAction(w.say("ui.about.log", nil), nil, func() {
		w.pickFile(w.say("ui.report.where", nil), w.say("ui.about.log-file", nil)+".txt", func(path string) {
			go func() {
				err := w.o.ExportLog(w.ctx, path)
				w.o.Post(func() {
					if err != nil {
						w.Problem(err, nil)
						return
					}
					saved.SetText(w.say("ui.report.saved", words.Args{"Path": path}))
					saved.Show()
				})
			}()
		})
	})
	return append(all, widgets.Left(export), saved)
}
