// Package ui is the one window of Lifeboat: it draws and asks, and holds no
// protocol, no file access and no rule.
//
// # How it works
//
// What the window knows is a [state.State], which belongs to the window's
// goroutine. After every change the window asks which page the state calls for,
// puts it up if it is another one, and brings it up to date. Pages read the
// state and call its methods for what a person wants.
//
// One file is one page: overview (with cards and checklist), check, fix,
// connect (no phone, or one that is not ready), attempt, report, job (a backup
// that runs), password, outcome, backups, inside (what is in a backup), photos and
// photo, talks (conversations, with bubbles), settings. sheets are the questions
// that stand over a page, header and strip what stands on every page.
// Every word comes from assets/translations/ui*.<lang>.toml.
package ui

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/library"
	"lifeboat/device/facts"
	"lifeboat/ui/state"
	"lifeboat/ui/widgets"
)

// Sizes of the window in device-independent pixels. Nothing needs more than
// the smallest one.
const (
	width, height       = 900, 640
	minWidth, minHeight = 640, 480
)

// Options are what a window is made of. All fields must be set, but those that
// are said to be optional.
type Options struct {
	App      fyne.App
	Window   fyne.Window
	Engine   state.Engine
	Post     func(func()) // runs a function on the window's goroutine, without waiting for it
	Words    *words.Catalogue
	Settings *state.Settings
	OS       string // as runtime.GOOS
	Version  string
	Demo     bool             // marks every page as a demonstration
	Now      func() time.Time // may be called on any goroutine
	// OpenFolder is called, not on the window's goroutine, to show a folder in the computer's file manager.
	OpenFolder func(dir string) error
	// OpenPage is called likewise to show a page of the web in the computer's browser.
	OpenPage func(address string) error
	// Copy is called on the window's goroutine to put text on the clipboard.
	Copy func(text string)
	// Pick asks for a folder in the way of this computer's system; nil leaves it to
	// Fyne. It is called on no goroutine of the window's and ends with ctx; "" is
	// no choice.
	Pick func(ctx context.Context, title, start string) (dir string, err error)
	// PickFile asks likewise where a file is to go; name is suggested.
	PickFile func(ctx context.Context, title, name string) (path string, err error)
	// Login is whether Lifeboat starts when the user logs in; nil where that cannot
	// be set. SetLogin sets it. Both are called on no goroutine of the window's.
	Login    func() (bool, error)
	SetLogin func(bool) error
	// Hidden is whether the window stays closed until somebody asks for it.
	Hidden bool
	// ExportLog writes the log for a bug report; nil where there is none.
	ExportLog func(ctx context.Context, path string) error
	// AtRest is called on a goroutine of its own each time that nothing has changed
	// for some seconds; it may be nil.
	AtRest func()
}

// Window is the window.
type Window struct {
	*state.State
	o    Options
	ctx  context.Context
	say_ *words.Catalogue

	sheet  *sheet        // a question over the page
	menu   *widgets.Menu // that was opened last, nil for none
	head   *header
	strip  *strip
	floor  *fyne.Container // of all below: header, page and strip
	body   *fyne.Container
	page   page
	key    string          // of page
	tray   *tray           // nil while there is no reason for one
	apple  library.Program // that a backup is handed over to
	hidden bool            // closed while something runs: it comes back from the tray
	rest   *rest
}

// page is what stands below the header.
type page interface {
	// object is made once.
	object() fyne.CanvasObject
	// update brings it up to date with the state.
	update()
	// first is what gets the keyboard when the page comes up, or nil.
	first() fyne.Focusable
}

// drawn is what a page is drawn as, for pages to embed.
type drawn struct{ content fyne.CanvasObject }

func (d *drawn) object() fyne.CanvasObject { return d.content }

// still is a page that stays as it was drawn.
type still struct {
	drawn
	to fyne.Focusable // gets the keyboard, nil for nothing
}

func (s *still) first() fyne.Focusable { return s.to }
func (s *still) update()               {}

// New fills o.Window. It shows nothing and starts nothing yet.
func New(o Options) *Window {
	w := &Window{o: o, ctx: context.Background(), say_: o.Words, body: container.NewStack(), rest: newRest(o.AtRest)}
	w.State = state.New(state.Options{Engine: o.Engine, Settings: o.Settings, View: w, Post: o.Post, Now: o.Now})
	w.head, w.strip = newHeader(w), newStrip(w)
	top := container.New(widgets.Rows{}, w.head.content)
	if o.Demo {
		top.Add(w.demoBand())
	}
	w.floor = container.NewBorder(top, w.strip.content, nil, nil, w.body)
	floor := container.New(widgets.AtLeast{Size: fyne.NewSize(minWidth, minHeight)}, w.floor)
	o.Window.SetPadded(false)
	o.Window.SetContent(floor)
	o.Window.Resize(w.firstSize())
	o.Window.SetCloseIntercept(w.closeAsked)
	w.hidden = o.Hidden
	w.takeKeys()
	w.takeDrops()
	w.refresh()
	return w
}

// Start begins to watch for phones until ctx ends. It returns at once.
func (w *Window) Start(ctx context.Context) {
	w.ctx = ctx
	w.State.Start(ctx)
}

// firstSize is the size that the window had last.
func (w *Window) firstSize() fyne.Size {
	size := fyne.NewSize(w.o.Settings.WindowSize())
	if size.Width < minWidth || size.Height < minHeight {
		return fyne.NewSize(width, height)
	}
	return size
}

// say returns the text of a key of ui*.en.toml.
func (w *Window) say(key string, args words.Args) string { return w.say_.Say(key, args) }

// text words what package checks says; a zero text is "".
func (w *Window) text(t words.Text) string {
	if t.Key == "" {
		return ""
	}
	return w.say_.Text(t)
}

// Changed shows what the state calls for.
func (w *Window) Changed() { w.refresh() }

// Progress shows new figures of what runs.
func (w *Window) Progress() {
	w.rest.changed()
	if !w.hidden {
		w.strip.update()
		w.page.update()
	}
	w.updateTray()
}

// refresh shows the page that the state calls for.
func (w *Window) refresh() {
	w.rest.changed()
	w.say_ = w.o.Words.About(w.device())
	w.updateTray()
	if w.hidden {
		return // it is brought up to date when it is shown
	}
	w.head.update()
	w.strip.update()
	key, build := w.wanted()
	if key != w.key {
		w.closeMenu()
		w.key, w.page = key, build()
		w.body.Objects = []fyne.CanvasObject{w.page.object()}
		w.page.update()
		w.body.Refresh()
		w.focusFirst()
		return
	}
	w.page.update()
}

// device is what the phone is called that is shown.
func (w *Window) device() string {
	p := w.Current()
	if p == nil {
		return ""
	}
	return facts.DeviceOf(p.Summary.ProductType)
}

// focusFirst gives the keyboard to the new page, unless a sheet has it.
func (w *Window) focusFirst() {
	if w.sheet != nil {
		return
	}
	if first := w.page.first(); first != nil {
		c := w.o.Window.Canvas()
		c.Focus(first)
		// A page is as high as its texts need only once it has its width.
		w.o.Post(func() {
			if c.Focused() == first {
				first.FocusGained()
			}
		})
		return
	}
	w.o.Window.Canvas().Unfocus()
}

// wanted names the page for the state and says how to make it. A page is
// rebuilt when its name changes.
func (w *Window) wanted() (key string, build func() page) {
	p := w.Current()
	udid := ""
	if p != nil {
		udid = w.device() + "/" + p.Dev.UDID
	}
	switch at := w.Page(); at.Name {
	case state.CheckPage:
		return "check/" + at.Check + udid, func() page { return newCheckPage(w, p, at.Check) }
	case state.FixPage:
		return "fix/" + udid, func() page { return newFixPage(w, p) }
	case state.AttemptPage:
		return "attempt/" + udid + w.Attempt.Began.String(), func() page { return newAttemptPage(w, w.Attempt) }
	case state.ReportPage:
		return "report/" + udid, func() page { return newReportPage(w, w.Report) }
	case state.JobPage:
		return w.jobPage(w.Job(p))
	case state.BackupsPage:
		return "backups", func() page { return newBackupsPage(w, w.Backups) }
	case state.InsidePage:
		return fmt.Sprintf("inside/%p", w.Inside), func() page { return newInsidePage(w, w.Inside) }
	case state.KindPage:
		return fmt.Sprintf("kind/%s/%p", at.Kind, w.Inside), func() page { return w.newPageOf(at.Kind) }
	case state.PhotoPage:
		return fmt.Sprintf("photo/%p", w.Inside), func() page { return newPhotoPage(w, w.Inside) }
	case state.TalkPage:
		return fmt.Sprintf("talk/%p", w.Inside.Talk), func() page { return newTalkPage(w, w.Inside, w.Inside.Talk) }
	case state.RestorePage:
		return w.restorePage(w.Restore)
	case state.GonePage:
		return fmt.Sprintf("gone/%s/%p", at.Kind, w.Inside), func() page { return newGonePage(w, w.Inside, at.Kind) }
	case state.LostPage:
		return "lost", func() page { return newLostPage(w) }
	case state.SettingsPage:
		return "settings/" + udid, func() page { return newSettingsPage(w, p) }
	}
	switch {
	case p == nil:
		return "connect/" + w.connectKey(), func() page { return newConnectPage(w) }
	case p.Gone && w.Job(p) != nil:
		return w.jobPage(w.Job(p))
	case !w.checksShown(p):
		return "waiting/" + udid + "/" + waitingKey(p), func() page { return newWaitingPage(w, p) }
	}
	return "overview/" + udid, func() page { return newOverview(w, p) }
}

// newPageOf is the page of a kind: that of its own, or a list.
func (w *Window) newPageOf(id kind.ID) page {
	switch {
	case id == "photos":
		return newPhotosPage(w, w.Inside)
	case w.Converses(id):
		return newTalksPage(w, w.Inside, id)
	}
	return newThingsPage(w, w.Inside, id)
}

// Close ends the window.
func (w *Window) Close() {
	w.rest.stop()
	w.rememberSize()
	w.o.Window.Close()
}
