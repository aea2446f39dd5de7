package notice

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Anna’s iPhone: time for a backup":        "Anna’s iPhone: time for a backup",
		"Its last backup is from 4 October 2026.": "Its last backup is from 4 October 2026.",
		"不能完成 ü é 📱":                              "不能完成 ü é 📱",
		`x"; Start-Process calc; "`:               `x'; Start-Process calc; '`,
		"x”; calc; „":                             "x'; calc; '",
		"$(calc) `n ${env:USERNAME}":              "＄(calc) 'n ＄env:USERNAME",
		"<b>Tom & Jerry</b> <img src='x'>":        "‹b›Tom ＆ Jerry‹/b› ‹img src='x'›",
		"a\nb\x00c\u202edef\\":                    "a bcdef/",
		"\xff":                                    "",
		strings.Repeat("ä", 999):                  strings.Repeat("ä", longest) + "…",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzPlain: nothing is left that ends a quoted text, begins an expression or a
// tag, or that Go would write as an escape.
func FuzzPlain(f *testing.F) {
	for _, text := range []string{`"`, "“”„‟", "$`&<>\\", "\x1b[0m", "\u2028"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Plain(text)
		if strings.ContainsAny(got, "\"“”„‟`$&<>\\\n\r\x00") || strconv.Quote(got) != `"`+got+`"` || utf8.RuneCountInString(got) > longest+1 {
			t.Errorf("%q of %q", got, text)
		}
	})
}
