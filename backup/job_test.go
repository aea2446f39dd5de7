package backup

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/keybag"
	"lifeboat/backup/verify"
)

func TestFirstBackup(t *testing.T) {
	r := newRig(t, nil)
	var told events
	result, err := r.job().Run(context.Background(), told.add)
	if err != nil {
		t.Fatal(err)
	}
	if !result.Encrypted || result.Files == 0 || result.Verified.ProblemCount != 0 || len(result.Skipped) != 0 {
		t.Errorf("%+v", result)
	}
	want := []Phase{Preparing, Encrypting, Preparing, WaitingPhone, Receiving, Finishing, Verifying, Placing, Done}
	if d := cmp.Diff(want, told.phases()); d != "" {
		t.Error(d)
	}
	percents := []float64{}
	for _, e := range told.all {
		percents = append(percents, e.Percent)
	}
	if !slices.IsSorted(percents) || percents[0] != -1 || percents[len(percents)-1] != 100 {
		t.Errorf("percentages %v", percents)
	}
	report, err := verify.Run(context.Background(), afero.NewOsFs(), result.Dir, keybag.NewPassword(secret), nil)
	if err != nil || report.Files != result.Files || report.NoteCount != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	top := tree(t, r.root)
	for name := range top {
		if name[0] == '.' && name != "." {
			t.Errorf("left over: %s", name)
		}
	}
}
