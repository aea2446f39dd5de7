package keybag

import (
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"plain", "correct horse", "correct horse"},
		{"empty", "", ""},
		{"line end of an editor", "secret\r\n", "secret"},
		{"second line", "secret\nmore", "secretmore"},
		{"byte order mark", "\ufeffsecret", "secret"},
		{"spaces around", "  secret\t", "secret"},
		{"no-break space", "correct\u00a0horse", "correct horse"},
		{"wide space", "correct\u3000horse", "correct horse"},
		{"zero width space", "sec\u200bret", "secret"},
		{"direction marks", "\u202asecret\u202c", "secret"},
		{"decomposed", "Cafe\u0301", "Caf\u00e9"},
		{"decomposed Korean", "\u1112\u1161\u11ab", "\ud55c"},
		{"family emoji", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"},
		{"inner spaces stay", "a  b", "a  b"},
		{"only spaces", " \t ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := NewPassword(c.typed).Clean()
			if got.Reveal() != c.want {
				t.Errorf("%q became %q, not %q", c.typed, got.Reveal(), c.want)
			}
			if again := got.Clean(); !again.Equal(got) {
				t.Errorf("cleaning twice gives %q", again.Reveal())
			}
		})
	}
}

func TestSpellings(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  []string
	}{
		{"secret", []string{"secret"}},
		{"secret ", []string{"secret ", "secret"}},
		{"Caf\u00e9", []string{"Caf\u00e9", "Cafe\u0301"}},
		{"Cafe\u0301", []string{"Cafe\u0301", "Caf\u00e9"}},
		{" ", []string{" "}},
	} {
		var got []string
		for _, p := range NewPassword(c.typed).spellings() {
			got = append(got, p.Reveal())
		}
		if len(got) != len(c.want) {
			t.Errorf("%q: %q, not %q", c.typed, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: %q, not %q", c.typed, got, c.want)
			}
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("secret\r\n")
	f.Add("\xff\xfes")
	f.Fuzz(func(t *testing.T, typed string) {
		cleaned := NewPassword(typed).Clean()
		if !utf8.ValidString(cleaned.Reveal()) && utf8.ValidString(typed) {
			t.Errorf("%q became invalid: %q", typed, cleaned.Reveal())
		}
		if !cleaned.Clean().Equal(cleaned) {
			t.Errorf("%q: cleaning %q again changes it", typed, cleaned.Reveal())
		}
	})
}
