package checks

import (
	"strings"
	"testing"

	"lifeboat/assets/words"
	"lifeboat/device/facts"
)

// The two kinds of backups are compared in four lines, with what each is best
// for; and the habits say what both articles end with.
func TestGuide(t *testing.T) {
	said := words.English().Texts(Compared())
	if len(said) != 4 {
		t.Fatalf("%d lines", len(said))
	}
	for i, parts := range [][]string{
		{"iCloud", "best for every day"}, {"internet connection", "iCloud storage", "5 GB"},
		{"computer", "best while iCloud fails", "saved passwords"}, {"cable", "password"},
	} {
		for _, part := range parts {
			if !strings.Contains(said[i], part) {
				t.Errorf("line %d lacks %q: %s", i+1, part, said[i])
			}
		}
	}
	for _, version := range []string{"15.8.8", "18.7.10", "26.7.1", ""} {
		habits := strings.Join(words.English().Texts(Habits(facts.Phone{Version: facts.Of(version)})), "\n")
		for _, part := range []string{"Every few weeks", "Settings > [your name] > iCloud > iCloud Backup", "more than a week old", "avoid big downloads", "good habit"} {
			if !strings.Contains(habits, part) {
				t.Errorf("%q: the habits lack %q: %s", version, part, habits)
			}
		}
	}
}
