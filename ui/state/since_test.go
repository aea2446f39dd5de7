package state

import (
	"slices"
	"testing"
	"time"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/vault"
	"lifeboat/ui/enginetest"
)

// TestSince: a backup is compared with the newest one, each opened with its own
// password; just what is gone is taken out; and both are closed with their page.
func TestSince(t *testing.T) {
	inBubble(t, func(r *rig) {
		older, newer := enginetest.Made(), enginetest.Later()
		older.Holds = make(chan struct{}, 1)
		r.engine.inside, r.engine.newer = older, newer
		k := Kept{UDID: udidA, Encrypted: true, Versions: []vault.Version{
			{Number: 12, Unfinished: true}, {Number: 11, Unread: true}, {Number: 10, Trashed: time.Now()}, {Number: 9, Current: true}, {Number: 8}, {Number: 2}}}
		if v, any := NewestAfter(k, k.Versions[3]); any {
			t.Errorf("the newest is compared with %d", v.Number)
		}
		r.Tab(BackupsPage)
		r.drain()
		r.LookSince(k, k.Versions[5])
		r.drain()
		i := r.Inside
		if r.Page().Name != GonePage || i.Since.Newer.Number != 9 || r.view.asked != 1 || !i.NewerLocked() {
			t.Fatalf("%+v, asked %d times, %+v", r.Page(), r.view.asked, i.Since)
		}
		r.UnlockInside()
		r.view.then(typed("newer"))
		r.drain()
		if i.Locked || i.Since.Comparing || len(i.Since.Compared) != 4 || i.Err != nil {
			t.Fatalf("%+v %v", i.Since, i.Err)
		}
		if c := i.Since.Compared[0]; c.Gone != 1 || c.Added != 1 || len(i.Since.Gone["photos"]) != 1 || i.Since.Gone["photos"][0].Ref != "p1" {
			t.Errorf("%+v %+v", c, i.Since.Gone)
		}
		if len(i.Kinds) != 2 || i.Kinds[0].Total() != 1 || i.Kinds[0].Bytes != 3e6 {
			t.Errorf("what is gone: %+v", i.Kinds)
		}
		r.Show(Page{Name: GonePage, Kind: "photos"})
		r.drain()
		if older.Closed.Load() || newer.Closed.Load() {
			t.Error("closed while they are shown")
		}
		r.TakeOut([]kind.ID{"photos"}, "/out", kind.Options{})
		older.Holds <- struct{}{}
		r.drain()
		if r.view.taken != 1 || !slices.Equal(older.Refs, []string{"p1"}) {
			t.Errorf("taken out: %q", older.Refs)
		}
		r.Back()
		r.Back()
		r.drain()
		if r.Page().Name != BackupsPage || r.Inside != nil || !older.Closed.Load() || !newer.Closed.Load() {
			t.Errorf("on %s they are still open", r.Page().Name)
		}
	})
}

// TestSinceLeft: whoever leaves while the second backup is being opened leaves none open.
func TestSinceLeft(t *testing.T) {
	inBubble(t, func(r *rig) {
		older, newer := enginetest.Made(), enginetest.Later()
		r.engine.inside, r.engine.newer = older, newer
		r.passwords[udidA] = typed("newer")
		r.LookSince(Kept{UDID: udidA, Versions: []vault.Version{{Number: 9}, {Number: 2}}}, vault.Version{Number: 2})
		r.Tab(Overview)
		r.drain()
		if r.Inside != nil || !older.Closed.Load() {
			t.Error("it is still open")
		}
		r.LookSince(Kept{UDID: udidA, Versions: []vault.Version{{Number: 9}, {Number: 2}}}, vault.Version{Number: 2})
		r.drain()
		if len(r.Inside.Kinds) != 2 || r.view.asked != 0 {
			t.Errorf("%+v, asked %d times", r.Inside.Kinds, r.view.asked)
		}
	})
}

// TestSinceFar: how far a comparison is comes to the window; it can be given up at once,
// which leads back and leaves nothing open.
func TestSinceFar(t *testing.T) {
	inBubble(t, func(r *rig) {
		older, newer := enginetest.Made(), enginetest.Later()
		newer.CompareHolds = make(chan struct{}, 1)
		r.engine.inside, r.engine.newer = older, newer
		r.passwords[udidA] = typed("newer")
		k := Kept{UDID: udidA, Versions: []vault.Version{{Number: 9}, {Number: 2}}}
		r.Tab(BackupsPage)
		r.LookSince(k, k.Versions[1])
		if !r.Inside.Working() {
			t.Error("it does not work while the two are opened")
		}
		r.pass(2 * eventsEvery)
		if s := r.Inside.Since; !r.Inside.Working() || s.Far.Things != 12_000 || s.Far.Share != 0.25 || s.Far.Kind != "messages" {
			t.Errorf("%+v", s.Far)
		}
		r.StopComparing()
		r.drain()
		if r.Page().Name != BackupsPage || r.Inside != nil || !older.Closed.Load() || !newer.Closed.Load() {
			t.Errorf("on %s something is still open", r.Page().Name)
		}
		r.LookSince(k, k.Versions[1])
		newer.CompareHolds <- struct{}{}
		r.drain()
		if i := r.Inside; i.Working() || len(i.Kinds) != 2 {
			t.Errorf("%+v", i)
		}
		r.StopComparing() // too late
		if r.Page().Name != GonePage {
			t.Errorf("it leads to %s", r.Page().Name)
		}
	})
}
