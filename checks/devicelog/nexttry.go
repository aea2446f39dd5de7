package devicelog

import (
	"regexp"
	"strings"
	"time"
)

// date finds the date at the start of what follows the words about it.
var date = regexp.MustCompile(`^[\s:="(]{0,6}([0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}(?:T|,? {1,2})[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?: ?[APap][Mm])?(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?)`)

// dateForms are the ways in which a date may be written. backupd words it in
// the phone's own language and region, so that day and month may stand either way.
var dateForms = []string{
	time.RFC3339, "2006-01-02 15:04:05 -0700",
	"2006-1-2 15:04:05", "2006/1/2 15:04:05", "2006.1.2 15:04:05", "06/1/2 15:04:05",
	"1/2/06 3:04:05 PM", "1/2/2006 3:04:05 PM", "1/2/06 15:04:05",
	"2/1/06 3:04:05 PM", "2/1/06 15:04:05", "2/1/2006 15:04:05", "2/1/2006 3:04:05 PM",
	"2.1.06 15:04:05", "2.1.2006 15:04:05", "2-1-2006 15:04:05", "2-1-06 15:04:05",
}

// longest is how far ahead backupd puts off the next try: seven days, plus one
// for what the zones may differ.
const longest = 8 * 24 * time.Hour

// nextTry reads when the phone will try again. The seconds in the same line
// do not tell: they are by how much it was put off. Of the forms that fit only
// one can be within reach, for day and month changed about lie four weeks apart. A
// date without a zone is read in the one given.
func nextTry(text string, at time.Time, zone *time.Location) time.Time {
	// Regions write the space before AM and PM as narrow or unbreakable.
	text = strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(text)
	m := date.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}
	}
	written := strings.ReplaceAll(strings.ToUpper(m[1]), ",", "")
	for _, form := range dateForms {
		t, err := time.ParseInLocation(form, written, zone)
		if err == nil && t.After(at) && t.Sub(at) <= longest {
			return t
		}
	}
	return time.Time{}
}
