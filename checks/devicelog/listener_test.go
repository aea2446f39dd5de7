package devicelog

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

// hear adds a transcript to a new Listener.
func hear(t testing.TB, text string) *Listener {
	t.Helper()
	l := New()
	l.Zone = time.UTC
	for _, line := range lines(t, text) {
		l.Add(line)
	}
	return l
}

func TestListener(t *testing.T) {
	for _, tc := range []struct {
		name, heard string
		outcome     Outcome
		cause       string
		codes       int
		phases      int
		phase       string
	}{
		{"nothing", "", Open, "", 0, 0, ""},
		{"a step done after the success does not begin anew",
			"+0s backupd[1] default =cloud-backup= Backup finished successfully\n+1s backupd[1] default =cloud-backup= cleanup done in 0.5s\n",
			Succeeded, "", 0, 1, ""},
		{"a step done later does",
			"+0s backupd[1] default =cloud-backup= Backup finished successfully\n+9s backupd[1] default =cloud-backup= scan done in 0.5s\n",
			Open, "", 0, 1, "upload"},
		{"a beginning does at once",
			"+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(303)\n+1s backupd[1] default =cloud-backup= Starting backup\n",
			Open, "", 0, 0, "scan"},
		{"a beginning forgets steps that led nowhere",
			"+0s backupd[1] default =cloud-backup= scan done in 0.5s\n+1s backupd[1] default =cloud-backup= Starting backup\n",
			Open, "", 0, 0, "scan"},
		{"the scheduler's repetition adds nothing",
			"+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(303)\n+1s backupd[1] default Scheduler received backup failure notification for account X: <NSError:0x1(MBErrorDomain:220)>\n",
			Failed, "icloud-storage", 1, 0, ""},
		{"but tells the codes that were hidden",
			"+0s backupd[1] error =cloud-backup= Backup failed: <private>\n+1s backupd[1] default Scheduler received backup failure notification for account X: <NSError:0x1(MBErrorDomain:220)>\n",
			Failed, "wifi", 1, 0, ""},
		{"codes that say nothing stay where more say nothing",
			"+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(1)\n+1s backupd[1] default Scheduler received backup failure notification for account X: <NSError:0x1(MBErrorDomain:2)(MBErrorDomain:1)>\n",
			Failed, "", 1, 0, ""},
		{"a second failure later is of another attempt",
			"+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(303)\n+60s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(1)\n",
			Failed, "", 1, 0, ""},
		{"a failure does not take back a success",
			"+0s backupd[1] default =cloud-backup= Backup finished successfully\n+1s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(1)\n",
			Succeeded, "", 0, 0, ""},
		{"a success takes back a failure",
			"+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(303)\n+1s backupd[1] default =cloud-backup= Backup finished successfully\n",
			Succeeded, "", 0, 0, ""},
		{"210 is the account",
			"+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(210)\n", Failed, "apple-account", 1, 0, ""},
		{"210 of an account that is not enabled is the switch, though the sign came between two attempts",
			"+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(1)\n+50s backupd[1] error =cloud-backup= Account is not enabled for backup\n+60s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(210)\n",
			Failed, "icloud-backup-switch", 1, 0, ""},
		{"a sign of the attempt before does not speak for this one",
			"+0s backupd[1] error =cloud-backup= Account is not enabled for backup\n+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(210)\n+60s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(210)\n",
			Failed, "apple-account", 1, 0, ""},
		{"a refusal stands in for codes that are not known",
			"+0s backupd[1] default =managed-policy= <private>\n+1s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(1)\n",
			Failed, "management", 1, 0, ""},
		{"two refusals that differ do not",
			"+0s backupd[1] default =managed-policy= <private>\n+0s backupd[1] error No account found for persona <private>\n+1s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(1)\n",
			Failed, "", 1, 0, ""},
		{"a sign that refuses nothing is not taken for the cause",
			"+0s backupd[1] default =cloud-backup= CacheDelete purged 1 bytes\n+1s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(1)\n",
			Failed, "", 1, 0, ""},
		{"a refusal alone ends nothing",
			"+0s backupd[1] default =managed-policy= <private>\n", Open, "", 0, 0, ""},
		{"another program's failure is none",
			"+0s cloudd[1] error =cloud-backup= Backup failed: MBErrorDomain(303)\n", Open, "", 0, 0, ""},
	} {
		a := hear(t, tc.heard).Attempt()
		if a.Outcome != tc.outcome || a.Cause != tc.cause || len(a.Codes) != tc.codes || len(a.Phases) != tc.phases || a.Phase != tc.phase {
			t.Errorf("%s: %+v", tc.name, a)
		}
		if (a.Outcome == Open) != a.Ended.IsZero() {
			t.Errorf("%s: %q, ended %s", tc.name, a.Outcome, a.Ended)
		}
	}
}

// A cause is proven only if both the line and the code were seen on real phones.
func TestProven(t *testing.T) {
	for text, want := range map[string]bool{
		"ERROR: Backup failed: x (MBErrorDomain/209)":                                      true,
		"ERROR: Backup failed: x (MBErrorDomain/303)":                                      false,
		"=cloud-backup= Backup failed: MBErrorDomain(209)":                                 false,
		"ERROR: ========== Backup failed: x (NSCocoaErrorDomain/4097)":                     true,
		"ERROR: ========== Backup failed: x (NSCocoaErrorDomain/4099)":                     false,
		"Scheduler received backup failure notification for account X: MBErrorDomain(209)": false,
	} {
		l := New()
		l.Add(facts.LogLine{At: start, Process: "backupd", Text: text})
		if a := l.Attempt(); a.Outcome != Failed || a.Cause == "" || a.Proven != want {
			t.Errorf("%s: %s, %q, proven %v, want %v", text, a.Outcome, a.Cause, a.Proven, want)
		}
	}
}

// One failure is counted once, however often it is told of, and another one
// even if the phone's clock was set back in between.
func TestFailuresAreCounted(t *testing.T) {
	const failure = "+0s backupd[1] error =cloud-backup= Backup failed: <private>\n" +
		"+1s backupd[1] default Scheduler received backup failure notification for account X: <NSError:0x1(MBErrorDomain:1)>\n"
	l := hear(t, failure)
	if a := l.Attempt(); len(a.Signs) != 1 || a.Signs[0].Count != 1 || len(a.Codes) != 1 {
		t.Errorf("%+v", a)
	}
	l.Add(facts.LogLine{At: start.Add(-time.Hour), Process: "backupd", Text: "=cloud-backup= Backup failed: MBErrorDomain(2)"})
	if a := l.Attempt(); a.Signs[0].Count != 2 || a.Codes[0].Number != 2 || !a.Ended.Equal(start.Add(-time.Hour)) {
		t.Errorf("%+v", a)
	}
}

// The example of each pattern is heard as what it is.
func TestExamples(t *testing.T) {
	for _, p := range knowledge.Log().Patterns {
		for _, process := range p.Processes {
			l := New()
			if !l.Add(facts.LogLine{At: start, Process: "/usr/libexec/" + process + "(MobileBackup)[12]", Text: p.Example}) {
				t.Errorf("%s of %s changed nothing", p.ID, process)
			}
			a := l.Attempt()
			i := slices.IndexFunc(a.Signs, func(s Sign) bool { return s.ID == p.ID && s.Count == 1 && s.Last.Equal(start) })
			heard := map[knowledge.LogKind]bool{
				knowledge.LogCondition: a.Conditions.OnWiFi.Value, knowledge.LogBegin: a.Began.Equal(start),
				knowledge.LogPhase: len(a.Phases) == 1, knowledge.LogFinal: a.Outcome == Failed && i >= 0,
				knowledge.LogSuccess: a.Outcome == Succeeded, knowledge.LogRetry: !a.NextTry.IsZero(), knowledge.LogSign: i >= 0,
			}
			if !a.Heard || !heard[p.Kind] {
				t.Errorf("%s of %s: %+v", p.ID, process, a)
			}
		}
	}
}

func TestConditions(t *testing.T) {
	on, off, none := facts.Of(true), facts.Of(false), facts.Datum[bool]{}
	for text, want := range map[string]Conditions{
		"state changed, enabled:1, locked:0, onPower:1, onWiFi:0, onCellular:1(0)": {on, off, on, off, on},
		"state changed, onWiFi:1, extra:7, onPower:0":                              {none, none, off, on, none},
		"state changed, ONWIFI = 1":                                                {none, none, none, on, none},
		"state changed, autoBackupOnCellularEnabled:1, enabled:0":                  {off, none, none, none, none},
		"state changed, enabled:1, onWiFi:0, changes:enabled:0 onWiFi:1 locked:1":  {on, none, none, off, none},
		"state changed, enabled:1, before: enabled:0":                              {on, none, none, none, none},
		"state changed, changes:x, enabled:1":                                      {on, none, none, none, none},
		"state changed, enabled:2, locked:10, onPower:yes":                         {},
		"enabled:1, locked:1 and no word of a change":                              {},
	} {
		l := New()
		l.Add(facts.LogLine{At: start, Process: "backupd", Text: text})
		if got := l.Attempt().Conditions; got != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
	// What a later line leaves out stays, what it says counts.
	l := New()
	said := func(text string) bool {
		return l.Add(facts.LogLine{At: start, Process: "backupd", Text: "state changed, " + text})
	}
	if !said("enabled:1, onWiFi:0") || said("enabled:1") || !said("onWiFi:1") {
		t.Error("what changed was reported wrongly")
	}
	if got, want := l.Attempt().Conditions, (Conditions{Enabled: on, OnWiFi: on}); got != want {
		t.Errorf("%+v", got)
	}
}

func TestNextTry(t *testing.T) {
	zone := time.FixedZone("", 3600)
	// 23 November 2026, 10:00
	day := func(d, h int) time.Time { return time.Date(2026, 11, d, h, 4, 5, 0, zone) }
	for text, want := range map[string]time.Time{
		"": {}, "(null)": {}, ": soon": {},
		": 11/24/26, 3:04:05 AM":         day(24, 3),
		": 11/24/26, 3:04:05\u202fPM":    day(24, 15),
		`: "24.11.26, 03:04:05"`:         day(24, 3),
		": 24/11/2026, 03:04:05":         day(24, 3),
		": 24-11-2026 03:04:05":          day(24, 3),
		": 2026-11-24 03:04:05":          day(24, 3),
		": 2026/11/24 3:04:05":           day(24, 3),
		": 2026-11-24 02:04:05 +0000":    day(24, 3),
		": 2026-11-24T02:04:05Z":         day(24, 3),
		": 11/22/26, 3:04:05 AM":         {}, // gone by
		": 12/24/26, 3:04:05 AM":         {}, // further than the phone ever puts it off
		": 13/24/26, 3:04:05 AM":         {},
		" and then 11/24/26, 3:04:05 AM": {}, // of something else
	} {
		if got := nextTry(text, start, zone); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	l := New()
	l.Zone = zone
	l.Add(facts.LogLine{At: start, Process: "backupd", Text: "The next backup date was pushed later (1.000s): 11/24/26, 3:04:05 AM"})
	if got := l.Attempt().NextTry; !got.Equal(day(24, 3)) {
		t.Errorf("heard: %s", got)
	}
	// Around New Year day and month are easily changed about.
	early := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{": 2/1/26, 03:04:05", ": 1/2/26, 3:04:05 AM", ": 1/2/26, 03:04:05", ": 26/1/2 3:04:05"} {
		if got := nextTry(text, early, time.UTC); !got.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
			t.Errorf("%s, which is the 2nd of January: %s", text, got)
		}
	}
}

// The phone may talk as much as it likes.
func TestBounds(t *testing.T) {
	l := New()
	for i := range 5 * maxPhases {
		l.Add(facts.LogLine{At: start, Process: "backupd", Text: fmt.Sprintf("=cloud-backup= step %d done in 99999999s", i)})
	}
	a := l.Attempt()
	if len(a.Phases) != maxPhases || a.Phases[maxPhases-1].Name != fmt.Sprint("step ", 5*maxPhases-1) || a.Phases[0].Took != 0 {
		t.Errorf("%d steps, the last %+v", len(a.Phases), a.Phases[len(a.Phases)-1])
	}
	for i := range 5 * maxSigns {
		l.sign(fmt.Sprint("sign", i), "", false, start)
	}
	if n := len(l.Attempt().Signs); n != maxSigns {
		t.Errorf("%d signs", n)
	}
	if l.Add(facts.LogLine{At: start, Process: "backupd", Text: strings.Repeat(" ", maxLine) + "=managed-policy="}) {
		t.Error("a line was read beyond its bound")
	}
}

// What was handed out does not change with what is heard later.
func TestAttemptIsACopy(t *testing.T) {
	l := hear(t, "+0s backupd[1] default =cloud-backup= scan done in 1s\n+0s backupd[1] default =managed-policy= x\n+1s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(22)\n")
	a := l.Attempt()
	before := fmt.Sprint(a)
	a.Phases[0].Name, a.Signs[0].ID, a.Codes[0].Number = "x", "x", 0
	if after := fmt.Sprint(l.Attempt()); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// What a file is called proves nothing: a line counts by how it begins.
func TestNamedLikeAFailure(t *testing.T) {
	for _, name := range []string{
		"=cloud-backup= Backup failed: MBErrorDomain(303)", "Backup failed: MBErrorDomain(303)", "ERROR: ========== Backup failed: (MBErrorDomain/303)",
		"=scheduler= Scheduler received backup failure notification for account: <NSError:0x1(MBErrorDomain:303)>",
		"=cloud-backup= Backup finished successfully", "No account found for persona", "Failed to find the account for persona", "=managed-policy=",
		"Backup is disabled by the current MC policy", "Cloud backups are disabled via management", "Account is not enabled for backup",
		"Found 3 files with missing encryption keys", "3 files are missing encryption keys", "=backoff= QuotaExceeded failureCount:3, backoff:1",
		"Existing backup history has corrupt data", "Backups reset from server action", "Network is unreachable (308)",
		"=scheduler= [On condition] state changed, enabled:0, locked:0", "=cloud-backup= scan done in 2.4s", "connection to service named com.apple.cloudd",
	} {
		a := hear(t, "+0s backupd[1] default =cloud-backup= Skipping HomeDomain:Documents/"+name+".txt\n").Attempt()
		if a.Outcome != Open || len(a.Signs) > 0 || len(a.Phases) > 0 || a.Conditions != (Conditions{}) {
			t.Errorf("a file named %q: %+v", name, a)
		}
	}
	// The error object may hold the name of a file; the public part says the network.
	a := hear(t, "+0s backupd[1] error =cloud-backup= Backup failed: MBErrorDomain(300), <NSError:0x1(MBErrorDomain:300) - {NSFilePath = \"/x/MBErrorDomain(303)\";}>\n").Attempt()
	if a.Cause != "wifi" || len(a.Codes) != 1 {
		t.Errorf("a file named like a code: %+v", a)
	}
}

// The scheduler backs off: a count above nought names its cause without a try.
func TestBackingOff(t *testing.T) {
	for line, want := range map[string]int{
		"=backoff= QuotaExceeded failureCount:3, backoff:14400":                                         1,
		"=backoff= QuotaExceeded failureCount:0, backoff:0":                                             0,
		"=backoff= Updating QuotaExceededFailureCount for account 0F3D8E1B-55AA: 2(1)":                  1,
		"=backoff= Updating QuotaExceededFailureCount for account 0F3D8E1B-55AA: 0(2)":                  0,
		"No account found, returning idle restore state":                                                0,
		"=scheduler= Ignoring backup start request since the account <private>/<private> isn't enabled": 0,
	} {
		conclusive := 0
		for _, s := range hear(t, "+0s backupd[1] default "+line+"\n").Attempt().Signs {
			if s.Conclusive {
				conclusive++
			}
		}
		if conclusive != want {
			t.Errorf("%q: %d conclusive, want %d", line, conclusive, want)
		}
	}
}

// Programs that talk all day are not taken for a backup.
func TestHeard(t *testing.T) {
	for process, want := range map[string]bool{
		"backupd": true, "BackupAgent2": true, "cloudd": false, "apsd": false, "SpringBoard": false, "": false, "notbackupd": false,
	} {
		l := New()
		changed := l.Add(facts.LogLine{At: start, Process: process, Text: "hello"})
		if got := l.Attempt().Heard; got != want || changed != want {
			t.Errorf("%q: heard %v, changed %v", process, got, changed)
		}
		if l.Add(facts.LogLine{At: start, Process: process, Text: "hello"}) {
			t.Errorf("%q: the second line changed something", process)
		}
	}
	if !hear(t, "+0s accountsd[1] error No account found for persona <private>\n").Attempt().Heard {
		t.Error("a line that was recognised was not heard")
	}
}

// However the phone talks, what is kept is bounded and consistent.
func FuzzAdd(f *testing.F) {
	for _, p := range knowledge.Log().Patterns {
		f.Add(p.Example, p.Example, int64(time.Second))
	}
	f.Add("=cloud-backup= Backup failed: MBErrorDomain(303)", "=cloud-backup= \xff done in 1s", int64(-1))
	f.Add("state changed, enabled:1", "The next backup date was pushed later (1.0s): 11/24/26, 3:04:05 AM", int64(1<<62))
	f.Fuzz(func(t *testing.T, first, second string, gap int64) {
		l := New()
		for i, text := range []string{first, second, first, second} {
			l.Add(facts.LogLine{At: start.Add(time.Duration(i) * time.Duration(gap)), Process: "backupd", Text: text})
		}
		a := l.Attempt()
		if len(a.Phases) > maxPhases || len(a.Signs) > maxSigns || len(a.Codes) > 16 {
			t.Errorf("too much is kept: %+v", a)
		}
		if a.Outcome != Failed && (a.Cause != "" || a.Codes != nil || a.Proven) {
			t.Errorf("a cause of no failure: %+v", a)
		}
		if a.Outcome == Open && !a.Ended.IsZero() || a.Outcome != Open && a.Phase != "" {
			t.Errorf("an end that is none: %+v", a)
		}
		for _, p := range a.Phases {
			if len(p.Name) > 64 || p.Took < 0 {
				t.Errorf("step %+v", p)
			}
		}
	})
}
