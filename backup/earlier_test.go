package backup

import (
	"context"
	"testing"

	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

// TestEarlierIsReported: a failure says that the earlier backup is untouched where
// there is one, and nothing of it on a first backup.
func TestEarlierIsReported(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(5, 30, 1<<16) })
	ended := map[string]backupd.Faults{
		"refused at its start": {AtStart: backupd.Answer{Code: 208}},
		"refused at its end":   {AtEnd: backupd.Answer{Code: 1}},
		"the cable pulled":     {DetachAt: 0.6},
	}
	try := func(earlier bool) {
		t.Helper()
		for name, faults := range ended {
			cfg := r.cfg
			cfg.Faults.Backup = faults
			r.start(cfg)
			_, err := r.job().Run(context.Background(), nil)
			if got := fault.As(err).Args["Earlier"] == true; err == nil || got != earlier {
				t.Errorf("%s: earlier backup %v, reported %v: %v", name, earlier, got, err)
			}
		}
	}
	try(false)
	r.start(r.cfg)
	r.mustRun(r.job())
	try(true)
}
