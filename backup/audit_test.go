package backup

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/afero"

	"lifeboat/backup/audit"
	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/backup/vault"
	"lifeboat/backup/verify"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

func (r *rig) recheck(version int, password string) *audit.Job {
	return &audit.Job{Fs: afero.NewOsFs(), Root: r.root, UDID: r.phone.UDID, Version: version, Password: keybag.NewPassword(password), Program: "test"}
}

// rechecked runs c, and checks how it ended: "" is an intact backup.
func (r *rig) rechecked(c *audit.Job, want fault.Code) (verify.Report, audit.Findings) {
	r.t.Helper()
	report, findings, err := c.Run(context.Background(), nil)
	if fault.Of(err) != want && !(err == nil && want == "") {
		r.t.Fatalf("the proof of version %d ended with %v, not %q: %+v", c.Version, err, want, report.Problems)
	}
	return report, findings
}

// blobIn gives the path of the first content in a folder with at least some size.
func blobIn(t *testing.T, dir string, least int64) (path string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !format.ValidFileID(d.Name()) || path != "" {
			return err
		}
		if info, err := d.Info(); err == nil && info.Size() >= least {
			path = name
		}
		return err
	})
	if path == "" {
		t.Fatal("no content", err)
	}
	return path
}

// flipIn changes one bit in the middle of a file.
func flipIn(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		data[len(data)/2] ^= 8
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) current() vault.Version {
	r.t.Helper()
	list, err := vault.List(afero.NewOsFs(), r.root, r.phone.UDID)
	if err != nil || len(list) == 0 {
		r.t.Fatal("no version", err)
	}
	return list[len(list)-1]
}

// unencrypted is a job of a phone without a password.
func (r *rig) unencrypted() *Job {
	j := r.job()
	j.Password, j.Unencrypted = keybag.Password{}, true
	return j
}

// TestRecheckNotes: what a proof came to is kept beside the backup, and bit
// rot is found without the password.
func TestRecheckNotes(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	c := r.recheck(0, secret)
	report, findings := r.rechecked(c, "")
	if report.Locked || report.Depth != verify.Full || !findings.Noted || !findings.Current || len(findings.Problems) > 0 {
		t.Errorf("%+v %+v", report, findings)
	}
	if p := r.current().Proof; p.Level != "full" || !p.Digests || p.By != "test" || !p.Intact() || findings.Version.Proof != p {
		t.Errorf("%+v", p)
	}
	report, _ = r.rechecked(r.recheck(1, ""), "")
	if !report.Locked || report.Depth != verify.Full || report.Sampled == 0 {
		t.Errorf("without the password: %+v", report)
	}
	r.rechecked(r.recheck(1, "wrong"), fault.PasswordWrong)
	r.rechecked(r.recheck(2, secret), fault.VersionUnknown)

	path := blobIn(t, vault.Dir(r.root, r.phone.UDID), 1000)
	flipIn(t, path)
	report, findings = r.rechecked(r.recheck(0, ""), fault.BackupDamaged)
	if report.ProblemCount != 1 || report.Problems[0].Kind != verify.Changed || report.Problems[0].FileID != filepath.Base(path) || !findings.NextFull || findings.Problems[0].Intact != nil {
		t.Errorf("%+v %+v", report, findings)
	}
	if p := r.current().Proof; p.Problems != 1 {
		t.Errorf("%+v", p)
	}
	report, _ = r.rechecked(r.recheck(0, secret), fault.BackupDamaged)
	if report.ProblemCount != 1 || report.Groups[0].Group == verify.Locked {
		t.Errorf("%+v", report.Groups)
	}

	// The next backup brings the file again.
	healed := r.mustRun(r.job())
	if healed.Version.Changed != 0 || healed.Version.Added == 0 || healed.Version.Proof.Level != "full" {
		t.Errorf("the next backup was no full one: %+v", healed.Version)
	}
	r.rechecked(r.recheck(0, secret), "")
	// And so the earlier one can be repaired.
	if _, findings := r.rechecked(r.recheck(1, secret), ""); findings.RepairedCount != 1 {
		t.Errorf("%+v", findings)
	}
}

// TestAuditRepairs: what lies in two versions heals from one to the other, and
// of the rest the report says where it can still be had.
func TestAuditRepairs(t *testing.T) {
	r := newRig(t, func(c *phonesim.Config) { c.Content = content.Generate(9, 60, 1<<20) })
	r.mustRun(r.unencrypted())
	full := r.unencrypted()
	full.Full = true
	r.mustRun(full)
	if err := r.sim.Edit(content.Edits{Changed: 3, Added: 2}); err != nil {
		t.Fatal(err)
	}
	r.mustRun(r.unencrypted())
	dir := vault.Dir(r.root, r.phone.UDID)
	versions := filepath.Join(r.root, ".lifeboat", r.phone.UDID, "versions")
	before := tree(t, dir)

	// One that all have; it is gone from the current version.
	changed := blobIn(t, filepath.Join(versions, "000002", "data"), 1)
	var shared string
	for name := range before {
		id := filepath.Base(name)
		_, err := os.Stat(filepath.Join(versions, "000001", "data", name))
		if other := filepath.Join(versions, "000002", "data", name); err == nil && format.ValidFileID(id) {
			if _, err := os.Stat(other); err != nil {
				shared = filepath.Join(dir, name)
			}
		}
	}
	if err := os.Remove(shared); err != nil {
		t.Fatal(err)
	}
	report, findings := r.rechecked(r.recheck(0, ""), "")
	if findings.RepairedCount != 1 || findings.Repaired[0].Kind != verify.Missing || findings.Repaired[0].FileID != filepath.Base(shared) ||
		len(findings.RepairedGroups) != 1 || findings.RepairedGroups[0].Count != 1 || len(report.Groups) > 0 || len(report.Problems) > 0 || findings.NextFull {
		t.Errorf("%+v %+v", report, findings)
	}
	if d := cmp.Diff(before, tree(t, dir)); d != "" {
		t.Errorf("it was not repaired: %s", d)
	}
	if p := r.current().Proof; !p.Intact() {
		t.Errorf("%+v", p)
	}

	// One that changed with the third version, in the first and the second:
	// the first has it intact.
	flipIn(t, changed)
	if _, findings := r.rechecked(r.recheck(2, ""), ""); findings.RepairedCount != 1 || findings.Current {
		t.Errorf("%+v", findings)
	}
	r.rechecked(r.recheck(2, ""), "")

	// The new content of that file is nowhere else, but the old one is.
	rel, _ := filepath.Rel(filepath.Join(versions, "000002", "data"), changed)
	flipIn(t, filepath.Join(dir, rel))
	report, findings = r.rechecked(r.recheck(0, ""), fault.BackupDamaged)
	if report.ProblemCount != 1 || len(findings.Problems) != 1 || findings.Problems[0].Intact == nil || findings.Problems[0].Intact.Number != 2 || !findings.NextFull {
		t.Errorf("%+v %+v", report, findings)
	}
	if result := r.mustRun(r.unencrypted()); result.Version.Changed != 0 {
		t.Errorf("the next backup was no full one: %+v", result.Version)
	}
	r.rechecked(r.recheck(0, ""), "")
}

// TestRecheckManifest: the phone's own lists are reported, not repaired.
func TestRecheckManifest(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	for _, name := range []string{"Manifest.db", "Manifest.plist", "Info.plist"} {
		r := newRig(t, nil)
		r.mustRun(r.job())
		if err := os.Truncate(filepath.Join(vault.Dir(r.root, r.phone.UDID), name), 96); err != nil {
			t.Fatal(err)
		}
		_, findings := r.rechecked(r.recheck(0, secret), fault.BackupDamaged)
		if findings.RepairedCount > 0 || !findings.NextFull || r.current().Proof.Problems == 0 {
			t.Errorf("%s: %+v", name, findings)
		}
		r.mustRun(r.job())
		r.rechecked(r.recheck(0, secret), "")
	}
}

// TestRecheckList: damage of what the vault itself remembers says nothing of the
// backup, which is proven by its own lists. Nothing is noted, and the next
// backup is a full one by itself.
func TestRecheckList(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	path := filepath.Join(r.root, ".lifeboat", r.phone.UDID, "versions", "000001", "changes")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[70] ^= 4
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, found := r.rechecked(r.recheck(0, secret), ""); found.Managed || found.Noted {
		t.Errorf("%+v", found)
	}
	if result := r.mustRun(r.job()); result.Version.Proof.Level != "full" {
		t.Errorf("%+v", result.Version)
	}
	r.rechecked(r.recheck(0, secret), "")
}

// TestRecheckAdopted: of a backup of another program the digests are taken
// with the first proof, so that the next one finds what changed after it.
func TestRecheckAdopted(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	if err := os.RemoveAll(filepath.Join(r.root, ".lifeboat")); err != nil {
		t.Fatal(err)
	}
	// No vault knows it: it is proven as it stands, and nothing is written.
	before := tree(t, r.root)
	report, findings := r.rechecked(r.recheck(0, secret), "")
	if report.Digests || findings.Noted || findings.Version.Number != 1 {
		t.Errorf("%+v %+v", report, findings)
	}
	if d := cmp.Diff(before, tree(t, r.root)); d != "" {
		t.Errorf("the folder changed: %s", d)
	}
	r.rechecked(r.recheck(0, ""), fault.PasswordNeeded)

	if err := r.sim.Edit(content.Edits{Changed: 1}); err != nil {
		t.Fatal(err)
	}
	r.mustRun(r.job())
	for version := 2; version > 0; version-- {
		report, findings = r.rechecked(r.recheck(version, secret), "")
		if report.Digests || !findings.Noted {
			t.Errorf("version %d at first: %+v %+v", version, report, findings)
		}
		report, _ = r.rechecked(r.recheck(version, secret), "")
		if !report.Digests {
			t.Errorf("version %d: its digests are not known", version)
		}
	}
	flipIn(t, blobIn(t, vault.Dir(r.root, r.phone.UDID), 1000))
	r.rechecked(r.recheck(0, ""), fault.BackupDamaged)
}

// TestRecheckForeign: another program's backup in the same place is no damage.
func TestRecheckForeign(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	r.server.Detach(r.sim)
	must(t, r.sim.Close()) // one phone has one state
	other := newRig(t, func(c *phonesim.Config) { c.StateDir = r.state })
	other.mustRun(other.job())
	dir := vault.Dir(r.root, r.phone.UDID)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(vault.Dir(other.root, r.phone.UDID))); err != nil {
		t.Fatal(err)
	}
	_, findings := r.rechecked(r.recheck(0, secret), "")
	if findings.Version.Number != 2 || !findings.Noted {
		t.Errorf("%+v", findings)
	}
}

// TestRecheckReadOnly: where nothing can be written, the proof is made all the same.
func TestRecheckReadOnly(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	before := tree(t, r.root)
	c := r.recheck(0, secret)
	var log strings.Builder
	c.Fs, c.Log = afero.NewReadOnlyFs(afero.NewOsFs()), slog.New(slog.NewTextHandler(&log, nil))
	if _, findings := r.rechecked(c, ""); findings.Noted || !strings.Contains(log.String(), "the result is not noted") {
		t.Errorf("%+v %s", findings, log.String())
	}
	flipIn(t, blobIn(t, vault.Dir(r.root, r.phone.UDID), 1000))
	if _, findings := r.rechecked(c, fault.BackupDamaged); findings.NextFull {
		t.Errorf("%+v", findings)
	}
	after := tree(t, r.root)
	for name, sum := range after {
		if before[name] != sum && !format.ValidFileID(filepath.Base(name)) {
			t.Errorf("%s was written", name)
		}
	}
}

// TestRecheckBusy: nothing is proven that is being changed, and a proof that
// is cancelled leaves no word.
func TestRecheckBusy(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	v, err := vault.Open(afero.NewOsFs(), r.root, r.phone.UDID, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.rechecked(r.recheck(0, secret), fault.DestBusy)
	v.Close()
	was := r.current().Proof
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, findings, err := r.recheck(0, "").Run(ctx, nil); fault.Of(err) != fault.Cancelled || findings.Noted || r.current().Proof != was {
		t.Errorf("%v %+v", err, findings)
	}
}

// TestLookOnly: a proof that only looks says the same, and writes nothing.
func TestLookOnly(t *testing.T) {
	r := newRig(t, nil)
	r.mustRun(r.job())
	before := tree(t, r.root)
	look := r.recheck(0, secret)
	look.LookOnly, look.Level = true, verify.Level{Depth: verify.Quick}
	if report, findings := r.rechecked(look, ""); !report.Digests || !findings.Managed || findings.Noted {
		t.Errorf("%+v, %+v", report, findings)
	}
	flipIn(t, blobIn(t, filepath.Join(r.root, r.phone.UDID), 1))
	damaged := tree(t, r.root)
	look.Level = verify.Level{Depth: verify.Full}
	if report, findings := r.rechecked(look, fault.BackupDamaged); report.ProblemCount != 1 || findings.Noted || findings.NextFull || findings.RepairedCount > 0 {
		t.Errorf("%+v, %+v", report, findings)
	}
	if d := cmp.Diff(damaged, tree(t, r.root)); d != "" {
		t.Error(d)
	}
	if len(before) != len(damaged) {
		t.Error("looking left something behind")
	}
}
