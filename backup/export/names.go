package export

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// longestName bounds a name in bytes of UTF-8: file systems take 255, and a number
// may still be put behind it.
const longestName = 180

// reserved are the names that Windows gives to devices, with whatever ending.
var reserved = map[string]bool{
	"con": true, "prn": true, "aux": true, "nul": true, "conin$": true, "conout$": true,
}

func init() {
	for _, port := range []string{"com", "lpt"} {
		for _, n := range "0123456789¹²³" {
			reserved[port+string(n)] = true
		}
	}
}

// SafeName makes one name of a file or folder, which may come from anywhere, fit for
// Windows, macOS and Linux alike. What one of them does not take is percent-encoded,
// so that it can be told what it was; a name that is too long loses its middle and
// gets part of its digest. It is never empty, "." or "..".
func SafeName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, "�"))
	var out strings.Builder
	for i, r := range name {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r), unicode.IsControl(r), r == '\u2028', r == '\u2029', isDirection(r), r == '%' && encoded(name[i:]):
			out.WriteString(encode(r))
		default:
			out.WriteRune(r)
		}
	}
	safe := out.String()
	if safe == "" {
		return "%"
	}
	if len(safe) > longestName {
		safe = shorten(safe, longestName)
	}
	// At its end Windows drops dots and spaces, and at its beginning a space gets
	// lost in lists.
	if last, size := utf8.DecodeLastRuneInString(safe); last == '.' || unicode.IsSpace(last) {
		safe = safe[:len(safe)-size] + encode(last)
	}
	if first, size := utf8.DecodeRuneInString(safe); unicode.IsSpace(first) {
		safe = encode(first) + safe[size:]
	}
	stem, _, _ := strings.Cut(safe, ".")
	if reserved[strings.ToLower(strings.TrimRight(stem, " "))] {
		safe = encode(rune(safe[0])) + safe[1:] // a letter of ASCII
	}
	return safe
}

// encoded reports whether a text begins as a percent-encoded byte.
func encoded(s string) bool {
	if len(s) < 3 {
		return false
	}
	_, err := hex.DecodeString(s[1:3])
	return err == nil
}

// encode is a letter with each of its bytes in percent-encoding.
func encode(r rune) string {
	return "%" + strings.ReplaceAll(fmt.Sprintf("% X", string(r)), " ", "%")
}

// isDirection reports whether r changes the direction of what follows, so that an
// ending could be made to look like another.
func isDirection(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u200E' || r == '\u200F' || r == '\uFEFF'
}

// shorten cuts a long name before its ending, to so many bytes.
func shorten(name string, longest int) string {
	stem, ending := split(name)
	digest := sha256.Sum256([]byte(name))
	mark := "~" + hex.EncodeToString(digest[:5])
	stem = stem[:max(longest-len(ending)-len(mark), 1)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, "%.") + mark + ending
}

// longestEnding bounds what counts as the ending of a name.
const longestEnding = 16

// split cuts a name before its ending, which has the dot.
func split(name string) (stem, ending string) {
	if at := strings.LastIndexByte(name, '.'); at > 0 && len(name)-at <= longestEnding {
		return name[:at], name[at:]
	}
	return name, ""
}

// folded is what two names have in common that the disk of some computer takes for
// the same.
func folded(name string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFKC.String(name)))
}

// numbered is a name with a number before its ending.
func numbered(name string, n int) string {
	if n < 2 {
		return name
	}
	stem, ending := split(name)
	return fmt.Sprintf("%s (%d)%s", stem, n, ending)
}
