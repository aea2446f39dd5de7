package state

import (
	"testing"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/device/fault"
)

// check is a page about a check that every phone has.
func check(id string) Page { return Page{Name: CheckPage, Check: id} }

// TestBack leads the way that was come, and ends at the overview.
func TestBack(t *testing.T) {
	settings, overview := Page{Name: SettingsPage}, Page{Name: Overview}
	for _, c := range []struct {
		name string
		walk func(r *rig)
		back []Page // the pages that Back leads to, one after the other
	}{
		{"from the overview", func(r *rig) {}, []Page{overview, overview}},
		{"shown", func(r *rig) { r.Show(check("power")); r.Show(settings) }, []Page{check("power"), overview, overview}},
		{"twice the same", func(r *rig) { r.Show(settings); r.Show(settings) }, []Page{overview}},
		{"replaced", func(r *rig) { r.Show(check("power")); r.Replace(check("cable")); r.Show(settings) }, []Page{check("cable"), overview}},
		{"replaced by the one before", func(r *rig) { r.Show(check("power")); r.Show(check("cable")); r.Replace(check("power")) }, []Page{overview}},
		{"a tab has no way back", func(r *rig) { r.Show(check("power")); r.Tab(SettingsPage) }, []Page{overview}},
		{"from a tab", func(r *rig) { r.Tab(BackupsPage); r.Show(settings) }, []Page{{Name: BackupsPage}, overview}},
		{"over a page that is lost", func(r *rig) {
			r.Show(Page{Name: AttemptPage}) // none is watched
			r.Show(settings)
		}, []Page{overview, overview}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(r *rig) {
				r.plug(phoneA)
				c.walk(r)
				for i, want := range c.back {
					r.Back()
					if got := r.Page(); got != want {
						t.Fatalf("back %d leads to %v, want %v", i+1, got, want)
					}
				}
				if r.CanGoBack() != (r.Page() != overview) {
					t.Error("whether there is a way back is told wrongly")
				}
			})
		})
	}
}

// TestBackForgets: nobody goes back through a hundred pages, and nothing grows.
func TestBackForgets(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		for range 100 {
			r.Show(check("power"))
			r.Show(check("cable"))
		}
		n := 0
		for ; r.CanGoBack(); n++ {
			r.Back()
		}
		if n > mostBack+2 {
			t.Errorf("back leads through %d pages", n)
		}
	})
}

// TestLostPhone: a page that has lost its phone is the overview, and is not there
// again when another phone comes.
func TestLostPhone(t *testing.T) {
	for name, open := range map[PageName]func(r *rig){
		CheckPage:   func(r *rig) { r.Show(check("power")) },
		FixPage:     func(r *rig) { r.ShowFix(r.phone(phoneA)) },
		JobPage:     func(r *rig) { r.BackUp(r.phone(phoneA), ""); r.drain() },
		AttemptPage: func(r *rig) { r.Watch(r.phone(phoneA), "") },
	} {
		t.Run(string(name), func(t *testing.T) {
			inBubble(t, func(r *rig) {
				r.plug(phoneA)
				open(r)
				r.at(name)
				r.plug()
				if name != AttemptPage { // which says itself that nothing more is heard
					r.at(Overview)
				}
				r.plug(phoneB)
				r.Back()
				r.at(Overview)
			})
		})
	}
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		r.Show(check("no such check"))
		r.at(Overview)
	})
	for _, name := range []PageName{SettingsPage, BackupsPage} {
		inBubble(t, func(r *rig) { // these need none
			r.plug(phoneA)
			r.Tab(name)
			r.plug()
			r.at(name)
			r.plug(phoneA, phoneB)
			r.Choose(r.phone(phoneB))
			r.at(name)
		})
	}
}

// TestLeaving ends what only a page needs, and nothing that the way back leads to.
func TestLeaving(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		r.Watch(r.phone(phoneA), "")
		r.Watch(r.phone(phoneA), "")
		r.Back()
		r.drain()
		if got := r.engine.noted("attempt ended"); r.Attempt != nil || len(got) != 1 {
			t.Errorf("the attempt was watched %d times to the end", len(got))
		}
		r.WriteReport(r.phone(phoneA), words.English())
		r.drain()
		r.EditReport("what the person wrote")
		r.Show(Page{Name: SettingsPage})
		r.Back()
		r.at(ReportPage)
		if r.Report.Text != "what the person wrote" || !r.Report.Edited {
			t.Errorf("after a look into the settings the report is %q", r.Report.Text)
		}
		r.Back()
		if r.Report != nil {
			t.Error("the report stays")
		}
		r.Tab(BackupsPage)
		if r.Backups == nil {
			t.Fatal("nobody looks for backups")
		}
		r.Tab(Overview)
		if r.Backups != nil {
			t.Error("the list of backups stays")
		}
		r.ShowFix(r.phone(phoneA))
		fix := r.phone(phoneA).Fix
		r.Show(check("power"))
		r.Back()
		if r.at(FixPage); r.phone(phoneA).Fix != fix {
			t.Error("the steps begin anew after a look at a check")
		}
		r.Back()
		if r.phone(phoneA).Fix != nil {
			t.Error("the steps stay")
		}
	})
	inBubble(t, func(r *rig) { // a failure can be answered in the settings
		r.end(r.first(), fault.New(fault.DestFull, "write", nil))
		r.Show(Page{Name: SettingsPage})
		r.Back()
		r.at(JobPage)
		r.Again(r.in(phoneA, Failed), false)
		r.drain()
		r.in(phoneA, Choosing)
	})
}

// TestPolling: the engine knows on which phone somebody works now, so that what is
// repaired turns green at once.
func TestPolling(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.plug(phoneA)
		r.hears(phoneA, func(in *checks.Input) {}) // iCloud Backup is off: there are steps
		r.ShowFix(r.phone(phoneA))
		r.drain()
		r.Back()
		r.drain()
		if got := r.engine.noted("open"); len(got) != 2 || got[0] != "open true" || got[1] != "open false" {
			t.Errorf("told %q", got)
		}
	})
}
