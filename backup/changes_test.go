package backup

import (
	"context"
	"strings"
	"testing"

	"github.com/spf13/afero"

	"lifeboat/assets/words"
	"lifeboat/backup/changes"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// TestChanges: what changed between versions is counted without the password, and
// named with it, forwards and backwards. After a backup that the phone sent anew,
// only the password tells what did not change.
func TestChanges(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	edit := func() {
		if err := r.sim.Edit(content.Edits{Changed: 5, Added: 3, Removed: 2}); err != nil {
			t.Fatal(err)
		}
	}
	edit()
	r.mustRun(r.job())
	edit()
	anew := r.job()
	anew.Full = true
	r.mustRun(anew)
	between := func(from, to int, password string) changes.Changes {
		t.Helper()
		c, err := changes.Between(t.Context(), afero.NewOsFs(), r.root, r.cfg.UDID, from, to, keybag.NewPassword(password))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	counts := func(c changes.Changes) [3]int { return [3]int{c.Added.Files, c.Changed.Files, c.Removed.Files} }

	locked := between(1, 2, "")
	if counts(locked) != [3]int{3, 5, 2} || !locked.Locked || locked.Resent || len(locked.Parts) != 1 || locked.Added.Bytes <= 0 {
		t.Errorf("%+v", locked)
	}
	open := between(1, 2, secret)
	if counts(open) != [3]int{3, 5, 2} || open.Locked || open.Resent || open.Sums != locked.Sums || len(open.Parts) < 2 {
		t.Errorf("%+v", open)
	}
	for _, p := range open.Parts {
		if said := words.English().Text(p.Words()); strings.Contains(said, "[") || strings.Contains(said, "<") {
			t.Error(said)
		}
	}
	if back := between(2, 1, secret); counts(back) != [3]int{2, 5, 3} {
		t.Errorf("%+v", back)
	}
	if none := between(2, 2, secret); len(none.Parts) != 0 || counts(none) != [3]int{} {
		t.Errorf("%+v", none)
	}

	if anew := between(2, 3, ""); !anew.Locked || !anew.Resent || anew.Changed.Files < 5 {
		t.Errorf("%+v", anew)
	}
	if anew := between(2, 3, secret); counts(anew) != [3]int{3, 5, 2} || !anew.Resent || anew.Locked {
		t.Errorf("%+v", anew)
	}

	for _, c := range []struct {
		from, to int
		password string
		want     fault.Code
	}{{1, 9, "", fault.VersionUnknown}, {9, 1, "", fault.VersionUnknown}, {1, 2, "wrong", fault.PasswordWrong}} {
		if _, err := changes.Between(t.Context(), afero.NewOsFs(), r.root, r.cfg.UDID, c.from, c.to, keybag.NewPassword(c.password)); fault.Of(err) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := changes.Between(stopped, afero.NewOsFs(), r.root, r.cfg.UDID, 1, 2, keybag.Password{}); fault.Of(err) != fault.Cancelled {
		t.Error(err)
	}
}
