package ui

import (
	"testing"

	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lifeboat/backup"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
)

// TestOrderKeeps hands the user's choice to the job.
func TestOrderKeeps(t *testing.T) {
	inWindow(t, nil, func(r *rig) {
		r.start()
		if got := r.runs.orders[0].Policy; got != vault.DefaultPolicy {
			t.Errorf("the job keeps %+v", got)
		}
		r.encrypted() // so that the second time nothing is asked
		r.end(backup.Result{}, noRoom)
		want := vault.Policy{All: 3, Limit: 500e9, Trash: 7}
		r.Settings.SetPolicy(want)
		r.tap("Try again")
		if got := r.runs.orders[1].Policy; got != want {
			t.Errorf("the job keeps %+v, want %+v", got, want)
		}
	})
}

// TestKeepingSettings shows the policy, changes it, and finds it again.
func TestKeepingSettings(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	settings := func(o *Options) { o.Settings = NewSettings(prefs, "/backups", feeds.Everything) }
	choose := func(r *rig, at int, option string) {
		var all []*widget.Select
		for _, o := range r.objects() {
			if s, ok := o.(*widget.Select); ok {
				all = append(all, s)
			}
		}
		all[at].SetSelected(option)
		r.drain()
	}
	inWindow(t, settings, func(r *rig) {
		r.plug()
		r.tap("Settings")
		r.sees("Earlier backups", "7 days", "14 days", "8 weeks", "12 months", "any amount")
		choose(r, 0, "30 days")
		choose(r, 2, "52 weeks")
		choose(r, 4, "500 GB")
		want := vault.DefaultPolicy
		want.All, want.Weekly, want.Limit = 30, 52, 500e9
		if got := r.Settings.Policy(); got != want {
			t.Errorf("the policy is %+v, want %+v", got, want)
		}
		prefs.SetInt("keep.trash", 21)
	})
	inWindow(t, settings, func(r *rig) {
		r.plug()
		r.tap("Settings")
		r.sees("30 days", "52 weeks", "500 GB", "21 days")
		test.Tap(find(r, func(b *widgets.TickBox) bool { return true }))
		want := vault.Policy{Limit: 500e9, Trash: 21}
		if got := NewSettings(prefs, "", feeds.Everything).Policy(); got != want {
			t.Errorf("with nothing let go by age the policy is %+v", got)
		}
		test.Tap(find(r, func(b *widgets.TickBox) bool { return true }))
		if got := r.Settings.Policy(); got.All != vault.DefaultPolicy.All || got.Limit != 500e9 {
			t.Errorf("after that the policy is %+v", got)
		}
	})
}

// TestReadAll is a choice that the job gets, and that is found again.
func TestReadAll(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	settings := func(o *Options) { o.Settings = NewSettings(prefs, "/backups", feeds.Everything) }
	inWindow(t, settings, func(r *rig) {
		r.start()
		if got := r.runs.orders[0].Level; got != (verify.Level{}) {
			t.Errorf("without a choice the job proves %v", got)
		}
		r.encrypted()
		r.end(backup.Result{}, noRoom)
		r.tap("Settings")
		test.Tap(find(r, func(b *widgets.TickBox) bool { return b.Text == "Read every file after each backup" }))
		r.tap("Close")
		r.tap("Try again")
		if got := r.runs.orders[1].Level; got != (verify.Level{Depth: verify.Full}) {
			t.Errorf("the job proves %v", got)
		}
	})
	if got := NewSettings(prefs, "", feeds.Everything).Level(); got.Depth != verify.Full {
		t.Errorf("the next start proves %v", got)
	}
}

// TestDamagedPreferences never make a policy of fewer than none.
func TestDamagedPreferences(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	prefs.SetInt("keep.all", -3)
	prefs.SetInt("keep.gigabytes", -1)
	got := NewSettings(prefs, "", feeds.Everything).Policy()
	want := vault.DefaultPolicy
	want.All = 0
	if got != want {
		t.Errorf("the policy is %+v, want %+v", got, want)
	}
}
