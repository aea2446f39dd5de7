// Package corpus_test holds the diagnosis against phones on the wire: the corpus
// in checks/testdata/cases, and phones that lack one datum each. It takes minutes,
// where the tests of ./checks take seconds.
package corpus_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/dustin/go-humanize"

	"lifeboat/assets/knowledge"
	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/devicelog"
	"lifeboat/device/facts"
)

// TestMain words dates in one time zone, and lets phones on the wire wait for
// each other: mostly they do not need the processor.
func TestMain(m *testing.M) {
	time.Local = time.UTC
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// story is one file of checks/testdata/cases: a phone with its log, what its user
// answers, this computer and the network, and what the diagnosis must say.
type story struct {
	Title    string
	Phone    []string // settings of phonesim, "name=value"
	Unpaired bool     // the phone does not trust this computer
	Lock     bool     // it is locked after it was trusted
	Log      string   // script of its log; the live attempt listens to it
	Answers  map[string]reply
	Earlier  []earlierTry // that were listened to on other days, in any order
	Record   *ownRecord   // what the phone remembers, out of a backup here; nil for no record
	Computer computer
	Network  network
	Says     struct {
		Blocker  string
		Likely   string // id of the likely cause
		Safety   checks.SafetyState
		Sentence string // the verdict, or a part of it
		First    string // id of the first step
		Next     []string
		Status   map[string]checks.Status
		Finding  map[string]string // a part of what a check found
	}
}

// earlierTry is a try of the phone that failed, by its codes, or succeeded.
type earlierTry struct {
	Codes string // "MBErrorDomain 303"; "" for a success
	Age   string
}

func (e earlierTry) attempt(t *testing.T, now time.Time) devicelog.Attempt {
	a := devicelog.Attempt{Heard: true, Outcome: devicelog.Succeeded, Ended: now.Add(-span(t, e.Age))}
	if e.Codes != "" {
		a.Outcome, a.Codes = devicelog.Failed, knowledge.CodesIn(e.Codes)
		code, _ := knowledge.Errors().CauseOf(a.Codes)
		a.Cause = code.Cause
	}
	return a
}

// reply is what the user says: a choice or a text, some time ago.
type reply struct {
	Choice, Text string
	Age          string
}

// computer is this computer; the zero value has room for everything.
type computer struct {
	Free, FileSystem string
	Kind             checks.DestinationKind
	ReadOnly, Remote bool
	Drops            int
	Unwatched        bool   // nobody counted how often the phone dropped out
	Local            string // how old the backup here is, "none" for none; two days unless given
}

// network is what the network says; the zero value is reachable, and all is well.
type network struct {
	Off      bool     // nobody answers
	Status   []string // "iCloud Backup|Outage|open" or "…|resolved"
	Hosts    []string // "gateway.icloud.com|intercepted|Issuer"
	Versions []string // that Apple offers for this model
	Clock    string   // this computer's clock minus the network's
}

// usualPhone is what a story's phone is unless it says otherwise: backed up
// last night, with a few small apps.
var usualPhone = []string{"no-apps=true", "app=com.example.talk|Talk|90MB|900MB", "app=com.example.notes|Notes|20MB|60MB", "photos=12@2MB"}

// usual is what a check says when a story does not name it. What no cable
// can read stays a question, and a phone that lets nobody in tells nothing.
func (s story) usual(id string) checks.Status {
	switch {
	case id == "icloud-storage" || id == "overnight-habit":
		return checks.Ask
	case s.Unpaired:
		return checks.Unknown
	}
	return checks.Pass
}

func span(t *testing.T, text string) time.Duration {
	t.Helper()
	if text == "" {
		return 0
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		text = days + "h"
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		return 24 * d
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (c computer) host(t *testing.T) checks.Host {
	h := checks.Host{
		OS: "linux", Destination: "/backups", Kind: facts.Of(checks.DestinationFolder), FreeBytes: facts.Of[int64](2_000_000_000_000),
		FileSystem: facts.Of("ext4"), Remote: facts.Of(c.Remote), Writable: facts.Of(!c.ReadOnly), Drops: facts.Of(c.Drops),
	}
	if c.Unwatched {
		h.Drops = facts.Datum[int]{}
	}
	if c.Kind != "" {
		h.Kind = facts.Of(c.Kind)
	}
	if c.FileSystem != "" {
		h.FileSystem = facts.Of(c.FileSystem)
	}
	if c.Free != "" {
		n, err := humanize.ParseBytes(c.Free)
		if err != nil {
			t.Fatal(err)
		}
		h.FreeBytes = facts.Of(int64(n))
	}
	return h
}

func (c computer) backup(t *testing.T, now time.Time) checks.Local {
	switch c.Local {
	case "none":
		return checks.Local{}
	case "":
		return checks.Local{Exists: true, Finished: now.Add(-48 * time.Hour)}
	}
	return checks.Local{Exists: true, Finished: now.Add(-span(t, c.Local))}
}

func (n network) gathered(t *testing.T, product string, now time.Time) checks.Network {
	if n.Off {
		return checks.Network{
			Versions: facts.Datum[checks.VersionList]{Reason: checks.Offline}, Status: facts.Datum[checks.ServiceStatus]{Reason: checks.Offline},
			Paths: facts.Datum[[]checks.HostPath]{Reason: checks.Offline}, ClockSkew: facts.Datum[time.Duration]{Reason: checks.Offline},
		}
	}
	status := checks.ServiceStatus{AsOf: now}
	for _, line := range n.Status {
		part := strings.Split(line, "|")
		e := checks.ServiceEvent{Service: part[0], Kind: part[1], Start: now.Add(-3 * time.Hour), Open: part[2] == "open"}
		if !e.Open {
			e.End = now.Add(-time.Hour)
		}
		status.Events = append(status.Events, e)
	}
	paths := []checks.HostPath{
		{Host: "gateway.icloud.com", State: checks.HostOpen, Issuer: "Apple Inc."},
		{Host: "setup.icloud.com", State: checks.HostOpen, Issuer: "Apple Inc."},
	}
	for _, line := range n.Hosts {
		part := strings.Split(line, "|")
		i := slices.IndexFunc(paths, func(p checks.HostPath) bool { return p.Host == part[0] })
		paths[i] = checks.HostPath{Host: part[0], State: checks.HostState(part[1]), Issuer: part[2]}
	}
	gathered := checks.Network{Status: facts.Of(status), Paths: facts.Of(paths), ClockSkew: facts.Of(span(t, n.Clock))}
	offered := map[string][]string{"iPhone11,8": {"18.7.10"}, "iPhone10,1": {"16.7.16"}, "iPhone9,1": {"15.8.8"}}
	offered[product] = n.Versions
	if len(n.Versions) == 0 {
		offered[product] = usualVersions(product)
	}
	gathered.Versions = facts.Of(checks.VersionList{AsOf: now, Source: "gdmf.apple.com", Offered: offered})
	return gathered
}

// usualVersions is what Apple offers a model in the world of the corpus,
// which does not age with the table that is embedded in the program.
func usualVersions(product string) []string {
	model, _ := knowledge.ModelOf(product)
	switch model.LastMajor {
	case 15:
		return []string{"15.8.8"}
	case 16:
		return []string{"16.7.16"}
	case 18:
		return []string{"18.7.10"}
	}
	return []string{"27.0.1", "26.7.1"}
}

// stories reads the corpus; its names are those of the files.
func stories(t *testing.T) map[string]story {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "cases", "*.toml"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]story{}
	for _, file := range files {
		var s story
		meta, err := toml.DecodeFile(file, &s)
		if err != nil {
			t.Fatal(err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			t.Fatalf("%s: nobody reads %v", file, unknown)
		}
		if s.Title == "" || s.Says.Sentence == "" {
			t.Fatalf("%s: no title or no sentence", file)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".toml")] = s
	}
	return all
}

// judge compares a diagnosis with what the story wants, and lists what is wrong.
func (s story) judge(in checks.Input) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	results := checks.Run(in)
	for _, r := range results {
		want, named := s.Says.Status[r.ID]
		if !named {
			want = s.usual(r.ID)
		}
		finding := words.English().Text(r.Finding)
		if r.Status != want {
			say("%s = %s, want %s: %s", r.ID, r.Status, want, finding)
		}
		if part := s.Says.Finding[r.ID]; !strings.Contains(finding, part) {
			say("%s found %q, which lacks %q", r.ID, finding, part)
		}
	}
	for id := range s.Says.Status {
		if !slices.ContainsFunc(results, func(r checks.Result) bool { return r.ID == id }) {
			say("there is no check %s", id)
		}
	}
	if blocker, _ := checks.Blocker(results); blocker.ID != s.Says.Blocker {
		say("blocker = %q, want %q", blocker.ID, s.Says.Blocker)
	}
	if likely, _ := checks.Likely(results); likely.ID != s.Says.Likely {
		say("likely = %q, want %q", likely.ID, s.Says.Likely)
	}
	if safety := checks.SafetyOf(in); s.Says.Safety != "" && safety.State != s.Says.Safety {
		say("safety = %s, want %s: %s", safety.State, s.Says.Safety, words.English().Text(safety.Sentence))
	}
	if sentence := words.English().Text(checks.Verdict(results)); !strings.Contains(sentence, s.Says.Sentence) {
		say("verdict %q lacks %q", sentence, s.Says.Sentence)
	}
	next := checks.Next(in, results)
	ids := make([]string, 0, len(next))
	for _, f := range next {
		ids = append(ids, f.ID)
	}
	first := ""
	if len(ids) > 0 {
		first = ids[0]
	}
	if first != s.Says.First {
		say("first step = %q, want %q", first, s.Says.First)
	}
	at := -1
	for _, id := range s.Says.Next {
		i := slices.Index(ids, id)
		if i <= at {
			say("step %q is missing or too early in %q", id, ids)
		}
		at = i
	}
	return append(wrong, careless(next, results)...)
}

// careless lists steps that come before what has to come first, that stand
// twice, and a list that ends in nothing.
func careless(next []checks.Fix, results []checks.Result) []string {
	var wrong []string
	saved := false
	seen := map[string]bool{}
	for _, f := range next {
		saved = saved || f.Action == checks.BackUpHere || strings.HasPrefix(f.ID, "phone-ready/")
		if f.Effort.Risky() && !saved {
			wrong = append(wrong, f.ID+" comes before a backup to this computer")
		}
		if seen[f.ID] {
			wrong = append(wrong, f.ID+" stands twice")
		}
		seen[f.ID] = true
	}
	if _, blocked := checks.Blocker(results); blocked && !seen["common/support"] {
		wrong = append(wrong, "the list ends in nothing")
	}
	return wrong
}

// TestCases is the corpus: each phone is examined over the real protocols.
// "make diagnose-cases" prints the table: LIFEBOAT_CASES is where it goes.
func TestCases(t *testing.T) {
	all := stories(t)
	var mu sync.Mutex
	table := map[string][]string{}
	if path := os.Getenv("LIFEBOAT_CASES"); path != "" {
		t.Cleanup(func() { writeTable(t, path, all, table) })
	}
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if testing.Short() && i%8 != 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := all[name]
			in := s.diagnose(t)
			wrong := s.judge(in)
			for _, w := range wrong {
				t.Error(w)
			}
			mu.Lock()
			table[name] = wrong
			mu.Unlock()
			takeAway(t, in)
			savedToday(t, in)
		})
	}
}

// writeTable writes a line a story: its blocker, and whether it was said.
func writeTable(t *testing.T, path string, all map[string]story, table map[string][]string) {
	var text strings.Builder
	tw := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	right := 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		verdict := "wrong: " + strings.Join(table[name], "; ")
		if wrong, ran := table[name]; !ran {
			verdict = "did not run"
		} else if len(wrong) == 0 {
			verdict = "right"
			right++
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\n", name, cmp.Or(all[name].Says.Blocker, "-"), verdict)
	}
	tw.Flush()
	fmt.Fprintf(&text, "%d of %d right\n", right, len(all))
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Error(err)
	}
}

// The corpus is as large as it has to be.
func TestCorpus(t *testing.T) {
	all := stories(t)
	if len(all) < 60 {
		t.Errorf("%d cases, want 60 or more", len(all))
	}
	blockers, versions := map[string]bool{}, map[string]bool{}
	for _, s := range all {
		blockers[s.Says.Blocker] = true
		for id, status := range s.Says.Status {
			if status != checks.Pass && status != s.usual(id) {
				blockers[id] = true
			}
		}
		for _, flag := range s.Phone {
			if version, ok := strings.CutPrefix(flag, "ios="); ok {
				major, _, _ := strings.Cut(version, ".")
				versions[major] = true
			}
		}
	}
	for _, r := range checks.Run(checks.Input{}) {
		if !blockers[r.ID] {
			t.Errorf("no case has trouble with %s", r.ID)
		}
	}
	for _, major := range []string{"15", "16", "17", "18", "26", "27"} {
		if !versions[major] {
			t.Errorf("no case with iOS %s", major)
		}
	}
}
