package keybag

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lifeboat/device/fault"
)

// Clean returns the password as it should be set on a phone, so that the same
// person gets in by typing it again, on whatever computer, keyboard or
// program: composed letters (NFC, as keyboards give them; file names and
// pasted text of macOS can be decomposed), ordinary spaces, none of them
// around it, and nothing that cannot be seen or typed, such as a byte order
// mark, a tab or a direction mark. Joiners stay, as emoji and several scripts
// are typed with them. It is a new Password, which has to be wiped too.
func (p Password) Clean() Password {
	cleaned := strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d': // joiners
			return r
		case unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, string(p.secret))
	return Password{secret: []byte(strings.TrimSpace(norm.NFC.String(cleaned)))}
}

// EachSpelling calls use with what p may mean to a phone or a backup that has its
// password already, the likeliest first, until one is not [fault.PasswordWrong],
// and returns the error of the last. What use is given is wiped afterwards, but
// for p itself.
func (p Password) EachSpelling(use func(Password) error) (err error) {
	for i, spelling := range p.spellings() {
		if i > 0 {
			defer spelling.Wipe()
		}
		if err = use(spelling); fault.Of(err) != fault.PasswordWrong {
			return err
		}
	}
	return err
}

// spellings are p as it was typed, which is p itself; cleaned as Lifeboat and most
// keyboards would set it; and decomposed, as some programs on macOS set it. Equal
// ones stand once; most passwords have one spelling.
func (p Password) spellings() []Password {
	all := []Password{p}
	for _, other := range []Password{p.Clean(), {secret: norm.NFD.Bytes(p.secret)}} {
		if !other.Empty() && !slices.ContainsFunc(all, other.Equal) {
			all = append(all, other)
		}
	}
	return all
}
