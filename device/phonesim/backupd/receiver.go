package backupd

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"
)

// Receiver is a phone of which there is nothing but the end of a restore: it
// checks, asks for, decrypts and sums up what a host sends, and keeps nothing.
// It takes the memory of one batch, and on disk the room of Manifest.db, which
// stays encrypted there. It says nothing to anybody but its functions.
type Receiver struct {
	// UDID and ProductVersion are those of the phone.
	UDID, ProductVersion string
	// Temp is a folder for Manifest.db; "" is the system's for temporary files.
	Temp string
	// Received is called with each entry that came as its backup says, and
	// Failed with each that did not, and why in words for a log. Both are called
	// on one goroutine, after the bytes of the entry's batch were read, and must not
	// call back. The error of Received ends the restore.
	Received func(RestoredFile) error
	Failed   func(file RestoredFile, why string)
}

// Serve speaks with a host until it leaves, or ctx ends, and closes conn.
// Whatever is no restore is refused.
func (r Receiver) Serve(ctx context.Context, conn io.ReadWriteCloser) error {
	if r.UDID == "" || r.Received == nil || r.Failed == nil {
		conn.Close()
		return errors.New("backupd: a receiver without a UDID or functions")
	}
	e := &Engine{
		cfg: Config{
			StateDir: r.Temp, UDID: r.UDID, Identity: Identity{ProductVersion: r.ProductVersion},
			Now: time.Now, Log: slog.New(slog.DiscardHandler), Notify: func(string) {},
		},
		version: parseVersion(r.ProductVersion), turn: make(chan struct{}, 1), receiver: &r,
	}
	return e.Serve(ctx, conn)
}

func (r *Receiver) add(file RestoredFile) error          { return r.Received(file) }
func (r *Receiver) failed(file RestoredFile, why string) { r.Failed(file, why) }
func (*Receiver) keep() error                            { return nil }
func (*Receiver) abandon()                               {}
