package knowledge

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

//go:embed errortexts.json
var errorTextsJSON []byte

// ErrorText recognises one error text of the iPhone's screen by what it
// cannot be said without, so that the wording of a version and a user's own words
// around it do not matter. Phrases are in plain form, see [plain].
type ErrorText struct {
	ID string `json:"id"`
	// Cause is the id of the check that it speaks about, "" for a text that
	// is known to say nothing about the cause.
	Cause string `json:"cause"`
	// Says is what it says beyond the name of its cause, "" for nothing: a key
	// of "check.text".
	Says string `json:"says"`
	// Hint: it does not stop a backup.
	Hint bool     `json:"hint"`
	All  []string `json:"all"`  // phrases that stand in the text
	None []string `json:"none"` // phrases that do not
}

// ErrorTextTable is the table of error texts.
type ErrorTextTable struct {
	AsOf Day `json:"as_of"`
	// Same maps what is written in several ways to the one of the phrases.
	Same  map[string]string `json:"same"`
	Texts []ErrorText       `json:"texts"`
}

// ErrorTexts is the embedded table of error texts: from Apple's own help page
// on iCloud Backup alerts, posted bug reports and questions, and what iOS is known to say.
var ErrorTexts = sync.OnceValue(func() ErrorTextTable { return must(parseErrorTexts(errorTextsJSON)) })

func parseErrorTexts(data []byte) (ErrorTextTable, error) {
	return decode("error texts", data, func(t ErrorTextTable) bool { return !t.AsOf.IsZero() && len(t.Texts) > 0 })
}

// maxErrorText bounds a text that somebody typed or pasted, in bytes.
const maxErrorText = 4 << 10

// TextSays finds what an error text on the phone's screen says: by the codes
// in it, else by its words. Of texts that speak about several causes the one decides
// of which most was said; where two are even, none does.
func TextSays(text string) (said ErrorText, known bool) {
	text = text[:min(len(text), maxErrorText)]
	if code, ok := Errors().CauseOf(CodesIn(text)); ok {
		return ErrorText{Cause: code.Cause}, true
	}
	words := plain(text)
	most, even := 0, false
	for _, t := range ErrorTexts().Texts {
		n := t.in(words)
		switch {
		case t.Cause == "", n == 0: // known to say nothing, or not said
		case n > most:
			said, most, even = t, n, false
		case n == most && t.Cause != said.Cause:
			even = true
		}
	}
	if even {
		return ErrorText{}, false
	}
	return said, most > 0
}

// in counts the words by which a text was recognised, 0 if it was not.
func (t ErrorText) in(words []string) int {
	n := 0
	for _, phrase := range t.All {
		p := strings.Fields(phrase)
		if !stands(p, words, true) {
			return 0
		}
		n += len(p)
	}
	for _, phrase := range t.None {
		if stands(strings.Fields(phrase), words, false) {
			return 0
		}
	}
	return n
}

// stands reports whether a phrase stands in a text, if lenient with a slip of
// the finger in one or two of its words.
func stands(phrase, words []string, lenient bool) bool {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if slips, alike := compare(phrase, words[i:]); alike && (slips == 0 || lenient && slips <= 2) {
			return true
		}
	}
	return false
}

// compare counts the mistyped words at the start of a text.
func compare(phrase, words []string) (slips int, alike bool) {
	for i, p := range phrase {
		if words[i] == p {
			continue
		}
		if !slip(words[i], p) {
			return 0, false
		}
		slips++
	}
	return slips, true
}

// slip reports whether a word is p with one letter too much, missing, wrong or
// changed with its neighbour. Short words and first letters have to be right.
func slip(w, p string) bool {
	if len(p) < 5 || w == "" || w[0] != p[0] || len(w) < len(p)-1 || len(w) > len(p)+1 {
		return false
	}
	i := 0
	for i < len(w) && i < len(p) && w[i] == p[i] {
		i++
	}
	a, b := w[i:], p[i:]
	switch {
	case len(a) > len(b):
		return a[1:] == b
	case len(a) < len(b):
		return a == b[1:]
	case len(a) < 2:
		return true
	}
	return a[1:] == b[1:] || a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

// plain takes a text to its words in small letters without punctuation, each
// in the one spelling of the table.
func plain(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	same := ErrorTexts().Same
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); i++ {
		if i+1 < len(words) {
			if one, ok := same[words[i]+" "+words[i+1]]; ok {
				out = append(out, strings.Fields(one)...)
				i++
				continue
			}
		}
		if one, ok := same[words[i]]; ok {
			out = append(out, strings.Fields(one)...)
			continue
		}
		out = append(out, words[i])
	}
	return out
}
