package checks

import (
	"fmt"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

func TestVerdict(t *testing.T) {
	for _, tc := range []struct {
		name    string
		set     func(*Input)
		blocker string
		want    string
	}{
		{"all well", func(*Input) {}, "",
			"iCloud backups work: the last one was completed 5 hours ago."},
		{"switched off", off(23 * day), "icloud-backup-switch",
			"iCloud Backup is switched off: nothing has been saved to iCloud for 23 days."},
		{"switched off, never a backup", func(in *Input) {
			in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup = facts.Of(false), facts.Gone[time.Time]()
		}, "icloud-backup-switch", "iCloud Backup is switched off."},
		{"off and full and old: the switch first", func(in *Input) {
			off(23 * day)(in)
			space(300_000_000, 64*gigabyte)(in)
			runs("iPhone13,2", "17.0")(in)
		}, "icloud-backup-switch", "iCloud Backup is switched off: nothing has been saved to iCloud for 23 days."},
		{"full, and so no backup for ten days", func(in *Input) { aged(10 * day)(in); space(300_000_000, 64*gigabyte)(in) }, "phone-storage",
			"The iPhone is almost full: nothing has been saved to iCloud for 10 days."},
		{"full, but the last backup is fresh", space(300_000_000, 64*gigabyte), "",
			"The last iCloud backup was completed 5 hours ago. Worth knowing: The iPhone is almost full."},
		{"no cause in sight", aged(50 * day), "last-icloud-backup",
			"No iCloud backup for 50 days."},
		{"never completed", func(in *Input) { in.Phone.LastCloudBackup = facts.Gone[time.Time]() }, "last-icloud-backup",
			"iCloud has never completed a backup of this iPhone."},
		{"never completed, and iOS behind, which is no cause", func(in *Input) {
			in.Phone.LastCloudBackup = facts.Gone[time.Time]()
			runs("iPhone13,2", "17.0")(in)
		}, "last-icloud-backup", "iCloud has never completed a backup of this iPhone."},
		{"never completed, and iOS below what iCloud takes", func(in *Input) {
			in.Phone.LastCloudBackup = facts.Gone[time.Time]()
			runs("iPhone5,1", "8.4.1")(in)
		}, "ios-version", "iOS 8.4.1 is too old for iCloud Backup: nothing was ever saved to iCloud."},
		{"iOS behind, and saved", runs("iPhone13,2", "18.6.2"), "",
			"iCloud backups work: the last one was completed 5 hours ago. Worth knowing: iOS 18.6.2 isn’t the newest."},
		{"a company's phone, and saved", func(in *Input) { in.Phone.Supervised = facts.Of(true) }, "",
			"iCloud backups work: the last one was completed 5 hours ago. Worth knowing: A company or school supervises this iPhone and may forbid iCloud backups."},
		{"switched off since, as the user saw", answering(off(26*time.Hour), askSwitch, "off"), "",
			"The last iCloud backup was completed 26 hours ago. Worth knowing: iCloud Backup is switched off."},
		{"the phone says off, and nobody looked", off(26 * time.Hour), "",
			"The last iCloud backup was completed 26 hours ago. Worth knowing: The iPhone says that iCloud Backup is switched off."},
		{"saved by the date that the user read", answering(func(in *Input) { in.Phone.LastCloudBackup = facts.Datum[time.Time]{} }, askLastDate, "days"), "",
			"iCloud backups work: the last one is at most three days old, as you read on the iPhone."},
		{"six days, and nights in the kitchen", answering(aged(6*day), askOvernight, "no"), "",
			"The last iCloud backup is 6 days old, and there should be one every day. Likely cause: The iPhone doesn’t spend its nights plugged in and on Wi-Fi."},
		{"twenty days, and nights in the kitchen", answering(aged(20*day), askOvernight, "no"), "last-icloud-backup",
			"No iCloud backup for 20 days. Likely cause: The iPhone doesn’t spend its nights plugged in and on Wi-Fi."},
		{"twenty days, and Low Data Mode", answering(aged(20*day), askLowData, "on"), "last-icloud-backup",
			"No iCloud backup for 20 days. Likely cause: Low Data Mode keeps iCloud from backing up by itself."},
		{"twenty days, and a neighbour of Apple's in trouble today", func(in *Input) {
			aged(20 * day)(in)
			in.Network.Status.Value.Events = []ServiceEvent{{Service: "iCloud Mail", Kind: "Outage", Start: now, Open: true}}
		}, "last-icloud-backup", "No iCloud backup for 20 days."},
		{"twenty days, and a cause that was found", answering(func(in *Input) { aged(20 * day)(in); in.Phone.Supervised = facts.Of(true) }, askSpace, "full"), "icloud-storage",
			"The iCloud storage is full: nothing has been saved to iCloud for 20 days."},
		{"more than a week by what the user read, and a likely cause", func(in *Input) {
			in.Phone.LastCloudBackup = facts.Datum[time.Time]{}
			in.Answers = Answers{askLastDate: {Choice: "older", At: now}, askLowData: {Choice: "on", At: now}}
		}, "last-icloud-backup", "No iCloud backup for more than a week. Likely cause: Low Data Mode keeps iCloud from backing up by itself."},
		{"not trusted", func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Untrusted} }, "phone-ready",
			"The iPhone doesn’t trust this computer yet."},
		{"locked", func(in *Input) { in.Phone.PasscodeLocked = facts.Of(true) }, "",
			"iCloud backups work: the last one was completed 5 hours ago."},
		{"overdue", aged(5 * day), "",
			"The last iCloud backup is 5 days old, and there should be one every day."},
		{"only this computer is too small", hostFree(1), "",
			"iCloud backups work: the last one was completed 5 hours ago."},
		{"overdue and low on battery", func(in *Input) { aged(5 * day)(in); battery(15, true, true, false)(in) }, "",
			"The last iCloud backup is 5 days old, and there should be one every day."},
		{"only a backup here is missing", func(in *Input) { in.Local = Local{}; in.Phone.LastLocalBackup = facts.Gone[time.Time]() }, "",
			"iCloud backups work: the last one was completed 5 hours ago."},
		{"a bad cable is not why iCloud fails", func(in *Input) { aged(23 * day)(in); in.Host.Drops = facts.Of(3) }, "last-icloud-backup",
			"No iCloud backup for 23 days."},
		{"only this computer is not known", func(in *Input) { in.Host = Host{} }, "",
			"iCloud backups work: the last one was completed 5 hours ago."},
		{"switch absent", func(in *Input) { in.Phone.CloudBackupEnabled = facts.Gone[bool]() }, "",
			"iCloud backups work: the last one was completed 5 hours ago."},
		{"nothing known", func(in *Input) { *in = Input{Now: now} }, "",
			fmt.Sprintf("Nothing we could check blocks the backup. Please answer %d questions.", countOpen(Run(Input{Now: now})))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := healthy()
			tc.set(&in)
			results := Run(in)
			if got := words.English().Text(Verdict(results)); got != tc.want {
				t.Errorf("verdict = %q\nwant %q", got, tc.want)
			}
			r, ok := Blocker(results)
			if ok != (tc.blocker != "") || r.ID != tc.blocker {
				t.Errorf("blocker = %q, %v, want %q", r.ID, ok, tc.blocker)
			}
		})
	}
}

// Results that the registry does not know come last and break nothing.
func TestVerdictOfStrangers(t *testing.T) {
	r, ok := Blocker([]Result{{ID: "stranger", Status: Fail}, {ID: string(localReady), Status: Fail, About: ThisComputer}, {ID: string(clock), Status: Fail, About: ICloud}})
	if !ok || r.ID != string(clock) {
		t.Errorf("blocker = %q", r.ID)
	}
	if got := words.English().Text(Verdict(nil)); got != "Nothing was found that stops iCloud backups." {
		t.Errorf("verdict of nothing = %q", got)
	}
}

// What speaks of a cause that was found, and what of one that is likely.
func TestLikely(t *testing.T) {
	for _, tc := range []struct {
		name           string
		set            func(*Input)
		blocker, cause string
		standing       Status
	}{
		{"saved", answering(func(*Input) {}, askLowData, "on"), "", "", Pass},
		{"overdue", answering(aged(5*day), askLowData, "on"), "", "wifi", Warn},
		{"old", answering(aged(20*day), askLowData, "on"), "last-icloud-backup", "wifi", Fail},
		{"old, and found", answering(aged(20*day), askSpace, "full"), "icloud-storage", "", Fail},
		{"old, and nothing in sight", aged(20 * day), "last-icloud-backup", "", Fail},
		{"nothing known", func(in *Input) { *in = Input{Now: now} }, "", "", Ask},
		{"locked, and no date", func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Locked} }, "", "", Warn},
	} {
		in := healthy()
		tc.set(&in)
		results := Run(in)
		blocker, _ := Blocker(results)
		likely, _ := Likely(results)
		if blocker.ID != tc.blocker || likely.ID != tc.cause || Standing(results) != tc.standing {
			t.Errorf("%s: blocker %q, likely %q, %s; want %q, %q, %s", tc.name, blocker.ID, likely.ID, Standing(results), tc.blocker, tc.cause, tc.standing)
		}
	}
}

// What this computer lacks has no part in the verdict, whatever else is wrong.
func TestThisComputerIsNoVerdict(t *testing.T) {
	for _, tables := range situations {
		for _, s := range tables {
			in := healthy()
			s.set(&in)
			whole := Run(in)
			broken := in
			broken.Host = Host{OS: "linux", Destination: "/d", Kind: facts.Of(DestinationMissing), Drops: facts.Of(9)}
			broken.Local = Local{}
			got := Run(broken)
			if a, b := words.English().Text(Verdict(whole)), words.English().Text(Verdict(got)); a != b {
				t.Errorf("%s: %q became %q", s.name, a, b)
			}
			for _, r := range got {
				if r.About == ThisComputer && r.Group() == Stops {
					t.Errorf("%s: %s stops iCloud", s.name, r.ID)
				}
			}
		}
	}
}
