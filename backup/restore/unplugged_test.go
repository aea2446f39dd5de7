package restore

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
)

// TestUnplugged: at whatever point the cable is pulled, it is said what became of
// the phone, nothing of the backup changes, and the next try works.
func TestUnplugged(t *testing.T) {
	for _, ios := range []string{"18.4.1", "27.0"} {
		r := newRig(t, func(c *phonesim.Config) { c.Version = ios })
		made := r.backUp(secret)
		before := tree(t, r.root)
		for tenth := range 11 {
			if testing.Short() && (tenth != 5 || ios != "27.0") {
				continue // make test pulls it at each without the race detector
			}
			pulled, restarts := false, r.sim.Restarts()
			j := r.job()
			result, err := j.Run(context.Background(), func(e backup.Event) {
				due := e.Phase == Sending && e.Bytes > 0 && 10*e.Bytes >= int64(tenth)*made.Bytes || e.Phase == backup.Finishing
				if tenth == 0 {
					due = e.Phase == backup.WaitingPhone
				}
				if due && !pulled {
					pulled = true
					r.server.Detach(r.sim)
				}
			})
			if err == nil && tenth < 10 && pulled {
				// The phone had all before the cable was out: that is the restart.
				t.Logf("iOS %s, %d tenths: it was done", ios, tenth)
			}
			if err != nil {
				p := words.English().Problem(string(fault.Of(err)), "linux", fault.As(err).Args)
				allowed := map[State]bool{Untouched: true, Partial: ios == "18.4.1", Erased: ios == "27.0", Sent: true}
				if fault.Of(err) != fault.PhoneGone || !allowed[result.State] || result.Refused || p.Meaning == "" {
					t.Errorf("iOS %s, %d tenths: %+v, %v", ios, tenth, result.State, err)
				}
				if result.Files > 0 && result.State == Untouched {
					t.Errorf("iOS %s, %d tenths: untouched after %d files", ios, tenth, result.Files)
				}
			}
			isFolder(t, fmt.Sprint(tenth, " tenths"), before, r.root)
			if err == nil {
				r.back(restarts)
				continue
			}
			r.sim.Restart() // as the words say; without, it answers 102
			r.server.Attach(r.sim)
			r.find()
		}
		want := contentOf(t, r.sim.Content())
		if _, err := r.job().Run(context.Background(), nil); err != nil {
			t.Errorf("iOS %s: the next try: %v", ios, err)
		}
		if d := cmp.Diff(want, restored(t, r.sim)); d != "" {
			t.Error(d)
		}
	}
}
