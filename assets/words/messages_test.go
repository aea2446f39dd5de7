package words

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

var (
	action = regexp.MustCompile(`\{\{[^}]*\}\}`)
	naming = regexp.MustCompile("\\.([A-Z]\\w*)|`([A-Z]\\w*)`")
	maybe  = regexp.MustCompile("index [.$] `([A-Z]\\w*)`")
)

// namesOf are the arguments that a sentence names, and those that may be missing.
func namesOf(source string) (names, missing map[string]bool) {
	names, missing = map[string]bool{}, map[string]bool{}
	for _, a := range action.FindAllString(source, -1) {
		for _, m := range naming.FindAllStringSubmatch(a, -1) {
			names[m[1]+m[2]] = true
		}
		for _, m := range maybe.FindAllStringSubmatch(a, -1) {
			missing[m[1]] = true
		}
	}
	return names, missing
}

// samples are arguments with which a sentence has to be worded: one Count after
// the other, one and several; all that may be missing, or none of it.
func samples(m *i18n.Message) (all []Args) {
	names, missing := namesOf(m.Other)
	for _, level := range []int{20, 100} {
		args, few := Args{}, Args{}
		for name := range names {
			if args[name] = "<" + name + ">"; name == "Level" {
				args[name] = level
			}
			if !missing[name] {
				few[name] = args[name]
			}
		}
		all = append(all, args, few)
	}
	if m.One == "" {
		return all
	}
	var counted []Args
	for name := range names {
		for _, n := range []Count{1, 2} {
			args := maps.Clone(all[0])
			args[name] = n
			if _, ok := countOf(m, args); ok {
				counted = append(counted, args)
			}
		}
	}
	return counted
}

// TestEverySentence: every sentence can be worded, and its plural forms name the
// same arguments, but that "one" need not say the number.
func TestEverySentence(t *testing.T) {
	c := English()
	said := 0
	for _, key := range c.Keys() {
		m := c.messages[key]
		for _, args := range samples(m.Message) {
			said++
			if text := c.Say(key, args); strings.TrimSpace(text) == "" || strings.HasPrefix(text, "["+key) || strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
				t.Errorf("%s with %v: %q", key, args, text)
			}
		}
		names, _ := namesOf(m.Other)
		one, _ := namesOf(m.One)
		for name := range one {
			if !names[name] {
				t.Errorf("%s: only one of its forms names %s", key, name)
			}
		}
	}
	if said < len(c.Keys()) {
		t.Errorf("%d sentences were worded of %d keys", said, len(c.Keys()))
	}
}

// TestNoKeyTwice: no file replaces a sentence of another.
func TestNoKeyTwice(t *testing.T) {
	n := 0
	for _, file := range English().files {
		n += len(file.Messages)
	}
	if got := len(English().Keys()); got != n || n < 1800 {
		t.Errorf("the files have %d sentences, the catalogue %d", n, got)
	}
}

// TestArgumentsAreNoTemplates: what a phone or a folder is called is never
// executed, in a sentence of its own or within another.
func TestArgumentsAreNoTemplates(t *testing.T) {
	const evil = `{{.Path}}{{template "x"}}{{printf "%s" .Secret}}{{`
	args := Args{"UDID": evil, "Secret": "secret", "Path": "path"}
	if got := English().Say("problem.phone-not-found.happened", args); !strings.Contains(got, evil) {
		t.Error(got)
	}
	inner := T("verify.group.app", Args{"N": Count(1), "App": evil})
	for range 2 { // and not the second time, from a cache
		if got := English().Say("ui.versions.group", Args{"What": inner}); !strings.Contains(got, "1 file of the app "+evil) {
			t.Error(got)
		}
	}
}

// TestForms: a sentence has the form of its one count; without one, and with
// two, it is a mistake that is seen.
func TestForms(t *testing.T) {
	for n, want := range map[Count]string{0: "0 files", 1: "1 file", 2: "2 files", 1001: "1,001 files", 1234567: "1,234,567 files"} {
		if got := English().Say("ui.running.files-only", Args{"N": n}); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := English().Say("ui.running.files-of", Args{"N": Count(1200), "Total": T("ui.running.files-only", Args{"N": Count(3400)})}); got != "1,200 of 3,400 files" {
		t.Error(got)
	}
	for _, args := range []Args{{"N": 2}, {"N": "2"}, {}, {"Other": Count(2)}} {
		if got := English().Say("ui.running.files-only", args); got != "[ui.running.files-only]" {
			t.Errorf("%v: %q", args, got)
		}
	}
	if got := English().Say("ui.details.code", nil); got != "[ui.details.code]" {
		t.Error(got)
	}
	if got := English().Say("cli.received", Args{"Files": Count(1), "Bytes": Count(2)}); got != "[cli.received]" {
		t.Error(got)
	}
}

// TestAnotherLanguage: a language has its own plural forms and separators, and
// English where it lacks a sentence.
func TestAnotherLanguage(t *testing.T) {
	speak := func(tag, data string) *Catalogue {
		t.Helper()
		file, err := i18n.ParseMessageFileBytes([]byte(data), "active."+tag+".toml", map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		if err != nil {
			t.Fatal(err)
		}
		return build(append(slices.Clone(English().files), file), language.Make(tag))
	}
	polish := speak("pl", `["units.days"]
one = "{{.N}} dzień"
few = "{{.N}} dni"
many = "{{.N}} dniów"
other = "{{.N}} dnia"`)
	for n, want := range map[Count]string{1: "1 dzień", 3: "3 dni", 5: "5 dniów", 22: "22 dni"} {
		if got := polish.Say("units.days", Args{"N": n}); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	german := speak("de", `"ui.back" = "Zurück zum iPhone"`)
	for _, tc := range []struct{ got, want string }{
		{german.About("iPad").Say("ui.back", nil), "Zurück zum iPad"},
		{german.Say("ui.again", nil), "Try again"},
		{german.Say("ui.running.files-only", Args{"N": Count(1)}), "1 file"},
		{german.Say("ui.running.files-only", Args{"N": Count(12345)}), "12.345 files"},
		{german.Say("ui.details.code", nil), "[ui.details.code]"},
		{german.Say("nothing", nil), "[nothing]"},
	} {
		if tc.got != tc.want {
			t.Errorf("%q, not %q", tc.got, tc.want)
		}
	}
}
