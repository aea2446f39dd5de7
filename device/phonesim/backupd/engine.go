// Package backupd is the backup agent of a simulated iPhone: the phone's side
// of DeviceLink and mobilebackup2, with the encryption of iOS 10.2 and later.
//
// It works on a plain stream and leaves TLS to its caller.
package backupd

import (
	"context"
	"errors"
	"io"
)

// Engine is the phone's backup agent. It serves one connection at a time.
type Engine struct {
	cfg Config
}

// New makes an agent and reads its state, or begins a new one.
func New(cfg Config) (*Engine, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	return &Engine{cfg: cfg}, nil
}

// Serve speaks with one host until it leaves, the cable is pulled or ctx ends,
// and closes conn. It waits for its turn while another host is being served.
func (e *Engine) Serve(ctx context.Context, conn io.ReadWriteCloser) error {
	return errors.ErrUnsupported
}

// WillEncrypt says whether a backup password is set: the value WillEncrypt of
// the lockdown domain com.apple.mobile.backup.
func (e *Engine) WillEncrypt() bool { return false }
