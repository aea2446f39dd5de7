// Package passphrase judges the password of a phone's backups while it is chosen,
// and offers one that nobody guesses. What it says is advice: a phone takes any
// password, and so does Lifeboat.
package passphrase

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"github.com/trustelem/zxcvbn/frequency"
	"github.com/trustelem/zxcvbn/match"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
)

// Level is how well a password keeps a backup that was stolen. It counts the
// guesses that it takes, and says nothing of time: computers get faster.
type Level int

// The levels.
const (
	Weak   Level = iota // fewer than a million guesses
	Fair                // fewer than a hundred million
	Good                // fewer than ten thousand million
	Strong              // more than that
)

// Reason is what makes a password easy to guess.
type Reason int

// The reasons. None is of those that have no pattern.
const (
	None     Reason = iota
	Short           // few characters, and no pattern in them
	Digits          // nothing but digits, such as a passcode
	Common          // one of the passwords that are tried first, or close to one
	Word            // a word or a name that is in every list
	Own             // what is known of its owner, such as the phone's name
	Keyboard        // keys beside each other
	Repeated        // the same again and again
	Sequence        // abcd, 2468
	Date            // a day or a year
)

// Strength is what can be said of a password.
type Strength struct {
	Level  Level
	Reason Reason
}

const (
	// looked is how many characters are looked at in one go. What a look takes
	// grows with the cube of it: some milliseconds, and with odd characters
	// up to some hundred.
	looked = 24
	// maxAbout bounds what is known of the owner, in names and in bytes of each.
	maxAbout, maxName = 16, 128
	// shortest is how many characters a password without any pattern should have.
	shortest = 10
)

// familiar are words that people take for this very password.
var familiar = []string{"iphone", "ipad", "apple", "icloud", "itunes", "backup", "lifeboat"}

// Rate judges a password as it would be set on a phone ([keybag.Password.Clean]).
// about is what a guesser knows of its owner, such as the phone's name. Of a long
// password both ends are looked at, and the better counts, as the whole takes at
// least as many guesses. It may take some hundred milliseconds.
func Rate(password keybag.Password, about ...string) Strength {
	clean := password.Clean()
	defer clean.Wipe()
	text := strings.ToValidUTF8(clean.Reveal(), "")
	known := names(about)
	runes := []rune(text)
	if len(runes) <= looked {
		return rate(text, known)
	}
	first, last := rate(string(runes[:looked]), known), rate(string(runes[len(runes)-looked:]), known)
	if last.Level > first.Level {
		return last
	}
	return first
}

// The library has made its dictionaries of these lists by now, at its own start,
// and looks at them no more: 1.5 MB of a program that is open all day.
func init() { frequency.FrequencyLists = nil }

func rate(text string, known []string) Strength {
	found := zxcvbn.PasswordStrength(text, known)
	s := Strength{Level: levelOf(found.Guesses)}
	if s.Level < Strong {
		s.Reason = reasonOf(text, found.Sequence)
	}
	return s
}

func levelOf(guesses float64) Level {
	switch {
	case guesses < 1e6:
		return Weak
	case guesses < 1e8:
		return Fair
	case guesses < 1e10:
		return Good
	}
	return Strong
}

// names are the words of about, and what stands for this phone and these years,
// which the lists of the library end before.
func names(about []string) (all []string) {
	for _, name := range about[:min(len(about), maxAbout)] {
		name = name[:min(len(name), maxName)]
		all = append(all, name)
		all = append(all, strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })...)
	}
	all = append(all, familiar...)
	for year := 2020; year < 2040; year++ {
		all = append(all, strconv.Itoa(year))
	}
	return all
}

// reasonOf is what the longest pattern in a password is.
func reasonOf(text string, parts []*match.Match) Reason {
	if text == "" {
		return Short
	}
	if strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0 {
		return Digits
	}
	var longest *match.Match
	for _, m := range parts {
		if m.Pattern != "bruteforce" && (longest == nil || len(m.Token) > len(longest.Token)) {
			longest = m
		}
	}
	if longest != nil {
		return patternOf(longest)
	}
	if utf8.RuneCountInString(text) < shortest {
		return Short
	}
	return None
}

func patternOf(m *match.Match) Reason {
	switch m.Pattern {
	case "spatial":
		return Keyboard
	case "repeat":
		return Repeated
	case "sequence":
		return Sequence
	case "date", "regex":
		return Date
	}
	switch m.DictionaryName {
	case "passwords":
		return Common
	case "user_inputs":
		if _, err := strconv.Atoi(m.Token); err == nil {
			return Date
		}
		return Own
	}
	return Word
}

// levels and reasons are the keys of their words.
var (
	levels  = [...]string{Weak: "weak", Fair: "fair", Good: "good", Strong: "strong"}
	reasons = [...]string{Short: "short", Digits: "digits", Common: "common", Word: "word", Own: "own",
		Keyboard: "keyboard", Repeated: "repeated", Sequence: "sequence", Date: "date"}
)

// Words names the level, such as "Weak".
func (s Strength) Words() words.Text { return words.T("passphrase.level."+levels[s.Level], nil) }

// Why says what makes the password easy to guess, and what would be better; the
// empty sentence of one that is strong.
func (s Strength) Why() words.Text {
	switch {
	case s.Level == Strong:
		return words.Text{}
	case s.Reason == None:
		return words.T("passphrase.why.longer", nil)
	}
	return words.T("passphrase.why."+reasons[s.Reason], nil)
}
