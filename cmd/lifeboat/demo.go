package main

import (
	_ "embed"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/backup/library"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/services"
	"lifeboat/ui/engine"
	"lifeboat/ui/state"
)

// What is on the demonstration's phone: enough that a backup can be watched.
const (
	demoSeed  = 7
	demoFiles = 3000
	demoBytes = 600_000_000
)

// demoLog is what the phone writes while it tries to back up to iCloud, which
// turns out to be full.
//
//go:embed demo.log
var demoLog string

// demoPhone is an iPhone whose iCloud Backup was switched off weeks ago, and
// whose owner taps Trust a few seconds after the question appears.
func demoPhone(name string) (phonesim.Config, error) {
	c := phonesim.DefaultConfig()
	c.Name = name
	c.Content = content.Generate(demoSeed, demoFiles, demoBytes)
	for _, s := range [][2]string{
		{"trust", "after=4s"}, {"passcode", "4s"}, {"icloud", "off"}, {"last-icloud", "23d-ago"},
		{"disk", "64GB"}, {"disk-free", "46GB"}, {"cloud-switch", "ok"}, {"app-data", "demo"},
	} {
		if err := c.Set(s[0], s[1]); err != nil {
			return c, err
		}
	}
	var err error
	c.LogScript, err = services.ParseLog(strings.NewReader(demoLog))
	return c, err
}

// demonstrate plugs a simulated phone into a usbmuxd of its own. Nothing of
// the user's is touched: backups go to a folder for demonstrations, no
// choice, answer or password is remembered, and the network is left alone.
func (w *window) demonstrate(e *engine.Engine, say *words.Catalogue, log *slog.Logger) (*state.Settings, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	e.Usual = []library.UsualPlace{} // nothing of the user is looked at
	e.Own, e.Places, e.Cache, e.Keyring = filepath.Join(cache, "Lifeboat Demo"), nil, "", &memory{}
	address, remove, err := demoAddress()
	if err != nil {
		return nil, err
	}
	server, err := phonesim.Listen(address, phonesim.LogTo(log))
	if err != nil {
		return nil, errors.Join(err, remove())
	}
	config, err := demoPhone(say.Say("ui.demo-phone", nil))
	if err != nil {
		return nil, errors.Join(err, server.Close(), remove())
	}
	phone, err := phonesim.NewPhone(config)
	if err != nil {
		return nil, errors.Join(err, server.Close(), remove())
	}
	plug := time.AfterFunc(demoPlugIn, func() { server.Attach(phone) })
	w.close = sync.OnceFunc(func() {
		plug.Stop()
		if err := errors.Join(server.Close(), phone.Close(), remove()); err != nil {
			log.Warn("demonstration left something behind", "error", err)
		}
	})
	if e.Mux, err = device.NewMux(server.Address(), log); err != nil {
		return nil, err
	}
	return state.NewSettings(nil, e.Own, feeds.Allowed{}), nil
}

// demoPlugIn is when the phone is plugged in, so that the first screen is seen.
const demoPlugIn = 2 * time.Second

// demoAddress is where the demonstration's usbmuxd listens: where only this
// user can reach it, if the system has such a place.
func demoAddress() (address string, remove func() error, err error) {
	if runtime.GOOS == "windows" {
		return "127.0.0.1:0", func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "lifeboat-demo-")
	if err != nil {
		return "", nil, err
	}
	return "unix://" + filepath.Join(dir, "usbmuxd"), func() error { return os.RemoveAll(dir) }, nil
}

// memory keeps the demonstration's passwords until it ends.
type memory struct {
	mu        sync.Mutex
	passwords map[string]string
}

func (m *memory) Load(udid string) (keybag.Password, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	text, ok := m.passwords[udid]
	return keybag.NewPassword(text), ok, nil
}

func (m *memory) Save(udid string, p keybag.Password) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.passwords == nil {
		m.passwords = map[string]string{}
	}
	m.passwords[udid] = p.Reveal()
	return nil
}
