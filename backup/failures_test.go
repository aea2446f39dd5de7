package backup

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/faultfs"
	"lifeboat/backup/conversation"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/backupd"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/services/notify"
)

// earlier makes a backup and returns what it looks like to the byte.
func (r *rig) earlier() map[string]string {
	r.t.Helper()
	r.mustRun(r.job())
	return r.kept()
}

// kept lists the folder but what a broken run left for the next one.
func (r *rig) kept() map[string]string {
	r.t.Helper()
	all := tree(r.t, r.root)
	run := filepath.Join(".lifeboat", r.cfg.UDID, "run")
	maps.DeleteFunc(all, func(name, _ string) bool {
		return name == run || strings.HasPrefix(name, run+string(filepath.Separator))
	})
	delete(all, filepath.Join(".lifeboat", r.cfg.UDID, "removing"))
	return all
}

// survived checks that a run that failed with want left the earlier backup as
// it was, and nothing beside it but what the next run resumes.
func (r *rig) survived(name string, err error, want fault.Code, before map[string]string) {
	r.t.Helper()
	if fault.Of(err) != want {
		r.t.Errorf("%s: %v, want %s", name, err, want)
	}
	if d := cmp.Diff(before, r.kept()); d != "" {
		r.t.Errorf("%s: the destination changed:\n%s", name, d)
	}
}

// succeeds checks that the next run makes a new backup.
func (r *rig) succeeds(name string, before map[string]string) {
	r.t.Helper()
	if _, err := r.job().Run(context.Background(), nil); err != nil {
		r.t.Errorf("%s: the next run: %v", name, err)
	}
	after := r.kept()
	if cmp.Equal(before, after) {
		r.t.Errorf("%s: the next run changed nothing", name)
	}
	for path := range after {
		if filepath.Dir(path) == "." && path != "." && path != r.cfg.UDID && path != ".lifeboat" {
			r.t.Errorf("%s: the next run left %s", name, path)
		}
	}
}

// TestPhoneDetached pulls the cable at every tenth of a backup.
func TestPhoneDetached(t *testing.T) {
	r := newRig(t, nil)
	r.few = false // else there is little left to do at the later places, which are one then
	before := r.earlier()
	for tenth := range 10 {
		cfg := r.cfg
		cfg.Faults.Backup.DetachAt = max(float64(tenth)/10, 0.001)
		r.start(cfg)
		_, err := r.job().Run(context.Background(), nil)
		r.survived(fmt.Sprintf("detached at %d0 %%", tenth), err, fault.PhoneGone, before)
	}
	r.start(r.cfg)
	r.succeeds("after ten times", before)
}

// TestDiskFills lets the disk fill at ten places of the bytes, and at ten of
// the files.
func TestDiskFills(t *testing.T) {
	r := newRig(t, nil)
	// The probe that looks at the destination is no part of a backup.
	probe := func(name string) bool { return strings.Contains(name, ".lifeboat-probe-") }
	dry := faultfs.New(afero.NewOsFs(), faultfs.Plan{Except: probe})
	j := r.job()
	j.Fs = dry
	r.mustRun(j)
	before := r.kept()
	for tenth := range 10 {
		if testing.Short() && tenth%3 != 0 {
			continue // all of them run without the race detector
		}
		room := dry.Bytes() * int64(tenth) / 10
		for name, plan := range map[string]faultfs.Plan{
			"bytes": {Room: &room, Except: probe},
			"files": {Kind: faultfs.Create, N: 1 + dry.Count(faultfs.Create)*tenth/10, Lasting: true, Except: probe},
		} {
			j := r.job()
			fs := faultfs.New(afero.NewOsFs(), plan)
			j.Fs, j.Full = fs, true // so that it needs the same room
			_, err := j.Run(context.Background(), nil)
			r.survived(fmt.Sprintf("full at %d0 %% of the %s", tenth, name), err, fault.DestFull, before)
			if fs.Failures() == 0 {
				t.Errorf("%s, %d0 %%: nothing failed", name, tenth)
			}
			if e := fault.As(err); e.Args["Have"] == nil || e.Args["Path"] != r.root {
				t.Errorf("%s, %d0 %%: the message lacks room or place: %v", name, tenth, e.Args)
			}
		}
	}
	r.succeeds("after twenty times", before)
}

// TestPhoneRefuses lets the phone answer error codes, before and after it
// sent its files.
func TestPhoneRefuses(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	r := newRig(t, nil)
	before := r.earlier()
	for number, want := range map[int]fault.Code{
		1: fault.DeviceInternal, 22: fault.PolicyForbids, 100: fault.DeviceIO, 103: fault.HostRead, 104: fault.HostWrite,
		105: fault.HostSpace, 202: fault.CancelledPhone, 205: fault.BackupCorrupt, 207: fault.PasswordWrong,
		208: fault.DeviceLocked, 211: fault.FindMyOn, 212: fault.SetupUnfinished, 777: fault.DeviceError,
	} {
		for place, faults := range map[string]backupd.Faults{
			"start": {AtStart: backupd.Answer{Code: number, Text: "as the phone words it"}},
			"end":   {AtEnd: backupd.Answer{Code: number, Text: "as the phone words it"}},
		} {
			if place == "end" && number != 104 && number != 777 {
				continue // the same way out
			}
			cfg := r.cfg
			cfg.Faults.Backup = faults
			r.start(cfg)
			_, err := r.job().Run(context.Background(), nil)
			r.survived(fmt.Sprintf("error %d at the %s", number, place), err, want, before)
			if e := fault.As(err); e.Number != number || e.Text != "as the phone words it" || e.Domain != "MBErrorDomain" {
				t.Errorf("error %d: the phone's words are lost: %+v", number, e)
			}
		}
	}
	cfg := r.cfg
	cfg.Faults.Backup.FailClosingCheck = true
	r.start(cfg)
	_, err := r.job().Run(context.Background(), nil)
	r.survived("closing check", err, fault.BackupCorrupt, before)
	r.start(r.cfg)
	r.succeeds("after all", before)
}

// TestSnapshotLeft: a phone that still has the snapshot of an interrupted run
// answers code 3 before anything has come, which is another trouble than 3 in
// the middle, and a restart cures it.
func TestSnapshotLeft(t *testing.T) {
	r := newRig(t, nil)
	before := r.earlier()
	if err := r.sim.SetFault("snapshot-left"); err != nil {
		t.Fatal(err)
	}
	_, err := r.job().Run(context.Background(), nil)
	r.survived("a snapshot left behind", err, fault.DeviceSnapshot, before)
	if e := fault.As(err); e.Number != 3 {
		t.Errorf("%+v", e)
	}
	cfg := r.cfg
	cfg.Faults.Backup = backupd.Faults{AtEnd: backupd.Answer{Code: 3, Text: "as the phone words it"}}
	r.start(cfg)
	j := r.job()
	j.Full = true // so that content comes
	_, err = j.Run(context.Background(), nil)
	r.survived("3 at the end", err, fault.DeviceFile, before)
}

// TestCancel stops a run in each phase. It must return at once.
func TestCancel(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) {
		c.Passcode = backupd.Passcode{Set: true, Wait: 50 * time.Millisecond}
		c.Content = content.Generate(4, 60, 12<<20)
	})
	before := r.earlier()
	for _, phase := range []Phase{Preparing, WaitingPhone, WaitingPasscode, Receiving, Finishing, Verifying} {
		ctx, cancel := context.WithCancel(context.Background())
		var at time.Time
		_, err := r.job().Run(ctx, func(e Event) {
			if e.Phase == phase && at.IsZero() {
				at = time.Now()
				cancel()
			}
		})
		if at.IsZero() {
			t.Fatalf("there was no phase %s", phase)
		}
		if took := time.Since(at); took > atOnce {
			t.Errorf("%s: it took %v to stop", phase, took)
		}
		r.survived(string(phase), err, fault.Cancelled, before)
		cancel()
	}
	r.succeeds("after all", before)
}

// TestCancelOnPhone: the owner taps Cancel on the phone.
func TestCancelOnPhone(t *testing.T) {
	r := newRig(t, nil)
	r.few = false // with them the middle is within a list of files, where phones do not stop
	before := r.earlier()
	// Told by the phone's answer; and by the notification alone, should the
	// phone go on sending.
	for how, faults := range map[string]backupd.Faults{"half way": {CancelAt: 0.5}, "by notification": {Speed: 128 << 10}} {
		cfg := r.cfg
		cfg.Faults.Backup = faults
		r.start(cfg)
		j := r.job()
		j.Full = true // so that there is something to send
		var once sync.Once
		_, err := j.Run(context.Background(), func(e Event) {
			if e.Phase == WaitingPhone && faults.Speed > 0 {
				once.Do(func() { r.sim.Notify(notify.SyncCancel) })
			}
		})
		r.survived(how, err, fault.CancelledPhone, before)
	}
	r.start(r.cfg)
	r.succeeds("cancelled twice", before)
}

// TestSilence: a phone that stays connected and says nothing.
func TestSilence(t *testing.T) {
	r := newRig(t, nil)
	before := r.earlier()
	for name, change := range map[string]func(*phonesim.Config){
		"in the middle":      func(c *phonesim.Config) { c.Faults.Backup.SilentAfter = 0.5 },
		"from the beginning": func(c *phonesim.Config) { c.Faults.Silent = []string{"com.apple.mobilebackup2"} },
	} {
		cfg := r.cfg
		change(&cfg)
		r.start(cfg)
		j := r.job()
		j.Timeouts = conversation.Timeouts{Answer: 300 * time.Millisecond, Silence: 300 * time.Millisecond, Passcode: 300 * time.Millisecond}
		_, err := j.Run(context.Background(), nil)
		r.survived(name, err, fault.PhoneSilent, before)
	}
	r.start(r.cfg)
	r.succeeds("after all", before)
}

// TestPasscode: iOS asks for the passcode at every backup.
func TestPasscode(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Passcode = backupd.Passcode{Set: true, Wait: 100 * time.Millisecond} })
	j := r.job()
	j.Timeouts = conversation.Timeouts{Silence: time.Minute, Passcode: time.Minute}
	var reported events
	if _, err := j.Run(context.Background(), reported.add); err != nil {
		t.Fatal(err)
	}
	want := []Phase{Preparing, Encrypting, WaitingPasscode, Encrypting, Preparing, WaitingPhone, WaitingPasscode,
		WaitingPhone, Receiving, Finishing, Verifying, Placing, Done}
	if d := cmp.Diff(want, reported.phases()); d != "" {
		t.Error(d)
	}
	for _, e := range reported.all {
		if e.Passcode != (e.Phase == WaitingPasscode) {
			t.Errorf("%+v", e)
		}
	}
	before := r.kept()
	cfg := r.cfg
	cfg.Passcode.Refused = true
	r.start(cfg)
	_, err := r.job().Run(context.Background(), nil)
	r.survived("refused", err, fault.DeviceLocked, before)
}

// TestOddPhones: behaviour that a client must take in its stride.
func TestOddPhones(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	r := newRig(t, nil)
	r.mustRun(r.job())
	for name, faults := range map[string]backupd.Faults{
		"unknown messages":    {UnknownMessage: true},
		"pings":               {ExtraPing: true},
		"purge":               {PurgeAlways: true},
		"both plists at once": {StatusWithManifest: true},
		"another order":       {MixedOrder: true},
		"hostile paths":       {HostilePaths: backupd.HostilePaths(r.cfg.UDID)},
		"an old DeviceLink":   {VersionMajor: 300},
		"DeviceLink of 2035":  {VersionMajor: 900},
		"an unreadable file":  {Entries: []backupd.EntryError{r.entryError(0x0b, 10)}},
		"a file that is gone": {Entries: []backupd.EntryError{r.entryError(0x06, 0)}},
		"the older layout":    {OldLayout: true},
		"less is announced":   {Announced: 0.7},
		"a percent falls":     {PercentFalls: true},
		"files come twice":    {SendTwice: 3},
		"full, but not said":  {NotFull: true},
		"a while to compare":  {CompareFor: 300 * time.Millisecond},
		"all of it":           {UnknownMessage: true, ExtraPing: true, PurgeAlways: true, MixedOrder: true},
	} {
		before := r.kept()
		cfg := r.cfg
		cfg.Faults.Backup = faults
		r.start(cfg)
		outside := filepath.Join(filepath.Dir(r.root), "outside")
		if err := os.WriteFile(outside, []byte("outside"), 0o600); err != nil {
			t.Fatal(err)
		}
		j := r.job()
		j.Full = true // so that each file is on its way
		result, err := j.Run(context.Background(), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(result.Skipped) != len(faults.Entries) {
			t.Errorf("%s: skipped %v", name, result.Skipped)
		}
		if result.Verified.NoteCount != 0 {
			t.Errorf("%s: notes %v", name, result.Verified.Notes)
		}
		if cmp.Equal(before, tree(t, r.root)) {
			t.Errorf("%s: nothing new", name)
		}
		if data, err := os.ReadFile(outside); err != nil || string(data) != "outside" {
			t.Errorf("%s: a file outside changed", name)
		}
		if entries, err := os.ReadDir(r.root); err != nil || len(entries) != 2 {
			t.Errorf("%s: beside the backup: %v, %v", name, entries, err)
		}
	}
	before := r.kept()
	cfg := r.cfg
	cfg.Faults.Backup.HugeFrame = true
	r.start(cfg)
	_, err := r.job().Run(context.Background(), nil)
	r.survived("a frame of 4 GiB", err, fault.PhoneNonsense, before)
}

// entryError is the failure of some regular file of the content.
func (r *rig) entryError(code byte, after int64) (e backupd.EntryError) {
	r.t.Helper()
	r.cfg.Content.Walk(func(f content.File) error {
		if f.Kind == content.Regular && f.Size > 100 {
			e = backupd.EntryError{Domain: f.Domain, Path: f.Path, Code: code, Text: "cannot read", AfterBytes: after}
		}
		return nil
	})
	return e
}

// TestBadDestinations: each is found out before the phone is asked anything.
func TestBadDestinations(t *testing.T) {
	r := newRig(t, nil)
	file := filepath.Join(r.root, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	native := afero.NewOsFs()
	for name, c := range map[string]struct {
		root string
		fs   afero.Fs
		want fault.Code
	}{
		"missing":      {filepath.Join(r.root, "none"), native, fault.DestMissing},
		"a file":       {file, native, fault.DestNotFolder},
		"not writable": {r.root, faultfs.New(native, faultfs.Plan{Kind: faultfs.Create, N: 1, Lasting: true, Err: syscall.EACCES}), fault.DestNotAllowed},
	} {
		j := r.job()
		j.Root, j.Fs = c.root, c.fs
		before := r.kept()
		_, err := j.Run(context.Background(), nil)
		r.survived(name, err, c.want, before)
		if on, err := conversation.WillEncrypt(context.Background(), r.phone); on || err != nil {
			t.Errorf("%s: the phone's settings were touched: %v, %v", name, on, err)
		}
	}
}

func TestNoRoom(t *testing.T) {
	r := newRig(t, nil)
	before := r.earlier()
	j := r.job()
	j.FreeSpace = func(string) (uint64, error) { return 1 << 20, nil }
	_, err := j.Run(context.Background(), nil)
	r.survived("a megabyte free", err, fault.HostSpace, before)
	e := fault.As(err)
	if fmt.Sprint(e.Args["Have"]) != fmt.Sprint(1<<20) || e.Args["Need"] == nil {
		t.Errorf("the message lacks the numbers: %v", e.Args)
	}
}

// TestUnpluggedDuringProof: once all was received, the phone may go.
func TestUnpluggedDuringProof(t *testing.T) {
	r := newRig(t, nil)
	_, err := r.job().Run(context.Background(), func(e Event) {
		if e.Phase == Finishing {
			r.server.Detach(r.sim)
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSyncLockBusy(t *testing.T) {
	r := newRig(t, nil)
	before := r.earlier()
	cfg := r.cfg
	cfg.Faults.SyncLockBusy = time.Hour
	r.start(cfg)
	j := r.job()
	j.Timeouts.SyncLock = 100 * time.Millisecond
	_, err := j.Run(context.Background(), nil)
	r.survived("for an hour", err, fault.SyncLockBusy, before)
	cfg.Faults.SyncLockBusy = 300 * time.Millisecond
	r.start(cfg)
	r.succeeds("for a moment", before)
}

// TestTwoRunsAtOnce: a second run for the same phone is refused, one for
// another phone is not.
func TestTwoRunsAtOnce(t *testing.T) {
	r := newRig(t, nil)
	second := r.cfg.Numbered(1)
	second.StateDir = t.TempDir()
	sim, err := phonesim.NewPhone(second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	r.server.Attach(sim)
	other, err := r.mux.Find(context.Background(), second.UDID)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Pair(context.Background(), func(fault.Code) {}); err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 2)
	started := false
	_, err = r.job().Run(context.Background(), func(e Event) {
		if e.Phase != WaitingPhone || started {
			return
		}
		started = true
		_, err := r.job().Run(context.Background(), nil)
		results <- err
		j := r.job()
		j.Phone, j.Password = other, keybag.NewPassword("another")
		_, err = j.Run(context.Background(), nil)
		results <- err
	})
	if err != nil {
		t.Error(err)
	}
	if err := <-results; fault.Of(err) != fault.DestBusy {
		t.Errorf("the same phone: %v", err)
	}
	if err := <-results; err != nil {
		t.Errorf("another phone: %v", err)
	}
}
