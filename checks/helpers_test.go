package checks

import (
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// now is the moment of every test: the day of the knowledge that is embedded.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	time.Local = time.UTC // dates are worded in local time
	// A hundred thousand diagnoses leave much behind and keep nothing.
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

// healthy is a phone and a computer with which every check passes.
func healthy() Input {
	in := Input{
		Phone: facts.Phone{
			UDID: "00008101-000A1B2C3D4E5F60", Connection: "USB", Readiness: facts.Ready, GatheredAt: now,
			Name: facts.Of("Anna's iPhone"), ProductType: facts.Of("iPhone13,2"),
			Version: facts.Of("27.0.1"), Build: facts.Of("24A400"),
			ActivationState: facts.Of("Activated"), PasscodeLocked: facts.Of(false), Clock: facts.Of(now),
			CloudBackupEnabled: facts.Of(true), LastCloudBackup: facts.Of(now.Add(-5 * time.Hour)),
			WillEncrypt: facts.Of(true), RequiresEncryption: facts.Of(false), LastLocalBackup: facts.Gone[time.Time](),
			DiskCapacity: facts.Of[int64](128_000_000_000), DataCapacity: facts.Of[int64](116_000_000_000),
			DataAvailable: facts.Of[int64](40_000_000_000), DataReclaimable: facts.Of[int64](52_000_000_000),
			BatteryLevel: facts.Of(64), BatteryCharging: facts.Of(true), BatteryFull: facts.Of(false),
			ExternalConnected: facts.Of(true),
			FindMy:            facts.Of(true), ICloudSync: facts.Of(true), WiFiChannel: facts.Of(44),
			Profiles: facts.Of([]facts.Profile{}), Supervised: facts.Of(false), Organization: facts.Gone[string](),
			Deep: facts.Deep{
				Apps:    facts.Of([]facts.App{{BundleID: "net.whatsapp.WhatsApp", Name: "WhatsApp", Bytes: 900_000_000}}),
				Traffic: facts.Of(facts.Traffic{WiFi: 160, Tunnel: 4, Seconds: 8}),
				Photos:  facts.Of(facts.Photos{Photos: 812, Movies: 14, PhotoBytes: 2_400_000_000, MovieBytes: 1_600_000_000}),
				Crashes: facts.Of([]facts.Crash{}), CableSpeed: facts.Of[int64](34_000_000),
			},
			SpeedBits: 480_000_000, ClockSkew: facts.Of(2 * time.Second), AdapterCurrent: facts.Of(2400),
		},
		Network: Network{
			Paths:  facts.Of([]HostPath{{Host: "gateway.icloud.com", State: HostOpen, Issuer: "Apple Inc."}}),
			Status: facts.Of(ServiceStatus{AsOf: now.Add(-10 * time.Minute)}), ClockSkew: facts.Of(time.Second),
		},
		Host: Host{
			OS: "linux", Destination: "/home/anna/Lifeboat", Kind: facts.Of(DestinationFolder),
			FreeBytes: facts.Of[int64](250_000_000_000), FileSystem: facts.Of("ext4"),
			Remote: facts.Of(false), Writable: facts.Of(true), Drops: facts.Of(0),
		},
		Local: Local{Exists: true, Finished: now.Add(-50 * time.Hour)},
		Now:   now,
	}
	for _, set := range soundness {
		set(&in)
	}
	return in
}

// soundness is what the files cause_<id>_test.go add to [healthy].
var soundness []func(*Input)

// sound enters what a healthy phone says about a datum that only one cause reads;
// its test calls it for a package variable.
func sound(set func(*Input)) bool {
	soundness = append(soundness, set)
	return true
}

// situation is one input and what one check must say of it.
type situation struct {
	name    string
	set     func(*Input)
	want    Status   // before a fresh backup eases it
	finding string   // a part of the finding: above all the value that was read
	fixes   []string // parts of the fixes, in this order
	noFix   string   // a part that no fix may have
}

// situations are the tables of the files cause_<id>_test.go, and needed the data
// without which a cause may not pass.
var (
	situations = map[topic][]situation{}
	needed     = map[topic]needs{}
)

// needs are data by their names, each with the states that mean "missing" for a
// cause. A datum that is absent can be an answer.
type needs map[string][]facts.State

// tried enters the situations of a cause; its test calls it for a package
// variable.
func tried(id topic, n needs, table []situation) bool {
	situations[id], needed[id] = table, n
	return true
}

// resultOf runs every check and picks one.
func resultOf(t *testing.T, in Input, id topic) Result {
	t.Helper()
	results := Run(in)
	i := slices.IndexFunc(results, func(r Result) bool { return r.ID == string(id) })
	if i < 0 {
		t.Fatalf("no result %q", id)
	}
	return results[i]
}

func TestSituations(t *testing.T) {
	for id, table := range situations {
		for _, s := range table {
			t.Run(string(id)+"/"+s.name, func(t *testing.T) {
				in := healthy()
				s.set(&in)
				r := resultOf(t, in, id)
				if got := asJudged(r); got != s.want {
					t.Errorf("status = %s, want %s", got, s.want)
				}
				finding := words.English().Text(r.Finding)
				if s.finding == "" || !strings.Contains(finding, s.finding) {
					t.Errorf("finding %q lacks %q", finding, s.finding)
				}
				inOrder(t, append(words.English().Texts(Texts(r.Fix)), asked(r)...), s.fixes)
				for _, fix := range words.English().Texts(Texts(r.Fix)) {
					if s.noFix != "" && strings.Contains(fix, s.noFix) {
						t.Errorf("fix %q has %q", fix, s.noFix)
					}
				}
				if (r.Status == Fail || r.Status == Warn) && len(r.Fix) == 0 {
					t.Error("something is wrong, and no step is named")
				}
			})
		}
	}
}

// asJudged is the status that a check gave before a fresh iCloud backup eased
// it: the phone of the situations was saved five hours ago.
func asJudged(r Result) Status {
	if r.Eased {
		return Fail
	}
	return r.Status
}

// printable wants a result's sentences and evidence short and free of what
// cannot be printed.
func printable(t *testing.T, r Result) {
	t.Helper()
	for _, text := range append([]words.Text{r.Finding, r.headline}, Texts(r.Fix)...) {
		said := words.English().Text(text)
		if strings.HasPrefix(said, "[") || strings.ContainsAny(said, "\x00\x1b\n") || len(said) > 2000 {
			t.Errorf("%s renders as %q", text.Key, said)
		}
	}
	for key, value := range r.Evidence {
		if utf8.RuneCountInString(value) > 2*maxEvidence || strings.ContainsAny(key+value, "\x00\x1b\n") {
			t.Errorf("%s = %q", key, value)
		}
	}
}

// asked are the words of a result's questions.
func asked(r Result) []string {
	var texts []string
	for _, q := range r.Questions {
		texts = append(texts, words.English().Text(q.Where)+" "+words.English().Text(q.Ask))
	}
	return texts
}

// answering is a situation in which the user answered a question just now.
func answering(set func(*Input), id QuestionID, choice string) func(*Input) {
	return func(in *Input) {
		set(in)
		in.Answers = Answers{id: {Choice: choice, At: in.Now.Add(-time.Minute)}}
	}
}

// inOrder wants each part in a fix of its own, one after the other.
func inOrder(t *testing.T, fixes, parts []string) {
	t.Helper()
	rest := fixes
	for _, part := range parts {
		i := slices.IndexFunc(rest, func(fix string) bool { return strings.Contains(fix, part) })
		if i < 0 {
			t.Errorf("no fix with %q, or not in this order: %q", part, fixes)
			return
		}
		rest = rest[i+1:]
	}
}

// datum is one field of the facts, by name.
type datum struct {
	name string
	of   func(*Input) reflect.Value
}

// allData lists every datum of phone, host and network.
func allData() []datum {
	var all []datum
	add := func(prefix string, of func(*Input) reflect.Value) {
		in := Input{}
		v := of(&in)
		for i := range v.NumField() {
			if v.Field(i).Kind() == reflect.Struct && v.Field(i).FieldByName("State").IsValid() {
				all = append(all, datum{prefix + v.Type().Field(i).Name, func(in *Input) reflect.Value { return of(in).Field(i) }})
			}
		}
	}
	add("Phone.", func(in *Input) reflect.Value { return reflect.ValueOf(&in.Phone).Elem() })
	add("Phone.", func(in *Input) reflect.Value { return reflect.ValueOf(&in.Phone.Deep).Elem() })
	add("Network.", func(in *Input) reflect.Value { return reflect.ValueOf(&in.Network).Elem() })
	add("Host.", func(in *Input) reflect.Value { return reflect.ValueOf(&in.Host).Elem() })
	return all
}

// take makes a datum missing, the way a phone or a failure would.
func (d datum) take(in *Input, state facts.State) {
	v := d.of(in)
	v.SetZero()
	v.FieldByName("State").SetInt(int64(state))
	v.FieldByName("Reason").SetString("taken away")
}

var missing = []facts.State{facts.NotRead, facts.Absent, facts.Refused}

// contains wants a part in what a text says.
func contains(t *testing.T, text words.Text, part string) {
	t.Helper()
	if said := words.English().Text(text); !strings.Contains(said, part) {
		t.Errorf("%q lacks %q", said, part)
	}
}
