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

func (s *Slot) place() error {
	there, err := exists(s.fs, s.Final())
	if err != nil {
		return err
	}
	if !there {
		if err := s.fs.Rename(s.Incoming(), s.Final()); err != nil {
			return err
		}
		return s.settle()
	}
	if native(s.fs) {
		switch err := exchange(s.Incoming(), s.Final()); {
		case err == nil:
			return s.settle()
		case !errors.Is(err, errors.ErrUnsupported):
			return err
		}
	}
	return s.replace()
}

// replace is for file systems that cannot exchange two folders: the earlier
// backup steps aside and the new one takes its place. [Slot.recover] knows
// what it means if the program dies in between.
func (s *Slot) replace() error {
	if err := s.fs.Rename(s.Final(), s.previous()); err != nil {
		return err
	}
	if err := s.fs.Rename(s.Incoming(), s.Final()); err != nil {
		return errors.Join(err, s.fs.Rename(s.previous(), s.Final()))
	}
	return s.settle()
}

// settle makes the renames durable before anything is removed.
func (s *Slot) settle() error {
	return errors.Join(syncDir(s.fs, s.root), syncDir(s.fs, hidden(s.root)))
}
