package report

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// now is the moment of every test.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	time.Local = time.UTC // findings word dates in local time
	os.Exit(m.Run())
}

// sick is a phone with much to tell: full storage, a profile, an error text,
// an attempt that was heard, steps that were tried.
func sick() Input {
	in := checks.Input{
		Phone: facts.Phone{
			UDID: "00008101-000A1B2C3D4E5F60", Connection: "USB", Readiness: facts.Ready, GatheredAt: now,
			Name: facts.Of("Anna’s iPhone"), ProductType: facts.Of("iPhone13,2"), Version: facts.Of("26.1"), Build: facts.Of("23B85"),
			ActivationState: facts.Of("Activated"), PasscodeLocked: facts.Of(false), Clock: facts.Of(now),
			CloudBackupEnabled: facts.Of(true), LastCloudBackup: facts.Of(now.AddDate(0, 0, -23)),
			WillEncrypt: facts.Of(true), RequiresEncryption: facts.Of(false), LastLocalBackup: facts.Gone[time.Time](),
			DiskCapacity: facts.Of[int64](128_000_000_000), DataCapacity: facts.Of[int64](116_000_000_000), DataAvailable: facts.Of[int64](40_000_000_000),
			BatteryLevel: facts.Of(64), BatteryCharging: facts.Of(true), BatteryFull: facts.Of(false), ExternalConnected: facts.Of(true),
			BatteryHealth: facts.Of(88), FindMy: facts.Of(true), ICloudSync: facts.Of(true), WiFiChannel: facts.Of(44),
			Profiles:   facts.Of([]facts.Profile{{Name: "Meyer GmbH VPN", Organization: "Meyer GmbH", Payloads: []string{"com.apple.vpn.managed"}}}),
			Supervised: facts.Of(false), Organization: facts.Gone[string](),
			SpeedBits: 480_000_000, ClockSkew: facts.Of(2 * time.Second), AdapterCurrent: facts.Of(2400),
			Deep: facts.Deep{
				Apps: facts.Of([]facts.App{
					{BundleID: "a", Name: "Small Talk", Bytes: 900_000_000}, {BundleID: "b", Name: "Big Game\r\nHACKED\n======", Bytes: 30_000_000_000}}),
				Photos:  facts.Of(facts.Photos{Photos: 812, Movies: 14, PhotoBytes: 2_400_000_000, MovieBytes: 1_600_000_000, LargestMovie: "IMG_0815.MOV"}),
				Crashes: facts.Of([]facts.Crash{{Process: "backupd", At: now.Add(-48 * time.Hour)}}), CableSpeed: facts.Of[int64](34_000_000),
				Traffic: facts.Datum[facts.Traffic]{Reason: facts.Pending},
			},
		},
		Network: checks.Network{
			Paths: facts.Of([]checks.HostPath{{Host: "gateway.icloud.com", State: checks.HostIntercepted, Issuer: "Meyer GmbH Root"}, {Host: "setup.icloud.com", State: checks.HostOpen}}),
			Status: facts.Of(checks.ServiceStatus{AsOf: now.Add(-10 * time.Minute), Events: []checks.ServiceEvent{
				{Service: "iCloud Backup", Kind: "Outage", Message: "Some users are affected", Start: now.Add(-3 * time.Hour), Open: true}}}),
			Versions: facts.Datum[checks.VersionList]{Reason: checks.SwitchedOff}, ClockSkew: facts.Of(time.Second),
		},
		Host: checks.Host{
			OS: "windows", Destination: `C:\Users\anna\Lifeboat`, Kind: facts.Of(checks.DestinationFolder), FreeBytes: facts.Of[int64](250_000_000_000),
			FileSystem: facts.Of("ntfs"), Remote: facts.Of(false), Writable: facts.Of(true), Drops: facts.Of(0),
		},
		Local: checks.Local{Exists: true, Finished: now.Add(-50 * time.Hour)},
		Answers: checks.Answers{
			"error-text":   {Text: "“Anna's  iPhone” could not be backed up for anna@example.com.\nCall +49 (170) 123-4567. MBErrorDomain Code=303", At: now.Add(-time.Hour)},
			"icloud-space": {Choice: "full", At: now.Add(-time.Hour)},
		},
		Attempt: devicelog.Attempt{
			Heard: true, Began: now.Add(-2 * time.Hour), Ended: now.Add(-110 * time.Minute), Outcome: devicelog.Failed, Cause: "icloud-storage", Proven: true,
			Codes:      []devicelog.Code{{Domain: "MBErrorDomain", Number: 303}, {Domain: "CKErrorDomain", Number: 25}},
			Conditions: devicelog.Conditions{OnWiFi: facts.Of(true), OnPower: facts.Of(true), Locked: facts.Of(false), Enabled: facts.Of(true)},
			Phases:     []devicelog.Phase{{Name: "scan", Took: 1234 * time.Millisecond}, {Name: "anna", Took: time.Second}},
			NextTry:    now.Add(time.Hour),
		},
		Now: now,
	}
	return Input{
		App: "0.1.0", Checks: in, Results: checks.Run(in),
		Steps: []Step{
			{"power/port", now.Add(-24 * time.Hour)}, {"wifi/router", now.Add(-20 * time.Hour)},
			{"icloud-storage/plan", now.Add(-time.Hour)}, {"common/local-first", now.Add(-time.Hour)},
			{"power/gone-since", now}, {"anna/anna", now}, {"../../etc", now},
		},
		FailingSince: map[string]time.Time{"icloud-storage": now.AddDate(0, 0, -20), "power": now},
		Lines:        []string{"2026-11-23T07:10:00Z backupd: ended: MBErrorDomain(303) > CKErrorDomain(25)", "backupd: a raw line of anna@example.com", "2026-11-23T07:10:00Z Notes: raw"},
	}
}

// few keeps some of the results, so that not every word of every check
// stands in a golden file.
func few(in Input) Input {
	in.Results = slices.DeleteFunc(in.Results, func(r checks.Result) bool {
		return !slices.Contains([]string{"last-icloud-backup", "icloud-storage", "backup-size", "cable"}, r.ID)
	})
	return in
}

// The reports are read as a whole whenever words change.
func TestGolden(t *testing.T) {
	all := few(sick())
	all.Include = Include{Name: true, Profiles: true, Apps: true, CrashNames: true}
	page, err := PageOf(words.English(), Build(all).Text(words.English()))
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"sick.txt": Build(few(sick())).Text(words.English()), "all.txt": Build(all).Text(words.English()), "all.html": string(page),
		"nothing.txt": Build(few(Input{Results: checks.Run(checks.Input{})})).Text(words.English()),
	} {
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-update rewrites it):\n%s", name, diff)
		}
	}
}

// What Apple Support asks for stands in the first part, and what could tell
// who asks does not stand anywhere.
func TestFourThings(t *testing.T) {
	text := Build(sick()).Text(words.English())
	first, _, _ := strings.Cut(text, "\nThe iPhone\n")
	for _, want := range []string{
		"iOS version: 26.1 (23B85)", "could not be backed up", "MBErrorDomain 303", "2026-10-31 09:00 UTC", "has been failing since: 2026-11-03",
		"On 2026-11-22 09:00 UTC: Plug the cable into another port",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is missing in\n%s", want, first)
		}
	}
	for _, no := range []string{"anna", "Anna", "Meyer", "4567", "example", "00008101", "Big Game", "raw line", "IMG_0815", "[report.", "[check."} {
		if strings.Contains(text, no) {
			t.Errorf("%q is in\n%s", no, text)
		}
	}
}

// Every sentence of report.en.toml has a place where it is said, and every
// sentence that is said exists.
func TestWords(t *testing.T) {
	used := map[string]bool{"report.line": true, "report.print": true}
	var visit func(words.Text)
	visit = func(text words.Text) {
		used[text.Key] = true
		for _, arg := range text.Args {
			if inner, ok := arg.(words.Text); ok {
				visit(inner)
			}
		}
	}
	inputs := []Input{sick(), {Results: checks.Run(checks.Input{})}, {App: "odd", Results: checks.Run(checks.Input{})}}
	for _, outcome := range []devicelog.Outcome{devicelog.Open, devicelog.Succeeded} {
		in := sick()
		in.Checks.Attempt.Outcome, in.Checks.Attempt.Proven = outcome, false
		in.Checks.Network.Status.Value.Events[0].Open = false
		in.Checks.Network.Paths.Value[0].State = checks.HostBlocked
		in.Checks.Phone.Version = facts.Datum[string]{State: facts.Refused, Reason: "GetProhibited"}
		in.Include = Include{true, true, true, true}
		inputs = append(inputs, in)
	}
	title := words.T("check.power.title", nil)
	in := sick()
	in.Checks.Network.Status.Value.Events = nil
	for _, a := range allowed { // each kind of evidence, and one that was refused
		in.Results = append(in.Results, checks.Result{Title: title, Status: checks.Pass, Evidence: map[string]string{a.key: "refused"}})
	}
	in.Results = append(in.Results, checks.Result{Title: title, Status: checks.Warn}, checks.Result{Title: title, Status: checks.Unknown, Evidence: map[string]string{"log/interrupted": "not heard"}})
	inputs = append(inputs, in)
	for _, in := range inputs {
		for _, s := range Build(in).Sections {
			visit(s.Heading)
			for _, l := range s.Lines {
				visit(l.Label)
				visit(l.Value)
				if said := l.text(words.English()); said == "" || strings.Contains(said, "[report.") || strings.Contains(said, "[check.") {
					t.Errorf("%s and %s render as %q", l.Label.Key, l.Value.Key, said)
				}
			}
		}
		visit(Build(in).Title)
	}
	for _, key := range words.English().Keys() {
		if strings.HasPrefix(key, "report.") && !used[key] {
			t.Errorf("%s is never said", key)
		}
	}
}

// Whoever adds evidence decides whether it may leave the computer: either it
// stands in the table of what is allowed, or here.
func TestEvidenceIsDecidedUpon(t *testing.T) {
	staysIn := func(key string) bool {
		for _, prefix := range []string{
			"answer/",                                                               // said with its question
			"app/", "installation_proxy/Entitlements", "MCInstall/OrganizationName", // names
			"network/",              // said among Apple's services
			"crashreports/",         // counted
			"BuildVersion",          // said with the version of iOS
			"TimeIntervalSince1970", // said as the difference
		} {
			if strings.HasPrefix(key, prefix) {
				return true
			}
		}
		return slices.ContainsFunc(checks.OwnEvidence(), func(e checks.Evidence) bool { return e.Key == key && e.Form == checks.Private })
	}
	var labels []string
	keys := map[string]bool{}
	for _, a := range allowed {
		if keys[a.key] || slices.Contains(labels, a.label) {
			t.Errorf("%s stands twice", a.key)
		}
		keys[a.key], labels = true, append(labels, a.label)
	}
	seen := 0
	for _, in := range []Input{sick(), {Results: checks.Run(checks.Input{})}, {Results: checks.Run(checks.Input{Phone: facts.Phone{Readiness: facts.Ready}})}} {
		for _, r := range in.Results {
			for key := range r.Evidence {
				seen++
				if !keys[key] && !staysIn(key) {
					t.Errorf("%s: nobody decided whether %q may go out", r.ID, key)
				}
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d pieces of evidence seen", seen)
	}
}

func TestForms(t *testing.T) {
	for _, c := range []struct {
		name string
		form form
		yes  []string
		no   []string
	}{
		{"version", versionForm, []string{"18.5", "26.0.1", "15.8.4"}, []string{"", "10.0.0.1", "18", "Anna", "18.5 Anna", "1234.1", "18.5\n"}},
		{"build", buildForm, []string{"22F76", "23B5044i", "24A400"}, []string{"", "anna", "22F", "F2LXK0ABCDEF"}},
		{"product", form(modelForm), []string{"iPhone13,2", "iPhone99,9"}, []string{"", "iPad1,1", "iPhone", "iPhone13,2 of Anna"}},
		{"bool", yesNoForm, []string{"true", "false"}, []string{"", "1", "yes", "anna"}},
		{"date", dateForm, []string{"2026-11-23T09:00:00Z"}, []string{"", "2026", "anna"}},
		{"span", spanForm, []string{"2s", "-1m0s"}, []string{"", "2", "anna"}},
		{"bytes", bytesForm, []string{"0", "40000000000"}, []string{"", "anna", "1e9"}},
		{"chain", chainForm, []string{"MBErrorDomain 303", "MBErrorDomain 303, CKErrorDomain -25"}, []string{"", "AnnaErrorDomain 1", "MBErrorDomain", "MBErrorDomain 303, anna"}},
		{"app", appForm, []string{"0.1.0", "v1.2", "1.2.3-beta1"}, []string{"", "anna", "1.2.3-anna"}},
		{"state", stateForm, []string{"not read", "absent", "refused: GetProhibited", "not read: anna"}, []string{"", "true", "anna"}},
		{"system", systemForm, []string{"linux"}, []string{"", "anna"}},
	} {
		for _, text := range c.yes {
			if said, ok := c.form(text); !ok || strings.Contains(words.English().Text(said), "anna") {
				t.Errorf("%s: %q is refused, or passed on as %q", c.name, text, words.English().Text(said))
			}
		}
		for _, text := range c.no {
			if _, ok := c.form(text); ok {
				t.Errorf("%s: %q is taken", c.name, text)
			}
		}
	}
}

// Too much of anything is cut off.
func TestBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	in := sick()
	in.Include = Include{true, true, true, true}
	for range 5000 {
		in.Steps = append(in.Steps, in.Steps[0])
		in.Lines = append(in.Lines, in.Lines[0]+strings.Repeat(" x", 900), in.Lines[0]+strings.Repeat(" y", 9999))
		in.Checks.Phone.Profiles.Value = append(in.Checks.Phone.Profiles.Value, in.Checks.Phone.Profiles.Value[0])
		in.Checks.Phone.Apps.Value = append(in.Checks.Phone.Apps.Value, in.Checks.Phone.Apps.Value[0])
		in.Checks.Phone.Crashes.Value = append(in.Checks.Phone.Crashes.Value, in.Checks.Phone.Crashes.Value[0])
		in.Checks.Attempt.Phases = append(in.Checks.Attempt.Phases, in.Checks.Attempt.Phases[0])
		in.Checks.Attempt.Codes = append(in.Checks.Attempt.Codes, in.Checks.Attempt.Codes[0])
	}
	in.Checks.Phone.Name.Value = strings.Repeat("A", 1<<20)
	in.Checks.Answers["error-text"] = checks.Answer{Text: strings.Repeat("no backup ", 1<<20), At: now}
	text := Build(in).Text(words.English())
	if strings.Contains(text, "y y y y") {
		t.Error("a line that is too long went out")
	}
	if lines := strings.Count(text, "\n"); lines > 1700 || len(text) > 600_000 {
		t.Errorf("%d lines, %d bytes", lines, len(text))
	}
}
