package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// TestFit: a line is cut between letters, by the columns that they take.
func TestFit(t *testing.T) {
	for _, c := range []struct {
		line  string
		room  int
		want  string
		taken int
	}{
		{"Receiving  12 %", 9, "Receiving", 9},
		{"Receiving", 9, "Receiving", 9},
		{"Größe", 3, "Grö", 3},
		{"Größe", 2, "Gr", 2},
		{"写真の同期", 5, "写真", 4},
		{"e\u0301a", 1, "e\u0301", 1},
		{"📱📱", 3, "📱", 2},
		{"写真", math.MaxInt, "写真", 4},
		{"", 4, "", 0},
		{"👩‍👩‍👧 Anna", 1, "", 0},
		{"👩‍👩‍👧 Anna", 2, "👩‍👩‍👧", 2},
		{"🇩🇪🇫🇷", 3, "🇩🇪", 2},
		{"👍🏽👍🏽", 3, "👍🏽", 2},
		{"각각", 3, "각", 2}, // of single jamo
	} {
		got := fit(c.line, c.room)
		taken := displaywidth.String(got)
		if got != c.want || taken != c.taken || !utf8.ValidString(got) {
			t.Errorf("%q in %d columns: %q, %d", c.line, c.room, got, taken)
		}
	}
}

// TestFitCutsNoLetter: however narrow a screen is, a name on it ends with a
// letter as its owner wrote it, and the line is no wider than the screen.
func TestFitCutsNoLetter(t *testing.T) {
	letters := []string{"A", "é", "e\u0301", "写", "각", "👩‍👩‍👧", "🇩🇪", "👍🏽", "❤️", "नि", " ", "’", "s"}
	line := strings.Join(letters, "")
	ends := map[string]bool{"": true}
	for i := range letters {
		ends[strings.Join(letters[:i+1], "")] = true
	}
	for room := range 40 {
		got := fit(line, room)
		if !ends[got] || displaywidth.String(got) > room {
			t.Errorf("in %d columns: %q, which takes %d", room, got, displaywidth.String(got))
		}
	}
}

// TestProgress: a line of progress takes at most the width of the screen, less
// the place of the cursor, and goes before anything else is written.
func TestProgress(t *testing.T) {
	var screen bytes.Buffer
	c := &terminal{out: &screen, errs: &screen, live: true}
	c.progress(strings.Repeat("写👩‍👩‍👧", 40))
	c.progress("Backing up")
	c.print("done")
	parts := strings.Split(screen.String(), "\r")
	if len(parts) != 5 || parts[2] != "Backing up" || parts[4] != "done\n" {
		t.Fatalf("%q", parts)
	}
	if displaywidth.String(parts[0]) != 78 || parts[1] != strings.Repeat(" ", 78) || parts[3] != strings.Repeat(" ", 10) {
		t.Errorf("%q", parts)
	}
	screen.Reset()
	c.live = false
	c.progress("Backing up")
	if screen.Len() > 0 {
		t.Errorf("what is no screen gets %q", screen.String())
	}
}
