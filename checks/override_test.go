package checks

import (
	"testing"
	"time"

	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// A typed error text that names what a signal shows already changes nothing:
// it is the signal that decided.
func TestTextBesideASignal(t *testing.T) {
	in := healthy()
	space(500_000_000, 64*gigabyte)(&in)
	in.Phone.LastCloudBackup = facts.Of(now.Add(-20 * 24 * time.Hour))
	alone := resultOf(t, in, phoneStorage)
	in.Answers = Answers{errorText: {Text: "MBErrorDomain Code=106", At: now}}
	both := resultOf(t, in, phoneStorage)
	if alone.Status != Fail || both.Status != Fail || both.Answered || both.Finding.Key != alone.Finding.Key {
		t.Errorf("alone %s %s, with the text %s %s (answered %v)", alone.Status, alone.Finding.Key, both.Status, both.Finding.Key, both.Answered)
	}
	if len(both.Evidence) <= len(alone.Evidence) {
		t.Error("the text is no evidence")
	}
	in.Phone.DataAvailable = facts.Datum[int64]{}
	if r := resultOf(t, in, phoneStorage); r.Status != Fail || !r.Answered {
		t.Errorf("by the text alone: %s, answered %v", r.Status, r.Answered)
	}
}

// Who is believed: an error of another time is not refuted by a signal of
// today; what was repaired since, or saved since, is over.
func TestWitnesses(t *testing.T) {
	failed := func(cause topic, ago time.Duration) devicelog.Attempt {
		return devicelog.Attempt{Heard: true, Outcome: devicelog.Failed, Ended: now.Add(-ago), Cause: string(cause),
			Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 1}}}
	}
	read := func(text string, ago time.Duration) func(*Input) {
		return func(in *Input) { in.Answers = Answers{errorText: {Text: text, At: now.Add(-ago)}} }
	}
	earlier := func(all ...devicelog.Attempt) func(*Input) { return func(in *Input) { in.Earlier = all } }
	for _, tc := range []struct {
		name    string
		set     func(*Input)
		id      topic
		want    Status
		finding string
	}{
		{"unable to access, and Find My is on", read("iCloud Backup is unable to access the account", time.Hour), appleAccount, Fail, "error text"},
		{"verified email, and Find My is on", read("You need a verified email address.", time.Hour), appleAccount, Fail, "error text"},
		{"connection lost last night, Wi-Fi today", read("The network connection was lost.", 10*time.Hour), wifi, Fail, "error text"},
		{"poor network", read("The last backup could not be completed because of poor network connection.", time.Hour), wifi, Fail, "error text"},
		{"phone full last night, room today", read("iPhone Storage Full", 10*time.Hour), phoneStorage, Warn, "error text that you read on the iPhone speaks of this. It’s in order now"},
		{"switch off last night, on today", read("iCloud Backup is turned off.", 10*time.Hour), cloudSwitch, Warn, "in order now"},
		{"a text of two weeks ago", read("The network connection was lost.", 14*day), wifi, Pass, "Wi-Fi"},
		{"a text before the last backup", func(in *Input) { read("The network connection was lost.", 6*day)(in); aged(5 * day)(in) }, wifi, Pass, "Wi-Fi"},
		{"payment", read("There is a problem with your payment method.", time.Hour), appleAccount, Fail, "error text"},
		{"new terms", read("You must accept the new iCloud Terms and Conditions.", time.Hour), appleAccount, Fail, "error text"},
		{"Screen Time", read("Changes to accounts are not allowed because of Screen Time.", time.Hour), management, Warn, "error text"},
		{"being restored", read("This iPhone is currently being restored and cannot be backed up.", time.Hour), stuckBackup, Fail, "error text"},
		{"power", read("Your iPhone must be connected to power.", time.Hour), power, Warn, "error text"},
		{"files left out", read("Some files were unavailable during the last backup.", time.Hour), stuckBackup, Warn, "error text"},
		{"CloudKit 32", read("CKErrorDomain 32", time.Hour), management, Warn, "error text"},
		{"CloudKit 34", read("CKErrorDomain 34", time.Hour), wifi, Fail, "error text"},

		{"a try of yesterday", earlier(failed(iCloudStorage, day)), iCloudStorage, Fail, "a try on 22 November 2026 failed for this reason"},
		{"the newest of several", earlier(failed(wifi, 2*day), failed(iCloudStorage, day)), wifi, Pass, "Wi-Fi"},
		{"a try that succeeded after it", earlier(devicelog.Attempt{Outcome: devicelog.Succeeded, Ended: now.Add(-time.Hour)}, failed(iCloudStorage, day)), iCloudStorage, Ask, "please look"},
		{"a try of eight days ago", earlier(failed(iCloudStorage, 8*day)), iCloudStorage, Ask, "please look"},
		{"a try of tomorrow", earlier(failed(iCloudStorage, -day)), iCloudStorage, Ask, "please look"},
		{"a try before the last backup", func(in *Input) { earlier(failed(iCloudStorage, 6*day))(in); aged(5 * day)(in) }, iCloudStorage, Ask, "please look"},
		{"full on the phone yesterday, room today", earlier(failed(phoneStorage, day)), phoneStorage, Warn, "in order now"},
		{"the try of just now outweighs it", func(in *Input) { earlier(failed(iCloudStorage, day))(in); in.Attempt = failed(wifi, time.Minute) }, iCloudStorage, Ask, "please look"},
		{"backing off because iCloud is full", func(in *Input) {
			in.Attempt = devicelog.Attempt{Heard: true, Signs: []devicelog.Sign{{ID: "quota-again", Cause: string(iCloudStorage), Count: 1, Last: now, Conclusive: true}}}
		}, iCloudStorage, Fail, "log likely names this"},
		{"a sign that does not accuse", func(in *Input) {
			in.Attempt = devicelog.Attempt{Heard: true, Signs: []devicelog.Sign{{ID: "space-purged", Cause: string(phoneStorage), Count: 1, Last: now}}}
		}, phoneStorage, Pass, "40 GB"},
	} {
		in := healthy()
		aged(20 * day)(&in)
		tc.set(&in)
		r := resultOf(t, in, tc.id)
		if r.Status != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, r.Status, tc.want)
		}
		contains(t, r.Finding, tc.finding)
		if r.Status != Pass && r.Status != Ask && len(r.Fix) == 0 {
			t.Errorf("%s: no step", tc.name)
		}
	}
}

// That some files were left out of a backup that was completed is no reason
// why none comes.
func TestFilesLeftOutStopNothing(t *testing.T) {
	for _, age := range []time.Duration{day, 20 * day} {
		in := healthy()
		aged(age)(&in)
		in.Answers = Answers{errorText: {Text: "Some files were unavailable during the last backup.", At: now}}
		results := Run(in)
		blocker, _ := Blocker(results)
		if likely, ok := Likely(results); ok || blocker.ID == string(stuckBackup) {
			t.Errorf("%v: blocker %q, likely %q", age, blocker.ID, likely.ID)
		}
	}
}

// A check fails since the first failure that is known, not since Lifeboat saw it.
func TestFailingSince(t *testing.T) {
	failed := func(cause topic, ago time.Duration) devicelog.Attempt {
		return devicelog.Attempt{Outcome: devicelog.Failed, Ended: now.Add(-ago), Cause: string(cause)}
	}
	in := healthy()
	aged(20 * day)(&in)
	in.Earlier = []devicelog.Attempt{failed(iCloudStorage, 2*day), failed(iCloudStorage, 9*day), failed(iCloudStorage, 21*day), failed(wifi, 12*day)}
	in.Attempt = failed(iCloudStorage, time.Minute)
	for id, want := range map[topic]time.Duration{lastCloud: 20 * day, iCloudStorage: 9 * day, wifi: 12 * day, clock: 0} {
		at, known := in.FailingSince(string(id))
		if known != (want > 0) || known && now.Sub(at) != want {
			t.Errorf("%s since %v (%v), want %v ago", id, at, known, want)
		}
	}
	in.Phone.LastCloudBackup = facts.Of(now.Add(day))
	if at, known := in.FailingSince(string(lastCloud)); known {
		t.Errorf("a date of the future counts: %v", at)
	}
}

// The phone's own record knows of failures that nobody listened to.
func TestFailingSinceByTheRecord(t *testing.T) {
	of := func(ago time.Duration, code int) facts.Outcome {
		return facts.Outcome{At: now.Add(-ago), Codes: mb(code)}
	}
	in := healthy()
	in.Earlier = []devicelog.Attempt{{Outcome: devicelog.Failed, Ended: now.Add(-2 * day), Cause: string(iCloudStorage)}}
	in.Record = facts.Of(facts.Record{Of: now.Add(-day), Outcomes: facts.Of([]facts.Outcome{
		of(40*day, 303), of(35*day, 0), of(12*day, 308), of(11*day, 303), of(3*day, 303),
	})})
	for _, tc := range []struct {
		name string
		last facts.Datum[time.Time]
		id   topic
		want time.Duration
	}{
		{"the storage, since the last success", facts.Of(now.Add(-35 * day)), iCloudStorage, 11 * day},
		{"the Wi-Fi", facts.Of(now.Add(-35 * day)), wifi, 12 * day},
		{"the date, which the phone tells", facts.Of(now.Add(-35 * day)), lastCloud, 35 * day},
		{"the date, which the phone does not tell", facts.Gone[time.Time](), lastCloud, 12 * day},
		{"saved after the first of them", facts.Of(now.Add(-5 * day)), iCloudStorage, 3 * day},
		{"saved since", facts.Of(now.Add(-time.Hour)), iCloudStorage, 0},
	} {
		in.Phone.LastCloudBackup = tc.last
		at, known := in.FailingSince(string(tc.id))
		if known != (tc.want > 0) || known && now.Sub(at) != tc.want {
			t.Errorf("%s: since %v (%v), want %v ago", tc.name, at, known, tc.want)
		}
	}
}
