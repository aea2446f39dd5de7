package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/backup/passphrase"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// fieldWidth is the most that a field for a password takes.
const fieldWidth = 360

// field is a field for a password below its name.
func field(name string, s *widgets.Secret) fyne.CanvasObject {
	return widgets.NewTight(widgets.Strong(name), container.NewHBox(fieldBox(s)))
}

func fieldBox(s *widgets.Secret) fyne.CanvasObject {
	return container.New(widgets.AtLeast{Size: fyne.NewSize(fieldWidth, 0)}, s)
}

// choosePassword is the form of a phone's first encrypted backup: what forgetting
// the password means, and a new one, twice.
type choosePassword struct {
	drawn
	w           *Window
	j           *state.Job
	once, twice *widgets.Secret
	noted       *widgets.TickBox
	keep        *widgets.TickBox
	match       *widgets.Text
	strength    *widgets.Text
	rating      int // counts what was rated, so that an old rating is not shown
	complaint   *widgets.Complaint
	waits       *widgets.Text // for the keyring
	start       *widgets.Action
}

func newChoosePassword(w *Window, j *state.Job) *choosePassword {
	s := &choosePassword{w: w, j: j, complaint: widgets.NewComplaint(), match: widgets.Caption(" "), strength: widgets.Caption(" ")}
	s.twice = widgets.NewSecret(s.submit)
	s.once = widgets.NewSecret(func() { w.o.Window.Canvas().Focus(s.twice) })
	s.once.OnChanged, s.twice.OnChanged = func(string) { s.compare(); s.rate() }, func(string) { s.compare() }
	s.noted = widgets.NewTickBox(w.say("ui.password.noted", nil), nil)
	s.keep = tick(w.say("ui.password.keep", w.keyring()), true, nil)
	s.start = widgets.NewPrimary(w.say("ui.password.start", nil), nil, s.submit)
	s.waits = widgets.Quiet(w.say("ui.password.keeping", w.keyring()))
	s.waits.Hide()
	body := widgets.NewWide(
		w.pageHead(widgets.Heading(w.say("ui.password.choose", nil))),
		widgets.Plain(w.say("ui.password.choose-why", nil)+" "+w.say("ui.password.sets", nil)),
		widgets.NoticeCard(widgets.NewRows(widgets.Strong(w.say("ui.password.forget", nil)), widgets.Plain(w.say("ui.password.forget-means", nil)), s.noted)),
		widgets.Card(widgets.NewRows(field(w.say("ui.password.once", nil), s.once),
			container.NewBorder(nil, nil, widgets.NewLink(w.say("ui.password.offer", nil), s.offer), nil, container.New(widgets.Middle{}, s.strength)),
			widgets.NewTight(widgets.Strong(w.say("ui.password.twice", nil)), container.NewBorder(nil, nil, fieldBox(s.twice), nil, container.New(widgets.Middle{}, s.match))),
			s.keep)),
	)
	// What was wrong stands beside the button, where it is seen however small the window is.
	said := container.New(widgets.Middle{}, s.complaint.Text, s.waits)
	_, s.content = widgets.Page(widgets.TextWidth, body, container.NewBorder(nil, nil, nil, container.New(widgets.Middle{}, widgets.Line(s.start)), said))
	return s
}

func (s *choosePassword) first() fyne.Focusable { return s.once }

// update shows that the keyring is waited for, which may ask its owner something.
func (s *choosePassword) update() {
	keeping := s.j.Keeping()
	widgets.SetEnabled(s.start, !keeping)
	widgets.Show(s.waits, keeping)
	widgets.Show(s.complaint.Text, !keeping)
}

// compare says while typing whether both fields hold the same.
func (s *choosePassword) compare() {
	text := " "
	if s.twice.Text != "" && s.once.Text == s.twice.Text {
		text = s.w.say("ui.password.match", nil)
	}
	s.match.SetText(text)
	s.complaint.Show("")
}

// rate says how easily the password is guessed. That takes a while, and is done
// beside the window.
func (s *choosePassword) rate() {
	w := s.w
	s.rating++
	rating, text, name := s.rating, s.once.Text, w.phoneName(s.j.Phone)
	if text == "" {
		s.strength.SetText(" ")
		return
	}
	go func() {
		password := keybag.NewPassword(text)
		defer password.Wipe()
		found := passphrase.Rate(password, name)
		w.o.Post(func() {
			if rating == s.rating {
				said := w.text(found.Words()) + "."
				if found.Level < passphrase.Good {
					said += " " + w.text(found.Why())
				}
				s.strength.SetText(said)
			}
		})
	}()
}

// offer puts in a passphrase that nobody guesses, and shows it.
func (s *choosePassword) offer() {
	offered, err := passphrase.Offer()
	if err != nil {
		s.w.Problem(err, nil)
		return
	}
	defer offered.Wipe()
	for _, f := range []*widgets.Secret{s.once, s.twice} {
		f.Reveal()
		f.SetText(offered.Reveal())
	}
}

// submit starts the backup if both fields hold the same password.
func (s *choosePassword) submit() {
	w := s.w
	password := keybag.NewPassword(s.once.Text).Clean()
	switch {
	case password.Empty():
		s.complaint.Show(w.say("ui.password.empty", nil))
		w.o.Window.Canvas().Focus(s.once)
		return
	case s.once.Text != s.twice.Text:
		s.complaint.Show(w.say("ui.password.mismatch", nil))
		w.o.Window.Canvas().Focus(s.twice)
		return
	}
	w.ChoosePassword(s.j, password, s.keep.Checked, func(err error) {
		s.keep.Set(false)
		s.complaint.Show(w.say("ui.password.keep-failed", words.Args{"Happened": w.explain(err).Happened}))
	})
}

// askPassword is the form for a phone whose backups are encrypted already.
type askPassword struct {
	still
	w         *Window
	j         *state.Job
	entry     *widgets.Secret
	keep      *widgets.TickBox
	complaint *widgets.Complaint
}

// noteWords say what was wrong with the password before.
var noteWords = map[state.Note]string{state.WrongTyped: "ui.password.wrong", state.WrongStored: "ui.password.wrong-keyring"}

func newAskPassword(w *Window, j *state.Job) *askPassword {
	s := &askPassword{w: w, j: j, complaint: widgets.NewComplaint()}
	s.entry = widgets.NewSecret(s.submit)
	s.to = s.entry
	s.keep = widgets.NewTickBox(w.say("ui.password.keep", w.keyring()), nil)
	if key := noteWords[j.Note]; key != "" {
		s.complaint.Show(w.say(key, w.keyring()))
	}
	body := widgets.NewWide(
		w.pageHead(widgets.Heading(w.say("ui.password.ask", nil))),
		widgets.Plain(w.say("ui.password.ask-which", nil)),
		widgets.Card(widgets.NewRows(field(w.say("ui.password.existing", nil), s.entry), s.complaint.Text, s.keep)),
		widgets.NewTight(widgets.Strong(w.say("ui.password.unknown", nil)),
			widgets.Plain(w.say("ui.password.unknown-means", words.Args{"Menu": menu("reset-all-settings", j.Phone.Summary.Version)}))),
	)
	_, s.content = widgets.Page(widgets.TextWidth, body, widgets.ButtonRow(
		widgets.NewAction(w.say("ui.sheet.cancel", nil), nil, func() { w.LeaveForm(j) }),
		widgets.NewPrimary(w.say("ui.password.continue", nil), nil, s.submit)))
	return s
}

func (s *askPassword) submit() {
	w := s.w
	if s.entry.Text == "" {
		s.complaint.Show(w.say("ui.password.empty", nil))
		w.o.Window.Canvas().Focus(s.entry)
		return
	}
	w.GivePassword(s.j, keybag.NewPassword(s.entry.Text), s.keep.Checked)
}

// keyring names this computer's own place for passwords to a sentence.
func (w *Window) keyring() words.Args { return words.Args{"Keyring": w.say_.Keyring(w.o.OS)} }

// menu is where a phone with a version of iOS has a menu.
func menu(name, version string) words.Text {
	return words.T(knowledge.MenuKey(name, majorOf(version)), nil)
}
