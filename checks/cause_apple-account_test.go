package checks

import (
	"slices"
	"testing"
	"time"

	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// signs sets the three signals of an account.
func signs(findMy, sync, backup facts.Datum[bool]) func(*Input) {
	return func(in *Input) {
		in.Phone.FindMy, in.Phone.ICloudSync, in.Phone.CloudBackupEnabled = findMy, sync, backup
		in.Phone.LastCloudBackup = facts.Of(in.Now.Add(-10 * 24 * time.Hour))
	}
}

// onIOS sets the version on top of another situation.
func onIOS(version string, set func(*Input)) func(*Input) {
	return func(in *Input) { set(in); in.Phone.Version = facts.Of(version) }
}

// complaining adds a log that names the account.
func complaining(set func(*Input)) func(*Input) {
	return func(in *Input) {
		set(in)
		in.Attempt = devicelog.Attempt{Heard: true, Outcome: devicelog.Failed, Ended: in.Now, Cause: string(appleAccount)}
	}
}

var (
	on, isOff = facts.Of(true), facts.Of(false)
	unread    = facts.Datum[bool]{Reason: "taken away"}
	absent    = facts.Gone[bool]()
)

var _ = tried(appleAccount, nil, []situation{
	{name: "Find My is on", set: func(*Input) {}, want: Pass, finding: "Find My is on"},
	{name: "only data are kept in step", set: signs(isOff, on, isOff), want: Pass, finding: "contacts, calendars, notes or bookmarks", fixes: []string{"What is at the very top?"}},
	{name: "only iCloud Backup is on", set: signs(absent, isOff, on), want: Pass, finding: "iCloud Backup is switched on"},
	{name: "all told, none is a yes", set: signs(isOff, isOff, isOff), want: Warn, finding: "Find My is off", fixes: []string{"sign in with your Apple Account", "icloud.com", "very top"}, noFix: "Sign Out"},
	{name: "all told, and there is no switch", set: signs(isOff, isOff, absent), want: Warn, finding: "found no iCloud account"},
	{name: "all told, and nothing to sync either", set: signs(isOff, absent, absent), want: Warn, finding: "found no iCloud account"},
	{name: "no sign, iOS 17", set: onIOS("17.7.2", signs(isOff, isOff, isOff)), want: Warn, finding: "found no iCloud account", fixes: []string{"sign in with your Apple ID"}},
	{name: "Find My not read", set: signs(unread, isOff, isOff), want: Ask, finding: "couldn’t read"},
	{name: "Find My absent, as where that key is gone", set: signs(absent, isOff, isOff), want: Ask, finding: "couldn’t read"},
	{name: "sync not read", set: signs(isOff, unread, isOff), want: Ask, finding: "couldn’t read"},
	{name: "switch refused", set: signs(isOff, isOff, facts.Datum[bool]{State: facts.Refused}), want: Ask, finding: "couldn’t read"},
	{name: "nothing read", set: signs(unread, unread, unread), want: Ask, finding: "couldn’t read", fixes: []string{"very top"}},
	{name: "nothing read, name on top", set: answering(signs(unread, unread, unread), askBanner, "none"), want: Pass, finding: "You said"},
	{name: "no sign, but the name stands on top", set: answering(signs(isOff, isOff, isOff), askBanner, "none"), want: Pass, finding: "You said"},
	{name: "nothing read, signed out", set: answering(signs(unread, unread, unread), askBanner, "signed-out"), want: Fail, finding: "offers to sign in", fixes: []string{"sign in with your Apple Account"}, noFix: "Sign Out"},
	{name: "signed out, they say, but it was read", set: answering(signs(on, on, on), askBanner, "signed-out"), want: Pass, finding: "Find My is on"},
	{name: "signed in, and a notice", set: answering(signs(on, on, on), askBanner, "banner"), want: Fail, finding: "a notice at the top of Settings",
		fixes: []string{"The password is that of your Apple Account", "sign in with", "icloud.com", "Restart", "backup to this computer first", "Settings > [your name], scroll down, tap “Sign Out”"}},
	{name: "a notice, iOS 16", set: onIOS("16.7.16", answering(signs(on, on, on), askBanner, "banner")), want: Fail, finding: "a notice",
		fixes: []string{"The password is that of your Apple ID"}, noFix: "Stolen Device Protection"},
	{name: "a notice, iOS 17", set: onIOS("17.7.2", answering(signs(on, on, on), askBanner, "banner")), want: Fail, finding: "a notice", fixes: []string{"Stolen Device Protection"}},
	{name: "a notice, and a backup since then", set: func(in *Input) {
		answering(func(*Input) {}, askBanner, "banner")(in)
		in.Phone.LastCloudBackup = facts.Of(in.Now)
	}, want: Pass, finding: "Find My is on"},
	{name: "the log complains, and somebody is signed in", set: complaining(signs(on, on, on)), want: Fail, finding: "likely why the iPhone’s last try failed",
		fixes: []string{"tap the notice at the top", "sign in with", "Sign Out"}},
	{name: "the log complains, and nobody seems signed in", set: complaining(signs(isOff, absent, absent)), want: Fail, finding: "likely why the iPhone’s last try failed",
		fixes: []string{"sign in with", "tap the notice at the top"}},
	{name: "a notice, two days ago", set: func(in *Input) {
		in.Answers = Answers{askBanner: {Choice: "banner", At: in.Now.Add(-48 * time.Hour)}}
	}, want: Pass, finding: "Find My is on"},
})

// No single signal is needed, but one of the three is, whatever its absence is called.
func TestAppleAccountNeedsASign(t *testing.T) {
	for _, state := range missing {
		in := healthy()
		for _, d := range allData() {
			if slices.Contains([]string{"Phone.FindMy", "Phone.ICloudSync", "Phone.CloudBackupEnabled"}, d.name) {
				d.take(&in, state)
			}
		}
		if r := resultOf(t, in, appleAccount); r.Status != Ask {
			t.Errorf("without any sign (%s): %s", state, r.Status)
		}
	}
}
