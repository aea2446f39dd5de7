package checks

import (
	"time"

	"lifeboat/device/facts"
)

// aged sets the age of the last backup.
func aged(age time.Duration) func(*Input) {
	return func(in *Input) { in.Phone.LastCloudBackup = facts.Of(in.Now.Add(-age)) }
}

var _ = tried(lastCloud, needs{"Phone.LastCloudBackup": missing}, []situation{
	{name: "five hours", set: func(*Input) {}, want: Pass, finding: "23 November 2026, 5 hours ago"},
	{name: "exactly three days", set: aged(cloudFresh), want: Pass, finding: "20 November 2026, 3 days ago"},
	{name: "a second more", set: aged(cloudFresh + time.Second), want: Warn, finding: "20 November 2026", fixes: []string{"tonight", "Back Up Now"}},
	{name: "exactly seven days", set: aged(cloudOld), want: Warn, finding: "16 November 2026, 7 days ago"},
	{name: "eight days", set: aged(8 * 24 * time.Hour), want: Fail, finding: "15 November 2026, 8 days ago", fixes: []string{"iCloud > iCloud Backup and tap “Back Up Now”", "tonight"}},
	{name: "the tester's phone", set: func(in *Input) { in.Phone.LastCloudBackup = facts.Of(time.Unix(812806913+978307200, 0)) }, want: Fail, finding: "4 October 2026, 49 days ago"},
	{name: "switch off, but fresh", set: off(26 * time.Hour), want: Pass, finding: "22 November 2026"},
	{name: "a phone's clock a little ahead", set: aged(-clockSlack), want: Pass, finding: "23 November 2026"},
	{name: "in the future, and both clocks are right", set: aged(-24 * time.Hour), want: Warn, finding: "in the future (24 November 2026): the clock of the iPhone was wrong when", fixes: []string{"Back Up Now"}, noFix: "Date & Time"},
	{name: "in the future, and the phone is ahead", set: func(in *Input) { aged(-24 * time.Hour)(in); in.Phone.ClockSkew = facts.Of(25 * time.Hour) }, want: Warn,
		finding: "in the future (24 November 2026): the clock of the iPhone or of this computer is wrong", fixes: []string{"Settings > General > Date & Time"}},
	{name: "in the future, and nobody knows this computer's clock", set: func(in *Input) {
		aged(-24 * time.Hour)(in)
		in.Network.ClockSkew = facts.Datum[time.Duration]{Reason: Offline}
	}, want: Warn, finding: "or of this computer is wrong", fixes: []string{"Settings > General > Date & Time"}},
	{name: "before iCloud: an epoch gone wrong", set: func(in *Input) { in.Phone.LastCloudBackup = facts.Of(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)) }, want: Ask, finding: "1 January 2001"},
	{name: "on, never completed", set: func(in *Input) { in.Phone.LastCloudBackup = facts.Gone[time.Time]() }, want: Fail, finding: "no backup that was ever completed", fixes: []string{"Back Up Now"}},
	{name: "off, never completed", set: func(in *Input) {
		in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup = facts.Of(false), facts.Gone[time.Time]()
	}, want: Ask, finding: "doesn’t know the date", fixes: []string{"Which date"}},
	{name: "both absent", set: func(in *Input) {
		in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup = facts.Gone[bool](), facts.Gone[time.Time]()
	}, want: Ask, finding: "doesn’t know the date"},
	{name: "absent, switch not read", set: func(in *Input) {
		in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup = facts.Datum[bool]{}, facts.Gone[time.Time]()
	}, want: Ask, finding: "doesn’t know the date"},
	{name: "not read", set: func(in *Input) { in.Phone.LastCloudBackup = facts.Datum[time.Time]{} }, want: Ask, finding: "couldn’t read", fixes: []string{"Which date"}},
	{name: "refused", set: func(in *Input) { in.Phone.LastCloudBackup = facts.Datum[time.Time]{State: facts.Refused} }, want: Ask, finding: "couldn’t read"},
})
