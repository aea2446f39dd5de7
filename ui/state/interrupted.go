package state

import (
	"lifeboat/backup"
	"lifeboat/device"
	"lifeboat/device/fault"
)

// mostIdle is how often a backup continues by itself although nothing arrived
// since it did so last: a cable that drops the phone at once is no way to go on.
const mostIdle = 3

// interrupted keeps a run whose phone was unplugged, to continue with it. What
// has arrived stays on the disk.
func (s *State) interrupted(j *Job, err error, last backup.Event) bool {
	if fault.Of(err) != fault.PhoneGone || j.Stopping || s.quitting {
		return false
	}
	if last.Bytes > 0 {
		j.idle = 0
	}
	if j.idle++; j.idle > mostIdle {
		return false
	}
	j.reached = max(j.reached, last.Percent)
	j.Step, j.Err, j.answer = Interrupted, err, nil
	if p := s.Find(j.Phone.Dev.UDID); p != nil && !p.Gone {
		s.Look(p) // it is back already, or usbmuxd is about to say that it is gone
	}
	s.changed()
	return true
}

// resume continues a backup whose phone is back, and has answered since.
func (s *State) resume(p *Phone) {
	j := s.jobs[p.Dev.UDID]
	if j == nil || j.Step != Interrupted || p.Gone || p.Stage != device.Ready || p.State == nil || p.State.Phone().GatheredAt.Before(p.asked) {
		return
	}
	j.Phone = p
	if encrypted, _ := p.State.Phone().WillEncrypt.Known(); encrypted {
		j.Passcodes = 1 // the password is set
	}
	s.run(j, j.password)
}
