//go:build ignore

// Table reads what `go test -json` says, and prints a row for each package,
// why tests were skipped, and what the failed ones said. It exits 1 where one
// failed, or where there was nothing.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type row struct {
	passed, skipped, failed int
	ended                   string
	seconds                 float64
	said                    map[string][]string // by test, "" for the package
}

func main() {
	rows := map[string]*row{}
	var built []string // what the compiler said
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Package == "" {
			if e.Output != "" {
				built = append(built, e.Output)
			}
			continue
		}
		r := rows[e.Package]
		if r == nil {
			r = &row{said: map[string][]string{}}
			rows[e.Package] = r
		}
		r.note(e)
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
	os.Exit(show(rows, built))
}

func (r *row) note(e event) {
	switch e.Action {
	case "output":
		r.said[e.Test] = append(r.said[e.Test], e.Output)
	case "pass", "skip", "fail":
		if e.Test == "" {
			r.ended, r.seconds = e.Action, e.Elapsed
			return
		}
		switch e.Action {
		case "pass":
			r.passed++
			delete(r.said, e.Test)
		case "skip":
			r.skipped++
			r.said["skip "+e.Test] = r.said[e.Test]
			delete(r.said, e.Test)
		case "fail":
			r.failed++
		}
	}
}

func show(rows map[string]*row, built []string) int {
	code := 0
	if len(rows) == 0 {
		code = 1
	}
	fmt.Printf("%-34s %6s %6s %7s %6s %8s\n", "package", "tests", "passed", "skipped", "failed", "seconds")
	var all row
	var skips, failures []string
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		short := strings.TrimPrefix(name, "lifeboat/")
		if r.ended == "skip" && r.passed+r.failed+r.skipped == 0 {
			continue // it has no tests
		}
		mark := ""
		if r.ended != "pass" {
			code, mark = 1, "  FAILED"
		}
		fmt.Printf("%-34s %6d %6d %7d %6d %8.1f%s\n", short, r.passed+r.skipped+r.failed, r.passed, r.skipped, r.failed, r.seconds, mark)
		all.passed, all.skipped, all.failed, all.seconds = all.passed+r.passed, all.skipped+r.skipped, all.failed+r.failed, all.seconds+r.seconds
		for _, test := range slices.Sorted(maps.Keys(r.said)) {
			if skipped, ok := strings.CutPrefix(test, "skip "); ok {
				skips = append(skips, fmt.Sprintf("%s %s: %s", short, skipped, reason(r.said[test])))
			} else if mark != "" {
				failures = append(failures, last(r.said[test])...)
			}
		}
	}
	fmt.Printf("%-34s %6d %6d %7d %6d %8.1f\n", "all", all.passed+all.skipped+all.failed, all.passed, all.skipped, all.failed, all.seconds)
	for _, s := range skips {
		fmt.Println("skipped:", s)
	}
	for _, s := range append(built, failures...) {
		fmt.Print(s)
	}
	return code
}

// last is the end of what a test said that failed, without the marks of its
// beginning and its waits.
func last(said []string) []string {
	said = slices.DeleteFunc(said, func(line string) bool { return strings.HasPrefix(line, "=== ") })
	return said[max(0, len(said)-40):]
}

// reason is what a skipped test said last, without the place in the source.
func reason(said []string) string {
	for _, line := range slices.Backward(said) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "---") || strings.HasPrefix(line, "===") {
			continue
		}
		if _, text, ok := strings.Cut(line, ".go:"); ok {
			_, line, _ = strings.Cut(text, ": ")
		}
		return line
	}
	return "no reason given"
}
