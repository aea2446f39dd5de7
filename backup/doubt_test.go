package backup

import (
	"context"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim/content"
)

// largestPath is a file of the content that has several blocks.
func (r *rig) largestPath() (path string) {
	var most int64
	r.cfg.Content.Walk(func(f content.File) error {
		if f.Kind == content.Regular && f.Size > most {
			most, path = f.Size, f.Path
		}
		return nil
	})
	return path
}

// wrongKey plugs the phone in again, which then sends these files spoiled.
func (r *rig) wrongKey(paths ...string) {
	cfg := r.cfg
	cfg.Faults.Backup.WrongKey = paths
	r.start(cfg)
}

// counted makes a backup and says how many files the phone sent for it.
func (r *rig) counted(j *Job) (result Result, sent int) {
	r.t.Helper()
	result, err := j.Run(context.Background(), func(e Event) {
		sent = max(sent, e.received())
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return result, sent
}

// received is how many files had arrived at this event. The one that enters
// Finishing counts them all; those of Receiving come at a pace, which a short
// run is over before.
func (e Event) received() int {
	if e.Phase == Receiving || e.Phase == Finishing {
		return e.Files
	}
	return 0
}

// TestOneOddFile: a run that the phone has finished is put in place whatever
// the proof finds in single files. It says so, keeps and names the last one
// without doubt, and the next run has the phone send everything again.
func TestOneOddFile(t *testing.T) {
	r := newRig(t, nil)
	odd := r.largestPath()
	first, all := r.counted(r.job())
	before := r.kept()

	r.wrongKey(odd)
	j := r.job()
	j.Full = true
	j.Policy = vault.Policy{All: 0, Daily: 1, Trash: 1} // keeps but the newest of a day
	second, _ := r.counted(j)
	if second.Doubtful != 1 || second.Version.Number != 2 || second.LastProven == nil || second.LastProven.Number != 1 {
		t.Fatalf("%+v", second)
	}
	if p := second.Verified.Problems; len(p) != 1 || p[0].Path != odd || p[0].Kind != verify.BadPadding {
		t.Errorf("%+v", p)
	}
	if v := second.Version; v.Proof.Problems != 1 || v.Proof.Intact() || len(v.Doubtful) != 1 {
		t.Errorf("%+v", v)
	}
	if len(second.Trashed) != 0 {
		t.Errorf("the last backup without doubt went to the trash: %v", second.Trashed)
	}
	r.prove(1, secret)

	r.wrongKey()
	third, sent := r.counted(r.job())
	if third.Doubtful != 0 || third.LastProven != nil || third.Version.Number != 3 || sent < all {
		t.Errorf("after a doubtful one: %+v, %d of %d files were sent", third, sent, all)
	}
	r.prove(3, secret)
	if first.Files != third.Files || len(before) == 0 {
		t.Errorf("%d files, then %d", first.Files, third.Files)
	}
}

// TestLastingDoubt: a file that the phone sends spoiled each time costs one full
// run and no more, and is never called good.
func TestLastingDoubt(t *testing.T) {
	r := newRig(t, nil)
	r.wrongKey(r.largestPath())
	_, all := r.counted(r.job())
	for run, most := range []int{all, all / 2, all / 2} {
		result, sent := r.counted(r.job())
		if result.Doubtful != 1 || result.Version.Proof.Intact() || len(result.Version.Doubtful) != 1 {
			t.Errorf("run %d: %+v", run, result)
		}
		if run == 0 && sent < all || sent > most {
			t.Errorf("run %d: %d files were sent, of %d", run, sent, all)
		}
	}
}

// TestNewListUnreadable: what could not be restored is not put in its place,
// and nothing of what arrived is deleted before something better is there.
func TestNewListUnreadable(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, earlier := range []bool{true, false} {
		r := newRig(t, nil)
		if earlier {
			r.mustRun(r.job())
		}
		before := r.kept()
		r.wrongKey("Manifest.db")
		j := r.job()
		j.Full = true
		_, err := j.Run(context.Background(), nil)
		e := fault.As(err)
		if fault.Of(err) != fault.NewBackupUnfit || e.Args["Earlier"] != earlier || e.Args["Kept"] != true || e.Args["Path"] != nil {
			t.Errorf("%v, %v", err, e)
		}
		if after := r.kept(); earlier {
			if d := cmp.Diff(before, after); d != "" {
				t.Error(d)
			}
		}
		if n := r.held(); n < 40 {
			t.Errorf("%d files are kept", n)
		}
		// Nothing that the phone refuses at its start takes it away.
		cfg := r.cfg
		cfg.Faults.Backup.AtStart.Code = 205
		r.start(cfg)
		if _, err := r.job().Run(context.Background(), nil); fault.Of(err) != fault.BackupCorrupt {
			t.Error(err)
		}
		if n := r.held(); n < 40 {
			t.Errorf("%d files are kept after a refusal", n)
		}
		r.start(r.cfg)
		result := r.mustRun(r.job())
		r.prove(result.Version.Number, secret)
		if n := r.held(); n != 0 {
			t.Errorf("%d files are left", n)
		}
	}
}

// held counts the content files that are kept of interrupted runs.
func (r *rig) held() (n int) {
	r.t.Helper()
	for _, name := range []string{"run", "aside"} {
		err := filepath.WalkDir(filepath.Join(r.root, ".lifeboat", r.cfg.UDID, name), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && len(d.Name()) == 40 {
				n++
			}
			return nil
		})
		if err != nil {
			r.t.Fatal(err)
		}
	}
	return n
}
