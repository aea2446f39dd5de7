package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/ui/engine"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// passwordPart is the part of the settings about a phone's backup password: what
// the keyring has, and what can be done with it.
func (w *Window) passwordPart(p *state.Phone) []fyne.CanvasObject {
	has := widgets.Plain(w.say("ui.settings.password-looking", w.keyring()))
	secret := widgets.Copyable("")
	secret.Hide()
	show := widgets.NewAction(w.say("ui.settings.password-show", nil), nil, nil)
	forget := widgets.NewAction(w.say("ui.settings.password-forget", nil), nil, nil)
	tell := func(kept engine.KeptPasswords, err error) {
		if err != nil {
			has.SetText(w.explain(err).Happened)
			return
		}
		has.SetText(w.say_.Heading(kept.Told(w.say_.Keyring(w.o.OS))))
		widgets.SetEnabled(show, kept.Newest)
		widgets.SetEnabled(forget, kept.Any())
	}
	show.Disable()
	forget.Disable()
	show.OnTapped = func() {
		w.RevealPassword(p, func(password keybag.Password) {
			defer password.Wipe()
			secret.SetText(password.Reveal())
			secret.Show()
		})
	}
	forget.OnTapped = func() {
		w.showSheet([]fyne.CanvasObject{widgets.Title(w.say("ui.settings.forget-title", w.keyring())), widgets.Plain(w.say("ui.settings.forget-means", nil))},
			w.closer("ui.forget.keep"), widgets.NewDanger(w.say("ui.forget.do", nil), func() {
				w.hideSheet()
				w.ForgetPassword(p, func() {
					secret.Hide()
					w.AskKeyring(p, tell)
				})
			}))
	}
	change := widgets.NewAction(w.say("ui.settings.password-change", nil), nil, func() { w.askChange(p) })
	sheet := widgets.NewAction(w.say("ui.settings.sheet", nil), nil, func() { w.askSheet(p) })
	encrypted := p.State != nil && p.State.Phone().WillEncrypt.Value
	widgets.SetEnabled(change, encrypted && !p.Gone)
	w.AskKeyring(p, tell)
	return []fyne.CanvasObject{has, secret, container.New(&widgets.Flowing{}, show, change, sheet, forget)}
}

// askChange asks for the phone's backup password and the one to take its place,
// after what that means.
func (w *Window) askChange(p *state.Phone) {
	complaint := widgets.NewComplaint()
	var old, once, twice *widgets.Secret
	submit := func() {
		next := keybag.NewPassword(once.Text).Clean()
		switch {
		case old.Text == "" || next.Empty():
			complaint.Show(w.say("ui.password.empty", nil))
		case once.Text != twice.Text:
			complaint.Show(w.say("ui.password.mismatch", nil))
		default:
			before := keybag.NewPassword(old.Text)
			w.hideSheet()
			w.ChangePassword(p, before, next, func(became engine.Encrypted) {
				w.showSheet([]fyne.CanvasObject{widgets.Headline("pass", w.say("ui.settings.changed", nil)),
					widgets.Plain(w.say_.Heading(became.Told(w.say_.Keyring(w.o.OS))))}, widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, w.hideSheet))
				w.key = "" // what the keyring has is asked anew
				w.refresh()
			})
		}
	}
	old, once, twice = widgets.NewSecret(submit), widgets.NewSecret(submit), widgets.NewSecret(submit)
	rows := []fyne.CanvasObject{widgets.Title(w.say("ui.settings.change-title", nil)),
		widgets.Plain(strings.Join(w.say_.Texts(engine.ChangeMeans(-1)), " ")),
		field(w.say("ui.settings.change-from", nil), old), field(w.say("ui.password.once", nil), once), field(w.say("ui.password.twice", nil), twice)}
	w.showSheetSaying(complaint.Text, rows, widgets.NewPrimary(w.say("ui.settings.change-do", nil), nil, submit), w.closer("ui.sheet.cancel"))
	w.o.Window.Canvas().Focus(old)
}

// askSheet asks whether the password is to stand on the recovery sheet, and where
// the sheet goes.
func (w *Window) askSheet(p *state.Phone) {
	with := widgets.NewTickBox(w.say("ui.settings.sheet-with", nil), nil)
	save := widgets.NewPrimary(w.say("ui.report.save", nil), nil, func() {
		w.hideSheet()
		if !with.Checked {
			w.saveSheet(p, keybag.Password{})
			return
		}
		w.RevealPassword(p, func(password keybag.Password) { w.saveSheet(p, password) })
	})
	w.showSheet([]fyne.CanvasObject{widgets.Title(w.say("ui.settings.sheet-title", nil)), widgets.Plain(w.say("ui.settings.sheet-means", nil)), with},
		save, w.closer("ui.sheet.cancel"))
}

// saveSheet asks where to, and saves the sheet.
func (w *Window) saveSheet(p *state.Phone, password keybag.Password) {
	sheet := engine.Sheet{Phone: w.phoneName(p), Device: w.device(), Folder: w.Settings.Destination(), Made: w.Now(), Password: password}
	w.pickFile(w.say("ui.settings.sheet-where", nil), w.say("ui.settings.sheet-file", nil)+".pdf", func(path string) {
		w.SaveSheet(path, sheet, func() {
			sheet.Password.Wipe()
			w.showSheet([]fyne.CanvasObject{widgets.Headline("pass", w.say("ui.report.saved", words.Args{"Path": path})), widgets.Plain(w.say("ui.settings.sheet-print", nil))},
				widgets.NewPrimary(w.say("ui.sheet.ok", nil), nil, w.hideSheet))
		})
	})
}

// pickFile asks where a file is to go, by the system's own dialogue where there is
// one.
func (w *Window) pickFile(title, name string, chosen func(path string)) {
	withFyne := func() {
		d := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
			if err == nil && file != nil {
				path := file.URI().Path()
				file.Close() // the dialogue has only made sure that it can be written
				chosen(path)
			}
		}, w.o.Window)
		d.SetTitleText(title)
		d.SetConfirmText(w.say("ui.report.save", nil))
		d.SetFileName(name)
		d.Show()
		d.Resize(fyne.NewSize(minWidth, minHeight))
	}
	w.pick(w.o.PickFile, title, name, withFyne, chosen)
}
