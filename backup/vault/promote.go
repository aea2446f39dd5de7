package vault

import (
	"errors"

	"lifeboat/backup/diskerr"
)

// Promote puts the new backup in the earlier one's place and removes the
// earlier one. It must come after [Slot.Sync] and a proof. When it returns an
// error, the earlier backup stands as it was, or will after the next [Open].
func (s *Slot) Promote() error {
	if err := s.place(); err != nil {
		return diskerr.Fault("put the backup in place", s.Final(), err)
	}
	// The new backup stands. If something of the earlier one cannot be
	// removed, it costs room until the next run, and nothing else.
	removeTree(s.fs, s.Staging())
	removeTree(s.fs, s.previous())
	return nil
}

// place makes the renames, and takes them back if they cannot be made
// durable, for an error has to mean that nothing has happened.
func (s *Slot) place() error {
	undo, err := s.rename()
	if err != nil {
		return err
	}
	if err := s.settle(); err != nil {
		return errors.Join(err, undo(), s.settle())
	}
	return nil
}

// rename puts the new backup at its place and returns what takes it back.
func (s *Slot) rename() (undo func() error, err error) {
	there, err := exists(s.fs, s.Final())
	if err != nil {
		return nil, err
	}
	if !there {
		return func() error { return s.fs.Rename(s.Final(), s.Incoming()) }, s.fs.Rename(s.Incoming(), s.Final())
	}
	if native(s.fs) {
		swap := func() error { return exchange(s.Incoming(), s.Final()) }
		if err := swap(); !errors.Is(err, errors.ErrUnsupported) {
			return swap, err
		}
	}
	return s.replace()
}

// replace is for file systems that cannot exchange two folders: the earlier
// backup steps aside and the new one takes its place. [Slot.recover] knows
// what it means if the program dies in between.
func (s *Slot) replace() (undo func() error, err error) {
	stepBack := func() error { return s.fs.Rename(s.previous(), s.Final()) }
	if err := s.fs.Rename(s.Final(), s.previous()); err != nil {
		return nil, err
	}
	if err := s.fs.Rename(s.Incoming(), s.Final()); err != nil {
		return nil, errors.Join(err, stepBack())
	}
	return func() error { return errors.Join(s.fs.Rename(s.Final(), s.Incoming()), stepBack()) }, nil
}

// settle makes the renames durable before anything is removed.
func (s *Slot) settle() error {
	return errors.Join(syncDir(s.fs, s.root), syncDir(s.fs, hidden(s.root)))
}
