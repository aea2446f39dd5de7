package checks

import (
	"time"

	"lifeboat/device/facts"
)

// off switches iCloud Backup off with a last backup of a certain age.
func off(age time.Duration) func(*Input) {
	return func(in *Input) {
		in.Phone.CloudBackupEnabled = facts.Of(false)
		in.Phone.LastCloudBackup = facts.Of(in.Now.Add(-age))
	}
}

var _ = tried(cloudSwitch, needs{"Phone.CloudBackupEnabled": missing}, []situation{
	{name: "off for half a year", set: off(181 * day), want: Fail, finding: "may be gone since", fixes: []string{"switch on", "iCloud Drive", "Back Up Now"}},
	{name: "off for a month", set: off(30 * day), want: Fail, finding: "180 days after that, possibly from 22 April 2027 on"},
	{name: "on", set: func(*Input) {}, want: Pass, finding: "is switched on"},
	{name: "on, and nothing saved", set: aged(20 * day), want: Pass, finding: "is switched on", fixes: []string{"Settings > [your name] > iCloud > iCloud Drive. Is iCloud Drive"}},
	{name: "on, and iCloud Drive too", set: answering(aged(20*day), askDrive, "on"), want: Pass, finding: "is switched on"},
	{name: "on, and iCloud Drive off", set: answering(aged(20*day), askDrive, "off"), want: Warn, finding: "iCloud Drive is off", fixes: []string{"iCloud Drive"}},
	{name: "saved, and iCloud Drive off, by its own wish", set: answering(func(*Input) {}, askDrive, "off"), want: Pass, finding: "is switched on"},
	{name: "off for 23 days, iOS 27", set: off(23 * 24 * time.Hour), want: Fail, finding: "is switched off",
		fixes: []string{"iCloud > iCloud Backup and switch on “Back Up This iPhone”", "Back Up Now"}},
	{name: "off for 23 days, iOS 15", set: func(in *Input) { off(23 * 24 * time.Hour)(in); in.Phone.Version = facts.Of("15.8.8") }, want: Fail,
		finding: "is switched off", fixes: []string{"switch on “iCloud Backup”"}, noFix: "Back Up This iPhone"},
	{name: "off for 23 days, iOS not known", set: func(in *Input) { off(23 * 24 * time.Hour)(in); in.Phone.Version = facts.Gone[string]() }, want: Fail,
		finding: "is switched off", fixes: []string{"switch on “Back Up This iPhone”"}},
	{name: "off and never a backup", set: func(in *Input) {
		in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup = facts.Of(false), facts.Gone[time.Time]()
	}, want: Fail, finding: "is switched off"},
	{name: "trap: off, but a backup is fresh", set: off(26 * time.Hour), want: Ask, finding: "22 November 2026", fixes: []string{"Is “Back Up This iPhone” switched on?"}},
	{name: "trap, and the user saw it on", set: answering(off(26*time.Hour), askSwitch, "on"), want: Pass, finding: "You said that iCloud Backup is switched on"},
	{name: "trap, and the user saw it off two days ago", set: func(in *Input) {
		off(26 * time.Hour)(in)
		in.Answers = Answers{askSwitch: {Choice: "off", At: in.Now.Add(-48 * time.Hour)}}
	}, want: Ask, finding: "22 November 2026"},
	{name: "off, exactly three days", set: off(switchTrap), want: Ask, finding: "20 November 2026"},
	{name: "off, a second more", set: off(switchTrap + time.Second), want: Fail, finding: "is switched off"},
	{name: "off, date in the future", set: off(-48 * time.Hour), want: Ask, finding: "25 November 2026"},
	{name: "off, date refused", set: func(in *Input) {
		in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup = facts.Of(false), facts.Datum[time.Time]{State: facts.Refused}
	}, want: Ask, finding: "couldn’t read the date of its last backup"},
	{name: "key absent", set: func(in *Input) { in.Phone.CloudBackupEnabled = facts.Gone[bool]() }, want: Ask, finding: "probably off",
		fixes: []string{"sign in", "iCloud Backup. Is"}},
	{name: "not read", set: func(in *Input) { in.Phone.CloudBackupEnabled = facts.Datum[bool]{} }, want: Ask, finding: "couldn’t read", fixes: []string{"Is “Back Up This iPhone” switched on?"}},
	{name: "refused", set: func(in *Input) { in.Phone.CloudBackupEnabled = facts.Datum[bool]{State: facts.Refused} }, want: Ask, finding: "couldn’t read"},
})
