package backup

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/keybag"
	"lifeboat/backup/verify"
)

func TestFirstBackup(t *testing.T) {
	r := newRig(t, nil)
	var reported events
	result, err := r.job().Run(context.Background(), reported.add)
	if err != nil {
		t.Fatal(err)
	}
	if !result.Encrypted || result.Files == 0 || result.Verified.ProblemCount != 0 || len(result.Skipped) != 0 {
		t.Errorf("%+v", result)
	}
	want := []Phase{Preparing, Encrypting, Preparing, WaitingPhone, Receiving, Finishing, Verifying, Placing, Done}
	if d := cmp.Diff(want, reported.phases()); d != "" {
		t.Error(d)
	}
	percents := []float64{}
	for _, e := range reported.all {
		percents = append(percents, e.Percent)
	}
	if !slices.IsSorted(percents) || percents[0] != -1 || percents[len(percents)-1] != 100 {
		t.Errorf("percentages %v", percents)
	}
	report, err := verify.Run(context.Background(), verify.Subject{Fs: afero.NewOsFs(), Dir: result.Dir}, keybag.NewPassword(secret), verify.Level{}, nil)
	if err != nil || report.Files != result.Files || report.NoteCount != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	var left []string
	for name, sum := range tree(t, r.root) {
		if name[0] == '.' && sum != "folder" {
			left = append(left, filepath.ToSlash(name))
		}
	}
	slices.Sort(left)
	own := ".lifeboat/" + r.cfg.UDID
	beside := []string{own + "/reserve", own + "/vault.json"}
	for _, name := range []string{"Info.plist", "Manifest.plist", "Status.plist", "changes", "meta.json"} {
		beside = append(beside, own+"/versions/000001/"+name)
	}
	if d := cmp.Diff(beside, left); d != "" {
		t.Errorf("beside the backup: %s", d)
	}
}
