package checks

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lifeboat/assets/words"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// The checklist begins with the way to the phone, and does not change its order
// with what is found.
func TestRegistry(t *testing.T) {
	ids := func(in Input) (all []string) {
		for _, r := range Run(in) {
			all = append(all, r.ID)
		}
		return all
	}
	first := ids(healthy())
	if len(first) != len(entries) || first[0] != string(phoneReady) {
		t.Errorf("ids = %q", first)
	}
	if got := ids(Input{}); !slices.Equal(got, first) {
		t.Errorf("of nothing: ids = %q, want %q", got, first)
	}
}

// Each cause lies in a file of its name, with a test beside it, has either kind
// of check, and depends on causes that there are.
func TestEachCauseIsOneFile(t *testing.T) {
	files, err := filepath.Glob("cause_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, c := range entries {
		want = append(want, "cause_"+string(c.id)+".go", "cause_"+string(c.id)+"_test.go")
		if (c.check == nil) == (c.read == nil) {
			t.Errorf("%s needs check or read", c.id)
		}
		if len(situations[c.id]) == 0 {
			t.Errorf("%s has no situations in its test", c.id)
		}
		for _, id := range c.dependsOn {
			if _, known := causeOf(Result{ID: string(id)}); !known {
				t.Errorf("%s depends on %q, which is no cause", c.id, id)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(files)
	if !slices.Equal(files, want) {
		t.Errorf("files = %q\nwant %q", files, want)
	}
}

func TestRegisterRefusesATwin(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a second cause with the same id was let in")
		}
	}()
	register(cause{id: power})
}

// What a cause depends on is named before it, then what is more urgent; a tie
// is no mistake.
func TestOrderOfCauses(t *testing.T) {
	at := ranks()
	for _, c := range entries {
		for _, d := range c.dependsOn {
			if at[d] > at[c.id] {
				t.Errorf("%s comes before %s, on which it depends: a cycle", c.id, d)
			}
		}
	}
	var got []topic
	for _, c := range byDependence([]cause{
		{id: "c", urgency: 1, dependsOn: []topic{"d"}}, {id: "b", urgency: 2}, {id: "a", urgency: 2}, {id: "d", urgency: 3}, {id: "e", urgency: 3},
	}) {
		got = append(got, c.id)
	}
	if want := []topic{"a", "b", "d", "c", "e"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := byDependence([]cause{{id: "b", dependsOn: []topic{"a"}}, {id: "a", dependsOn: []topic{"b"}}}); len(got) != 2 {
		t.Errorf("a cycle leaves %d causes", len(got))
	}
}

// readFromPhone is a cause that only the phone tells, and that forgot to look
// whether it did.
var readFromPhone = cause{id: "told", about: ICloud, means: aside, read: func(facts.Phone) Result { return common.outcome(Pass, "ready", nil, evidence{}) }}

// A phone that does not let this computer in tells nothing, whatever a check
// makes of that, and nobody is asked for what no question can settle.
func TestUnknownByDefault(t *testing.T) {
	for readiness, want := range map[facts.Readiness]Status{
		facts.Ready: Pass, facts.Locked: Pass, facts.SetupUnfinished: Pass, facts.Untrusted: Unknown, facts.Silent: Unknown, "": Unknown,
	} {
		r := readFromPhone.judge(Input{Phone: facts.Phone{Readiness: readiness}})
		if r.Status != want || want == Unknown && (len(r.Fix) > 0 || r.Evidence[keyReadiness] != string(readiness)) {
			t.Errorf("%q: %+v", readiness, r)
		}
	}
	known := []Result{{ID: string(power), Status: Unknown, About: ICloud}, {ID: string(wifi), Status: Unknown, About: ICloud}}
	if n := countOpen(known); n != 1 {
		t.Errorf("%d are open, want only the one that can be why nothing is saved", n)
	}
	known[0].Questions = []Question{{ID: askBolt}}
	if n := countOpen(known); n != 2 {
		t.Errorf("%d are open, want both, as one has a question", n)
	}
}

// What depends on something that fails, or that could not be read, is named
// for nothing, unless the user said so.
func TestDependentIsNotNamed(t *testing.T) {
	of := func(id topic, s Status) Result { return Result{ID: string(id), Status: s, About: ICloud} }
	said := of(iCloudStorage, Fail)
	said.Answered = true
	logged := of(stuckBackup, Fail)
	logged.witnessed = true
	pending := of(wifi, Unknown)
	pending.Pending = true
	for _, tc := range []struct {
		name    string
		results []Result
		want    topic
	}{
		{"it alone", []Result{of(vpnAndFilters, Fail)}, vpnAndFilters},
		{"what it depends on fails", []Result{of(vpnAndFilters, Fail), of(wifi, Fail)}, wifi},
		{"what that depends on could not be read", []Result{of(vpnAndFilters, Fail), of(wifi, Pass), of(phoneReady, Unknown)}, ""},
		{"what it depends on is still being read", []Result{of(vpnAndFilters, Fail), pending}, vpnAndFilters},
		{"the user said so", []Result{said, of(phoneReady, Unknown)}, iCloudStorage},
		{"the log said so", []Result{logged, of(phoneReady, Unknown)}, stuckBackup},
		{"it depends on nothing", []Result{of(appleServers, Fail), of(phoneReady, Unknown)}, appleServers},
	} {
		if r, _ := Blocker(tc.results); r.ID != string(tc.want) {
			t.Errorf("%s: %q is named, want %q", tc.name, r.ID, tc.want)
		}
	}
}

// A datum that a check needs and does not have is never a pass.
func TestNeededDatumMissing(t *testing.T) {
	found, want := 0, 0
	for id, data := range needed {
		for _, states := range data {
			want += len(states)
		}
		for _, d := range allData() {
			for _, state := range data[d.name] {
				found++
				in := healthy()
				d.take(&in, state)
				r := resultOf(t, in, id)
				never := r.Status == Pass
				// "Never completed" is what an absent date means while the switch is on.
				certain := r.Status == Fail && id == lastCloud && state == facts.Absent
				if never || (r.Status != Ask && r.Status != Unknown && !certain) {
					t.Errorf("%s without %s (%s): %s", id, d.name, state, r.Status)
				}
			}
		}
	}
	if found != want {
		t.Errorf("%d missing data tried, want %d: a name in the table is wrong", found, want)
	}
}

// Whatever is taken away from whatever situation, nothing turns into a pass
// that the user did not vouch for.
func TestNothingMissingTurnsIntoAPass(t *testing.T) {
	if testing.Short() {
		t.Skip("much of one kind: make test runs it without the race detector")
	}
	data := allData()
	for id, table := range situations {
		t.Run(string(id), func(t *testing.T) {
			for _, s := range table {
				in := healthy()
				s.set(&in)
				before := Run(in)
				for _, d := range data {
					for _, state := range missing {
						taken := in
						d.take(&taken, state)
						for i, r := range Run(taken) {
							if r.Status == Pass && !r.Answered && before[i].Status != Pass && !stillSound(topic(r.ID), d.name, state) {
								t.Errorf("%s, %q without %s (%s): %s became pass", r.ID, s.name, d.name, state, before[i].Status)
							}
						}
					}
				}
			}
		})
	}
}

// stillSound lists where the absence of a datum is itself an answer.
func stillSound(id topic, name string, state facts.State) bool {
	switch {
	case id == localReady && name == "Phone.WillEncrypt":
		return state == facts.Absent // no password was ever set
	case id == localReady && (name == "Phone.MinITunes" || name == "Host.ITunes"):
		return true // Lifeboat needs no iTunes: that an old one is here is worth a warning, and no more
	case (id == phoneReady || id == localReady) && name == "Phone.SetupDone":
		return true // only a phone that says that its setup goes on is in it
	case id == iosVersion && name == "Phone.Build":
		return true // the version was read, and decides
	case id == thisComputer && name == "Host.Remote":
		return true // a share is only slower; that it can be written was proven
	case id == phoneStorage && (name == "Phone.DataCapacity"):
		return true // the whole disk stands in, which is stricter
	case id == clock && name == "Network.ClockSkew":
		return true // two clocks agree, which they do by chance only
	}
	return false
}

// Every sentence that is used exists and renders, and every sentence that
// exists is used by some situation.
func TestWords(t *testing.T) {
	used := map[string]bool{}
	var visit func(words.Text)
	visit = func(text words.Text) {
		if text.Key == "" {
			return
		}
		used[text.Key] = true
		for _, arg := range text.Args {
			switch inner := arg.(type) {
			case words.Text:
				visit(inner)
			case []words.Text:
				for _, text := range inner {
					visit(text)
				}
			}
		}
		if said := words.English().Text(text); said == "" || strings.ContainsAny(said, "[]{}") && !strings.Contains(said, "[your name]") && !strings.Contains(said, "[31mred") {
			t.Errorf("%s renders as %q", text.Key, said)
		}
	}
	inputs := []Input{{}, healthy()}
	for _, table := range situations {
		for _, s := range table {
			in := healthy()
			s.set(&in)
			inputs = append(inputs, in)
		}
	}
	for _, goos := range []string{"linux", "darwin", "windows"} {
		in := healthy()
		in.Host.OS, in.Host.Writable = goos, facts.Of(false)
		inputs = append(inputs, in)
	}
	visit(Verdict(nil))
	visit(readFromPhone.judge(Input{}).Finding)
	visit(notReported(evidence{}).Finding)
	for _, text := range append(Compared(), Habits(facts.Phone{})...) {
		visit(text)
	}
	for _, tc := range safetyCases {
		in := healthy()
		tc.set(&in)
		inputs = append(inputs, in)
	}
	for _, tc := range overviewCases {
		in := healthy()
		tc.set(&in)
		inputs = append(inputs, in)
	}
	inputs = append(inputs, answeredInputs()...)
	inputs = append(inputs, namedInputs()...)
	for _, in := range inputs {
		results := Run(in)
		visit(Verdict(results))
		safety := SafetyOf(in)
		for _, text := range []words.Text{safety.Sentence, safety.ICloud.Sentence, safety.Local.Sentence} {
			visit(text)
		}
		next := Next(in, results)
		for _, f := range next {
			visit(f.Text)
		}
		for _, text := range overviewTexts(OverviewOf(in, results, safety, next)) {
			visit(text)
		}
		for _, r := range results {
			for _, text := range append([]words.Text{r.Title, r.Short, r.Value, r.Finding, r.Why, r.headline, r.history}, Texts(r.Fix)...) {
				visit(text)
			}
			for _, q := range r.Questions {
				visit(q.Ask)
				visit(q.Where)
				for _, c := range q.Choices {
					visit(c.Text)
				}
			}
			if r.Finding.Key == "" || len(r.Evidence) == 0 {
				t.Errorf("%s: no finding or no evidence", r.ID)
			}
		}
	}
	for _, key := range words.English().Keys() {
		room, _, _ := strings.Cut(key, ".")
		if (room == "check" || room == "menu" || room == "question") && !used[key] {
			t.Errorf("%s is used by no situation", key)
		}
	}
}

// answeredInputs are a phone that tells nothing, with each answer to each question.
func answeredInputs() []Input {
	var inputs []Input
	for _, q := range questionDefs {
		for _, choice := range q.choices {
			in := Input{Now: now}
			in.Phone.Connection, in.Phone.Readiness = "USB", facts.Ready
			in.Answers = Answers{q.id: {Choice: choice, At: now}}
			inputs = append(inputs, in)
		}
	}
	return inputs
}

// namedInputs are a healthy phone whose log names each cause, and a silent
// one on whose screen an error was read.
func namedInputs() []Input {
	var inputs []Input
	for _, c := range registry() {
		for _, proven := range []bool{true, false} {
			in := healthy()
			in.Attempt = devicelog.Attempt{
				Heard: true, Outcome: devicelog.Failed, Ended: now, Cause: string(c.id), Proven: proven,
				Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 1}},
			}
			inputs = append(inputs, in)
		}
	}
	read := Input{Now: now}
	read.Phone.Connection, read.Phone.Readiness = "USB", facts.Ready
	read.Answers = Answers{errorText: {Text: "There isn’t enough iCloud storage to back up this iPhone.", At: now}}
	inputs = append(inputs, read)
	for _, text := range []string{
		"There was a problem with your payment method.", "To use iCloud, accept the new Terms of Service.",
		"Account changes are not allowed by Screen Time.", "Not allowed", "This iPhone is still being restored.",
		"Some files were unavailable during the last backup.",
	} {
		in := healthy()
		in.Answers = Answers{errorText: {Text: text, At: now}}
		inputs = append(inputs, in)
	}
	room := healthy() // the text of yesterday, and room today
	room.Answers = Answers{errorText: {Text: "iPhone Storage Full", At: now}}
	earlier := healthy()
	aged(5 * day)(&earlier)
	earlier.Earlier = []devicelog.Attempt{{Outcome: devicelog.Failed, Ended: now.Add(-day), Cause: string(wifi), Codes: []devicelog.Code{{Domain: "MBErrorDomain", Number: 220}}}}
	again := healthy()
	again.Attempt = devicelog.Attempt{Heard: true, Signs: []devicelog.Sign{{ID: "quota-again", Cause: string(iCloudStorage), Count: 1, Last: now, Conclusive: true}}}
	return append(inputs, room, earlier, again)
}

// The same input gives the same results, and is not changed.
func TestRunIsPure(t *testing.T) {
	in := healthy()
	first := Run(in)
	if !reflect.DeepEqual(in, healthy()) {
		t.Error("the input was changed")
	}
	if !reflect.DeepEqual(first, Run(in)) {
		t.Error("two runs differ")
	}
}

// What a phone sends is kept short and printable, whatever it is.
func TestEvidenceIsTidy(t *testing.T) {
	in := healthy()
	in.Phone.Version = facts.Of("\x00\x1b\n" + strings.Repeat("9", maxEvidence+10))
	in.Phone.ActivationState = facts.Datum[string]{State: facts.Refused, Reason: "Get\nProhibited"}
	results := Run(in)
	for _, r := range results {
		for key, value := range r.Evidence {
			if utf8.RuneCountInString(value) > maxEvidence+1 || strings.ContainsAny(value, "\x00\x1b\n") {
				t.Errorf("%s %s = %q", r.ID, key, value)
			}
		}
	}
	if got := resultOf(t, in, phoneReady).Evidence[keyActivation]; got != "refused: Get Prohibited" {
		t.Errorf("a refused datum reads %q", got)
	}
	if got := resultOf(t, in, phoneReady).Evidence[keyPasscodeLocked]; got != "false" {
		t.Errorf("a datum that was read reads %q", got)
	}
}

// Whatever a phone says of itself in words, each check answers in a sentence
// that renders, and the raw bytes go nowhere unguarded.
func FuzzTexts(f *testing.F) {
	f.Add("27.0.1", "iPhone13,2", "Activated")
	f.Add("18.7.10", "iPhone99,9", "Unactivated")
	f.Add("99999999999999999999.0", "", "\x1b[31m")
	f.Add("1.2.3.4.5", "iPad8,1", "{{.Version}}")
	f.Fuzz(func(t *testing.T, version, model, activation string) {
		in := healthy()
		in.Phone.Version, in.Phone.ProductType = facts.Of(version), facts.Of(model)
		in.Phone.ActivationState = facts.Of(activation)
		for _, r := range Run(in) {
			for _, text := range append([]words.Text{r.Title, r.Short, r.Value, r.Finding, r.Why}, Texts(r.Fix)...) {
				said := words.English().Text(text)
				if said == "" || strings.HasPrefix(said, "[") || strings.ContainsAny(said, "\x00\x1b\n") {
					t.Errorf("%s renders as %q", text.Key, said)
				}
			}
			for key, value := range r.Evidence {
				if utf8.RuneCountInString(value) > maxEvidence+1 || strings.ContainsAny(value, "\x00\x1b\n") {
					t.Errorf("%s = %q", key, value)
				}
			}
		}
	})
}
