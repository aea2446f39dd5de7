package services

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/phonesim/content"
)

func TestParseLog(t *testing.T) {
	got, err := ParseLog(strings.NewReader(`
# a phone that fails
+0s SpringBoard[34] default Backlight changed to 1
+300ms backupd[312] error   =cloud-backup= Backup failed: MBErrorDomain(209)

@wait
+1s @set com.apple.mobile.backup/LastCloudBackupDate=now
@set com.apple.mobile.backup/CloudBackupEnabled=false
@set /Count=-3
@set /Gone=none
+2s @notify com.apple.example
+5ms cloudd[7] debug
+1s @edit change=200 add=20 delete=3
@edit delete=1
@fault detach=#17
`))
	if err != nil {
		t.Fatal(err)
	}
	const domain = "com.apple.mobile.backup"
	want := []LogLine{
		{Process: "SpringBoard", PID: 34, Text: "Backlight changed to 1"},
		{After: 300 * time.Millisecond, Process: "backupd", PID: 312, Level: LogError, Text: "=cloud-backup= Backup failed: MBErrorDomain(209)"},
		{Stop: true},
		{After: time.Second, Set: &LogSet{Domain: domain, Key: "LastCloudBackupDate", Now: true}},
		{Set: &LogSet{Domain: domain, Key: "CloudBackupEnabled", Value: false}},
		{Set: &LogSet{Key: "Count", Value: int64(-3)}},
		{Set: &LogSet{Key: "Gone"}},
		{After: 2 * time.Second, Notify: "com.apple.example"},
		{After: 5 * time.Millisecond, Process: "cloudd", PID: 7, Level: LogDebug},
		{After: time.Second, Edit: &content.Edits{Changed: 200, Added: 20, Removed: 3}},
		{Edit: &content.Edits{Removed: 1}},
		{Fault: "detach=#17"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseLogRefuses(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"backupd[1] default x", "does not begin with"},
		{"+soon backupd[1] default x", "not a duration"},
		{"+-1s backupd[1] default x", "not a duration"},
		{"+25h backupd[1] default x", "not a duration"},
		{"+1s backupd default x", "PROCESS[PID]"},
		{"+1s [1] default x", "PROCESS[PID]"},
		{"+1s backupd[one] default x", "PROCESS[PID]"},
		{"+1s backupd[-1] default x", "PROCESS[PID]"},
		{"+1s backupd[1] loud x", "level"},
		{"+1s", "PROCESS[PID]"},
		{"@dance", "@dance is not one of"},
		{"@wait long", "takes nothing"},
		{"@notify", "without a name"},
		{"@fault", "without a fault"},
		{"@edit", "without change=N"},
		{"@edit change=0", "without change=N"},
		{"@edit change", "is not change=N"},
		{"@edit rename=1", "is not change=N"},
		{"@edit add=-1", "is not change=N"},
		{"@edit add=1000001", "is not change=N"},
		{"@set x=1", "DOMAIN/KEY=VALUE"},
		{"@set domain/=1", "DOMAIN/KEY=VALUE"},
		{"@set domain/key", "DOMAIN/KEY=VALUE"},
		{"@set domain/key=maybe", "not true, false"},
		{"+1s backupd[1] default " + strings.Repeat("x", maxLogLine), "token too long"},
	} {
		lines, err := ParseLog(strings.NewReader("# first\n" + c.line + "\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "line 2 ") {
			t.Errorf("%.60q: %v, %v; want line 2 and %q", c.line, lines, err, c.want)
		}
	}
	if _, err := ParseLog(strings.NewReader(strings.Repeat("@wait\n", maxLogLines+1))); err == nil {
		t.Error("a script without end was taken")
	}
}

func FuzzParseLog(f *testing.F) {
	f.Add("+300ms backupd[312] error =cloud-backup= Backup failed: MBErrorDomain(209)\n@wait\n")
	f.Add("+1s @set com.apple.mobile.backup/LastCloudBackupDate=now\n@notify x\n# end")
	f.Add("@set /a=1\n+0 x[]")
	f.Add("@edit change=2 add=1\n@fault none")
	f.Fuzz(func(t *testing.T, script string) {
		lines, err := ParseLog(strings.NewReader(script))
		if err != nil {
			return
		}
		for _, line := range lines {
			if line.heard() && (line.Process == "" || line.PID < 0) || line.After < 0 || line.After > maxLogPause {
				t.Errorf("parsed %+v", line)
			}
		}
	})
}
