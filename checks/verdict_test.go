package checks

import (
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

func TestVerdict(t *testing.T) {
	const day = 24 * time.Hour
	for _, tc := range []struct {
		name    string
		set     func(*Input)
		blocker string
		want    string
	}{
		{"all well", func(*Input) {}, "",
			"Nothing was found that stops iCloud backups: the last iCloud backup was completed 5 hours ago."},
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
		{"full, but the last backup is fresh", space(300_000_000, 64*gigabyte), "phone-storage",
			"The iPhone is almost full, though the last iCloud backup was completed 5 hours ago."},
		{"no cause in sight", aged(50 * day), "last-icloud-backup",
			"iCloud has saved nothing for 50 days."},
		{"never completed", func(in *Input) { in.Phone.LastCloudBackup = facts.Gone[time.Time]() }, "last-icloud-backup",
			"iCloud has never completed a backup of this iPhone."},
		{"never completed, and iOS too old", func(in *Input) {
			in.Phone.LastCloudBackup = facts.Gone[time.Time]()
			runs("iPhone13,2", "17.0")(in)
		}, "ios-version", "iOS 17.0 is too old: nothing was ever saved to iCloud."},
		{"not trusted", func(in *Input) { in.Phone = facts.Phone{Readiness: facts.Untrusted} }, "phone-ready",
			"The iPhone does not trust this computer yet."},
		{"locked", func(in *Input) { in.Phone.PasscodeLocked = facts.Of(true) }, "",
			"The iPhone is locked, though the last iCloud backup was completed 5 hours ago."},
		{"overdue", aged(5 * day), "",
			"The last iCloud backup is 5 days old, and it should happen every day."},
		{"only this computer is too small", hostFree(1), "this-computer",
			"The drive for backups may be too small, though the last iCloud backup was completed 5 hours ago."},
		{"overdue and low on battery", func(in *Input) { aged(5 * day)(in); battery(15, true, true, false)(in) }, "",
			"The battery is at 15 % only: the last iCloud backup was completed 5 days ago."},
		{"only a backup here is missing", func(in *Input) { in.Local = Local{}; in.Phone.LastLocalBackup = facts.Gone[time.Time]() }, "",
			"Nothing was found that stops iCloud backups: the last iCloud backup was completed 5 hours ago."},
		{"a bad cable is not why iCloud fails", func(in *Input) { aged(23 * day)(in); in.Host.Drops = facts.Of(3) }, "last-icloud-backup",
			"iCloud has saved nothing for 23 days."},
		{"only this computer is not known", func(in *Input) { in.Host = Host{} }, "",
			"Nothing was found that stops iCloud backups: the last iCloud backup was completed 5 hours ago."},
		{"switch absent", func(in *Input) { in.Phone.CloudBackupEnabled = facts.Gone[bool]() }, "",
			"Nothing was found that stops iCloud backups: the last iCloud backup was completed 5 hours ago."},
		{"nothing known", func(in *Input) { *in = Input{Now: now} }, "",
			"Nothing that could be read stops iCloud backups. 16 questions are left that only you can answer."},
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
	r, ok := Blocker([]Result{{ID: "stranger", Status: Fail}, {ID: string(localReady), Status: Fail}})
	if !ok || r.ID != string(localReady) {
		t.Errorf("blocker = %q", r.ID)
	}
	if got := words.English().Text(Verdict(nil)); got != "Nothing was found that stops iCloud backups." {
		t.Errorf("verdict of nothing = %q", got)
	}
}
