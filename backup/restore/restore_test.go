package restore

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/assets/words"
	"lifeboat/backup"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/devicetest"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// TestVersions: whichever version is restored, encrypted or not, the phone has what
// it held when that was made, and the folder of the backups is as it was.
func TestVersions(t *testing.T) {
	for _, password := range []string{"", secret} {
		t.Run("password "+strconv.Quote(password), func(t *testing.T) {
			r := newRig(t, nil)
			wants := map[int]map[string]string{}
			for range 3 {
				made := r.backUp(password)
				wants[made.Version.Number] = contentOf(t, r.sim.Content())
				if err := r.sim.Edit(content.Edits{Changed: 5, Added: 4, Removed: 3}); err != nil {
					t.Fatal(err)
				}
			}
			before := tree(t, r.root)
			for number := 0; number <= len(wants); number++ {
				want := wants[number]
				if number == 0 {
					want = wants[len(wants)]
				}
				restarts := r.sim.Restarts()
				var told events
				j := r.job()
				j.Version = number
				result, err := j.Run(context.Background(), told.add)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, restored(t, r.sim)); d != "" {
					t.Errorf("version %d:\n%s", number, d)
				}
				isFolder(t, fmt.Sprint("version ", number), before, r.root)
				b := result.Plan.Backup
				if result.State != Restored || result.Files != b.Files || b.Encrypted != (password != "") || b.UDID != r.cfg.UDID || b.IOS != "18.4.1" {
					t.Errorf("version %d: %+v", number, result)
				}
				phases := []backup.Phase{Checking, Proving, backup.Preparing, backup.WaitingPhone, Sending, backup.Finishing, backup.Done}
				if d := cmp.Diff(phases, told.phases()); d != "" {
					t.Errorf("version %d:\n%s", number, d)
				}
				r.back(restarts)
				if r.sim.Restarts() != restarts+1 {
					t.Errorf("version %d: %d restarts", number, r.sim.Restarts()-restarts)
				}
			}
			got, _, _ := r.sim.Agent().Restored()
			switches := map[string]bool{
				"RestoreSystemFiles": true, "RestorePreserveSettings": false, "RestoreShouldReboot": true, "RestoreDontCopyBackup": true, "RemoveItemsNotRestored": true,
			}
			if d := cmp.Diff(switches, got.Options); d != "" || got.Source != r.cfg.UDID {
				t.Errorf("from %s:\n%s", got.Source, d)
			}
		})
	}
}

// TestFirstBackup: what is on the phone is one more version before anything is
// asked of it, and the version that was the newest is the one that is restored.
func TestFirstBackup(t *testing.T) {
	r := newRig(t, nil)
	old := r.backUp(secret)
	want := contentOf(t, r.sim.Content())
	laid := layOut(t, r, old.Version.Number)
	if err := r.sim.Edit(content.Edits{Changed: 5, Added: 4, Removed: 3}); err != nil {
		t.Fatal(err)
	}
	var told events
	j := r.job()
	j.First = func(ctx context.Context, report func(backup.Event)) (backup.Result, error) {
		return r.backupJob(secret).Run(ctx, report)
	}
	result, err := j.Run(context.Background(), told.add)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, restored(t, r.sim)); d != "" {
		t.Error(d)
	}
	if result.First == nil || result.First.Version.Number != old.Version.Number+1 || result.Plan.Backup.Version.Number != old.Version.Number {
		t.Errorf("%+v", result)
	}
	if d := cmp.Diff(laid, layOut(t, r, old.Version.Number)); d != "" {
		t.Errorf("the version is another one now:\n%s", d)
	}
	phases := []backup.Phase{Checking, Proving, BackingUp, backup.Preparing, backup.WaitingPhone, Sending, backup.Finishing, backup.Done}
	if d := cmp.Diff(phases, told.phases()); d != "" {
		t.Error(d)
	}
	if !slices.ContainsFunc(told.all, func(e backup.Event) bool { return e.First != nil && e.First.Phase == backup.Receiving }) {
		t.Error("nothing was reported of the backup")
	}
}

// layOut hashes a version as it would be restored.
func layOut(t *testing.T, r *rig, number int) map[string]string {
	t.Helper()
	view, err := vault.OpenView(afero.NewOsFs(), r.root, r.cfg.UDID, number)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	to := t.TempDir()
	if _, err := view.LayOut(context.Background(), afero.NewOsFs(), to, nil); err != nil {
		t.Fatal(err)
	}
	return tree(t, to)
}

// TestFirstBackupFails: then the phone is asked for nothing more.
func TestFirstBackupFails(t *testing.T) {
	r := newRig(t, nil)
	r.backUp(secret)
	for code, refused := range map[fault.Code]bool{fault.DestFull: false, fault.PasswordNeeded: true, fault.PhoneGone: false} {
		before, since := tree(t, r.root), len(r.sim.Asked())
		j := r.job()
		j.First = func(context.Context, func(backup.Event)) (backup.Result, error) {
			return backup.Result{}, fault.New(code, "test", nil)
		}
		if result, _ := r.failed(j, code); result.State != FirstFailed || result.Refused != refused {
			t.Errorf("%s: %+v", code, result)
		}
		r.untouched(string(code), since)
		isFolder(t, string(code), before, r.root)
	}
}

// untouched checks that nothing was asked of the phone that could change it.
func (r *rig) untouched(what string, since int) {
	r.t.Helper()
	for _, service := range []string{"com.apple.mobilebackup2", "com.apple.afc"} {
		if asked(r.sim, since, service) {
			r.t.Errorf("%s: the phone was asked for %s", what, service)
		}
	}
	if r.appsListed() != nil || restored(r.t, r.sim) != nil {
		r.t.Errorf("%s: the phone was changed", what)
	}
}

// TestRefusedBefore: whatever is known to stand in the way ends the job before the
// first byte goes to the phone's backup agent.
func TestRefusedBefore(t *testing.T) {
	r := newRig(t, nil)
	r.backUp(secret)
	for name, c := range map[string]struct {
		phone func(*phonesim.Config) // that is restored, made of the one that was backed up
		job   func(*Job)
		want  fault.Code
		says  []string
	}{
		"Find My is on":         {phone: func(c *phonesim.Config) { c.FindMy = true }, want: fault.FindMyOn, says: []string{"Find My"}},
		"older iOS":             {phone: func(c *phonesim.Config) { c.Version = "18.4" }, want: fault.BackupVersion, says: []string{"(18.4.1)", "(18.4)"}},
		"no room":               {phone: func(c *phonesim.Config) { c.Disk.Available, c.Disk.Purgeable = 1000, 500_000 }, want: fault.DeviceSpace, says: []string{"it needs", "501 kB is free"}},
		"no room when erased":   {phone: func(c *phonesim.Config) { c.Version = "27.0"; c.Disk.Capacity = c.Disk.System + 400_000 }, want: fault.DeviceSpace, says: []string{"400 kB"}},
		"little charge":         {phone: func(c *phonesim.Config) { c.Battery = phonesim.Battery{Level: 12, External: true} }, want: fault.BatteryLow, says: []string{"12 %"}},
		"not set up":            {phone: func(c *phonesim.Config) { c.SetupUnfinished = true }, job: func(j *Job) { j.First = neverFirst(t) }, want: fault.SetupUnfinished, says: []string{"without backing it up first"}},
		"another name":          {job: func(j *Job) { j.Name = "Ben’s iPhone" }, want: fault.RestoreOtherName, says: []string{"Anna’s iPhone"}},
		"no name":               {job: func(j *Job) { j.Name = " " }, want: fault.RestoreOtherName},
		"password missing":      {job: func(j *Job) { j.Password = keybag.Password{} }, want: fault.PasswordNeeded},
		"password wrong":        {job: func(j *Job) { j.Password = keybag.NewPassword("wrong") }, want: fault.PasswordWrong},
		"no such version":       {job: func(j *Job) { j.Version = 7 }, want: fault.VersionUnknown},
		"no backup":             {job: func(j *Job) { j.UDID = "00008110-000A1B2C3D4E5F60" }, want: fault.NotABackup},
		"a file is missing":     {job: func(j *Job) { spoil(t, j, func(name string) error { return os.Remove(name) }) }, want: fault.BackupDamaged, says: []string{"another version"}},
		"a byte is another one": {job: func(j *Job) { spoil(t, j, flip) }, want: fault.BackupDamaged},
		"never finished":        {job: func(j *Job) { spoilStatus(t, j) }, want: fault.BackupUnfinished},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			cfg := r.cfg
			if c.phone != nil {
				c.phone(&cfg)
			}
			r.plug(cfg)
			j := r.job()
			j.Root = r.copyOfRoot()
			if c.job != nil {
				c.job(j)
			}
			since := len(r.sim.Asked())
			before := tree(t, filepath.Join(j.Root, r.cfg.UDID))
			result, known := r.failed(j, c.want)
			if result.State != Untouched || !result.Refused || result.First != nil {
				t.Errorf("%+v", result)
			}
			r.untouched(name, since)
			isFolder(t, name, before, filepath.Join(j.Root, r.cfg.UDID))
			p := words.English().Problem(string(known.Code), "linux", known.Args)
			for _, part := range c.says {
				if text := p.Happened + " " + p.Next; !strings.Contains(text, part) {
					t.Errorf("%q does not say %q", text, part)
				}
			}
			if c.phone != nil {
				// The window asks before: the same stands in the plan.
				plan, err := j.Check(context.Background())
				if err != nil || len(plan.Refusals) == 0 || plan.Refusals[0].Code != c.want {
					t.Errorf("the plan: %v, %v", plan.Refusals, err)
				}
			}
		})
	}
}

func neverFirst(t *testing.T) func(context.Context, func(backup.Event)) (backup.Result, error) {
	return func(context.Context, func(backup.Event)) (backup.Result, error) {
		t.Error("it was backed up first")
		return backup.Result{}, nil
	}
}

// spoil does something to a content of the backup.
func spoil(t *testing.T, j *Job, do func(name string) error) {
	if err := do(contentFile(t, filepath.Join(j.Root, j.UDID), 1000)); err != nil {
		t.Fatal(err)
	}
}

func flip(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	data[len(data)/2] ^= 8
	return os.WriteFile(name, data, 0o600)
}

// spoilStatus has another program begin a backup in the folder.
func spoilStatus(t *testing.T, j *Job) {
	name := filepath.Join(j.Root, j.UDID, format.StatusName)
	var status map[string]any
	data, err := os.ReadFile(name)
	if err == nil {
		_, err = plist.Unmarshal(data, &status)
	}
	if err == nil {
		status["SnapshotState"] = "uploading"
		data, err = plist.Marshal(status, plist.BinaryFormat)
	}
	if err == nil {
		err = os.WriteFile(name, data, 0o600)
	}
	if err == nil { // no vault that would put its own beside it
		err = os.RemoveAll(filepath.Join(j.Root, ".lifeboat"))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestCodes: what a phone answers is said with its cause, the phone is what it is
// said to be, and the list of apps is gone from it again.
func TestCodes(t *testing.T) {
	r := newRig(t, nil)
	r.backUp(secret)
	before := tree(t, r.root)
	for number, want := range map[int]fault.Code{
		1: fault.DeviceInternal, 3: fault.RestoreLeftover, 22: fault.PolicyForbids, 25: fault.RestoreInProgress, 102: fault.RestoreLeftover,
		103: fault.HostRead, 106: fault.DeviceSpace, 203: fault.BackupVersion, 204: fault.BackupEmpty, 205: fault.BackupCorrupt,
		207: fault.PasswordWrong, 208: fault.DeviceLocked, 211: fault.FindMyOn, 999: fault.DeviceError,
	} {
		if testing.Short() && number != 22 && number != 205 {
			continue // make test takes all of them without the race detector
		}
		if err := r.sim.SetFault("restore-error=" + strconv.Itoa(number)); err != nil {
			t.Fatal(err)
		}
		result, known := r.failed(r.job(), want)
		if result.State != Untouched || !result.Refused || known.Number != number || known.Domain != "MBErrorDomain" {
			t.Errorf("%d: %+v, %+v", number, result, known)
		}
		if r.appsListed() != nil {
			t.Errorf("%d: the list of apps is still there", number)
		}
		isFolder(t, strconv.Itoa(number), before, r.root)
		if err := r.sim.SetFault("none"); err != nil {
			t.Fatal(err)
		}
	}
	if restored(t, r.sim) != nil {
		t.Error("it was restored all the same")
	}
}

// TestApps: the phone gets the list of apps to download again, as Info.plist has them.
func TestApps(t *testing.T) {
	r := newRig(t, nil)
	r.backUp(secret)
	if _, err := r.job().Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(r.root, r.cfg.UDID, format.InfoName))
	var info, got map[string]any
	if err == nil {
		_, err = plist.Unmarshal(data, &info)
	}
	listed := r.appsListed()
	if err == nil {
		_, err = plist.Unmarshal(listed, &got)
	}
	if d := cmp.Diff(info["Applications"], any(got)); err != nil || d != "" || len(got) == 0 {
		t.Errorf("%v\n%s", err, d)
	}
	if !bytes.HasPrefix(listed, []byte("<?xml")) {
		t.Error("the list is no XML")
	}
}

// TestStopped: the person stops it, before and in the middle.
func TestStopped(t *testing.T) {
	r := newRig(t, nil)
	r.backUp(secret)
	before := tree(t, r.root)
	for _, at := range []backup.Phase{Proving, backup.WaitingPhone, Sending} {
		ctx, stop := context.WithCancel(context.Background())
		result, err := r.job().Run(ctx, func(e backup.Event) {
			if e.Phase == at {
				stop()
			}
		})
		stop()
		if err == nil && at == Sending {
			return // so few files that it was over
		}
		if fault.Of(err) != fault.Cancelled || result.Refused || result.State == Restored || at == Proving && result.State != Untouched {
			t.Errorf("%s: %+v, %v", at, result.State, err)
		}
		if r.appsListed() != nil {
			t.Errorf("%s: the list of apps is still there", at)
		}
		isFolder(t, string(at), before, r.root)
		r.sim.Restart()
		r.server.Attach(r.sim)
		r.find()
	}
}

// TestSpelling: the phone is given the password as the backup has it, however a
// keyboard spells it.
func TestSpelling(t *testing.T) {
	r := newRig(t, nil)
	r.backUp("Caf\u00e9")
	for _, typed := range []string{"Cafe\u0301", "Caf\u00e9 "} {
		j := r.job()
		j.Password = keybag.NewPassword(typed)
		restarts := r.sim.Restarts()
		if _, err := j.Run(context.Background(), nil); err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		r.back(restarts)
	}
}

// TestLocked: a phone that has locked itself meanwhile is waited for.
func TestLocked(t *testing.T) {
	r := newRig(t, nil)
	r.backUp(secret)
	r.sim.Trust(phonesim.Lock)
	j := r.job()
	j.Timeouts.Passcode = time.Millisecond
	if result, _ := r.failed(j, fault.PhoneLocked); result.State != Untouched || !result.Refused {
		t.Errorf("%+v", result)
	}
	j.Timeouts.Passcode = 0
	var told events
	_, err := j.Run(context.Background(), func(e backup.Event) {
		told.add(e)
		if e.Phase == WaitingUnlock {
			r.sim.Trust(phonesim.Unlock)
		}
	})
	if err != nil || !slices.Contains(told.phases(), WaitingUnlock) {
		t.Errorf("%v, %v", told.phases(), err)
	}
}

// TestOtherPhone: a backup of one phone goes onto another, which is said before.
func TestOtherPhone(t *testing.T) {
	r := newRig(t, nil)
	r.backUp("")
	want := contentOf(t, r.sim.Content())
	cfg := r.cfg
	cfg.UDID, cfg.Name, cfg.ProductType = "00008110-001E4D2C3A06801E", "Ben's iPad", "iPad14,1"
	cfg.StateDir, cfg.Content, cfg.Supervised, cfg.Organization = t.TempDir(), content.Generate(9, 5, 1<<20), true, "Example School"
	cfg.Version, cfg.Battery = "27.0.1", phonesim.Battery{Level: 44, External: true}
	devicetest.Trust(t, &cfg, r.records)
	r.plug(cfg)
	j := r.job()
	j.Name = "ben’s  ipad"
	plan, err := j.Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var ids []NoticeID
	for _, n := range plan.Notices {
		ids = append(ids, n.ID)
		if text := words.English().Text(n.Words()); strings.Contains(text, "[") && !strings.Contains(text, "[your name]") || strings.Contains(text, "<no value>") {
			t.Errorf("%s: %q", n.ID, text)
		}
	}
	if d := cmp.Diff([]NoticeID{Erases, OtherPhone, OtherKind, Unencrypted, Managed, ChargeLow, OnlyPhone}, ids); d != "" {
		t.Error(d)
	}
	if result, err := j.Run(context.Background(), nil); err != nil || result.State != Restored {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, restored(t, r.sim)); d != "" {
		t.Error(d)
	}
}

// TestProven: a version of which nothing is proven is proven, and noted so; the
// proof of one that is intact stays as it was.
func TestProven(t *testing.T) {
	r := newRig(t, nil)
	job := r.backupJob(secret)
	job.Level = verify.Level{Depth: verify.Quick}
	if _, err := job.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	before := tree(t, r.root)
	if _, err := r.job().Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	isFolder(t, "proven", before, r.root)
	r.back(0)
	// As idevicebackup2 leaves it: nothing is known of it.
	if err := os.RemoveAll(filepath.Join(r.root, ".lifeboat")); err != nil {
		t.Fatal(err)
	}
	before = tree(t, r.root)
	result, err := r.job().Run(context.Background(), nil)
	if err != nil || result.State != Restored {
		t.Fatal(err)
	}
	isFolder(t, "of another program", before, r.root)
	if result.Plan.Backup.Files == 0 || result.Files != result.Plan.Backup.Files {
		t.Errorf("%+v", result)
	}
}
