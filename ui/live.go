package ui

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/places"
	"lifeboat/checks/diagnosis"
	"lifeboat/checks/feeds"
	"lifeboat/checks/history"
	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/transcript"
)

// Live is the [Engine] for real phones (and for simulated ones on a real
// wire): thin glue between the rooms below.
type Live struct {
	Mux     *device.Mux
	Keyring Keyring
	// Own is Lifeboat's own folder for backups: the only destination that is
	// made when it is not there.
	Own string
	// Places remembers the drives that backups were seen on; nil forgets them.
	Places *places.Registry
	// History remembers what was found, answered and tried; nil forgets it.
	History *history.Store
	// Cache is a folder for lists from the network, "" for none.
	Cache string
	// Version and Words are of the reports.
	Version string
	Words   *words.Catalogue
	Log     *slog.Logger

	plugs    diagnosis.ConnectionTracker
	broken   conversation.Sessions
	mu       sync.Mutex
	allowed  feeds.Allowed
	sessions map[string]*diagnosis.Session // the diagnoses that run, by UDID
	running  sync.WaitGroup                // likewise, until they have ended
	// recorder is what is recorded for a bug report, nil while nothing is.
	recorder   *transcript.Recorder
	recordedIn string
}

// Keyring keeps backup passwords by UDID. It may take as long as its user
// thinks about its questions.
type Keyring interface {
	Load(udid string) (password keybag.Password, ok bool, err error)
	Save(udid string, password keybag.Password) error
}

// keyringPatience is how long the system's keyring may ask its own questions.
const keyringPatience = 2 * time.Minute

// Watch tells of every change in the phones that are connected.
func (l *Live) Watch(ctx context.Context, each func(device.Change)) {
	l.Mux.Watch(ctx, func(c device.Change) {
		l.plugs.ObserveChange(c, time.Now())
		each(c)
	})
}

// Inspect looks at a phone.
func (l *Live) Inspect(ctx context.Context, p *device.Phone) (device.Summary, error) {
	return p.Inspect(ctx)
}

// Pair waits until the phone trusts this computer.
func (l *Live) Pair(ctx context.Context, p *device.Phone, waiting func(fault.Code)) error {
	err := p.Pair(ctx, waiting)
	if err == nil {
		l.plugs.Expect(p.UDID, time.Now().Add(justNow)) // a phone that was just trusted resets its port
	}
	return err
}

// Destination reports whether backups can be made in dir.
func (l *Live) Destination(_ context.Context, dir string) error { return l.library().Destination(dir) }

// BackUp makes a backup and proves it.
func (l *Live) BackUp(ctx context.Context, o Order, report func(backup.Event)) (backup.Result, error) {
	if s := l.session(o.Phone); s != nil {
		s.Hold(true)
		defer s.Hold(false)
	}
	password := o.Password
	if ask := o.AskAgain; ask != nil {
		o.AskAgain = func(ctx context.Context) (again keybag.Password, err error) {
			if again, err = ask(ctx); err == nil {
				password = again
			}
			return again, err
		}
	}
	job := &backup.Job{Phone: o.Phone, Fs: afero.NewOsFs(), Root: o.Root, Password: o.Password, AskAgain: o.AskAgain,
		Full: o.Full, Policy: o.Policy, Level: o.Level, Program: l.program(), Sessions: &l.broken, Places: l.Places, Log: l.Log}
	result, err := job.Run(ctx, report)
	if s := l.session(o.Phone); err == nil && s != nil {
		// The diagnosis may know now why iCloud fails, whether the password is
		// kept or not. To derive its key takes seconds, for which only the end of
		// the diagnosis waits.
		own := keybag.NewPassword(password.Reveal())
		if !s.LearnFrom(func(ctx context.Context) facts.Datum[facts.Record] {
			defer own.Wipe()
			return l.ownRecord(ctx, o.Root, o.Phone.UDID, own)
		}) {
			own.Wipe()
		}
	}
	return result, err
}

// program names this program in the proofs of backups.
func (l *Live) program() string { return "Lifeboat " + l.Version }

// Password asks the keyring.
func (l *Live) Password(ctx context.Context, udid string) (keybag.Password, error) {
	return patiently(ctx, func() (keybag.Password, error) {
		password, _, err := l.Keyring.Load(udid)
		return password, err
	})
}

// KeepPassword tells the keyring.
func (l *Live) KeepPassword(ctx context.Context, udid string, password keybag.Password) error {
	_, err := patiently(ctx, func() (struct{}, error) { return struct{}{}, l.Keyring.Save(udid, password) })
	return err
}

// patiently waits for a keyring, which knows no context, until ctx ends or
// patience does. A keyring that hangs is left behind.
func patiently[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		value, err := f()
		answered <- answer{value, err}
	}()
	var none T
	select {
	case a := <-answered:
		return a.value, a.err
	case <-ctx.Done():
		return none, fault.New(fault.Cancelled, "ask the keyring", context.Cause(ctx))
	case <-time.After(keyringPatience):
		return none, fault.New(fault.KeyringFailed, "ask the keyring", context.DeadlineExceeded)
	}
}
