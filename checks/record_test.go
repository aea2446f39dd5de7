package checks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// lastNight is when the try of the last night ended.
var lastNight = now.Add(-7 * time.Hour)

// noted is a phone that iCloud saved twelve days ago, and whose record, of an
// hour ago, holds these outcomes: one a night, the newest last.
func noted(outcomes ...[]facts.ErrorCode) Input {
	in := healthy()
	in.Phone.LastCloudBackup = facts.Of(now.Add(-12 * day))
	record := facts.Record{Of: now.Add(-time.Hour)}
	var all []facts.Outcome
	for i, codes := range outcomes {
		all = append(all, facts.Outcome{At: lastNight.Add(-time.Duration(len(outcomes)-1-i) * day), Codes: codes})
	}
	record.Outcomes = facts.Of(all)
	in.Record = facts.Of(record)
	return in
}

func mb(n int) []facts.ErrorCode {
	return []facts.ErrorCode{{Domain: knowledge.MBDomain, Number: n}}
}

// sentences are all that a diagnosis says of iCloud in its verdict.
func verdictOf(in Input) string { return words.English().Text(Verdict(Run(in))) }

// namedCause is the cause that the verdict names: found, or else likely.
func namedCause(in Input) string {
	named, _ := Named(Run(in))
	return named.ID
}

// The step that takes apps out of the backup begins with the largest of the
// record, also where the size as such is no cause. Photos are not among them.
func TestTrimNamesTheLargest(t *testing.T) {
	in := noted(mb(303))
	record := in.Record.Value
	record.Sizes = facts.Of([]facts.DomainSize{{Domain: "CameraRollDomain", Bytes: 7 * gigabyte}, {Domain: "AppDomain-net.whatsapp.WhatsApp", Bytes: 4 * gigabyte},
		{Domain: "AppDomain-com.example.game", Bytes: 2 * gigabyte}, {Domain: "HomeDomain", Bytes: gigabyte}})
	in.Record = facts.Of(record)
	results := Run(in)
	if size := resultOf(t, in, backupSize); size.Status != Pass {
		t.Fatalf("size: %s", size.Status)
	}
	next := Next(in, results)
	i := slices.IndexFunc(next, func(f Fix) bool { return f.act() == "trim" })
	if i < 0 {
		t.Fatalf("no trim: %q", idsOf(next))
	}
	contains(t, next[i].Text, "WhatsApp (4.0 GB), com.example.game (2.0 GB)")
	for _, in := range []Input{in, func() Input {
		record.Sizes = facts.Of([]facts.DomainSize{{Domain: "CameraRollDomain", Bytes: 70 * gigabyte}, {Domain: "AppDomain-net.whatsapp.WhatsApp", Bytes: 4 * gigabyte}})
		in.Record = facts.Of(record)
		return in
	}()} {
		for _, f := range append(resultOf(t, in, backupSize).Fix, resultOf(t, in, iCloudStorage).Fix...) {
			if said := words.English().Text(f.Text); f.act() == "trim" && strings.Contains(said, "photos and videos (") {
				t.Errorf("photos are to be taken out of the backup: %q", said)
			}
		}
	}
}

// Each known code with a cause names it, last night's date, and of when the
// record is, whatever a healthy phone shows today.
func TestRecordNamesEachCause(t *testing.T) {
	tried := 0
	for _, c := range knowledge.Errors().Codes {
		if c.Cause == "" {
			continue
		}
		tried++
		t.Run(fmt.Sprintf("%s %d", c.Domain, c.From), func(t *testing.T) {
			codes := []facts.ErrorCode{{Domain: c.Domain, Number: c.From}}
			if c.Domain != knowledge.MBDomain {
				codes = append(mb(2), codes...)
			}
			in := noted(mb(0), codes, codes)
			if c.Cause == string(phoneReady) { // it is ready today, or nothing could be read
				contains(t, resultOf(t, in, lastCloud).Finding, "a try failed on 23 November 2026 because it was locked or not set up")
				return
			}
			if got := namedCause(in); got != c.Cause {
				t.Fatalf("%s is named, want %s: %s", got, c.Cause, verdictOf(in))
			}
			r := resultOf(t, in, topic(c.Cause))
			contains(t, r.Finding, "23 November 2026")
			contains(t, r.Finding, "record, as of 23 November 2026")
			if r.Evidence[keyOutcome] != chain(attemptOf(facts.Outcome{Codes: codes}).Codes) {
				t.Errorf("evidence: %q", r.Evidence)
			}
			if !strings.Contains(verdictOf(in), words.English().Text(r.headline)) {
				t.Errorf("verdict %q lacks %q", verdictOf(in), words.English().Text(r.headline))
			}
			if since := resultOf(t, in, lastCloud).Evidence[keyNotedSince]; since != "2026-11-22T02:00:00Z" {
				t.Errorf("failing since %q", since)
			}
			for _, r := range Run(in) {
				printable(t, r)
			}
			in.Phone.LastCloudBackup = facts.Of(now.Add(-time.Hour))
			if got := namedCause(in); got != "" {
				t.Errorf("saved since, and %s is named", got)
			}
		})
	}
	if tried < 40 {
		t.Errorf("only %d codes", tried)
	}
}

// What counts of the record, and what outweighs it.
func TestRecordAgainstOthers(t *testing.T) {
	full := []facts.ErrorCode{{Domain: knowledge.MBDomain, Number: 303}, {Domain: "CKErrorDomain", Number: 25}}
	said := func(in *Input, text string, at time.Time) { in.Answers = Answers{errorText: {Text: text, At: at}} }
	heard := func(cause string, at time.Time) devicelog.Attempt {
		a := devicelog.Attempt{Heard: true, Outcome: devicelog.Failed, Ended: at, Cause: cause, Codes: []devicelog.Code{{Domain: knowledge.MBDomain, Number: 220}}}
		if cause == "" {
			a.Outcome, a.Codes = devicelog.Succeeded, nil
		}
		return a
	}
	for name, tc := range map[string]struct {
		in   func() Input
		want string // cause that is named
		fail bool   // it is found, and not only likely
	}{
		"last night": {func() Input { return noted(full) }, "icloud-storage", true},
		"saved since, five days ago": {func() Input {
			in := noted(full)
			in.Phone.LastCloudBackup = facts.Of(now.Add(-5 * day))
			in.Record.Value.Outcomes.Value[0].At = now.Add(-6 * day)
			return in
		}, "", false},
		"the date of the last backup was not read": {func() Input {
			in := noted(full)
			in.Phone.LastCloudBackup = facts.Datum[time.Time]{}
			return in
		}, "icloud-storage", false},
		"a success last night":      {func() Input { return noted(full, mb(0)) }, "", false},
		"500 counts as a success":   {func() Input { return noted(full, mb(500)) }, "", false},
		"canceled, and full before": {func() Input { return noted(full, mb(202)) }, "icloud-storage", true},
		"canceled since it was taken up": {func() Input {
			return noted(full, []facts.ErrorCode{{Domain: knowledge.MBDomain, Number: 202}, {Domain: knowledge.MBDomain, Number: 218}})
		}, "icloud-storage", false},
		"Wi-Fi lost last, and full before": {func() Input { return noted(full, full, mb(220)) }, "wifi", true},
		"the newest has no code":           {func() Input { return noted(full, nil) }, "", false},
		"the newest has no date": {func() Input {
			in := noted(full, full)
			in.Record.Value.Outcomes.Value[1].At = time.Time{}
			return in
		}, "", false},
		"of the future": {func() Input {
			in := noted(full)
			in.Record.Value.Outcomes.Value[0].At = now.Add(time.Hour)
			return in
		}, "", false},
		"ten days old": {func() Input {
			in := noted(full)
			in.Record.Value.Outcomes.Value[0].At = now.Add(-10 * day)
			return in
		}, "icloud-storage", false},
		"three months old": {func() Input {
			in := noted(full)
			in.Phone.LastCloudBackup = facts.Of(now.Add(-200 * day))
			in.Record.Value.Outcomes.Value[0].At = now.Add(-90 * day)
			return in
		}, "", false},
		"the user read something else since": {func() Input {
			in := noted(full)
			said(&in, "Unable to access the account", now.Add(-time.Minute))
			return in
		}, "apple-account", true},
		"the user read something else before": {func() Input {
			in := noted(full)
			said(&in, "Unable to access the account", lastNight.Add(-day))
			return in
		}, "apple-account", true}, // both stand; the account comes first
		"another try was heard since": {func() Input {
			in := noted(full)
			in.Earlier = []devicelog.Attempt{heard("wifi", now.Add(-time.Hour))}
			return in
		}, "wifi", true},
		"another try was heard before": {func() Input {
			in := noted(full)
			in.Earlier = []devicelog.Attempt{heard("wifi", lastNight.Add(-day))}
			return in
		}, "icloud-storage", true},
		"a try is heard now": {func() Input {
			in := noted(full)
			in.Attempt = heard("wifi", now)
			return in
		}, "wifi", true},
		"a line of the log names another now": {func() Input {
			in := noted(full)
			in.Attempt.Signs = []devicelog.Sign{{ID: "x", Cause: "apple-account", Conclusive: true, Count: 1, Last: now.Add(-time.Minute)}}
			return in
		}, "apple-account", true},
		"room on the phone today": {func() Input { return noted(mb(105)) }, "phone-storage", false},
		"a restore without end": {func() Input {
			in := noted(mb(0))
			in.Record.Value.Restoring = facts.Of(true)
			return in
		}, "stuck-backup", false},
		"a restore that ended": {func() Input {
			in := noted(mb(0))
			in.Record.Value.Restoring = facts.Of(false)
			return in
		}, "", false},
		"keys with the next unlock": {func() Input {
			in := noted(mb(0))
			in.Record.Value.AwaitsUnlock = facts.Of(true)
			return in
		}, "stuck-backup", false},
		"a record of last month says nothing of a restore": {func() Input {
			in := noted()
			in.Record.Value.Of, in.Record.Value.Restoring = now.Add(-30*day), facts.Of(true)
			return in
		}, "", false},
		"no outcomes": {func() Input {
			in := noted()
			in.Record.Value.Outcomes = facts.Datum[[]facts.Outcome]{State: facts.Refused, Reason: "WrongType"}
			return in
		}, "", false},
		"locked": {func() Input {
			in := noted(full)
			in.Record.State, in.Record.Reason = facts.NotRead, facts.RecordLocked
			return in
		}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			in := tc.in()
			if got := namedCause(in); got != tc.want {
				t.Fatalf("%q is named, want %q: %s", got, tc.want, verdictOf(in))
			}
			if blocker, _ := Blocker(Run(in)); tc.want != "" && (blocker.ID == tc.want) != tc.fail {
				t.Errorf("blocker = %q: %s", blocker.ID, verdictOf(in))
			}
			for _, r := range Run(in) {
				printable(t, r)
			}
		})
	}
}

// An error that nobody knows is shown, and names no cause.
func TestRecordOfAnUnknownError(t *testing.T) {
	in := noted([]facts.ErrorCode{{Domain: "NewErrorDomain", Number: 7}})
	in.Record.Value.Outcomes.Value[0].Text = "Something new"
	r := resultOf(t, in, lastCloud)
	contains(t, r.Finding, "completed on 11 November 2026")
	contains(t, r.Finding, "a try failed on 23 November 2026, for a reason that we don’t know")
	if r.Evidence[keyOutcome] != "NewErrorDomain 7" || r.Evidence[keyNotedText] != "Something new" {
		t.Errorf("evidence: %q", r.Evidence)
	}
	if got := namedCause(in); got != "" {
		t.Errorf("%s is named", got)
	}
}

// The sizes that the phone noted name the largest apps, and count instead of
// the bound from above.
func TestRecordedSizes(t *testing.T) {
	sized := func(sizes ...facts.DomainSize) Input {
		in := noted(mb(303))
		in.Record.Value.Sizes = facts.Of(sizes)
		return in
	}
	apps := []facts.DomainSize{
		{Domain: "AppDomain-net.whatsapp.WhatsApp", Bytes: 12_000_000_000}, {Domain: "CameraRollDomain", Bytes: 9_000_000_000},
		{Domain: "AppDomainGroup-group.net.whatsapp.WhatsApp.shared", Bytes: 3_000_000_000}, {Domain: "AppDomain-com.example.gone", Bytes: 2_000_000_000},
		{Domain: "HomeDomain", Bytes: 500_000_000}, {Domain: "AppDomain-", Bytes: 1},
	}
	in := sized(apps...)
	r := resultOf(t, in, backupSize)
	contains(t, r.Finding, "its last try meant to save 27 GB to iCloud")
	contains(t, r.Finding, "WhatsApp (15 GB), photos and videos (9.0 GB), com.example.gone (2.0 GB)")
	if r.Status != Warn {
		t.Errorf("status = %s", r.Status)
	}
	in.Answers = Answers{askPlan: {Choice: "5gb", At: now}}
	if r := resultOf(t, in, backupSize); r.Status != Fail {
		t.Errorf("more than the plan: %s %s", r.Status, words.English().Text(r.Finding))
	}
	if r := resultOf(t, sized(apps[4]), backupSize); r.Status != Pass {
		t.Errorf("small: %s %s", r.Status, words.English().Text(r.Finding))
	}
	in = sized(apps...)
	in.Answers = Answers{askNextSize: {Choice: "under5", At: now}} // is newer
	if resultOf(t, in, backupSize).Evidence[keyPreflight] != "" {
		t.Error("the record counts, though the user read a size since")
	}
	in = sized(apps...)
	in.Record.Value.Of = now.Add(-20 * day)
	if resultOf(t, in, backupSize).Evidence[keyPreflight] != "" {
		t.Error("a record of three weeks ago counts")
	}
}

// How long the phone was ready answers the question about its nights.
func TestRecordedNights(t *testing.T) {
	spell := func(ago, lasted time.Duration, power, locked, wifi bool) facts.Spell {
		return facts.Spell{Began: now.Add(-ago), Lasted: lasted, OnPower: facts.Of(power), Locked: facts.Of(locked), OnWiFi: facts.Of(wifi)}
	}
	short := func(power, locked, wifi bool) []facts.Spell {
		var all []facts.Spell
		for n := range 5 {
			all = append(all, spell(time.Duration(n+1)*day, 12*time.Minute, power, locked, wifi))
		}
		return all
	}
	for name, tc := range map[string]struct {
		spells []facts.Spell
		want   Status
		says   string
	}{
		"one long night":         {append(short(true, false, true), spell(3*day, 7*time.Hour, true, false, true)), Pass, "for up to 7 hours at a time"},
		"unplugged too early":    {short(false, true, true), Warn, "for 12 minutes at most, because it then lost power"},
		"out of Wi-Fi":           {short(true, true, false), Warn, "lost Wi-Fi"},
		"taken up":               {short(true, false, true), Warn, "somebody then unlocked it"},
		"too few":                {short(false, true, true)[:2], Ask, "Only you"},
		"neither long nor short": {[]facts.Spell{spell(day, 45*time.Minute, true, false, true)}, Ask, "Only you"},
		"of last month":          {[]facts.Spell{spell(30*day, 7*time.Hour, true, false, true)}, Ask, "Only you"},
		"of the future":          {[]facts.Spell{spell(-day, 7*time.Hour, true, false, true)}, Ask, "Only you"},
		"none":                   {nil, Ask, "Only you"},
	} {
		in := noted(mb(0))
		in.Record.Value.Spells = facts.Of(tc.spells)
		if r := resultOf(t, in, overnight); r.Status != tc.want || !strings.Contains(words.English().Text(r.Finding), tc.says) {
			t.Errorf("%s: %s %s", name, r.Status, words.English().Text(r.Finding))
		}
	}
	in := noted(mb(0))
	in.Record.Value.Spells = facts.Of(short(false, true, true))
	in.Answers = Answers{askOvernight: {Choice: "yes", At: now}}
	if r := resultOf(t, in, overnight); r.Status != Warn {
		t.Errorf("the user says yes, and the phone noted 12 minutes: %s", r.Status)
	}
}

// Before a backup here, the step to one says that it shows why; a record that
// is locked says so, and one that was read needs no step.
func TestStepToARecord(t *testing.T) {
	for name, tc := range map[string]struct {
		record facts.Datum[facts.Record]
		want   string // part of a step, "" for none
	}{
		"none":          {facts.Datum[facts.Record]{Reason: facts.RecordNone}, "Back up to this computer: it also shows why iCloud fails."},
		"nobody looked": {facts.Datum[facts.Record]{}, "it also shows why iCloud fails"},
		"locked":        {facts.Datum[facts.Record]{Value: facts.Record{Of: now.Add(-day)}, Reason: facts.RecordLocked}, "the backup of 22 November 2026 that is here also shows why iCloud fails, but it is locked"},
		"odd":           {facts.Datum[facts.Record]{State: facts.Refused, Reason: "WrongType"}, "it also shows"},
		"read":          {facts.Of(facts.Record{Of: now}), ""},
		"on its way":    {facts.Datum[facts.Record]{Reason: facts.Pending}, ""},
	} {
		in := healthy()
		in.Phone.LastCloudBackup = facts.Of(now.Add(-12 * day))
		in.Record = tc.record
		steps := strings.Join(words.English().Texts(Texts(Next(in, Run(in)))), "\n")
		if tc.want == "" && strings.Contains(steps, "why iCloud fails") || !strings.Contains(steps, tc.want) {
			t.Errorf("%s:\n%s", name, steps)
		}
	}
}

// recordSituations belong to the tables of the files cause_<id>_test.go.
func init() {
	remembers := func(change func(*facts.Record), outcomes ...[]facts.ErrorCode) func(*Input) {
		return func(in *Input) {
			*in = noted(outcomes...)
			if change != nil {
				change(&in.Record.Value)
			}
		}
	}
	size := func(bytes int64) func(*facts.Record) {
		return func(r *facts.Record) {
			r.Sizes = facts.Of([]facts.DomainSize{{Domain: cameraRoll, Bytes: bytes}, {Domain: "AppDomain-com.example.chat", Bytes: gigabyte}})
		}
	}
	lost := func(power, wifi, lock bool) func(*facts.Record) {
		return func(r *facts.Record) {
			var all []facts.Spell
			for n := range spellsFew {
				all = append(all, facts.Spell{Began: now.Add(-time.Duration(n+1) * day), Lasted: 10 * time.Minute, OnPower: facts.Of(!power), OnWiFi: facts.Of(!wifi), Locked: facts.Of(!lock)})
			}
			r.Spells = facts.Of(all)
		}
	}
	for id, more := range map[topic][]situation{
		lastCloud: {
			{"the phone noted an error that nobody knows", remembers(nil, mb(1)), Fail, "for a reason that we don’t know", []string{"Back Up Now"}, "why iCloud fails"},
			{"the phone noted that it was locked", remembers(nil, mb(208)), Fail, "because it was locked or not set up then", nil, ""},
			{"a record that is locked", func(in *Input) {
				*in = noted(mb(303))
				in.Record.State, in.Record.Reason = facts.NotRead, facts.RecordLocked
			}, Fail, "since then every try has failed", []string{"it is locked"}, ""},
		},
		iCloudStorage: {
			{"the phone noted that iCloud is full", remembers(nil, mb(303), mb(303)), Fail, "Every try since 22 November 2026 has failed.", []string{"backups"}, ""},
			{"the phone noted it before it lost Wi-Fi", remembers(nil, mb(303), mb(220)), Warn, "By the iPhone’s own record, as of 23 November 2026, an iCloud backup failed for this reason on 22 November 2026", nil, ""},
		},
		stuckBackup: {
			{"a restore that has not ended", remembers(func(r *facts.Record) { r.Restoring = facts.Of(true) }, mb(0)), Warn, "a restore from iCloud had begun and wasn’t finished", []string{"all apps and photos are back"}, ""},
			{"keys that come with the next unlock", remembers(func(r *facts.Record) { r.AwaitsUnlock = facts.Of(true) }, mb(0)), Warn, "before somebody unlocked it", []string{"unlock it once"}, ""},
		},
		backupSize: {
			{"the phone noted a small backup", remembers(size(2*gigabyte), mb(0)), Pass, "meant to save 3.0 GB", nil, ""},
			{"the phone noted a large backup", remembers(size(90*gigabyte), mb(0)), Warn, "photos and videos (90 GB)", []string{"several nights"}, ""},
			{"the phone noted more than the plan", answering(remembers(size(90*gigabyte), mb(0)), askPlan, "5gb"), Fail, "your plan holds 5.0 GB in all", []string{"several nights"}, ""},
		},
		overnight: {
			{"the phone noted that it was unlocked", remembers(nil, mb(218)), Warn, "it stopped a backup on 23 November 2026 because somebody unlocked it", []string{"unlocking it stops the backup"}, ""},
			{"the phone noted short times for lack of power", remembers(lost(true, false, false), mb(0)), Warn, "then lost power", []string{"Tonight"}, ""},
			{"the phone noted short times for lack of Wi-Fi", remembers(lost(false, true, false), mb(0)), Warn, "then lost Wi-Fi", []string{"Tonight"}, ""},
			{"the phone noted short times as it was unlocked", remembers(lost(false, false, true), mb(0)), Warn, "somebody then unlocked it", []string{"Tonight"}, ""},
			{"the phone noted a long night", remembers(func(r *facts.Record) {
				r.Spells = facts.Of([]facts.Spell{{Began: now.Add(-day), Lasted: 7 * time.Hour}})
			}, mb(0)), Pass, "for up to 7 hours at a time", nil, ""},
		},
	} {
		situations[id] = append(situations[id], more...)
	}
}
