package ui

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/checks"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/ui/state"
	"lifeboat/ui/theme"
)

// rig is a window on the test driver, with an engine to script and a queue
// for the UI goroutine, which is the test's own.
type rig struct {
	*Window
	t      *testing.T
	engine *scripted
	posts  chan func()
	posted atomic.Int64 // how many were ever posted
	runs   runs
	rename string // gives phones another name
	opened []string
	copied string
	closed bool
	longer bool // it speaks [words.Pseudo]
	app    *notifier
}

// notifier keeps what the system would be asked to show.
type notifier struct {
	fyne.App
	sent []*fyne.Notification
}

func (n *notifier) SendNotification(one *fyne.Notification) { n.sent = append(n.sent, one) }

var (
	usual = theme.New()
	// shared is the app of all windows. For each new one, and for each theme that is
	// set, Fyne parses its fonts again, and go-text keeps all that it ever shaped a
	// text with: some thousand windows took a quarter of their time, and 5 GB.
	shared = sync.OnceValue(test.NewApp)
)

// testApp is the app, in a theme.
func testApp(look fyne.Theme) *notifier {
	app := &notifier{App: shared()}
	fyne.SetCurrentApp(app.App) // other tests have made their own
	if app.Settings().Theme() != look {
		app.Settings().SetTheme(look)
	}
	return app
}

const (
	udidA = "00008110-001A2B3C4D5E601E"
	udidB = "00008130-000A1B2C3D4E501F"
)

var (
	today  = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	phoneA = &device.Phone{UDID: udidA, Connection: "USB", DeviceID: 3}
	phoneB = &device.Phone{UDID: udidB, Connection: "USB", DeviceID: 4}
)

// inWindow runs f with a started window, in a bubble with a fake clock.
func inWindow(t *testing.T, change func(*Options), f func(r *rig)) {
	t.Helper()
	inTheme(t, usual, change, f)
}

// inTheme is inWindow with another theme than the usual one.
func inTheme(t *testing.T, look fyne.Theme, change func(*Options), f func(r *rig)) {
	t.Helper()
	// Fyne keeps the renderers of all windows, and forgets what is old when one is drawn.
	defer software.NewCanvas().Capture()
	synctest.Test(t, func(t *testing.T) {
		app := testApp(look)
		r := &rig{
			t: t,
			engine: &scripted{changes: make(chan device.Change), states: make(chan diagnosis.State), looks: make(chan struct{}, 9),
				keyring: map[string]string{}},
			posts: make(chan func(), 1000), app: app,
		}
		o := Options{
			App: app, Window: test.NewWindow(nil), Engine: r.engine, Words: words.English(), OS: "linux", Version: "0.1.0",
			Post: func(f func()) { r.posted.Add(1); r.posts <- f }, Settings: state.NewSettings(nil, "/home/anna/Lifeboat Backups", feeds.Everything), Now: time.Now,
			OpenFolder: func(dir string) error { r.opened = append(r.opened, dir); return nil },
			OpenPage:   func(address string) error { r.opened = append(r.opened, address); return nil },
			Copy:       func(text string) { r.copied = text },
		}
		if change != nil {
			change(&o)
		}
		r.runs = runs{events: make(chan backup.Event), ends: make(chan ending)}
		r.Window = New(o)
		ctx, cancel := context.WithCancel(t.Context())
		o.Window.SetOnClosed(func() { r.closed = true })
		r.Start(ctx)
		r.drain()
		f(r)
		cancel()
		if r.runs.deaf {
			r.runs.ends <- ending{err: context.Canceled}
		}
		r.drain()
		if !r.closed {
			o.Window.Close()
		}
	})
}

// drain lets all goroutines come to rest and runs what they posted.
func (r *rig) drain() {
	for {
		synctest.Wait()
		select {
		case f := <-r.posts:
			f()
		default:
			return
		}
	}
}

// pass lets the fake clock go on by d, and draws what happens.
func (r *rig) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(50*time.Millisecond, time.Until(end)))
		r.drain()
	}
}

// plug tells the window which phones are connected.
func (r *rig) plug(phones ...*device.Phone) {
	r.engine.changes <- device.Change{Phones: phones}
	r.drain()
}

func summaryOf(readiness facts.Readiness) device.Summary {
	s := device.Summary{Name: "Anna's iPhone", ProductType: "iPhone15,2", Version: "18.7.1", Readiness: readiness}
	if code := (map[facts.Readiness]fault.Code{
		facts.Untrusted: fault.PairingStale, facts.Locked: fault.PhoneLocked, facts.SetupUnfinished: fault.SetupUnfinished, facts.Silent: fault.PhoneSilent,
	})[readiness]; code != "" {
		s.Err = fault.New(code, "inspect", nil)
	}
	return s
}

// healthy is what is found of a phone that was never backed up here.
func healthy() diagnosis.State { return stateOf(inputOf(false)) }

// inputOf is a phone in order but for its switched off iCloud Backup, with or
// without encrypted backups.
func inputOf(encrypted bool) checks.Input {
	phone := facts.Phone{
		UDID: udidA, Connection: "USB", Readiness: facts.Ready, GatheredAt: today,
		Name: facts.Of("Anna's iPhone"), ProductType: facts.Of("iPhone15,2"), Version: facts.Of("18.7.1"),
		PasscodeLocked: facts.Of(false), ActivationState: facts.Of("Activated"),
		CloudBackupEnabled: facts.Of(false), LastCloudBackup: facts.Of(today.AddDate(0, 0, -51)),
		WillEncrypt: facts.Of(encrypted), DataCapacity: facts.Of(int64(119e9)), DataAvailable: facts.Of(int64(31e9)),
		DiskCapacity: facts.Of(int64(128e9)), BatteryLevel: facts.Of(81), ExternalConnected: facts.Of(true),
	}
	return checks.Input{Phone: phone, Now: today,
		Host: checks.Host{OS: "linux", Destination: "/home/anna/Lifeboat Backups", Kind: facts.Of(checks.DestinationFolder),
			FreeBytes: facts.Of(int64(240e9)), TotalBytes: facts.Of(int64(1e12))}}
}

// stateOf judges an input as a diagnosis does.
func stateOf(in checks.Input) diagnosis.State {
	s := diagnosis.State{Input: in, Results: checks.Run(in)}
	s.Verdict, s.Next = checks.Verdict(s.Results), checks.Next(s.Input, s.Results)
	blocker, _ := checks.Blocker(s.Results)
	s.Blocker, s.Standing, s.Safety = blocker.ID, checks.Standing(s.Results), checks.SafetyOf(in)
	s.Overview = checks.OverviewOf(in, s.Results, s.Safety, s.Next)
	return s
}

// hears brings a state to the window while it is open.
func (r *rig) hears(s diagnosis.State) {
	r.engine.states <- s
	r.drain()
}
