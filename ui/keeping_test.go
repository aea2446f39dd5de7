package ui

import (
	"testing"

	"lifeboat/ui/state"
	"lifeboat/ui/widgets"

	"fyne.io/fyne/v2/test"

	"lifeboat/backup"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/checks/feeds"
)

// choices are the choices in sight, from the top.
func (r *rig) choices() (all []*widgets.Choice) {
	for _, o := range r.objects() {
		if c, ok := o.(*widgets.Choice); ok {
			all = append(all, c)
		}
	}
	return all
}

// everything is the box that keeps all backups.
func (r *rig) everything() *widgets.TickBox {
	r.t.Helper()
	return find(r, func(b *widgets.TickBox) bool { return b.Text == r.say("ui.keeping.everything", nil) })
}

// TestKeepingSettings shows the policy, changes it, and finds it again.
func TestKeepingSettings(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	settings := func(o *Options) { o.Settings = state.NewSettings(prefs, "/backups", feeds.Everything) }
	choose := func(r *rig, at int, option string) {
		r.choices()[at].SetSelected(option)
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
		test.Tap(r.everything())
		want := vault.Policy{Limit: 500e9, Trash: 21}
		if got := state.NewSettings(prefs, "", feeds.Everything).Policy(); got != want {
			t.Errorf("with nothing let go by age the policy is %+v", got)
		}
		if !r.choices()[0].Disabled() || r.choices()[4].Disabled() {
			t.Error("what is of no use can be chosen, or the other way round")
		}
		test.Tap(r.everything())
		if got := r.Settings.Policy(); got.All != vault.DefaultPolicy.All || got.Limit != 500e9 {
			t.Errorf("after that the policy is %+v", got)
		}
	})
}

// TestReadAll is a choice that the job gets after a look into the settings, and that
// is found again.
func TestReadAll(t *testing.T) {
	prefs := test.NewTempApp(t).Preferences()
	settings := func(o *Options) { o.Settings = state.NewSettings(prefs, "/backups", feeds.Everything) }
	inWindow(t, settings, func(r *rig) {
		r.start()
		if got := r.runs.orders[0].Level; got != (verify.Level{}) {
			t.Errorf("without a choice the job proves %v", got)
		}
		r.encrypted()
		r.end(backup.Result{}, noRoom)
		r.tap("Settings")
		test.Tap(find(r, func(b *widgets.TickBox) bool { return b.Text == "Read every file after each backup" }))
		r.choices()[4].SetSelected("500 GB")
		r.tap("Back")
		r.tap("Try again")
		if got := r.runs.orders[1].Level; got != (verify.Level{Depth: verify.Full}) {
			t.Errorf("the job proves %v", got)
		}
		if got := r.runs.orders[1].Policy.Limit; got != 500e9 {
			t.Errorf("the job keeps up to %d bytes", got)
		}
	})
	if got := state.NewSettings(prefs, "", feeds.Everything).Level(); got.Depth != verify.Full {
		t.Errorf("the next start proves %v", got)
	}
}
