// Package ui is the one window of Lifeboat: it draws and asks, and holds no
// protocol, no file access and no rule.
//
// # How it works
//
// All state of the window ([Window], its phones and its flow) belongs to
// the UI goroutine. Whatever takes time runs elsewhere, through [Engine],
// and hands its result over with Options.Post: fyne.Do in the program, a
// queue in tests. After every change [Window.refresh] asks which screen the
// state calls for, puts it up if it is another one, and brings it up to date.
//
// One file is one screen: connect (no phone), waiting (a phone that is not
// ready), ready (the phone and its checklist, of which each row keeps its
// place until the user acts), guidedscreen (the steps of a repair),
// attemptscreen (the phone while it tries), reportscreen (what Apple Support
// asks for), versionsscreen (the backups that are kept), password (new and
// known), running, done, failed, settingssheet.
// Every word comes from assets/translations/ui*.<lang>.toml.
package ui

import (
	"context"
	"strconv"
	"time"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"lifeboat/assets/words"
	"lifeboat/device"
	"lifeboat/device/facts"
)

// Sizes of the window in device-independent pixels. Nothing needs more than
// the smallest one.
const (
	width, height       = 900, 640
	minWidth, minHeight = 640, 480
)

// Options are what a window is made of. All fields must be set.
type Options struct {
	Window   fyne.Window
	Engine   Engine
	Post     func(func()) // runs a function on the UI goroutine, without waiting for it
	Words    *words.Catalogue
	Settings *Settings
	OS       string // as runtime.GOOS
	Version  string
	Demo     bool             // marks every screen as a demonstration
	Now      func() time.Time // may be called on any goroutine
	// OpenFolder is called, not on the UI goroutine, to show a folder in the computer's file manager.
	OpenFolder func(dir string) error
	// OpenPage is called likewise to show a page of the web in the computer's browser.
	OpenPage func(address string) error
	// Copy is called on the UI goroutine to put text on the clipboard.
	Copy func(text string)
}

// Window is the window and its state.
type Window struct {
	Options
	ctx  context.Context
	stop context.CancelFunc

	looked bool     // the first list of phones has come
	mux    error    // why usbmuxd cannot be asked
	phones []*phone // in the order they came
	flow   *flow    // a backup being prepared, running or just ended
	// attempt is a try of the phone's that is watched, report the report that
	// is written; nil while there is none.
	attempt *attempt
	report  *reporting
	shown   *backupList // the backups that are kept, while they are looked at
	sheet   *sheet      // a question over the screen

	recording  bool   // what is said to phones is recorded for a bug report
	recordedIn string // the file of the recording, or of the last one
	recordErr  error  // why it could not begin or end

	calls chan func() // short calls of the engine, made in their order

	head   *header
	body   *fyne.Container
	screen screen
	key    string // of screen
}

// screen is one state of the window.
type screen interface {
	// object is made once.
	object() fyne.CanvasObject
	// update brings it up to date with the window's state.
	update()
	// first is what gets the keyboard when the screen comes up, or nil.
	first() fyne.Focusable
}

// New fills o.Window. It shows nothing and starts nothing yet.
func New(o Options) *Window {
	w := &Window{Options: o, stop: func() {}, body: container.NewStack(), calls: make(chan func(), maxCalls)}
	w.head = newHeader(w)
	top := widgets.NewRows(w.head.object())
	if w.Demo {
		top.Add(w.demoBand())
	}
	floor := container.New(widgets.AtLeast{Size: fyne.NewSize(minWidth, minHeight)}, container.NewBorder(top, nil, nil, nil, w.body))
	w.Window.SetPadded(false)
	w.Window.SetContent(floor)
	w.Window.Resize(fyne.NewSize(width, height))
	w.Window.SetCloseIntercept(w.closeAsked)
	quit := &desktop.CustomShortcut{KeyName: fyne.KeyQ, Modifier: fyne.KeyModifierShortcutDefault}
	w.Window.Canvas().AddShortcut(quit, func(fyne.Shortcut) { w.closeAsked() })
	w.Window.Canvas().SetOnTypedKey(w.typed)
	w.refresh()
	return w
}

// Start begins to watch for phones until ctx ends. It returns at once.
func (w *Window) Start(ctx context.Context) {
	w.ctx, w.stop = context.WithCancel(ctx)
	allowed := w.Settings.Allowed()
	w.tell(func() { w.Engine.Allow(allowed) })
	go w.call(w.ctx)
	go w.watch(w.ctx)
}

// maxCalls is how many calls of the engine may wait for those before them;
// nobody clicks that often.
const maxCalls = 256

// tell queues a short call of the engine, to be made after all earlier ones.
func (w *Window) tell(call func()) {
	select {
	case w.calls <- call:
	case <-w.ctx.Done():
	}
}

// call makes the calls until ctx ends.
func (w *Window) call(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-w.calls:
			f()
		}
	}
}

// say returns the text of a key of ui.en.toml.
func (w *Window) say(key string, args words.Args) string { return w.Words.Say(key, args) }

// number writes a step's number.
func (w *Window) number(n int) string { return w.say("ui.step", words.Args{"N": strconv.Itoa(n)}) }

// refresh shows the screen that the state calls for.
func (w *Window) refresh() {
	w.Words = w.Words.About(w.device())
	w.head.update()
	w.updatePolling()
	key, build := w.wanted()
	if key != w.key {
		w.key, w.screen = key, build()
		w.body.Objects = []fyne.CanvasObject{w.screen.object()}
		w.screen.update()
		w.body.Refresh()
		w.focusFirst()
		return
	}
	w.screen.update()
}

// device is what the phone is called that is shown, or worked on.
func (w *Window) device() string {
	p := w.current()
	if w.flow != nil {
		p = w.flow.phone
	}
	if p == nil {
		return ""
	}
	return facts.DeviceOf(p.summary.ProductType)
}

// focusFirst gives the keyboard to the new screen, unless a sheet has it.
func (w *Window) focusFirst() {
	if w.sheet != nil {
		return
	}
	if first := w.screen.first(); first != nil {
		w.Window.Canvas().Focus(first)
		return
	}
	w.Window.Canvas().Unfocus()
}

// wanted names the screen for the state and says how to make it. A screen is
// rebuilt when its name changes.
func (w *Window) wanted() (key string, build func() screen) {
	if f := w.flow; f != nil && f.step != starting {
		return f.key(), func() screen { return newFlowScreen(w, f) }
	}
	p := w.current()
	switch {
	case w.shown != nil:
		return "versions", func() screen { return newVersionsScreen(w, w.shown) }
	case w.attempt != nil:
		return "attempt/" + w.attempt.phone.dev.UDID, func() screen { return newAttemptScreen(w, w.attempt) }
	case w.report != nil:
		return "report/" + w.report.phone.dev.UDID, func() screen { return newReportScreen(w, w.report) }
	case p == nil:
		return "connect/" + w.connectKey(), func() screen { return newConnect(w) }
	case p.stage == device.Ready && p.guided != nil:
		return "steps/" + p.dev.UDID, func() screen { return newGuidedScreen(w, p) }
	case p.stage == device.Ready:
		return "ready/" + p.dev.UDID, func() screen { return newReady(w, p) }
	}
	return "waiting/" + w.device() + "/" + p.dev.UDID + "/" + p.waitingKey(), func() screen { return newWaiting(w, p) }
}

// typed is called for a key when nothing has the keyboard: Escape leaves a
// screen that can be left.
func (w *Window) typed(key *fyne.KeyEvent) {
	if page, ok := w.screen.(interface{ leave() }); ok && key.Name == fyne.KeyEscape && w.sheet == nil {
		page.leave()
	}
}

// closeAsked is called for the window's close button.
func (w *Window) closeAsked() {
	switch {
	case w.flow != nil && w.flow.busy():
		w.askToStop()
	case w.shown.busy(): // nothing is lost: it can be done again
		w.shown.task.closing = true
		w.stopTask(w.shown.task)
	default:
		w.close()
	}
}

// close ends everything and the window.
func (w *Window) close() {
	if w.recording {
		w.Engine.Record(false) // what is written is flushed; there is nobody left to hear of an error
	}
	w.stop()
	w.Window.Close()
}
