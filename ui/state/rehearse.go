package state

import (
	"context"

	"lifeboat/backup/keybag"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/ui/state/reminder"
)

// Rehearse proves that a backup restores, onto a simulated phone. The password comes
// from this session or the keyring; only where it is needed and not there, or wrong,
// the person is asked.
func (s *State) Rehearse(k Kept, v vault.Version, password keybag.Password) {
	if password.Empty() {
		password = s.knownPassword(k.UDID)
	}
	s.work(Rehearsing, v, func(ctx context.Context, report func(HowFar)) func() {
		r, err := s.Engine.Rehearse(ctx, k, v.Number, password, func(p rehearsal.Progress) {
			report(HowFar{p.Files, max(p.FilesTotal, v.Files), p.Bytes, p.BytesTotal})
		})
		return func() {
			switch fault.Of(err) {
			case "":
				s.rememberRehearsal(k, r)
				s.View.Rehearsed(v, r)
			case fault.PasswordNeeded, fault.PasswordWrong, fault.PasswordOlder:
				s.View.AskPassword(v, fault.Of(err) != fault.PasswordNeeded, func(typed keybag.Password) { s.Rehearse(k, v, typed) })
			case fault.Cancelled:
			default:
				s.View.Problem(err, func() { s.Rehearse(k, v, password) })
			}
		}
	})
}

// rememberRehearsal takes that a rehearsal was done: none is offered for a month.
func (s *State) rememberRehearsal(k Kept, r rehearsal.Result) {
	if s.Offer != nil && s.Offer.Is(k.UDID) {
		s.Offer = nil
	}
	if r.Noted && r.Passed() {
		s.reminders.SeeProven(k.UDID, k.Name, r.Version.Rehearsed.Date, s.Now())
		s.keepReminders()
	}
}

// OffersRehearsal is whether a phone's owner is offered a rehearsal each month.
func (s *State) OffersRehearsal(p *Phone) bool {
	return s.reminders.ChosenRehearsal(p.Dev.UDID) != reminder.Off
}

// SetOffersRehearsal chooses it.
func (s *State) SetOffersRehearsal(p *Phone, on bool) {
	every := reminder.Off
	if on {
		every = reminder.Monthly
	} else if s.Offer != nil && s.Offer.Is(p.Dev.UDID) {
		s.Offer = nil
	}
	s.reminders.ChooseRehearsal(p.Dev.UDID, every)
	s.keepReminders()
}
