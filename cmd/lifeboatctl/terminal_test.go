package main

import (
	"math"
	"testing"
	"unicode/utf8"
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
	} {
		got, taken := fit(c.line, c.room)
		if got != c.want || taken != c.taken || !utf8.ValidString(got) {
			t.Errorf("%q in %d columns: %q, %d", c.line, c.room, got, taken)
		}
	}
}
