package vault

import (
	"crypto/rand"
	"errors"
	"os"

	"lifeboat/backup/disk"
)

const (
	// reserveName is a file that holds room for what has to be written before
	// anything can be removed: on a disk that is full, nothing could be
	// deleted otherwise.
	reserveName  = "reserve"
	reserveBytes = 1 << 20
)

// reserve sees to it that room is held, where there is any: for a run that
// begins, which writes down what has arrived when the disk is full, and
// for those who come to delete something.
func (v *Vault) reserve() {
	if !v.native() || !v.opened {
		return
	}
	if there, err := v.exists(v.own(reserveName)); there || err != nil {
		return
	}
	// Zeros would take no room on some file systems.
	room := make([]byte, reserveBytes)
	rand.Read(room)
	file, err := v.fs.OpenFile(v.own(reserveName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = file.Write(room)
		if err = errors.Join(err, file.Close()); err != nil {
			v.fs.Remove(v.own(reserveName))
		}
	}
	if err != nil {
		v.log.Info("no room can be held for a disk that is full", "err", err)
	}
}

// withRoom does something that can be done again, and gives what is held in
// reserve to it if the disk is full.
func (v *Vault) withRoom(do func() error) error {
	err := do()
	if err == nil || !disk.Full(err) || v.fs.Remove(v.own(reserveName)) != nil {
		return err
	}
	v.log.Info("the disk is full: the room held for this is given up")
	return do()
}
