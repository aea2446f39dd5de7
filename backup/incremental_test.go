package backup

import (
	"context"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// prove proves a version fully, wherever its files lie.
func (r *rig) prove(number int, password string) verify.Report {
	r.t.Helper()
	w, err := vault.OpenView(afero.NewOsFs(), r.root, r.phone.UDID, number)
	if err != nil {
		r.t.Fatal(err)
	}
	defer w.Close()
	var ends []func()
	defer func() {
		for _, end := range ends {
			end()
		}
	}()
	report, err := verify.Run(context.Background(), verify.Subject{
		Fs: w.FS(), Dir: "/", Tops: w.Tops(),
		Catalog: func() (catalog.Stream, error) {
			s, end, err := w.Catalog()
			if err == nil {
				ends = append(ends, end)
			}
			return s, err
		},
	}, keybag.NewPassword(password), verify.Level{Depth: verify.Full}, nil)
	if err != nil {
		r.t.Errorf("version %d: %v: %+v", number, err, report.Problems)
	}
	return report
}

// TestIncremental: the second backup brings only what changed, and the first
// one can still be had.
func TestIncremental(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(9, 300, 3<<20) })
	first := r.mustRun(r.job())
	if err := r.sim.Edit(content.Edits{Changed: 5, Added: 3, Removed: 2}); err != nil {
		t.Fatal(err)
	}
	second := r.mustRun(r.job())
	if v := second.Version; v.Number != 2 || v.Changed != 5 || v.Added != 3 || v.Removed != 2 || v.Proof.Level != "quick" || !v.Proof.Intact() {
		t.Errorf("the second version: %+v", v)
	}
	if sent := r.sim.Agent().LastRun(); !sent.Incremental || sent.Files != 8 {
		t.Errorf("the phone sent %+v", sent)
	}
	if second.Files != first.Files+1 {
		t.Errorf("%d files after %d", second.Files, first.Files)
	}
	r.prove(1, secret)
	r.prove(2, secret)

	// A password of its own makes a full backup; the others keep theirs.
	if err := (&conversation.Conversation{Phone: r.phone}).Encrypt(context.Background(), keybag.NewPassword(secret), keybag.NewPassword("another")); err != nil {
		t.Fatal(err)
	}
	j := r.job()
	j.Password = keybag.NewPassword("another")
	j.AskAgain = func(context.Context) (keybag.Password, error) { return keybag.NewPassword("another"), nil }
	third := r.mustRun(j)
	// With other keys nothing of the second one may be in it: all is read.
	if third.Version.Changed < 200 || third.Version.Proof.Level != "full" {
		t.Errorf("the third version: %+v", third.Version)
	}
	r.prove(1, secret)
	r.prove(2, secret)
	r.prove(3, "another")
}

// TestFullOnRequest builds upon nothing.
func TestFullOnRequest(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	j := r.job()
	j.Full = true
	again := r.mustRun(j)
	if again.Version.Number != 2 || again.Version.Added == 0 || again.Version.Changed != 0 || again.Version.Proof.Level != "full" {
		t.Errorf("%+v", again.Version)
	}
	r.prove(1, secret)
	r.prove(2, secret)
}

// TestResumes: after the cable was pulled the next run brings only the rest.
func TestResumes(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(9, 400, 6<<20) })
	cfg := r.cfg
	cfg.Faults.Backup.DetachAt = 0.6
	r.start(cfg)
	if _, err := r.job().Run(context.Background(), nil); fault.Of(err) != fault.PhoneGone {
		t.Fatal(err)
	}
	r.start(r.cfg)
	result := r.mustRun(r.job())
	if sent := r.sim.Agent().LastRun(); !result.Resumed || !sent.Resumed || sent.Files > result.Files-50 {
		t.Errorf("resumed %v; the phone sent %+v of %d", result.Resumed, sent, result.Files)
	}
	r.prove(1, secret)
}

// TestStuck: two runs that end at the same point are no accident, and a full
// run is the way out.
func TestStuck(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(9, 400, 6<<20) })
	cfg := r.cfg
	cfg.Faults.Backup.AtEnd.Code = 104
	r.start(cfg)
	for attempt, want := range []fault.Code{fault.HostWrite, fault.StuckSamePlace} {
		if _, err := r.job().Run(context.Background(), nil); fault.Of(err) != want {
			t.Errorf("attempt %d: %v", attempt+1, err)
		}
	}
	r.start(r.cfg)
	j := r.job()
	j.Full = true
	if result := r.mustRun(j); result.Resumed {
		t.Error("a full run resumed the interrupted one")
	}
}

// TestThinsOut: old versions go as the policy says, and never the last.
func TestThinsOut(t *testing.T) {
	r := newRig(t, nil)
	day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for i := range 5 {
		j := r.job()
		j.Now = func() time.Time { return day.AddDate(0, 0, i) }
		j.Policy = vault.Policy{Daily: 2, Trash: 1}
		if err := r.sim.Edit(content.Edits{Changed: 2}); err != nil {
			t.Fatal(err)
		}
		r.mustRun(j)
	}
	versions, err := vault.List(afero.NewOsFs(), r.root, r.phone.UDID)
	if err != nil {
		t.Fatal(err)
	}
	var live, trashed int
	for _, v := range versions {
		if v.Trashed.IsZero() {
			live++
		} else {
			trashed++
		}
		r.prove(v.Number, secret)
	}
	if live != 2 || trashed != 1 {
		t.Errorf("%d live, %d in the trash", live, trashed)
	}
}
