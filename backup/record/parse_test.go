package record

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"howett.net/plist"

	"lifeboat/device/facts"
	"lifeboat/device/phonesim"
)

type dict = map[string]any

func encoded(t testing.TB, v any, format int) []byte {
	t.Helper()
	data, err := plist.Marshal(v, format)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// iOS16 is of the shape of a record of May 2023: ten outcomes without a
// build, sizes by domain, spells of 17 fields.
func iOS16() dict {
	return dict{
		"BackupStateInfo": dict{
			"state": 4, "progress": 1.0, "isCloud": true, "isBackground": true, "estimatedTimeRemaining": 0,
			"date": at("2023-04-01T01:00:00Z"),
			"errors": []any{
				dict{"domain": "MBErrorDomain", "code": 0, "localizedDescription": "Backup succeeded", "date": at("2023-05-16T06:00:00Z")},
				dict{"domain": "MBErrorDomain", "code": 209, "localizedDescription": "Encryption keys missing", "date": at("2023-05-17T06:00:00Z")},
			},
		},
		"PreflightSizing": dict{"HomeDomain": 1_000_000, "AppDomain-com.example.chat": 31_000_000, "_TotalSize": 32_000_000, "_Other": 5},
		"LastOnConditionEvents": []string{
			"2023-05-17T18:07:23.222-04:00|1511.560|1|1|1|0|1|0|0|0|9945|0||0|1|0|0",
			"2023-02-22T10:24:49.051-08:00|158966.533|1|1|0|1|1|0|120|73683|15023|0|MBErrorDomain|209|2|0|0|0|0",
		},
		"RemoteConfiguration":          dict{"BackupPeriod": []string{"86400.0"}},
		"AccountEnabledDate":           at("2022-11-20T10:00:00Z"),
		"FetchMissingKeysAtNextUnlock": true,
		"RestoreInfo":                  dict{"RestoreDate": at("2023-05-01T00:00:00Z"), "WasCloudRestore": true},
		"RestoreStateInfo":             dict{"state": 4, "progress": 1.0},
	}
}

func lockdown() dict {
	return dict{"CloudBackupEnabled": true, "LastCloudBackupDate": 769034247, "LastCloudBackupTZ": "GMT-4", "Version": "2.0"}
}

func TestParse(t *testing.T) {
	for name, format := range map[string]int{"binary": plist.BinaryFormat, "XML": plist.XMLFormat} {
		r, ok := Parse(encoded(t, iOS16(), format), encoded(t, lockdown(), format))
		if !ok {
			t.Fatal(name, "not read")
		}
		want := facts.Record{
			Outcomes: facts.Of([]facts.Outcome{
				{At: at("2023-05-16T06:00:00Z"), Codes: []facts.ErrorCode{{Domain: "MBErrorDomain"}}, Text: "Backup succeeded"},
				{At: at("2023-05-17T06:00:00Z"), Codes: []facts.ErrorCode{{Domain: "MBErrorDomain", Number: 209}}, Text: "Encryption keys missing"},
			}),
			Sizes: facts.Of([]facts.DomainSize{{Domain: "AppDomain-com.example.chat", Bytes: 31_000_000}, {Domain: "HomeDomain", Bytes: 1_000_000}}),
			Total: facts.Of[int64](32_000_000),
			Spells: facts.Of([]facts.Spell{
				{Began: at("2023-02-22T18:24:49.051Z"), Lasted: 158966533 * time.Millisecond, Enabled: facts.Of(true), OnPower: facts.Of(true), Locked: facts.Of(false), OnWiFi: facts.Of(true)},
				{Began: at("2023-05-17T22:07:23.222Z"), Lasted: 1511560 * time.Millisecond, Enabled: facts.Of(true), OnPower: facts.Of(true), Locked: facts.Of(true), OnWiFi: facts.Of(false)},
			}),
			EnabledSince: facts.Of(at("2022-11-20T10:00:00Z")), NoneInCloud: facts.Gone[time.Time](),
			Restoring: facts.Of(false), RestoreBegan: facts.Of(at("2023-05-01T00:00:00Z")), AwaitsUnlock: facts.Of(true),
			CloudBackupEnabled: facts.Of(true), LastCloudBackup: facts.Of(at("2025-05-15T20:37:27Z")),
		}
		if !reflect.DeepEqual(r, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", name, r, want)
		}
	}
}

// What newer phones add: the build, errors beneath errors, the last error by itself.
func TestChains(t *testing.T) {
	code := func(domain string, n any, more dict) dict {
		d := dict{"domain": domain, "code": n}
		for k, v := range more {
			d[k] = v
		}
		return d
	}
	deep := code("A", 1, nil)
	for range 40 {
		deep = code("A", 1, dict{"underlyingError": deep})
	}
	mb := func(n int) facts.ErrorCode { return facts.ErrorCode{Domain: "MBErrorDomain", Number: n} }
	ck := facts.ErrorCode{Domain: "CKErrorDomain", Number: 25}
	for name, tc := range map[string]struct {
		info  dict
		want  []facts.ErrorCode
		state facts.State
	}{
		"one":           {dict{"errors": []any{code("MBErrorDomain", 303, dict{"BuildVersion": "23B85"})}}, []facts.ErrorCode{mb(303)}, facts.Read},
		"beneath":       {dict{"errors": []any{code("MBErrorDomain", 303, dict{"underlyingError": code("CKErrorDomain", 25, nil)})}}, []facts.ErrorCode{mb(303), ck}, facts.Read},
		"several":       {dict{"errors": []any{code("MBErrorDomain", 2, dict{"underlyingErrors": []any{code("CKErrorDomain", 25, nil), "odd", code("MBErrorDomain", 303, nil)}})}}, []facts.ErrorCode{mb(2), ck, mb(303)}, facts.Read},
		"negative":      {dict{"errors": []any{code("MBErrorDomain", -4, nil)}}, []facts.ErrorCode{mb(-4)}, facts.Read},
		"the last only": {dict{"error": code("MBErrorDomain", 303, nil)}, []facts.ErrorCode{mb(303)}, facts.Read},
		"no code":       {dict{"errors": []any{dict{"domain": "MBErrorDomain"}}}, nil, facts.Read},
		"no error":      {dict{"errors": []any{7}}, nil, facts.Read},
		"odd number":    {dict{"errors": []any{code("MBErrorDomain", "303", nil)}}, nil, facts.Read},
		"too large":     {dict{"errors": []any{code("MBErrorDomain", uint64(1)<<40, nil)}}, nil, facts.Read},
		"bottomless":    {dict{"errors": []any{deep}}, []facts.ErrorCode{{Domain: "A", Number: 1}}, facts.Read},
		"no list":       {dict{"errors": "none"}, nil, facts.Refused},
		"archived":      {dict{"error": []byte("bplist")}, nil, facts.Refused},
		"nothing":       {dict{"state": 4}, nil, facts.Absent},
		"not of iCloud": {dict{"isCloud": false, "errors": []any{code("MBErrorDomain", 303, nil)}}, nil, facts.Refused},
	} {
		r, ok := Parse(encoded(t, dict{"BackupStateInfo": tc.info}, plist.BinaryFormat), nil)
		if !ok || r.Outcomes.State != tc.state {
			t.Errorf("%s: %v %+v", name, ok, r.Outcomes)
			continue
		}
		if tc.state == facts.Read && (len(r.Outcomes.Value) != 1 || !reflect.DeepEqual(r.Outcomes.Value[0].Codes, tc.want)) {
			t.Errorf("%s: %+v, want %+v", name, r.Outcomes.Value, tc.want)
		}
	}
}

// Whatever else stands there is not known, and never something else.
func TestOddValues(t *testing.T) {
	read := func(d dict) facts.Record {
		r, ok := Parse(encoded(t, d, plist.BinaryFormat), nil)
		if !ok {
			t.Errorf("%v: not read", d)
		}
		return r
	}
	for name, tc := range map[string]struct{ got, want any }{
		"spells of no list":        {read(dict{"LastOnConditionEvents": "x"}).Spells.State, facts.Refused},
		"only odd spells":          {read(dict{"LastOnConditionEvents": []any{"x", 7, "2023|1|1|1|1|1", "2023-05-17T18:07:23.222-04:00|NaN|1|1|1|1"}}).Spells.State, facts.Refused},
		"no spells":                {read(dict{"LastOnConditionEvents": []any{}}).Spells.State, facts.Read},
		"an odd flag":              {read(dict{"LastOnConditionEvents": []any{"2023-05-17T18:07:23.222-04:00|60|1|2|1|1"}}).Spells.Value[0].OnPower.State, facts.Refused},
		"sizes of no dictionary":   {read(dict{"PreflightSizing": 7}).Sizes.State, facts.Refused},
		"odd sizes":                {len(read(dict{"PreflightSizing": dict{"A": -1, "B": "x", "": 3, "C": uint64(1) << 60, strings.Repeat("x", 300): 1}}).Sizes.Value), 0},
		"a total below nothing":    {read(dict{"PreflightSizing": dict{"_TotalSize": -5}}).Total.State, facts.Refused},
		"no sizes":                 {read(dict{}).Total.State, facts.Absent},
		"a date of no date":        {read(dict{"AccountEnabledDate": "2022-11-20"}).EnabledSince.State, facts.Refused},
		"a date of 1970":           {read(dict{"AccountEnabledDate": time.Unix(0, 0)}).EnabledSince.State, facts.Refused},
		"a restore of state 9":     {read(dict{"RestoreStateInfo": dict{"state": 9}}).Restoring.State, facts.Refused},
		"a restore of no state":    {read(dict{"RestoreStateInfo": dict{}}).Restoring.State, facts.Absent},
		"a restore that runs":      {read(dict{"RestoreStateInfo": dict{"state": 2}}).Restoring.Value, true},
		"a restore that is paused": {read(dict{"RestoreStateInfo": dict{"state": 3}}).Restoring.Value, true},
		"a restore that failed":    {read(dict{"RestoreStateInfo": dict{"state": 5}}).Restoring.Value, false},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %v, want %v", name, tc.got, tc.want)
		}
	}
	for name, data := range map[string][]byte{"nothing": nil, "empty": {}, "text": []byte("x"), "cut": encoded(t, iOS16(), plist.BinaryFormat)[:200], "a list": encoded(t, []any{1}, plist.XMLFormat)} {
		if r, ok := Parse(data, nil); ok {
			t.Errorf("%s: read as %+v", name, r)
		}
	}
	if r, ok := Parse([]byte("x"), encoded(t, lockdown(), plist.XMLFormat)); !ok || !r.CloudBackupEnabled.Value || r.Outcomes.State != facts.Absent {
		t.Errorf("one of the two: %v %+v", ok, r)
	}
}

// Outcomes stand in the order of their dates, where all have one.
func TestOrder(t *testing.T) {
	one := func(n int, at time.Time) dict {
		d := dict{"domain": "MBErrorDomain", "code": n}
		if !at.IsZero() {
			d["date"] = at
		}
		return d
	}
	may := at("2023-05-16T06:00:00Z")
	for name, tc := range map[string]struct {
		second time.Time
		last   int
	}{"newest first": {may.Add(-time.Hour), 1}, "oldest first": {may.Add(time.Hour), 2}, "one without a date": {time.Time{}, 2}} {
		r, _ := Parse(encoded(t, dict{"BackupStateInfo": dict{"errors": []any{one(1, may), one(2, tc.second)}}}, plist.BinaryFormat), nil)
		if got := r.Outcomes.Value[1].Codes[0].Number; got != tc.last {
			t.Errorf("%s: last is %d", name, got)
		}
	}
}

// FuzzParse: whatever a backup holds, what comes out is within its bounds.
func FuzzParse(f *testing.F) {
	for _, format := range []int{plist.BinaryFormat, plist.XMLFormat} {
		f.Add(encoded(f, iOS16(), format), encoded(f, lockdown(), format))
		f.Add(encoded(f, dict{"BackupStateInfo": dict{"errors": []any{dict{"domain": "A", "code": 2, "underlyingErrors": []any{dict{"domain": "B", "code": 3}}}}}}, format), []byte(nil))
	}
	f.Add([]byte(nil), []byte(nil))
	for _, version := range []string{"16.7.10", "18.7.2", "26.1"} {
		for _, memory := range []string{"quota", "MBErrorDomain:2>CKErrorDomain:25,restoring,unlock", "types"} {
			cfg := phonesim.DefaultConfig()
			cfg.Version = version
			if err := cfg.Set("icloud-memory", memory); err != nil {
				f.Fatal(err)
			}
			files, err := cfg.MemoryFiles(at("2026-11-23T09:00:00Z"))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(files[0].Data, files[1].Data)
		}
	}
	f.Fuzz(func(t *testing.T, own, lockdown []byte) {
		r, _ := Parse(own, lockdown)
		if len(r.Outcomes.Value) > maxOutcomes || len(r.Sizes.Value) > maxSizes || len(r.Spells.Value) > maxOutcomes {
			t.Fatalf("too much: %d outcomes, %d sizes, %d spells", len(r.Outcomes.Value), len(r.Sizes.Value), len(r.Spells.Value))
		}
		for _, o := range r.Outcomes.Value {
			if len(o.Codes) > maxCodes || len([]rune(o.Text)) > maxText {
				t.Fatalf("outcome: %+v", o)
			}
		}
		for i, s := range r.Sizes.Value {
			if s.Bytes < 0 || s.Bytes > maxBytes || i > 0 && s.Bytes > r.Sizes.Value[i-1].Bytes {
				t.Fatalf("sizes: %+v", r.Sizes.Value)
			}
		}
		for _, s := range r.Spells.Value {
			if s.Lasted < 0 || s.Began.IsZero() {
				t.Fatalf("spell: %+v", s)
			}
		}
	})
}
