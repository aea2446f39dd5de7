package main

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"time"

	"fyne.io/fyne/v2"

	"lifeboat/assets"
	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/backup/keyring"
	"lifeboat/backup/library"
	"lifeboat/backup/places"
	"lifeboat/checks/feeds"
	"lifeboat/checks/history"
	"lifeboat/device"
	"lifeboat/ui"
	"lifeboat/ui/theme"
)

// window is the open window with what stands behind it.
type window struct {
	app    fyne.App
	window fyne.Window
	ui     *ui.Window
	close  func() // ends the demonstration, if there is one
}

// open puts the rooms together: a phone's engine, the choices, the window.
func open(ctx context.Context, a fyne.App, f flags, say *words.Catalogue, log *slog.Logger) (*window, error) {
	favourWindow()
	a.Settings().SetTheme(theme.New())
	w := &window{app: a, window: a.NewWindow(appName), close: func() {}}
	ctx, cancel := context.WithCancel(ctx)
	live := &ui.Live{Log: log, Keyring: systemKeyring{}, Version: assets.Version, Words: say}
	var settings *ui.Settings
	var err error
	if f.demo {
		settings, err = w.demonstrate(live, say, log)
	} else if settings, err = w.ownSettings(live, log); err == nil {
		live.Mux, err = device.NewMux("", log)
	}
	if err != nil {
		cancel()
		w.close()
		return nil, err
	}
	forget := w.close
	w.close = func() {
		cancel()
		live.Wait(closing)
		forget()
	}
	if f.to != "" {
		settings.Override(f.to)
	}
	w.window.SetMaster()
	w.ui = ui.New(ui.Options{
		Window: w.window, Engine: live, Post: fyne.Do, Words: say, Settings: settings,
		OS: runtime.GOOS, Version: assets.Version, Demo: f.demo, Now: time.Now,
		OpenFolder: openFolder(a), OpenPage: openPage(a),
		Copy: func(text string) { a.Clipboard().SetContent(text) },
	})
	w.ui.Start(ctx)
	return w, nil
}

// closing is how long the program waits at its end for what still reads.
const closing = 2 * time.Second

// ownSettings are those of the user, who backs up to a folder at home until
// another is chosen. What Lifeboat remembers is a help, never a need: it
// starts without what cannot be opened.
func (w *window) ownSettings(live *ui.Live, log *slog.Logger) (*ui.Settings, error) {
	var err error
	if live.Own, err = library.OwnFolder(); err != nil {
		return nil, err
	}
	live.Places = &places.Registry{}
	live.Cache = feeds.CacheDir()
	if live.History, err = openHistory(); err != nil {
		log.Warn("nothing is remembered", "error", err)
	} else {
		w.close = func() {
			if err := live.History.Close(); err != nil {
				log.Warn("history not closed", "error", err)
			}
		}
	}
	return ui.NewSettings(w.app.Preferences(), live.Own, feeds.Everything), nil
}

func openHistory() (*history.Store, error) {
	path, err := history.DefaultPath()
	if err != nil {
		return nil, err
	}
	return history.Open(path, time.Now)
}

// systemKeyring is that of the user's account.
type systemKeyring struct{}

func (systemKeyring) Load(udid string) (keybag.Password, bool, error) { return keyring.Load(udid) }
func (systemKeyring) Save(udid string, p keybag.Password) error       { return keyring.Save(udid, p) }

// showAndRun shows the window until it is closed, or ctx ends.
func (w *window) showAndRun(ctx context.Context) {
	defer w.close()
	stopped := context.AfterFunc(ctx, func() { fyne.Do(w.app.Quit) })
	defer stopped()
	w.window.ShowAndRun()
}

// openFolder shows a folder in the computer's file manager.
func openFolder(a fyne.App) func(string) error {
	return func(dir string) error {
		if _, err := os.Stat(dir); err != nil {
			return err
		}
		return showFolder(a, dir)
	}
}

// openPage shows a page of the web in the computer's browser.
func openPage(a fyne.App) func(string) error {
	return func(address string) error {
		page, err := url.Parse(address)
		if err != nil {
			return err
		}
		return openURL(a, page)
	}
}

// openURL hands an address to the program that the user has for it.
func openURL(a fyne.App, address *url.URL) error {
	opened := make(chan error, 1)
	fyne.Do(func() { opened <- a.OpenURL(address) })
	select {
	case err := <-opened:
		return err
	case <-time.After(10 * time.Second):
		return errors.New("the program for it does not answer")
	}
}
