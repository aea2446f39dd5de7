package words

import (
	"strings"
	"unicode"
)

// OneLine makes a text that came from a phone, a folder or a program fit for
// one line of a sentence: line ends and tabs become spaces, and what cannot be
// seen but changes how the rest is shown (terminal controls, direction marks,
// bytes that are no text) goes. Joiners stay, since emoji and several scripts
// need them.
func OneLine(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !shown(r) }) {
		return s
	}
	cleaned := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
			return ' '
		case !shown(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(cleaned)
}

// Lines makes a text that came from elsewhere fit to be shown as it is: its lines stay,
// and what cannot be seen but changes how the rest is shown goes, as in [OneLine].
func Lines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = OneLine(line)
	}
	return strings.Join(lines, "\n")
}

// Brief is a text that came from elsewhere on one line and in at most so many
// characters, without what cannot be printed: stricter than [OneLine], for what is
// kept and searched as well as shown. A Brief of a Brief is the same.
func Brief(s string, most int) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)), " ")
	if runes := []rune(s); len(runes) > most {
		return strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return s
}

// shown reports whether r may stand in a line as it is.
func shown(r rune) bool {
	switch r {
	case '\u200c', '\u200d': // joiners
		return true
	case unicode.ReplacementChar, '\u2028', '\u2029':
		return false
	}
	return !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r)
}
