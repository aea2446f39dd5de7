//go:build limits

package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// table is printed as Markdown with columns that line up.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) {
	widths := slices.Repeat([]int{3}, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	line := func(row []string) {
		for i := range t.head {
			cell := ""
			if i < len(row) {
				cell = row[i]
			}
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 || i == 1 { // words, and then figures
				fmt.Fprintf(w, "| %s%s ", cell, space)
			} else {
				fmt.Fprintf(w, "| %s%s ", space, cell)
			}
		}
		fmt.Fprintln(w, "|")
	}
	line(t.head)
	rules := make([]string, len(widths))
	for i, width := range widths {
		rules[i] = strings.Repeat("-", width)
		if i > 1 {
			rules[i] = rules[i][:width-1] + ":"
		}
	}
	line(rules)
	for _, row := range t.rows {
		line(row)
	}
	fmt.Fprintln(w)
}

var printing sync.Mutex

// publish adds tables to the file that LIFEBOAT_TABLE names, or to the test's
// own output.
func publish(t *testing.T, title string, tables ...*table) {
	t.Helper()
	printing.Lock()
	defer printing.Unlock()
	out := io.Writer(t.Output())
	if name := os.Getenv("LIFEBOAT_TABLE"); name != "" {
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		out = file
	}
	fmt.Fprintf(out, "%s\n\n", title)
	for _, one := range tables {
		if len(one.rows) > 0 {
			one.print(out)
		}
	}
}

// met reports whether an aim is met.
func met(ok bool) string {
	if ok {
		return "met"
	}
	return "missed"
}
