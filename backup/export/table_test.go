package export

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/spf13/afero"
)

// A table reads back as it was written, and no cell is a formula.
func TestTable(t *testing.T) {
	fsys := afero.NewMemMapFs()
	table, err := New(fsys, nil).Table("a/b", "Who", "What")
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{
		{"+49 (151) 123-45", "with \"quotes\", and\nlines"},
		{"-12.5", "Grüße 🔑"},
		{"=cmd|' /C calc'!A0", " @SUM(1)"},
		{"+1+cmd|'x'!A0", "-2+3*cmd"},
		{"\t=1", "a=b"},
		{"＝1", "－"},
	}
	for _, r := range rows {
		if err := table.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Commit(); err != nil {
		t.Fatal(err)
	}
	data, err := afero.ReadFile(fsys, "/a%2Fb.csv")
	if err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(string(data), "\uFEFF")
	got, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !marked || len(got) != len(rows)+1 {
		t.Fatalf("%q, %v", got, err)
	}
	for i, r := range rows {
		for j, cell := range r {
			want := cell
			if i >= 2 && cell != "a=b" {
				want = "'" + cell
			}
			if got[i+1][j] != want {
				t.Errorf("%q became %q", cell, got[i+1][j])
			}
		}
	}
}
