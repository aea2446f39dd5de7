package checks

import (
	"time"

	"lifeboat/device/facts"
)

// here sets the age of the backup in Lifeboat's folder.
func here(age time.Duration) func(*Input) {
	return func(in *Input) { in.Local = Local{Exists: true, Finished: in.Now.Add(-age)} }
}

// noneHere is a folder without a backup, and what the phone says of its last
// backup to a computer.
func noneHere(last facts.Datum[time.Time]) func(*Input) {
	return func(in *Input) { in.Local, in.Phone.LastLocalBackup = Local{}, last }
}

// notLooked takes the folder away.
func notLooked(set func(*Input)) func(*Input) {
	return func(in *Input) { set(in); in.Host.Kind = facts.Of(DestinationMissing) }
}

var _ = tried(lastLocal, nil, []situation{
	{name: "two days old", set: func(*Input) {}, want: Pass, finding: "from 21 November 2026, 2 days ago"},
	{name: "exactly thirty days", set: here(localFresh), want: Pass, finding: "30 days ago"},
	{name: "a second more", set: here(localFresh + time.Second), want: Warn, finding: "24 October 2026, 30 days ago", fixes: []string{"Make a new backup"}},
	{name: "old, but newer on another computer", set: func(in *Input) {
		here(90 * 24 * time.Hour)(in)
		in.Phone.LastLocalBackup = facts.Of(in.Now.Add(-24 * time.Hour))
	}, want: Warn, finding: "A newer one was made elsewhere on 22 November 2026", fixes: []string{"Make a new backup"}},
	{name: "old, and the phone's date is of the same", set: func(in *Input) {
		here(90 * 24 * time.Hour)(in)
		in.Phone.LastLocalBackup = facts.Of(in.Now.Add(-90*24*time.Hour + time.Minute))
	}, want: Warn, finding: "25 August 2026, 90 days ago. What came since"},
	{name: "without a date", set: func(in *Input) { in.Local = Local{Exists: true} }, want: Warn, finding: "its date can’t be right"},
	{name: "of the future", set: here(-48 * time.Hour), want: Warn, finding: "its date can’t be right"},
	{name: "only elsewhere", set: noneHere(facts.Of(now.Add(-5 * 24 * time.Hour))), want: Warn, finding: "last backed up to a computer on 18 November 2026, but that backup isn’t in", fixes: []string{"Make a backup to this computer"}},
	{name: "never, while iCloud works", set: noneHere(facts.Gone[time.Time]()), want: Warn, finding: "never been backed up to a computer", fixes: []string{"Make a backup to this computer"}},
	{name: "never, and iCloud is old", set: func(in *Input) { noneHere(facts.Gone[time.Time]())(in); aged(10 * 24 * time.Hour)(in) }, want: Warn, finding: "nothing protects your data", fixes: []string{"Make a backup to this computer"}},
	{name: "never, and iCloud never", set: func(in *Input) {
		noneHere(facts.Gone[time.Time]())(in)
		in.Phone.LastCloudBackup = facts.Gone[time.Time]()
	}, want: Warn, finding: "nothing protects your data"},
	{name: "none here, the phone does not tell", set: noneHere(facts.Datum[time.Time]{State: facts.Refused}), want: Warn, finding: "no backup of this iPhone in the folder"},
	{name: "the drive is away, made somewhere", set: notLooked(noneHere(facts.Of(now.Add(-5 * 24 * time.Hour)))), want: Unknown, finding: "on 18 November 2026. We couldn’t see whether that backup is here"},
	{name: "the drive is away, the phone does not tell", set: notLooked(noneHere(facts.Datum[time.Time]{})), want: Unknown, finding: "couldn’t see"},
	{name: "a chosen folder that is gone", set: func(in *Input) {
		noneHere(facts.Datum[time.Time]{})(in)
		in.Host.Kind, in.Host.MustExist = facts.Of(DestinationNew), true
	}, want: Unknown, finding: "couldn’t see"},
	{name: "a folder that is yet to be made", set: func(in *Input) {
		noneHere(facts.Datum[time.Time]{})(in)
		in.Host.Kind = facts.Of(DestinationNew)
	}, want: Warn, finding: "no backup of this iPhone in the folder"},
	{name: "the drive is away, and never any", set: notLooked(noneHere(facts.Gone[time.Time]())), want: Warn, finding: "never been backed up"},
})
