package checks

import (
	"testing"
	"time"

	"lifeboat/device/facts"
)

const day = 24 * time.Hour

// safetyCases are phones with copies here and there, and how safe they are.
var safetyCases = []struct {
	name                 string
	set                  func(*Input)
	want, cloud, local   SafetyState
	sentence, here, away string // a part of the sentence, of that of the copy here, and of the one in iCloud
}{
	{"both fresh", func(*Input) {}, Safe, Safe, Safe, "A complete copy is on this computer, from 21 November, and iCloud has one from today at 04:00.", "21 November", "5 hours ago"},
	{"iCloud alone", func(in *Input) { in.Local = Local{} }, Safe, Safe, Unsafe, "iCloud has a complete copy, from today at 04:00.", "no copy of this iPhone", ""},
	{"iCloud dead for weeks, a copy here", aged(50 * day), Safe, Unsafe, Safe, "A complete copy is on this computer, from 21 November.", "2 days ago", "50 days ago"},
	{"iCloud a week old to the hour", kept(7*day, 60*day), Safe, Safe, Unsafe, "iCloud has a complete copy, from 16 November", "", ""},
	{"an hour more", kept(7*day+time.Hour, 60*day), Ageing, Ageing, Unsafe, "Your last copy is 7 days old. Everything since 16 November exists only on the iPhone.", "", ""},
	{"both ageing", kept(13*day, 10*day), Ageing, Ageing, Ageing, "is 10 days old", "", ""},
	{"two weeks and a day", kept(15*day, 60*day), Unsafe, Unsafe, Unsafe, "Nothing has been saved for 15 days. If this iPhone broke today, everything since 8 November could be gone.", "", ""},
	{"none anywhere", func(in *Input) {
		in.Phone.LastCloudBackup, in.Local = facts.Gone[time.Time](), Local{}
	}, Unsafe, Unsafe, Unsafe, "no known copy. If this iPhone broke today, everything", "no copy of this iPhone", "never completed"},
	{"never to a computer, and no folder chosen", func(in *Input) {
		aged(50 * day)(in)
		in.Host, in.Local = Host{}, Local{}
	}, Unsafe, Unsafe, Unsafe, "for 50 days", "never been backed up to a computer", ""},
	{"a copy on another computer, yesterday", func(in *Input) {
		aged(50 * day)(in)
		in.Local, in.Phone.LastLocalBackup = Local{}, facts.Of(now.Add(-day))
	}, SafetyUnknown, Unsafe, SafetyUnknown, "couldn’t see", "22 November 2026, but not into this folder", ""},
	{"a copy on another computer, long ago", func(in *Input) {
		aged(50 * day)(in)
		in.Local, in.Phone.LastLocalBackup = Local{}, facts.Of(now.Add(-90*day))
	}, Unsafe, Unsafe, Unsafe, "for 50 days", "no copy of this iPhone", ""},
	{"a copy of no date", func(in *Input) { aged(50 * day)(in); in.Local.Finished = time.Time{} }, SafetyUnknown, Unsafe, SafetyUnknown, "couldn’t see", "date can’t be right", ""},
	{"a copy of the future", func(in *Input) { aged(50 * day)(in); in.Local.Finished = now.Add(day) }, SafetyUnknown, Unsafe, SafetyUnknown, "couldn’t see", "date can’t be right", ""},
	{"a cloud date of the future", func(in *Input) { aged(-day)(in); in.Local = Local{} }, SafetyUnknown, SafetyUnknown, Unsafe, "couldn’t see", "", "don’t know when"},
	{"a cloud date before iCloud", func(in *Input) {
		in.Phone.LastCloudBackup, in.Local = facts.Of(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)), Local{}
	}, SafetyUnknown, SafetyUnknown, Unsafe, "couldn’t see", "", ""},
	{"no date, and no switch that would make it none", func(in *Input) {
		in.Phone.CloudBackupEnabled, in.Phone.LastCloudBackup, in.Local = facts.Of(false), facts.Gone[time.Time](), Local{}
	}, SafetyUnknown, SafetyUnknown, Unsafe, "couldn’t see", "", ""},
	{"nothing known", func(in *Input) { *in = Input{Now: now} }, SafetyUnknown, SafetyUnknown, SafetyUnknown, "couldn’t see", "couldn’t see", "don’t know"},
	{"the user read: days", said("days"), Safe, Safe, Unsafe, "By the date that you read", "", "three days"},
	{"the user read: a week", said("week"), Safe, Safe, Unsafe, "By the date that you read", "", "a week"},
	{"the user read: older", said("older"), Unsafe, Unsafe, Unsafe, "for over a week", "", "more than a week"},
	{"the user read: never", said("never"), Unsafe, Unsafe, Unsafe, "no known copy. If this iPhone broke today, everything", "", "ever completed"},
}

// kept sets the ages of the copies in iCloud and here.
func kept(cloud, local time.Duration) func(*Input) {
	return func(in *Input) { aged(cloud)(in); in.Local.Finished = now.Add(-local) }
}

// said is a phone that tells no date, which the user read on it; nothing is here.
func said(choice string) func(*Input) {
	return answering(func(in *Input) { in.Phone.LastCloudBackup, in.Local = facts.Datum[time.Time]{}, Local{} }, askLastDate, choice)
}

func TestSafety(t *testing.T) {
	for _, tc := range safetyCases {
		t.Run(tc.name, func(t *testing.T) {
			in := healthy()
			tc.set(&in)
			s := SafetyOf(in)
			if s.State != tc.want || s.ICloud.State != tc.cloud || s.Local.State != tc.local {
				t.Errorf("%s (iCloud %s, here %s), want %s (%s, %s)", s.State, s.ICloud.State, s.Local.State, tc.want, tc.cloud, tc.local)
			}
			contains(t, s.Sentence, tc.sentence)
			contains(t, s.Local.Sentence, tc.here)
			contains(t, s.ICloud.Sentence, tc.away)
		})
	}
}

// Each single datum that is missing never makes a phone safer.
func TestNothingMissingMakesSafe(t *testing.T) {
	weight := map[SafetyState]int{Safe: 3, Ageing: 2, SafetyUnknown: 1, Unsafe: 0}
	for _, tc := range safetyCases {
		in := healthy()
		tc.set(&in)
		before := SafetyOf(in)
		for _, d := range allData() {
			for _, state := range missing {
				taken := in
				d.take(&taken, state)
				after := SafetyOf(taken)
				if after.State == SafetyUnknown {
					continue
				}
				if weight[after.State] > weight[before.State] {
					t.Errorf("%s: %s without %s (%s) is %s", tc.name, before.State, d.name, state, after.State)
				}
			}
		}
	}
}
