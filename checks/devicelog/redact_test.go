package devicelog

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"lifeboat/assets/knowledge"
	"lifeboat/device/facts"
)

// secrets are of a kind that must never leave the computer.
var secrets = []string{
	"anna@example.org", "Anna Muster", "0F3D8E1B-55AA-4C0D-9A7E-1B2C3D4E5F60", "00008101-000A1B2C3D4E5F60",
	"12:34:56:78:9a:bc", "FRITZBox 7590", "+43 664 5550199", "/private/var/mobile/Media/DCIM/100APPLE/IMG_0001.HEIC", "<private>",
}

// public is every character that a line that goes out is made of.
var public = regexp.MustCompile(`^[0-9TZ:+.-]{20,40} [A-Za-z0-9]+: [A-Za-z0-9 ,.:()?-]+$`)

func TestRedact(t *testing.T) {
	var heard []facts.LogLine
	patterns := knowledge.Log().Patterns
	for _, p := range patterns {
		for _, secret := range secrets {
			for _, text := range []string{p.Example + " " + secret, strings.ReplaceAll(p.Example, "<private>", secret)} {
				heard = append(heard, facts.LogLine{At: start, Process: p.Processes[0], Text: text})
			}
		}
	}
	for _, secret := range secrets {
		heard = append(heard,
			facts.LogLine{At: start, Process: "backupd", Text: secret},
			facts.LogLine{At: start, Process: "backupd", Text: "=cloud-backup= " + secret + " done in 1s"},
			facts.LogLine{At: start, Process: "backupd", Text: "=cloud-backup= Backup failed: " + secret + "ErrorDomain(1)"},
			facts.LogLine{At: start, Process: secret, Text: "=managed-policy="},
			facts.LogLine{At: start, Process: "SpringBoard", Text: "=managed-policy= " + secret},
		)
	}
	out := Redact(heard)
	if len(out) < 2*len(patterns)*len(secrets)-len(secrets) { // one pattern stands or falls with its end
		t.Fatalf("%d lines went out of %d", len(out), len(heard))
	}
	for _, line := range out {
		if !public.MatchString(line) {
			t.Errorf("%q", line)
		}
		for _, secret := range secrets {
			for _, part := range append(strings.Fields(secret), secret) {
				if len(part) > 3 && strings.Contains(line, part) {
					t.Errorf("%q holds %q", line, part)
				}
			}
		}
	}
}

// What is public of a line does go out.
func TestRedactKeeps(t *testing.T) {
	for text, want := range map[string]string{
		"=cloud-backup= upload done in 12.5s":                                "upload done in 12.5s",
		"=cloud-backup= Backup failed: MBErrorDomain(303) CKErrorDomain(25)": "backup failed: MBErrorDomain(303) CKErrorDomain(25)",
		"=cloud-backup= Backup failed: <private>":                            "backup failed: no code",
		"=scheduler= Canceling initiated backup <private>":                   "canceling the backup, deferred ?",
		"state changed, onWiFi:0, enabled:1":                                 "state changed, enabled:1, onWiFi:0",
	} {
		got := Redact([]facts.LogLine{{At: start, Process: "backupd", Text: text}})
		if !slices.Equal(got, []string{"2026-11-23T09:00:00Z backupd: " + want}) {
			t.Errorf("%s: %q", text, got)
		}
	}
	if got := Redact(nil); got == nil || len(got) != 0 {
		t.Errorf("no lines: %#v", got)
	}
}

// Whatever the phone writes, only plain words, numbers and known codes go out.
func FuzzRedact(f *testing.F) {
	for _, p := range knowledge.Log().Patterns {
		f.Add(p.Processes[0], p.Example)
	}
	f.Add("backupd", "=cloud-backup= Backup failed: \x1b[31mErrorDomain(1) MBErrorDomain(1)")
	f.Fuzz(func(t *testing.T, process, text string) {
		for _, line := range Redact([]facts.LogLine{{At: start, Process: process, Text: text}}) {
			if !public.MatchString(line) || len(line) > 1000 {
				t.Errorf("%q", line)
			}
		}
	})
}
