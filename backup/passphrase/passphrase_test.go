package passphrase

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
)

func TestRate(t *testing.T) {
	for text, want := range map[string]Strength{
		"":                                {Weak, Short},
		"0":                               {Weak, Digits},
		"483920":                          {Weak, Digits}, // a passcode
		"83920174":                        {Weak, Digits},
		"password":                        {Weak, Common},
		"Passw0rd!":                       {Weak, Common},
		"dragon1":                         {Weak, Common},
		"umbrella":                        {Weak, Common},
		"archipelago":                     {Weak, Word},
		"zxcvbhgfd":                       {Weak, Keyboard},
		"abababababab":                    {Weak, Repeated},
		"jklmnopqrstu":                    {Weak, Sequence},
		"17.3.1985":                       {Weak, Date},
		"iPhone2026":                      {Weak, Own},
		"Annegret":                        {Weak, Own}, // the phone's name has it
		"annegrets":                       {Weak, Own},
		"kX7pQ":                           {Weak, Short},
		"kX7pQz2":                         {Fair, Short},
		"kX7pQz2w":                        {Good, Short},
		"kX7pQz2w!Tf":                     {Strong, None},
		"unfold-crispy-marble-tutor-geek": {Strong, None},
		// What cannot be seen or typed is not set, and so does not count.
		"\ufeffpass\u202eword\t": {Weak, Common},
		// Only an end of it is of use, and either may be.
		strings.Repeat("a", 40) + "unfold-crispy-marble-tutor-geek": {Strong, None},
		"unfold-crispy-marble-tutor-geek" + strings.Repeat("a", 40): {Strong, None},
		strings.Repeat("a", 100):                                    {Weak, Repeated},
	} {
		if got := Rate(keybag.NewPassword(text), "Annegret's iPhone"); got != want {
			t.Errorf("%q: %+v, not %+v", text, got, want)
		}
	}
	if got := Rate(keybag.NewPassword("Annegret1")); got.Reason == Own {
		t.Error("a name that nobody told of is known")
	}
}

// TestOffer: what is offered is strong, typed alike everywhere, and never the same.
func TestOffer(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+){4,9}$`) // some words of the list have a dash
	seen := map[string]bool{}
	for range 50 {
		p, err := Offer()
		if err != nil {
			t.Fatal(err)
		}
		text := p.Reveal()
		if !form.MatchString(text) || seen[text] || !p.Clean().Equal(p) {
			t.Errorf("%q", text)
		}
		if s := Rate(p); s.Level != Strong {
			t.Errorf("%q is rated %+v", text, s)
		}
		seen[text] = true
	}
}

// TestWords: whatever can be said of a password has its words.
func TestWords(t *testing.T) {
	say := words.English()
	seen := map[string]bool{}
	for level := Weak; level <= Strong; level++ {
		for reason := None; reason <= Date; reason++ {
			s := Strength{level, reason}
			for _, text := range []string{say.Text(s.Words()), say.Text(s.Why())} {
				if strings.Contains(text, "[") || text == "" && level < Strong {
					t.Errorf("%+v: %q", s, text)
				}
				seen[text] = true
			}
		}
	}
	if want := 4 + 10 + 1; len(seen) != want { // and the empty one
		t.Errorf("%d sentences, not %d", len(seen), want)
	}
}

// FuzzRate: nothing that can be typed makes the judge fail or take long, whatever
// is known of the owner.
func FuzzRate(f *testing.F) {
	f.Add("4@8({[<369&!1|7/0$5+%2zx4@8({[<369&!1|7/0$5+%2zx", "Anna's iPhone")
	f.Add(strings.Repeat("🛟", 300), "\xff\xfe")
	f.Add("ﷺ\u0130ß\x00\xff", strings.Repeat("ﷺ ", 500))
	f.Add("İstanbul İİİİ", "İ")
	f.Fuzz(func(t *testing.T, text, about string) {
		start := time.Now()
		s := Rate(keybag.NewPassword(text), about, about)
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%d characters took %v", utf8.RuneCountInString(text), took)
		}
		if s.Level < Weak || s.Level > Strong || s.Reason < None || s.Reason > Date {
			t.Errorf("%+v", s)
		}
	})
}
