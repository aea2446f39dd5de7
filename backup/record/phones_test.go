package record_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/spf13/afero"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/backup/backuptest"
	"lifeboat/backup/keybag"
	"lifeboat/backup/record"
	"lifeboat/checks"
	"lifeboat/device/facts"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// remembering is a phone with these settings, and what it remembers.
func remembering(t *testing.T, settings ...string) (phonesim.Config, []content.Extra) {
	t.Helper()
	cfg := phonesim.DefaultConfig()
	cfg.Faults.Backup.FewFolders = runtime.GOOS == "windows" // as Wine is slow with folders
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		if err := cfg.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	files, err := cfg.MemoryFiles(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return cfg, files
}

// backedUp makes one backup of such a phone, and reads its record.
func backedUp(t *testing.T, password string, settings ...string) (facts.Datum[facts.Record], phonesim.Config, string) {
	t.Helper()
	cfg, files := remembering(t, settings...)
	root := t.TempDir()
	backuptest.Make(t, root, content.With(content.Generate(1, 15, 1<<16), files...), password)
	own, err := record.Newest(t.Context(), afero.NewOsFs(), root, backuptest.UDID, func(context.Context) keybag.Password { return keybag.NewPassword(password) })
	if err != nil {
		t.Fatal(err)
	}
	return own, cfg, root
}

// diagnosed is what the checks say of such a phone with nothing else known than
// the date of its last backup.
func diagnosed(own facts.Datum[facts.Record], cfg phonesim.Config) []checks.Result {
	now := time.Now()
	return checks.Run(checks.Input{Now: now, Record: own, Phone: facts.Phone{
		Readiness: facts.Ready, CloudBackupEnabled: facts.Of(true), LastCloudBackup: facts.Of(cfg.ICloud.LastBackup),
	}})
}

func result(t *testing.T, results []checks.Result, id string) checks.Result {
	t.Helper()
	for _, r := range results {
		if r.ID == id {
			return r
		}
	}
	t.Fatalf("no result %s", id)
	return checks.Result{}
}

var versions = []string{"16.7.10", "18.7.2", "26.1"}

// From a phone whose iCloud failed with each known code, one backup is enough
// to name the cause, the date and the largest apps: on three shapes of iOS,
// encrypted and not.
func TestEachCodeIsNamedAfterOneBackup(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	say := words.English()
	n := 0
	for _, c := range knowledge.Errors().Codes {
		if c.Cause == "" {
			continue
		}
		chain := fmt.Sprintf("%s:%d", c.Domain, c.From)
		if c.Domain != knowledge.MBDomain {
			chain = "MBErrorDomain:2>" + chain
		}
		version, password := versions[n%len(versions)], []string{secret, ""}[n/len(versions)%2]
		n++
		t.Run(fmt.Sprintf("%s on %s, encrypted %v", chain, version, password != ""), func(t *testing.T) {
			t.Parallel()
			last := time.Now().Add(-9 * time.Hour).Local().Format("2 January 2006")
			own, cfg, root := backedUp(t, password, "ios="+version, "last-icloud=12d-ago", "icloud-memory="+chain+",marker="+marker)
			if own.State != facts.Read {
				t.Fatalf("record: %+v", own)
			}
			if plain := holds(t, root, marker); plain != (password == "") {
				t.Errorf("the record lies there in plain: %v", plain)
			}
			results := diagnosed(own, cfg)
			named := result(t, results, c.Cause)
			if c.Cause == "phone-ready" {
				named = result(t, results, "last-icloud-backup")
			}
			if said := say.Text(named.Finding); named.Status != checks.Fail && named.Status != checks.Warn || !strings.Contains(said, "own record") || !strings.Contains(said, "on "+last) {
				t.Errorf("%s: %s %s", c.Cause, named.Status, said)
			}
			blocker, _ := checks.Blocker(results)
			likely, _ := checks.Likely(results)
			if named.ID != blocker.ID && named.ID != likely.ID {
				t.Errorf("verdict: %s", say.Text(checks.Verdict(results)))
			}
			if said := say.Text(result(t, results, "backup-size").Finding); !strings.Contains(said, "net.whatsapp.WhatsApp (6.9 GB), com.spotify.client (3.8 GB)") {
				t.Errorf("sizes: %s", said)
			}
		})
	}
	if n < 40 {
		t.Errorf("only %d codes", n)
	}
}

// What else a record says, in each shape of iOS, and what an odd one does not.
func TestShapes(t *testing.T) {
	for _, version := range versions {
		for memory, tc := range map[string]struct {
			check func(r facts.Record) bool
		}{
			"success": {func(r facts.Record) bool {
				all := r.Outcomes.Value
				return len(all) == 10 && all[9].Codes[0].Number == 0 && r.Restoring.State == facts.Absent && len(r.Spells.Value) == 10 && r.LastCloudBackup.State == facts.Read && r.EnabledSince.State == facts.Read
			}},
			"quota": {func(r facts.Record) bool {
				all := r.Outcomes.Value
				return len(all) == 10 && len(all[9].Codes) == 2 && all[9].Codes[1].Number == 25 && r.Total.Value > 1e9
			}},
			"unlock":    {func(r facts.Record) bool { return r.AwaitsUnlock.Value && r.Outcomes.Value[9].Codes[0].Number == 209 }},
			"restoring": {func(r facts.Record) bool { return r.Restoring.Value && r.RestoreBegan.State == facts.Read }},
			"success,lost=power,longest=12m": {func(r facts.Record) bool {
				s := r.Spells.Value[9]
				return s.Lasted == 12*time.Minute && !s.OnPower.Value && s.Locked.Value && s.OnWiFi.Value
			}},
			"quota,damaged": {func(r facts.Record) bool {
				return r.Outcomes.State == facts.Absent && r.LastCloudBackup.State == facts.Read
			}},
			"quota,types": {func(r facts.Record) bool {
				return r.Outcomes.State == facts.Refused && r.Sizes.State == facts.Refused && r.Spells.State == facts.Refused && r.EnabledSince.State == facts.Refused
			}},
			"quota,newer": {func(r facts.Record) bool { return r.Outcomes.State == facts.Absent && r.Sizes.State == facts.Absent }},
		} {
			t.Run(version+" "+memory, func(t *testing.T) {
				cfg, files := remembering(t, "ios="+version, "last-icloud=12d-ago", "icloud-memory="+memory)
				parsed, ok := record.Parse(files[0].Data, files[1].Data)
				parsed.Of = time.Now()
				own := facts.Of(parsed)
				if !ok || !tc.check(own.Value) {
					t.Errorf("%+v", own)
				}
				odd := strings.Contains(memory, "damaged") || strings.Contains(memory, "types") || strings.Contains(memory, "newer")
				for _, r := range diagnosed(own, cfg) {
					said := words.English().Text(r.Finding)
					if odd && (r.Status == checks.Fail && r.ID != "last-icloud-backup" || strings.Contains(said, "own record")) {
						t.Errorf("an odd record names a cause: %s %s %s", r.ID, r.Status, said)
					}
				}
			})
		}
	}
}
