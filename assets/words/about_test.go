package words

import (
	"strings"
	"testing"
)

// TestAbout: no sentence calls an iPad an iPhone, but for those that speak of
// phones in general, and what an argument says stays.
func TestAbout(t *testing.T) {
	pad := English().About("iPad")
	for _, key := range pad.Keys() {
		for _, args := range samples(pad.messages[key].Message) {
			if text := pad.Say(key, args); strings.Contains(text, "iPhone") {
				t.Errorf("%s: %s", key, text)
			}
		}
	}
	if got := pad.Say("problem.phone-gone.happened", Args{"Phone": "Anna's iPhone"}); !strings.HasPrefix(got, "Anna's iPhone was unplugged") {
		t.Error(got)
	}
	if got := pad.Problem("phone-locked", "linux", nil).Happened; got != "The iPad is locked." {
		t.Error(got)
	}
	if English().About("iPhone") != English() || English().About("") != English() || English().About("iPad") != pad || pad.About("iPhone") != English() || pad.About("iPad") != pad {
		t.Error("a catalogue is made again")
	}
	if English().About("{{.Phone}}") != English() {
		t.Error("a device's name can be a template")
	}
	if got := English().Problem("phone-locked", "linux", nil).Happened; got != "The iPhone is locked." {
		t.Error(got)
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"Anna's iPhone":              "Anna's iPhone",
		"Anna's\niPhone\t":           "Anna's iPhone",
		"\x1b[31mred":                "[31mred",
		"\u202eenohPi":               "enohPi",
		"a\u2066b\u2069":             "ab",
		"\U0001f468\u200d\U0001f469": "\U0001f468\u200d\U0001f469",
		"a\xffb":                     "ab",
		"\u2028x":                    "x",
		"":                           "",
	} {
		if got := OneLine(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
	if got := English().Say("problem.phone-not-found.happened", Args{"UDID": "a\nb"}); !strings.Contains(got, "(a b)") {
		t.Error(got)
	}
}

func TestLines(t *testing.T) {
	if got := Lines("one\r\ntwo\x1b[31m\n\u202ethree\n"); got != "one\ntwo[31m\nthree\n" {
		t.Errorf("%q", got)
	}
}

func TestBrief(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"Anna’s iPhone":                  "Anna’s iPhone",
		" a\x00\x1b[31m \n\u2028 b\t":    "a[31m b",
		"half a \xc3 letter":             "half a letter",
		"turned \u202eround":             "turned round",
		"sixteen letters!":               "sixteen letters!",
		"seventeen letters":              "seventeen lette…",
		"cut at the end of words":        "cut at the end…",
		strings.Repeat("ä", 17) + "\xff": strings.Repeat("ä", 15) + "…",
	} {
		got := Brief(text, 16)
		if got != want {
			t.Errorf("Brief(%q) = %q, want %q", text, got, want)
		}
		if Brief(got, 16) != got {
			t.Errorf("Brief(%q) = %q is not brief", text, got)
		}
	}
}
