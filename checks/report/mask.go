package report

import (
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"lifeboat/checks"
)

const (
	// removed stands where something was taken out of a text.
	removed = "[***]"
	// maxMasked bounds a text that is looked through, in bytes.
	maxMasked = 16 << 10
	// rounds is how often a text is looked through.
	rounds = 3
	// shortestName is the length in characters from which on a name is looked
	// for: a shorter one stands in too many words.
	shortestName = 3
)

// A serial has letters and figures; so have a few words that tell nothing.
var harmless = regexp.MustCompile(`(?i)^(BackupAgent2|mobilebackup2|iPhone[0-9]{1,2}|iOS[0-9]{1,2}|[a-z]{2,24}ErrorDomain[0-9]{0,5}|MBErrorDomain|Code[0-9]{1,5})$`)

// masks are what a text that somebody typed must not give away, each with the
// cases in which it is let through. The order matters: what has an
// outer form goes before what is a part of it.
var masks = []struct {
	find *regexp.Regexp
	keep func(found string) bool
}{
	// Mail addresses, which are Apple Accounts as well.
	{regexp.MustCompile(`[^\s@<>()"“”,;]*@[^\s<>()"“”,;]+`), nil},
	// Folders of a user.
	{regexp.MustCompile(`(?i)(/(users|home|var/mobile)/|[a-z]:\\users\\)[^\s"“”]*`), nil},
	// IPv6, shortened or not: "::" and figures, or at least four colons.
	{regexp.MustCompile(`(?i)[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,8}(%\w+)?`), notIPv6},
	// MAC addresses.
	{regexp.MustCompile(`(?i)\b[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}\b`), nil},
	// IPv4; a version has three numbers at most.
	{regexp.MustCompile(`\b\d{1,4}(\.\d{1,4}){3,}\b`), nil},
	// UDIDs, UUIDs, and other long hexadecimal numbers.
	{regexp.MustCompile(`(?i)\b[0-9a-f]{8}(-?[0-9a-f]{4,}){1,4}\b`), isWord},
	// Serials and other numbers of letters and figures.
	{regexp.MustCompile(`[A-Za-z\p{Nd}]{10,}`), func(found string) bool { return isWord(found) || harmless.MatchString(found) }},
	// Numbers of telephones, IMEI, ICCID: seven figures or more, however grouped.
	{regexp.MustCompile(`\+?[(]?\p{Nd}([\s\pZ().\-–/]{0,3}\p{Nd}){6,}`), isDate},
}

// Mask takes out of a text what could tell who wrote it or whose phone it is
// about: addresses of mail and networks, numbers of telephones and devices,
// folders of a user. Dates, versions and error codes stay. Of more than a few
// pages it keeps the beginning.
func Mask(text string) string {
	if len(text) > maxMasked {
		text = text[:maxMasked]
	}
	text = strings.ToValidUTF8(text, "")
	// What cannot be seen must not tear a number apart.
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	for range rounds { // what was taken out may uncover more
		text = masked(text)
	}
	return text
}

// masked looks for each kind once.
func masked(text string) string {
	for _, m := range masks {
		text = m.find.ReplaceAllStringFunc(text, func(found string) string {
			if m.keep != nil && m.keep(found) {
				return found
			}
			return removed
		})
	}
	return text
}

// isWord says that a text has no figure, or nothing but figures: those are
// for the mask of numbers.
func isWord(found string) bool {
	digits := strings.IndexFunc(found, unicode.IsDigit) >= 0
	letters := strings.IndexFunc(found, unicode.IsLetter) >= 0
	return !digits || !letters
}

// notIPv6 says that there are too few groups for an address: a time of day
// has three, or a word stands before its colon.
func notIPv6(found string) bool {
	return strings.IndexFunc(found, unicode.IsDigit) < 0 && !strings.Contains(found, "::") ||
		!strings.Contains(found, "::") && strings.Count(found, ":") < 4 ||
		strings.Trim(found, ":") == ""
}

var dateOrTime = regexp.MustCompile(`^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2}(\d{2})?)(\s\d{1,2})?$`)

// isDate says that figures are a day, perhaps with the hour after it.
func isDate(found string) bool { return dateOrTime.MatchString(found) }

// maskFor is Mask for a text about one phone: it also takes out the names
// that are known here.
func maskFor(in checks.Input) func(string) string {
	var names []string
	add := func(name string) {
		name = strings.TrimSpace(name)
		if utf8.RuneCountInString(name) >= shortestName && len(name) <= maxMasked && !strings.EqualFold(name, "iPhone") {
			names = append(names, loosely(name))
		}
	}
	add(in.Phone.UDID)
	add(in.Phone.Name.Value)
	add(in.Phone.Organization.Value)
	for _, p := range in.Phone.Profiles.Value[:min(len(in.Phone.Profiles.Value), maxProfiles)] {
		add(p.Name)
		add(p.Organization)
	}
	add(in.Host.Destination)
	add(userOf(in.Host.Destination))
	if len(names) == 0 {
		return Mask
	}
	known, err := regexp.Compile(`(?i)` + strings.Join(names, "|"))
	if err != nil {
		return func(string) string { return removed } // more names than a pattern may hold
	}
	return func(text string) string {
		if len(text) > maxMasked {
			text = text[:maxMasked]
		}
		return Mask(known.ReplaceAllLiteralString(strings.ToValidUTF8(text, ""), removed))
	}
}

// loosely is a pattern of a name in which any apostrophe stands for any, and
// any space for any.
func loosely(name string) string {
	pattern := regexp.QuoteMeta(strings.ToValidUTF8(name, ""))
	pattern = regexp.MustCompile(`['’‘ʼ´`+"`"+`]`).ReplaceAllLiteralString(pattern, "['’‘ʼ´`]")
	return regexp.MustCompile(`[\s\pZ]+`).ReplaceAllLiteralString(pattern, `[\s\pZ]+`)
}

// userOf is the user's name in the path of a folder at home.
func userOf(folder string) string {
	parts := strings.Split(path.Clean(strings.ReplaceAll(folder, `\`, "/")), "/")
	for i, part := range parts[:len(parts)-1] {
		if strings.EqualFold(part, "users") || part == "home" {
			return parts[i+1]
		}
	}
	return ""
}
