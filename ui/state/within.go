package state

import (
	"lifeboat/backup/content/kind"
	"lifeboat/backup/vault"
)

// lookWithin finds out what is in the backup that was just made. Nothing waits for it,
// and where the backup cannot be opened with a password that is known, nothing is said.
func (s *State) lookWithin(j *Job) {
	ctx, udid, number := s.ctx, j.Phone.Dev.UDID, j.Result.Version.Number
	root := s.Settings.Destination()
	if s.quitting || number == 0 || vault.Dir(root, udid) != j.Result.Dir {
		return
	}
	password := s.knownPassword(udid)
	go func() {
		defer password.Wipe()
		c, err := s.Engine.OpenContent(ctx, Kept{Root: root, UDID: udid}, number, password)
		if err != nil {
			return
		}
		defer c.Close()
		all, err := c.Look(ctx, func(kind.Summary) {})
		if err == nil {
			s.postFor(ctx, func() { j.Within = all })
		}
	}()
}
