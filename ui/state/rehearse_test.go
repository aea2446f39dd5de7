package state

import (
	"slices"
	"testing"
	"time"

	"lifeboat/backup/keybag"
	"lifeboat/backup/rehearsal"
	"lifeboat/backup/vault"
	"lifeboat/checks"
	"lifeboat/device/fault"
	"lifeboat/ui/state/reminder"
)

// TestRehearse: the person is asked for the password only where none opens the backup,
// and what was proven is shown once.
func TestRehearse(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.engine.recheck = func(password string) error {
			switch password {
			case "":
				return fault.New(fault.PasswordNeeded, "open", nil)
			case "right":
				return nil
			}
			return fault.New(fault.PasswordWrong, "open", nil)
		}
		k, v := Kept{UDID: udidA, Encrypted: true}, vault.Version{Number: 2}
		r.plug()
		r.Tab(BackupsPage)
		r.drain()
		r.Rehearse(k, v, keybag.Password{})
		if r.Backups.Task == nil || r.Backups.Task.Kind != Rehearsing || !r.Busy() {
			t.Errorf("%+v", r.Backups.Task)
		}
		r.drain()
		if r.view.asked != 1 || r.view.wrong {
			t.Errorf("asked %d times", r.view.asked)
		}
		r.view.then(typed("typo"))
		r.drain()
		if r.view.asked != 2 || !r.view.wrong {
			t.Errorf("after a typo asked %d times", r.view.asked)
		}
		r.view.then(typed("right"))
		r.drain()
		if r.view.rehearsed != 1 || r.Backups.Task != nil || len(r.view.problems) != 0 {
			t.Errorf("shown %d times, %v", r.view.rehearsed, r.view.problems)
		}
		r.passwords[udidA] = typed("right")
		r.Rehearse(k, v, keybag.Password{})
		r.drain()
		if got := r.engine.noted("rehearse"); !slices.Equal(got, []string{"rehearse 2 ", "rehearse 2 typo", "rehearse 2 right", "rehearse 2 right"}) {
			t.Errorf("%q", got)
		}
	})
}

// TestRehearsalOffered: whoever has a proven backup is offered a rehearsal after a
// month, until one was done; and not again for a month, or never if it is switched off.
func TestRehearsalOffered(t *testing.T) {
	inBubble(t, func(r *rig) {
		at := time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)
		time.Sleep(time.Until(at))
		proven := func(in *checks.Input) {
			in.Phone.GatheredAt, in.Local = time.Now(), checks.Local{Exists: true, Finished: time.Now(), Proven: true}
		}
		r.engine.change = proven
		r.plug(phoneA)
		r.SetReminder(r.phone(phoneA), reminder.Computer, reminder.Off)
		r.SetReminder(r.phone(phoneA), reminder.ICloud, reminder.Off)
		days := func(n int) {
			for range n {
				time.Sleep(24 * time.Hour)
				r.drain()
			}
		}
		days(28)
		if r.Offer != nil || r.view.reminded != 0 {
			t.Fatalf("offered after four weeks: %+v", r.Offer)
		}
		days(4)
		if r.Offer == nil || !r.Offer.Is(udidA) || r.view.reminded != 1 {
			t.Fatalf("after a month: %+v, shown %d times", r.Offer, r.view.reminded)
		}
		r.engine.rehearsed = rehearsal.Result{Noted: true, Version: vault.Version{Rehearsed: vault.Rehearsal{Date: time.Now()}}}
		r.Tab(BackupsPage)
		r.drain()
		r.Rehearse(Kept{UDID: udidA, Name: "Anna's iPhone"}, vault.Version{Number: 2}, keybag.Password{})
		r.drain()
		if r.Offer != nil {
			t.Error("it is offered still, although it was done")
		}
		days(29)
		if r.Offer != nil {
			t.Error("it is offered again within a month")
		}
		days(3)
		if r.Offer == nil || r.view.reminded != 2 {
			t.Errorf("after another month: %+v, shown %d times", r.Offer, r.view.reminded)
		}
		r.SetOffersRehearsal(r.phone(phoneA), false)
		if r.Offer != nil || r.OffersRehearsal(r.phone(phoneA)) {
			t.Error("it is offered, although it was switched off")
		}
		days(40)
		if r.Offer != nil || r.view.reminded != 2 {
			t.Errorf("switched off: %+v, shown %d times", r.Offer, r.view.reminded)
		}
		r.SetOffersRehearsal(r.phone(phoneA), true)
		if !r.OffersRehearsal(r.phone(phoneA)) {
			t.Error("it cannot be switched on again")
		}
	})
}
