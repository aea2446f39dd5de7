package backup

import (
	"errors"
	"path"
	"strings"
	"unicode"

	"lifeboat/assets/words"
	"lifeboat/backup/mobilebackup2"
	"lifeboat/device/fault"
)

// mostNamed is how many files a sentence names; the events named all of them.
const mostNamed = 3

// unread adds the files that the phone could not read itself to its word that
// files could not be saved, of which they are then the cause. count is how
// many there are, skipped those that are known by name.
func unread(err error, skipped []mobilebackup2.Skipped, count int) error {
	var known *fault.Error
	if !errors.As(err, &known) || known.Code != fault.HostWrite || len(skipped) == 0 {
		return err
	}
	var names []string
	for _, s := range skipped[:min(len(skipped), mostNamed)] {
		names = append(names, shownName(s.Device))
	}
	known.With("Files", strings.Join(names, ", "))
	if more := count - len(names); more > 0 {
		known.With("More", words.T("verify.doubtful.more", words.Args{"N": words.Count(more)}))
	}
	return err
}

// shownName is a file's own name, fit for a sentence: without its folders,
// what cannot be shown, and more than 60 letters.
func shownName(device string) string {
	const most = 60
	name := strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && r != unicode.ReplacementChar {
			return r
		}
		return -1
	}, path.Base(device))
	if runes := []rune(name); len(runes) > most {
		name = string(runes[:most]) + "…"
	}
	return name
}
