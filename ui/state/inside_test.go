package state

import (
	"testing"
	"time"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/vault"
	"lifeboat/device/fault"
	"lifeboat/ui/enginetest"
)

// TestInside: a backup is opened with the password of this session, or one that is
// typed; its kinds are counted, searched and listed, and it is closed with its page.
func TestInside(t *testing.T) {
	inBubble(t, func(r *rig) {
		c := enginetest.Made()
		r.engine.inside = c
		r.engine.recheck = func(password string) error {
			switch password {
			case "":
				return fault.New(fault.PasswordNeeded, "open", nil)
			case "right":
				return nil
			}
			return fault.New(fault.PasswordWrong, "open", nil)
		}
		r.Tab(BackupsPage)
		r.drain()
		r.LookInside(Kept{UDID: udidA, Encrypted: true}, vault.Version{Number: 2})
		r.drain()
		if r.Page().Name != InsidePage || r.view.asked != 1 || r.view.wrong || r.Inside.Opening {
			t.Fatalf("%+v, asked %d", r.Page(), r.view.asked)
		}
		r.view.then(typed("typo"))
		r.drain()
		if r.view.asked != 2 || !r.view.wrong {
			t.Errorf("after a typo: asked %d times", r.view.asked)
		}
		r.view.then(typed("right"))
		r.drain()
		if i := r.Inside; len(i.Kinds) != 4 || i.Summing || i.Kinds[0].Total() != 2 || i.Kinds[2].State != kind.LeftOut || i.Kinds[3].State != kind.Unreadable {
			t.Errorf("%+v", r.Inside.Kinds)
		}
		r.SearchInside("boat")
		r.SearchInside("ada")
		r.drain()
		if s := r.Inside.Search; s.Busy || s.Results.Count != 2 || s.Text != "ada" || len(s.Results.Unread) != 1 {
			t.Errorf("%+v", s)
		}
		r.Show(Page{Name: KindPage, Kind: "messages"})
		list := r.List("messages")
		r.drain()
		if list.Reading || len(list.Things) != 2 || r.List("messages") != list || r.Page().Kind != "messages" {
			t.Errorf("%+v", list)
		}
		r.Back()
		if r.Page().Name != InsidePage || c.Closed.Load() {
			t.Errorf("back leads to %s", r.Page().Name)
		}
		r.Back()
		r.drain()
		if r.Page().Name != BackupsPage || r.Inside != nil || !c.Closed.Load() {
			t.Errorf("on %s it is still open", r.Page().Name)
		}
	})
}

// TestTakeOut: an export goes on beside other pages, tells how far it is, and stops
// when it is asked to; only then the backup is closed.
func TestTakeOut(t *testing.T) {
	inBubble(t, func(r *rig) {
		c := enginetest.Made()
		c.Holds = make(chan struct{})
		r.engine.inside = c
		r.Tab(BackupsPage)
		r.drain()
		r.LookInside(Kept{UDID: udidA}, vault.Version{Number: 2})
		r.drain()
		begin := func() {
			t.Helper()
			r.TakeOut([]kind.ID{"photos", "messages"}, "/out", kind.Options{Hidden: true})
			r.pass(2 * time.Second)
		}
		begin()
		if e := r.Inside.Export; e == nil || e.Far.Files != 1 || e.Share() != 0.5 || !r.Busy() || c.Took != "/out" || !c.Chosen.Hidden {
			t.Fatalf("%+v", r.Inside.Export)
		}
		r.Tab(Overview)
		r.drain()
		if c.Closed.Load() || r.Inside == nil {
			t.Error("it is closed while something is taken out")
		}
		c.Holds <- struct{}{}
		r.drain()
		if r.view.taken != 1 || r.view.took != "/out" || r.Inside != nil || !c.Closed.Load() || r.Busy() {
			t.Errorf("done: %d times, open %v", r.view.taken, r.Inside != nil)
		}

		c.Closed.Store(false)
		r.Tab(BackupsPage)
		r.LookInside(Kept{UDID: udidA}, vault.Version{Number: 2})
		r.drain()
		begin()
		r.StopTakingOut()
		r.drain()
		if r.Inside.Export != nil || r.view.taken != 1 || len(r.view.problems) != 0 {
			t.Errorf("stopped: %+v, %v", r.Inside.Export, r.view.problems)
		}
		begin()
		r.Quit()
		r.drain()
		if r.view.closed != 1 || !c.Closed.Load() {
			t.Errorf("quit: closed %d times", r.view.closed)
		}
	})
}
