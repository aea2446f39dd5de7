package diagnosis

import (
	"context"

	"lifeboat/device/facts"
)

// knownRecord is the phone's own record as far as it was read before; it is
// pending at first, where it can be read at all.
func (s *Session) knownRecord() facts.Datum[facts.Record] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known := s.state.Input.Record; known.State != facts.NotRead || s.Record == nil {
		return known
	}
	return facts.Datum[facts.Record]{Reason: facts.Pending}
}

func (s *Session) learn(ctx context.Context, read func(context.Context) facts.Datum[facts.Record]) {
	if record := read(ctx); ctx.Err() == nil {
		s.Learn(record)
	}
}

// LearnFrom has the record read beside the diagnosis that runs, which it ends
// with and which waits for it. It reports whether one runs; else nothing is read.
// read is called on a goroutine of the diagnosis, and must end with its context.
func (s *Session) LearnFrom(read func(context.Context) facts.Datum[facts.Record]) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.beside == nil {
		return false
	}
	s.beside(func(ctx context.Context) { s.learn(ctx, read) })
	return true
}

// Learn adds the phone's own record, such as of a backup that was just made
// with a password which is kept nowhere. A record that nobody can open does not
// take the place of one that was read.
func (s *Session) Learn(record facts.Datum[facts.Record]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if record.State != facts.Read && s.state.Input.Record.State == facts.Read && record.Reason == facts.RecordLocked {
		return
	}
	if s.state.Input.Record = record; s.begun {
		s.tell()
	}
}
