package main

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"runtime"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"

	"lifeboat/assets"
	"lifeboat/assets/words"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/ui"
	"lifeboat/ui/desktop/autostart"
	"lifeboat/ui/desktop/pick"
	"lifeboat/ui/desktop/reveal"
	"lifeboat/ui/engine"
	"lifeboat/ui/engine/logfile"
	"lifeboat/ui/state"
)

// window is the open window with what stands behind it.
type window struct {
	app    fyne.App
	window fyne.Window
	ui     *ui.Window
	close  func() // ends the demonstration, if there is one
	hidden bool   // it is not shown until somebody asks for it
}

// open puts the rooms together: a phone's engine, the choices, the window.
//
// file is where log is kept, or nil.
func open(ctx context.Context, a fyne.App, f flags, say *words.Catalogue, log *slog.Logger, file *logfile.Log) (*window, error) {
	favourWindow()
	w := &window{app: a, window: a.NewWindow(appName), close: func() {}, hidden: f.background}
	ctx, cancel := context.WithCancel(ctx)
	e, err := engine.Own(appName, say, log)
	e.LogFile = file
	var settings *state.Settings
	if f.demo {
		settings, err = w.demonstrate(e, say, log)
	} else if err == nil {
		settings = w.ownSettings(e, log)
		e.Mux, err = device.NewMux("", log)
	}
	if err != nil {
		cancel()
		w.close()
		return nil, err
	}
	forget := w.close
	w.close = func() {
		cancel()
		e.Wait(closing)
		forget()
	}
	if f.to != "" {
		settings.Override(f.to)
	}
	ui.ApplyAppearance(a, settings.Appearance())
	w.window.SetMaster()
	login := autostart.Entry{ID: appID, Name: appName, Args: []string{"--background"}}
	options := ui.Options{
		App: a, Window: w.window, Engine: e, Post: fyne.Do, Words: say, Settings: settings,
		OS: runtime.GOOS, Version: assets.Version, Demo: f.demo, Now: time.Now,
		OpenFolder: func(dir string) error { return reveal.Folder(ctx, dir) }, OpenPage: openPage(a),
		Copy: func(text string) { a.Clipboard().SetContent(text) },
		Pick: func(ctx context.Context, title, start string) (string, error) {
			return pick.Folder(ctx, pick.Options{Title: title, Dir: start})
		},
		PickFile: func(ctx context.Context, title, name string) (string, error) {
			return pick.Save(ctx, pick.Options{Title: title, Name: name})
		},
		Hidden: f.background,
		AtRest: debug.FreeOSMemory,
	}
	if !f.demo { // which sets nothing up on this computer
		options.ExportLog = e.ExportLog
		if program, err := autostart.Program(); err == nil {
			login.Program = program
			options.Login = func() (bool, error) {
				at, err := login.Status()
				return at == autostart.On, err
			}
			options.SetLogin = login.Set
		}
	}
	w.ui = ui.New(options)
	w.ui.Start(ctx)
	return w, nil
}

// closing is how long the program waits at its end for what still reads.
const closing = 2 * time.Second

// ownSettings are those of the user, who backs up to a folder at home until
// another is chosen. What Lifeboat remembers is a help, never a need: it
// starts without what cannot be opened.
func (w *window) ownSettings(e *engine.Engine, log *slog.Logger) *state.Settings {
	if err := e.OpenHistory(); err != nil {
		log.Warn("nothing is remembered", "error", err)
	}
	w.close = func() {
		if err := e.Close(); err != nil {
			log.Warn("history not closed", "error", err)
		}
	}
	return state.NewSettings(w.app.Preferences(), e.Own, feeds.Everything)
}

// raise brings the window to the front. It may be called on any goroutine, and
// does not wait for it.
func (w *window) raise() {
	fyne.Do(w.ui.Reveal)
}

// showAndRun shows the window, at once or when it is raised, until it is closed,
// or ctx ends.
func (w *window) showAndRun(ctx context.Context) {
	defer w.close()
	stopped := context.AfterFunc(ctx, func() { fyne.Do(w.app.Quit) })
	defer stopped()
	if !w.hidden {
		w.window.Show()
	}
	w.app.Lifecycle().SetOnStarted(func() { clampToScreen(w.window) })
	saved := stopLater(w.app)
	w.app.Run()
	saved()
}

// stopLater takes over what Fyne does when its loop has ended, which is to write the
// preferences, and returns it, to be called after Run. Fyne 2.8.1 has the loop do it
// just as the loop ends, so that now and then each waits for the other for ever: the
// window is gone, the program is not, and no second start is answered.
func stopLater(a fyne.App) (stopped func()) {
	own, ok := a.Lifecycle().(interface {
		OnStopped() func()
		SetOnStoppedHookExecuted(func())
	})
	if !ok {
		return func() {}
	}
	stopped = own.OnStopped()
	if stopped == nil {
		return func() {}
	}
	own.SetOnStoppedHookExecuted(nil)
	return stopped
}

// openPage shows a page of the web in the computer's browser.
func openPage(a fyne.App) func(string) error {
	return func(address string) error {
		page, err := url.Parse(address)
		if err != nil {
			return err
		}
		opened := make(chan error, 1)
		fyne.Do(func() { opened <- a.OpenURL(page) })
		select {
		case err := <-opened:
			return err
		case <-time.After(10 * time.Second):
			return errors.New("the program for it does not answer")
		}
	}
}
