package corpus_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// takeAway takes each single signal away from a diagnosis: nothing may turn
// into a pass, and no cause may be named that was not there before.
func takeAway(t *testing.T, in checks.Input) {
	t.Helper()
	before := map[string]checks.Status{}
	for _, r := range checks.Run(in) {
		// What only warns for the sake of a fresh date fails without it.
		if before[r.ID] = r.Status; r.Eased {
			before[r.ID] = checks.Fail
		}
	}
	tried := 0
	for name, without := range signals(in) {
		tried++
		results := checks.Run(without)
		for _, r := range results {
			if r.Status == checks.Pass && before[r.ID] != checks.Pass && !absenceTells(r, name) {
				t.Errorf("without %s, %s became pass: %s", name, r.ID, words.English().Text(r.Finding))
			}
		}
		if blocker, ok := checks.Blocker(results); ok && before[blocker.ID] != checks.Fail && !absenceTells(blocker, name) {
			t.Errorf("without %s, %s is named as the cause", name, blocker.ID)
		}
	}
	if tried < 60 {
		t.Errorf("only %d signals were taken away", tried)
	}
}

// savedToday makes the date of a phone's last iCloud backup fresh: whatever
// else is wrong with it, nothing stops its backups.
func savedToday(t *testing.T, in checks.Input) {
	t.Helper()
	in.Phone.LastCloudBackup = facts.Of(in.Now.Add(-5 * time.Hour))
	results := checks.Run(in)
	if blocker, ok := checks.Blocker(results); ok {
		t.Errorf("saved today, and %s is named as the cause", blocker.ID)
	}
	if likely, ok := checks.Likely(results); ok {
		t.Errorf("saved today, and %s is suspected", likely.ID)
	}
	for _, r := range results {
		if r.Group() == checks.Stops {
			t.Errorf("saved today, and %s stops it: %s", r.ID, words.English().Text(r.Finding))
		}
	}
	sentence := words.English().Text(checks.Verdict(results))
	if !strings.Contains(sentence, "completed 5 hours ago") || strings.Contains(sentence, "stop") || checks.Standing(results) != checks.Pass {
		t.Errorf("saved today, and the verdict is %q (%s)", sentence, checks.Standing(results))
	}
	if safety := checks.SafetyOf(in); safety.State != checks.Safe {
		t.Errorf("saved today, and %s: %s", safety.State, words.English().Text(safety.Sentence))
	}
}

// signals gives the input without each single signal, by the signal's name
// and the way it is missing.
func signals(in checks.Input) map[string]checks.Input {
	all := map[string]checks.Input{}
	each := func(prefix string, of func(*checks.Input) reflect.Value) {
		v := of(&in)
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if field.Type.Kind() != reflect.Struct || !v.Field(i).FieldByName("State").IsValid() {
				continue
			}
			for _, state := range []facts.State{facts.NotRead, facts.Absent, facts.Refused} {
				without := in
				d := of(&without).Field(i)
				d.SetZero()
				d.FieldByName("State").SetInt(int64(state))
				d.FieldByName("Reason").SetString("taken away")
				all[prefix+field.Name+" "+state.String()] = without
			}
		}
	}
	each("phone ", func(in *checks.Input) reflect.Value { return reflect.ValueOf(&in.Phone).Elem() })
	each("phone ", func(in *checks.Input) reflect.Value { return reflect.ValueOf(&in.Phone.Deep).Elem() })
	each("computer ", func(in *checks.Input) reflect.Value { return reflect.ValueOf(&in.Host).Elem() })
	each("network ", func(in *checks.Input) reflect.Value { return reflect.ValueOf(&in.Network).Elem() })
	for id := range in.Answers {
		without := in
		without.Answers = maps.Clone(in.Answers)
		delete(without.Answers, id)
		all["answer "+string(id)] = without
	}
	without := in
	without.Attempt = devicelog.Attempt{}
	all["log"] = without
	without = in
	without.Earlier = nil
	all["log of earlier tries"] = without
	for _, state := range []facts.State{facts.NotRead, facts.Absent, facts.Refused} {
		without = in
		without.Record = facts.Datum[facts.Record]{State: state, Reason: "taken away"}
		all["log of the phone's own "+state.String()] = without
	}
	return all
}

// absenceTells lists where the absence of a signal is itself an answer, or
// where others are as good.
func absenceTells(r checks.Result, signal string) bool {
	switch {
	case r.Answered:
		return true // where no signal was read, the user's answer decides
	case r.Evidence["log/backupd"]+r.Evidence["record/BackupStateInfo"] != "" && overTheWire(r.ID, signal):
		return true // the phone's own error stands where nothing tells that its cause is over
	case strings.HasPrefix(signal, "log"), strings.HasPrefix(signal, "answer "):
		// Witnesses tell of trouble that the signals cannot see. Without them the
		// signals decide again, where there are any.
		return r.ID != "icloud-storage" && r.ID != "overnight-habit"
	}
	return slices.Contains(map[string][]string{
		// Never set: there is no backup password yet.
		"local-backup-ready": {"phone WillEncrypt absent"},
		// A share is only slower; that it can be written to was proven.
		"this-computer": {"computer Remote not read", "computer Remote absent", "computer Remote refused"},
		// The whole disk stands in, which is stricter.
		"phone-storage": {"phone DataCapacity not read", "phone DataCapacity absent", "phone DataCapacity refused"},
		// While the switch is on, no date means that none was ever completed.
		"last-icloud-backup": {"phone LastCloudBackup absent"},
		// A switch that is off is doubted only for the sake of a fresh date.
		"icloud-backup-switch": {"phone LastCloudBackup absent"},
	}[r.ID], signal)
}

// overTheWire reports whether a signal is what tells that the cause of an earlier
// try is over: a backup that was completed since, another error that the user
// read since, or room on the phone today.
func overTheWire(cause, signal string) bool {
	return strings.HasPrefix(signal, "phone LastCloudBackup ") || signal == "answer error-text" ||
		cause == "phone-storage" && strings.HasPrefix(signal, "phone DataAvailable ")
}
