package backupd

import (
	"context"
	"encoding/binary"
	"errors"
	"time"
)

// This file holds what may happen to a phone, or be done to it, in the course
// of a backup.

// errTruncated is a connection that ends in the middle of a message.
var errTruncated = errors.New("backupd: the connection ended within a message")

// oversized are the places of Oversized.
const (
	bigFrame = "frame"
	bigName  = "name"
	bigPath  = "path"
	bigData  = "data"
	bigText  = "text"
)

// OversizedPlaces are what [Oversized.What] may be.
var OversizedPlaces = []string{bigFrame, bigName, bigPath, bigData, bigText}

// spoil arms what happens within the connection.
func (j *job) spoil() {
	j.link.ping = j.faults.ExtraPing
	j.link.sent = 0
	j.link.layout = newCallbacks(j.faults.OldLayout)
	j.link.out.limit(j.faults.Speed)
	if at := j.faults.Truncate; at != (Point{}) {
		j.link.cut = func() bool { return j.reached(at, 1) }
	}
	if big := j.faults.Oversized; big.What != "" {
		j.link.big = func(what string) bool { return what == big.What && j.reached(big.At, 0) }
	}
}

// behave ends what spoil began.
func (j *job) behave() { j.link.ping, j.link.cut, j.link.big = false, nil, nil }

// reached reports whether a moment has come, with so many more messages.
func (j *job) reached(p Point, more int) bool {
	return p.Message > 0 && j.link.sent+more >= p.Message ||
		p.Share > 0 && j.total > 0 && j.link.out.done() >= j.share(p.Share)
}

// announce sends a length of 0xFFFFFFFF, with a code behind it if there is
// one, and falls silent.
func (l *link) announce(code ...byte) error {
	if err := l.out.write(append(binary.BigEndian.AppendUint32(nil, 0xFFFFFFFF), code...)); err != nil {
		return err
	}
	if err := l.out.flush(); err != nil {
		return err
	}
	l.drain()
	return errSilent
}

// isBig reports whether it is time for an oversized length.
func (l *link) isBig(what string) bool { return l.big != nil && l.big(what) }

// sendHalf sends the first half of a frame as the last thing.
func (l *link) sendHalf(frame []byte) error {
	if err := l.out.write(frame[:len(frame)/2]); err != nil {
		return err
	}
	if err := l.out.flush(); err != nil {
		return err
	}
	return errTruncated
}

// nthFault is the fault that is meant for a file because of its number.
func (j *job) nthFault(e *entry) *EntryError {
	half := &EntryError{Code: pieceEIO, Text: "Input/output error", AfterBytes: sealedSize(e.Size, j.state.Encrypted) / 2}
	if j.uploads < j.faults.UploadErrors {
		return half
	}
	for _, f := range j.faults.Uploads {
		if f.Nth == j.uploads+1 {
			half.Code, half.Text = f.Code, f.Text
			return half
		}
	}
	return nil
}

// checkCancel ends the backup when the owner has cancelled it by now.
func (j *job) checkCancel() error {
	at := Point{Message: j.faults.CancelAtMessage, Share: j.faults.CancelAt}
	if !j.reached(at, 0) && !j.engine.wasCancelled() {
		return nil
	}
	j.engine.cfg.Notify(noteCancelled)
	return &refusal{code: mbCancelled, text: "Backup was cancelled on the device"}
}

// FinalForms are what [Faults.FinalForm] may be, each with the message that
// it makes of the final answer.
var FinalForms = map[string]func(code int) []any{
	"no-code":       func(int) []any { return final(map[string]any{"MessageName": "Response"}) },
	"text-code":     func(int) []any { return final(map[string]any{"MessageName": "Response", "ErrorCode": "0"}) },
	"negative-code": func(int) []any { return final(map[string]any{"MessageName": "Response", "ErrorCode": int64(-1)}) },
	"huge-code":     func(int) []any { return final(map[string]any{"MessageName": "Response", "ErrorCode": uint64(1) << 63}) },
	"other-name": func(code int) []any {
		return final(map[string]any{"MessageName": "Surprise", "ErrorCode": uint64(code)})
	},
	"no-dict": func(int) []any { return []any{"DLMessageProcessMessage"} },
	"list":    func(int) []any { return []any{"DLMessageProcessMessage", []any{"Response", uint64(0)}} },
}

func final(dict map[string]any) []any { return []any{"DLMessageProcessMessage", dict} }

// Cancel is the owner cancelling the backup that is under way, on the phone.
// Without one it does nothing.
func (e *Engine) Cancel() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cancelled = true
}

// Restart is what a restart of the phone does to its agent: nothing is left of
// what a broken backup or a restore did to it.
func (e *Engine) Restart() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults.SnapshotLeft, e.restoreLeft, e.brokenAt = false, false, time.Time{}
}

// SetPasscode replaces what the owner does when the passcode is asked for.
func (e *Engine) SetPasscode(p Passcode) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.passcode = p
}

func (e *Engine) wasCancelled() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.cancelled
}

// broke notes a backup that came to no final answer.
func (e *Engine) broke(err error) {
	if errors.Is(err, errGoodbye) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.brokenAt = time.Now()
}

// wedged reports whether a broken backup still occupies the agent.
func (e *Engine) wedged() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.brokenAt.IsZero() && time.Since(e.brokenAt) < e.faults.WedgedFor
}

// begin is the beginning of a backup: what it works with, however that changes
// meanwhile.
func (e *Engine) begin() (*state, Faults) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cancelled, e.run, e.brokenAt = false, Run{}, time.Time{}
	return e.state, e.faults
}

func (e *Engine) setRun(r Run) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.run = r
}

// sayNothing keeps a connection without a word until the host or ctx ends it.
func (l *link) sayNothing(ctx context.Context) error {
	l.drain()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errSilent
}
