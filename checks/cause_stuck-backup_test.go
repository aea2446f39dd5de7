package checks

import (
	"testing"
	"time"

	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// crashed sets crash reports of one program, each so many days old.
func crashed(program string, days ...float64) func(*Input) {
	return func(in *Input) {
		reports := in.Phone.Crashes.Value
		for _, d := range days {
			reports = append(reports, facts.Crash{Process: program, At: in.Now.Add(-time.Duration(d * 24 * float64(time.Hour)))})
		}
		in.Phone.Crashes = facts.Of(reports)
	}
}

// logged has the phone's log show a sign, an hour ago, while no backup was
// completed for five hours.
func logged(id string, count int) func(*Input) {
	return func(in *Input) {
		in.Attempt = devicelog.Attempt{Heard: true, Signs: []devicelog.Sign{
			{ID: id, Cause: "stuck-backup", Count: count, Last: in.Now.Add(-time.Hour)},
			{ID: "switch-off", Cause: "icloud-backup-switch", Count: 99, Last: in.Now},
		}}
	}
}

// onModel sets the model.
func onModel(productType string, set func(*Input)) func(*Input) {
	return func(in *Input) { set(in); in.Phone.ProductType = facts.Of(productType) }
}

// stuckFor has no backup completed for ten days, and then something else.
func stuckFor(set func(*Input)) func(*Input) {
	return func(in *Input) { aged(10 * 24 * time.Hour)(in); set(in) }
}

var _ = tried(stuckBackup, needs{"Phone.Crashes": missing, "Phone.LastCloudBackup": missing}, []situation{
	{name: "no crash, and saved lately", set: func(*Input) {}, want: Pass, finding: "has crashed in the last 14 days, and a backup was completed on 23 November 2026"},
	{name: "no crash, but nothing saved", set: stuckFor(func(*Input) {}), want: Ask, finding: "No program", fixes: []string{"iCloud > iCloud Backup. What does it say"}},
	{name: "one crash", set: crashed("backupd", 1), want: Ask, finding: "A program that makes backups crashed once", fixes: []string{"What does it say"}},
	{name: "two crashes", set: crashed("cloudd", 3, 1), want: Warn, finding: "crashed 2 times in the last 14 days, the last time on 22 November 2026",
		fixes: []string{"several nights", "Back Up Now", "Restart the iPhone", "press and release Volume Up", "switch “Back Up This iPhone” off", "backup to this computer first", "half of the apps", "delete its backup"}},
	{name: "crashes of two programs", set: func(in *Input) { crashed("apsd", 2)(in); crashed("backupd", 2)(in) }, want: Warn, finding: "crashed 2 times"},
	{name: "exactly fourteen days old", set: crashed("backupd", 14, 14), want: Warn, finding: "2 times"},
	{name: "older than fourteen days", set: crashed("backupd", 14.1, 20, 30), want: Pass, finding: "has crashed in the last 14 days"},
	{name: "trap: short memory is only a hint", set: crashed("JetsamEvent", 1, 2, 3), want: Pass, finding: "No program"},
	{name: "trap: another program", set: crashed("SpringBoard", 1, 2, 3), want: Pass, finding: "No program"},
	{name: "crashes to come", set: func(in *Input) { in.Phone.Crashes = facts.Datum[[]facts.Crash]{Reason: facts.Pending} }, want: Unknown, finding: "still looking at this"},
	{name: "crashes to come, but the log knows", set: func(in *Input) {
		logged("history-corrupt", 1)(in)
		in.Phone.Crashes = facts.Datum[[]facts.Crash]{Reason: facts.Pending}
	}, want: Warn, finding: "damaged"},
	{name: "crashes not read", set: func(in *Input) { in.Phone.Crashes = facts.Gone[[]facts.Crash]() }, want: Ask, finding: "couldn’t read", fixes: []string{"What does it say"}},
	{name: "keys are missing", set: logged("keys-missing", 3), want: Warn, finding: "likely shows 3 times that it can’t read some of its own files", fixes: []string{"several nights", "unlock it once with its passcode"}},
	{name: "the history is damaged", set: logged("history-corrupt", 1), want: Warn, finding: "shows once that the copy in iCloud was damaged", fixes: []string{"several nights"}},
	{name: "a program is out of reach", set: logged("cloudd-unreachable", 2), want: Warn, finding: "2 times that a program or a file was missing"},
	{name: "a sign that was seen on real phones", set: func(in *Input) {
		logged("cloudd-unreachable", 2)(in)
		in.Attempt.Signs[0].Proven = true
	}, want: Warn, finding: "own log shows 2 times"},
	{name: "a sign before the last backup", set: func(in *Input) {
		logged("keys-missing", 3)(in)
		in.Attempt.Signs[0].Last = in.Now.Add(-6 * time.Hour)
	}, want: Pass, finding: "No program"},
	{name: "it says nothing special", set: answering(stuckFor(func(*Input) {}), askStuck, "no"), want: Pass, finding: "You said"},
	{name: "it estimates for ever", set: answering(stuckFor(func(*Input) {}), askStuck, "estimating"), want: Warn, finding: "Estimating", fixes: []string{"several nights", "Restart the iPhone"}},
	{name: "it shows an error", set: answering(stuckFor(func(*Input) {}), askStuck, "error"), want: Warn, finding: "an error", fixes: []string{"Restart the iPhone", "word for word"}},
	{name: "it estimated, and a backup was completed since", set: func(in *Input) {
		crashed("backupd", 1)(in)
		in.Answers = Answers{askStuck: {Choice: "estimating", At: in.Now.Add(-6 * time.Hour)}}
	}, want: Ask, finding: "crashed once"},
	{name: "crashes decide over an answer", set: answering(crashed("backupd", 1, 2), askStuck, "no"), want: Warn, finding: "2 times"},
	{name: "iPhone 6s", set: onModel("iPhone8,1", crashed("backupd", 1, 2)), want: Warn, finding: "2 times", fixes: []string{"hold the Home button and the top or side button"}},
	{name: "iPhone 7", set: onModel("iPhone9,1", crashed("backupd", 1, 2)), want: Warn, finding: "2 times", fixes: []string{"hold Volume Down and the side button"}},
	{name: "iPhone Duo", set: onModel("iPhone19,4", crashed("backupd", 1, 2)), want: Warn, finding: "2 times", fixes: []string{"support.apple.com"}, noFix: "Volume"},
	{name: "a model that nobody knows", set: onModel("iPhone99,1", crashed("backupd", 1, 2)), want: Warn, finding: "2 times", fixes: []string{"support.apple.com"}},
	{name: "iOS 15", set: onIOS("15.8.8", crashed("backupd", 1, 2)), want: Warn, finding: "2 times", fixes: []string{"switch “iCloud Backup” off", "iCloud > Manage Storage"}},
})

// Every model has words for its way to restart, and the hint of short memory
// is noted.
func TestStuckBackupEvidence(t *testing.T) {
	in := healthy()
	crashed("JetsamEvent", 1, 2)(&in)
	crashed("backupd", 1)(&in)
	e := resultOf(t, in, stuckBackup).Evidence
	for key, want := range map[string]string{keyCrashes: "1", keyCrashes + "/backupd": "1", keyCrashes + "/JetsamEvent": "2"} {
		if e[key] != want {
			t.Errorf("%s = %q, want %q", key, e[key], want)
		}
	}
}
