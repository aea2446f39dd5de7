package backup

import (
	"context"
	"testing"

	"lifeboat/backup/keybag"
	"lifeboat/backup/verify"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestOddLists: a list of files as real phones have them, with sizes that are
// not those of what they send and rows of other shapes, makes a backup as good
// as any: received, proven, built upon.
func TestOddLists(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, encrypted := range []bool{true, false} {
		r := newRig(t, func(c *phonesim.Config) {
			c.Content = content.Generate(12, 300, 1<<20)
			c.Faults.Backup.OddRows, c.Faults.Backup.SizesDiffer = true, 9
		})
		job := func() *Job {
			j := r.job()
			if !encrypted {
				j.Password, j.Unencrypted = keybag.Password{}, true
			}
			return j
		}
		for run := range 2 {
			result, err := job().Run(context.Background(), nil)
			if err != nil {
				t.Fatalf("encrypted %v, run %d: %v", encrypted, run, err)
			}
			v := result.Verified
			if v.ProblemCount != 0 || v.NoteCount != 0 || !v.Bound || !result.Version.Proof.Intact() {
				t.Errorf("encrypted %v, run %d: %+v", encrypted, run, v)
			}
			kinds := map[verify.Oddity]int{}
			for _, o := range v.Oddities {
				kinds[o.Oddity] = o.Count
			}
			if kinds[verify.OddSize] == 0 || kinds[verify.OddKind] != 2 || kinds[verify.OddNoSize] == 0 {
				t.Errorf("encrypted %v, run %d: %v", encrypted, run, kinds)
			}
			if err := r.sim.Edit(content.Edits{Changed: 3, Added: 2, Removed: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
}
