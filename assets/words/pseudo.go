package words

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Pseudo is English as a language would be whose words are about 40 % longer, for
// tests of layouts. What stands in its sentences in place of an argument is untouched.
func Pseudo() (*Catalogue, error) {
	english, err := load(language.English)
	if err != nil {
		return nil, err
	}
	for _, file := range english.files {
		for _, m := range file.Messages {
			for _, form := range []*string{&m.Zero, &m.One, &m.Two, &m.Few, &m.Many, &m.Other} {
				*form = Lengthen(*form)
			}
		}
	}
	return build(english.files, language.English), nil
}

// longer is what Lengthen sets behind a letter.
var longer = map[rune]string{
	'a': "á", 'e': "é", 'i': "í", 'o': "ó", 'u': "ú", 'y': "ý", 'n': "ñ",
	'A': "á", 'E': "é", 'I': "í", 'O': "ó", 'U': "ú", 'Y': "ý", 'N': "ñ",
}

// Lengthen makes a sentence as long as in [Pseudo]. The word for the device stays,
// as [Catalogue.About] looks for it.
func Lengthen(sentence string) string {
	var b strings.Builder
	for sentence != "" {
		if rest, ok := strings.CutPrefix(sentence, written); ok {
			b.WriteString(written)
			sentence = rest
			continue
		}
		if strings.HasPrefix(sentence, "{{") {
			action, rest, _ := strings.Cut(sentence, "}}")
			b.WriteString(action + "}}")
			sentence = rest
			continue
		}
		r, size := utf8.DecodeRuneInString(sentence)
		b.WriteString(sentence[:size] + longer[r])
		sentence = sentence[size:]
	}
	return b.String()
}
