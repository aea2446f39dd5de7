package source

import (
	"database/sql"
	"math"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// Whatever stands in a column, a row can be read.
func TestValuesOfAnyKind(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for sqlText, want := range map[string]struct {
		text Text
		i    Int
		r    Real
		blob string
	}{
		`NULL`:                {},
		`12`:                  {"12", 12, 12, ""},
		`-1.5`:                {"-1.5", -1, -1.5, ""},
		`' 7 '`:               {" 7 ", 7, 7, " 7 "},
		`'7.25'`:              {"7.25", 0, 7.25, "7.25"},
		`'Anna'`:              {"Anna", 0, 0, "Anna"},
		`x'41ff42'`:           {"A\uFFFDB", 0, 0, "A\xffB"},
		`9e99`:                {Text("9" + strings.Repeat("0", 99)), 0, 9e99, ""},
		`9223372036854775807`: {"9223372036854775807", math.MaxInt64, math.MaxInt64, ""},
		`9e999`:               {"+Inf", 0, 0, ""},
	} {
		var text Text
		var i Int
		var r Real
		var blob Blob
		if err := db.QueryRow(`SELECT `+strings.Repeat(sqlText+",", 3)+sqlText).Scan(&text, &i, &r, &blob); err != nil || text != want.text || i != want.i || r != want.r || string(blob) != want.blob {
			t.Errorf("%s: %q %d %v %q, %v", sqlText, text, i, r, blob, err)
		}
	}
	var at Real
	if at.Scan(time.Unix(5, 0)); at != 5 {
		t.Errorf("a time is %v", at)
	}
	var long Text
	if long.Scan(strings.Repeat("x", longestText-1) + "ä"); len(long) < longestText-1 || len(long) > longestText+3 || strings.ContainsRune(string(long), 'ä') {
		t.Errorf("a long text has %d bytes", len(long))
	}
}
