// Package notice makes text fit for a notification of the desktop.
package notice

import (
	"strings"
	"unicode"
)

// longest is the length of a text in characters; desktops show less.
const longest = 300

// others stand for what some desktop would read as more than a sign.
var others = map[rune]rune{
	'"': '\'', '“': '\'', '”': '\'', '„': '\'', '‟': '\'', '`': '\'', '$': '＄', '&': '＆', '<': '‹', '>': '›', '\\': '/',
}

// Plain makes of a text, which may hold what a phone calls itself, one that can
// be handed to fyne.App.SendNotification. On Windows that writes it into a
// PowerShell script between double quotes, of which PowerShell knows five
// kinds, with Go's escapes, which it does not know: a phone called
// "; calc; " would run a program. On Linux desktops read it as markup.
// What is left are letters, marks, numbers, spaces and plain signs.
func Plain(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(text, "") {
		if other, ok := others[r]; ok {
			r = other
		}
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.So), strings.ContainsRune(".,:;!?'’()-–—…%/+*=#@_·•°＄＆‹›", r):
		default:
			continue
		}
		if n++; n > longest {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}
