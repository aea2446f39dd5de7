package state

import (
	"time"

	"lifeboat/device/facts"
	"lifeboat/ui/state/reminder"
)

// remember takes what a phone's checks have read of its copies, for reminders.
func (s *State) remember(p *Phone) {
	in, udid, name := p.State.Input, p.Dev.UDID, p.Summary.Name
	read := in.Phone.GatheredAt
	if on, known := in.Phone.CloudBackupEnabled.Known(); known {
		last, dated := in.Phone.LastCloudBackup.Known()
		if dated || in.Phone.LastCloudBackup.State == facts.Absent {
			s.reminders.See(udid, name, reminder.ICloud, reminder.Seen{Last: last, At: read, Off: !on})
		}
	}
	if in.Local.Proven {
		s.reminders.SeeProven(udid, name, in.Local.Rehearsed, read)
	}
	if _, known := in.Host.Kind.Known(); known || in.Local.Exists {
		s.reminders.See(udid, name, reminder.Computer, reminder.Seen{Last: in.Local.Finished, At: read})
	}
}

// Reminder is how often a phone's owner wants to be reminded.
func (s *State) Reminder(p *Phone, kind reminder.Kind) reminder.Every {
	return s.reminders.Chosen(p.Dev.UDID, kind)
}

// SetReminder chooses how often.
func (s *State) SetReminder(p *Phone, kind reminder.Kind, every reminder.Every) {
	s.reminders.Choose(p.Dev.UDID, kind, every)
	s.keepReminders()
}

func (s *State) keepReminders() {
	if text := s.reminders.String(); text != s.Settings.Reminders() {
		s.Settings.SetReminders(text)
	}
}

// firstReminder is how long after its start Lifeboat looks for reminders first, so
// that a phone that is plugged in has been looked at.
const firstReminder = time.Minute

// remind shows the reminder that is due, and looks again when the next may be. The
// clock is asked and no timer is trusted for long, as computers sleep.
func (s *State) remind(after time.Duration) {
	ctx := s.ctx
	time.AfterFunc(after, func() {
		s.Post(func() {
			if ctx.Err() != nil {
				return
			}
			plan := s.reminders.Plan(s.Now(), s.livePhones())
			s.keepReminders()
			if plan.Remind != nil {
				if plan.Remind.Rehearse {
					s.Offer = plan.Remind
					s.changed()
				}
				s.View.Remind(*plan.Remind)
			}
			s.remind(plan.Wait)
		})
	})
}

// livePhones are the phones that are there, for reminders.
func (s *State) livePhones() map[string]reminder.Live {
	live := map[string]reminder.Live{}
	for _, p := range s.Phones {
		if !p.Gone {
			live[p.Dev.UDID] = reminder.Live{PluggedIn: true, Busy: s.occupied(p.Dev.UDID)}
		}
	}
	return live
}
