// Package backupd is the backup agent of a simulated iPhone: the phone's side
// of DeviceLink and mobilebackup2, with the encryption of iOS 10.2 and later.
//
// It works on a plain stream and leaves TLS to its caller. What it does in a
// backup, and in which order, follows what is known of iPhones; see backup.go.
package backupd

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Engine is the phone's backup agent. It serves one connection at a time.
type Engine struct {
	cfg       Config
	version   version
	turn      chan struct{} // holds a token while a connection is served
	exchanges exchangeLog
	replayed  *replayed // nil unless transcripts are played
	receiver  *Receiver // nil for a whole phone

	mu     sync.Mutex
	state  *state
	faults Faults

	passcode  Passcode
	run       Run
	cancelled bool // by the owner, since the last backup began
	// restoreLeft: a restore has put files on the phone since it started.
	restoreLeft bool
	// setup: Setup Assistant waits to be gone through.
	setup    bool
	brokenAt time.Time // when a backup came to no final answer; zero when none did
}

// New makes an agent and reads its state, or begins a new one.
func New(cfg Config) (*Engine, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Notify == nil {
		cfg.Notify = func(string) {}
	}
	if cfg.Rounds == (Rounds{}) {
		cfg.Rounds = FastRounds
	}
	s, err := loadState(cfg.StateDir)
	if err != nil {
		return nil, err
	}
	if err := s.save(cfg.StateDir); err != nil {
		return nil, err
	}
	return &Engine{
		cfg:     cfg,
		version: parseVersion(cfg.Identity.ProductVersion),
		turn:    make(chan struct{}, 1),
		state:   s,
		faults:  cfg.Faults, passcode: cfg.Passcode, setup: cfg.SetupUnfinished,
	}, nil
}

// WillEncrypt reports whether a backup password is set: the value WillEncrypt of
// the lockdown domain com.apple.mobile.backup.
func (e *Engine) WillEncrypt() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state.Encrypted
}

// EncryptionChosen reports whether encryption was ever switched on: only then
// lockdown has a value WillEncrypt.
func (e *Engine) EncryptionChosen() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state.Chosen || e.state.Encrypted
}

// SetSetup says whether Setup Assistant waits to be gone through, which makes
// each backup end with error 212.
func (e *Engine) SetSetup(waits bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.setup = waits
}

// inSetup reports whether Setup Assistant waits.
func (e *Engine) inSetup() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.setup
}

// SetFaults replaces the faults from the next request on.
func (e *Engine) SetFaults(f Faults) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = f
}

// Faults are the faults that are set.
func (e *Engine) Faults() Faults {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.faults
}

// current is what a request works with, however it changes meanwhile.
func (e *Engine) current() (*state, Faults) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.state, e.faults
}

// setState makes a new state last.
func (e *Engine) setState(s *state) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := s.save(e.cfg.StateDir); err != nil {
		return err
	}
	e.state = s
	return nil
}

// Serve speaks with one host until it leaves, the cable is pulled or ctx ends,
// and closes conn. It waits for its turn while another host is being served.
// The host leaving in order is no error.
func (e *Engine) Serve(ctx context.Context, conn io.ReadWriteCloser) error {
	defer conn.Close()
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()

	l := newLink(conn, &e.exchanges, func(err error) { e.stopped(err, conn) })
	s := &session{engine: e, link: l}
	var err error
	if e.wedged() {
		err = l.sayNothing(ctx)
	} else {
		err = s.serve(ctx)
	}
	if errors.Is(err, errHostLeft) {
		err = nil
	}
	if stop := l.out.stop(); errors.Is(stop, errDetached) || errors.Is(stop, errSilent) {
		l.drain() // the host notices in its own time
		err = stop
	}
	if err != nil && !errors.Is(err, errTruncated) {
		_ = conn.Close() // nothing that still waits to be written matters
	}
	l.out.close()
	_ = conn.Close()
	l.drain()
	if s.restarts && e.cfg.Restart != nil {
		go e.cfg.Restart()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// stopped pulls the cable when that is why nothing more is sent.
func (e *Engine) stopped(err error, conn io.Closer) {
	switch {
	case errors.Is(err, errSilent):
	case errors.Is(err, errDetached) && e.cfg.Detach != nil:
		go e.cfg.Detach()
	default:
		_ = conn.Close()
	}
}
