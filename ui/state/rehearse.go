package state

import (
	"context"

	"lifeboat/backup/keybag"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
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
			s.opened(v, password, err, func(p keybag.Password) { s.Rehearse(k, v, p) }, func() {
				s.rememberRehearsal(k, r)
				s.View.Rehearsed(v, r)
			})
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
