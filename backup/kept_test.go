package backup

import (
	"context"
	"slices"
	"testing"

	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
)

// TestRefusedAtStart: a run that the phone refuses at its start says nothing
// about what an interrupted run had left, and takes none of it away. The next
// one resumes it.
func TestRefusedAtStart(t *testing.T) {
	for _, earlier := range []bool{false, true} {
		r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(5, 400, 8<<20) })
		if earlier {
			r.mustRun(r.job())
		}
		full := func() *Job {
			j := r.job()
			j.Full = earlier // so that there is much to keep
			return j
		}
		const all = 400
		plug := func(faults backupd.Faults) {
			cfg := r.cfg
			cfg.Faults.Backup = faults
			r.start(cfg)
		}
		plug(backupd.Faults{DetachAt: 0.6})
		if _, err := full().Run(context.Background(), nil); fault.Of(err) != fault.PhoneGone || fault.As(err).Args["Kept"] != true {
			t.Fatal(err)
		}
		kept := r.held()
		if kept < 100 {
			t.Fatalf("%d of %d files are kept", kept, all)
		}
		for number, want := range map[int]fault.Code{
			1: fault.DeviceInternal, 3: fault.DeviceSnapshot, 4: fault.DeviceFile, 22: fault.PolicyForbids, 100: fault.DeviceIO,
			102: fault.DeviceSnapshot, 103: fault.HostRead, 104: fault.HostWrite, 105: fault.HostSpace, 205: fault.BackupCorrupt,
			208: fault.DeviceLocked, 209: fault.DeviceKeyMissing, 777: fault.DeviceError,
		} {
			if testing.Short() && number != 3 && number != 205 {
				continue // all of them run without the race detector
			}
			plug(backupd.Faults{AtStart: backupd.Answer{Code: number, Text: `Failed to create snapshot: File exists (17) at path "/private/var"`}})
			for _, again := range []bool{false, false, true} { // the same twice, and one that asks to start over
				j := r.job()
				j.Full = again
				if _, err := j.Run(context.Background(), nil); fault.Of(err) != want {
					t.Errorf("%d: %v, want %s", number, err, want)
				}
				if n := r.held(); n != kept {
					t.Fatalf("earlier %v, after error %d (full: %v) %d files are kept, of %d", earlier, number, again, n, kept)
				}
			}
		}
		plug(backupd.Faults{})
		var reported events
		result, err := r.job().Run(context.Background(), reported.add)
		if err != nil || !result.Resumed || !slices.Contains(reported.phases(), Comparing) {
			t.Fatalf("%v, %v, %+v", err, reported.phases(), result)
		}
		sent := 0
		for _, e := range reported.all {
			sent = max(sent, e.received())
		}
		if sent > all-kept+50 {
			t.Errorf("%d of %d files were sent again, though %d were kept", sent, all, kept)
		}
		t.Logf("earlier %v: %d files in all, %d kept, %d sent by the run that resumed", earlier, all, kept, sent)
		r.prove(result.Version.Number, secret)
		if n := r.held(); n != 0 {
			t.Errorf("%d files are left", n)
		}
	}
}

// TestRestartBringsLess: a run that starts over and ends with less than what was
// kept before replaces nothing of it. The phone knows only what it began last:
// it sends everything again.
func TestRestartBringsLess(t *testing.T) {
	const all = 400
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(5, all, 8<<20) })
	plug := func(faults backupd.Faults) {
		cfg := r.cfg
		cfg.Faults.Backup = faults
		r.start(cfg)
	}
	kept := 0
	for _, at := range []float64{0.6, 0.5} {
		plug(backupd.Faults{DetachAt: at})
		j := r.job()
		j.Full = kept > 0
		if _, err := j.Run(context.Background(), nil); fault.Of(err) != fault.PhoneGone || fault.As(err).Args["Kept"] != true {
			t.Fatal(err)
		}
		if kept == 0 {
			kept = r.held()
		}
		if n := r.held(); n != kept || n < 100 {
			t.Fatalf("%d files are kept, of %d", n, kept)
		}
	}
	plug(backupd.Faults{})
	result, sent := r.counted(r.job())
	if sent < all {
		t.Errorf("%d of %d files were sent", sent, all)
	}
	r.prove(result.Version.Number, secret)
}
