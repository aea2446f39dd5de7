package ui

import "testing"

// TestLost: three questions lead to a restore, a look inside, or to things taken out.
func TestLost(t *testing.T) {
	for name, tc := range map[string]struct{ taps, sees []string }{
		"restore": {[]string{"Yes, a new, repaired or other one", "Yes"}, []string{"Put everything onto that iPhone", "Your newest backup is of 23 November 2026", "Restore …"}},
		"look":    {[]string{"Not yet", "To look something up: messages, numbers, notes"}, []string{"Look inside the backup", "Look inside"}},
		"take":    {[]string{"Yes, a new, repaired or other one", "No, it must stay as it is", "My photos and other things as files on this computer"}, []string{"Take your things out of the backup"}},
	} {
		t.Run(name, func(t *testing.T) {
			inWindow(t, nil, func(r *rig) {
				r.engine.backups.kept = keptHere()
				r.plug()
				r.tap("My iPhone is lost or broken")
				for _, text := range tc.taps {
					r.tap(text)
				}
				r.sees(tc.sees...)
			})
		})
	}
	inWindow(t, nil, func(r *rig) {
		r.plug()
		r.tap("My iPhone is lost or broken")
		r.tap("Not yet")
		r.tap("To look something up: messages, numbers, notes")
		r.sees("There is no backup in the folder that Lifeboat uses")
		r.tap("Change the answer")
		r.misses("There is no backup in the folder")
		r.Back()
		r.drain()
		r.sees("Connect your iPhone")
	})
}

func init() {
	states = append(states,
		windowState{"lost", func(r *rig) { r.plug(); r.tap("My iPhone is lost or broken") }, []string{"what now?", "Not yet"}},
		windowState{"lost led", func(r *rig) {
			r.engine.backups.kept = keptHere()
			r.plug()
			r.tap("My iPhone is lost or broken")
			r.tap("Yes, a new, repaired or other one")
			r.tap("No, it must stay as it is")
			r.tap("To look something up: messages, numbers, notes")
		}, []string{"Look inside the backup"}},
	)
}
