package cmd_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// sources are the two pages that comments refer to, by their paths from the
// top of the repository.
var sources = []string{"device/PROTOCOL.md", "checks/SIGNALS.md"}

// The grades of evidence, as both pages explain them.
var grades = []string{"**seen**", "**source**", "**reported**", "**assumed**", "**unknown**"}

var (
	heading = regexp.MustCompile(`(?m)^(#{1,6}) +(.+?) *$`)
	// reference is a link into one of the pages, from a comment or from a page.
	reference = regexp.MustCompile(`\b(PROTOCOL|SIGNALS)\.md(?:#([\w-]*))?`)
	// within a page a link has no name of a file.
	ownReference = regexp.MustCompile(`\]\(#([^)]*)\)`)
	// notebook are words for notes that no reader has. Those of a run, of a
	// person or in Apple's app are none; a comment may break between any two words.
	notebook = regexp.MustCompile(`(?i)\b(?:(?:protocol|checks|evidence|facts) notes\b|notes on (?:the )?(?:protocol|checks|evidence)\b)`)
	// lead is what begins a line of a comment.
	lead = regexp.MustCompile(`(?m)\n[\t ]*(?://+ ?)?`)
)

// section is a heading and all below it, to the next that is as high.
type section struct {
	level         int
	title, extent string
}

func sections(page string) []section {
	var all []section
	found := heading.FindAllStringSubmatchIndex(page, -1)
	for i, at := range found {
		s := section{level: at[3] - at[2], title: page[at[4]:at[5]]}
		end := len(page)
		for _, next := range found[i+1:] {
			if next[3]-next[2] <= s.level {
				end = next[0]
				break
			}
		}
		s.extent = page[at[1]:end]
		all = append(all, s)
	}
	return all
}

// anchor is what GitHub makes of a heading.
func anchor(title string) string {
	return strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r == ' ':
			return '-'
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return -1
	}, title)
}

// readSources reads a page and the anchors of its headings.
func readSources(t *testing.T, name string) (page string, anchors []string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the source is the same on all systems")
	}
	data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	page = string(data)
	for _, s := range sections(page) {
		a := anchor(s.title)
		if slices.Contains(anchors, a) {
			t.Errorf("%s has two headings #%s: a link finds only the first", name, a)
		}
		anchors = append(anchors, a)
	}
	return page, anchors
}

// texts calls each with every Go file and every page of the repository.
func texts(t *testing.T, each func(name, text string)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "dist", "testdata"}, entry.Name()):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".md":
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		each(filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator))), string(data))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 500 {
		t.Fatalf("only %d files found", seen)
	}
}

// A comment that names its source names one that the reader has: each
// reference leads to a heading, and none to notes that are not here.
func TestSourcesAreHere(t *testing.T) {
	anchors := map[string][]string{}
	for _, name := range sources {
		_, anchors[filepath.Base(name)] = readSources(t, name)
	}
	links := 0
	texts(t, func(name, text string) {
		if name == "cmd/sources_test.go" {
			return // it has to name what it looks for
		}
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			links++
			page, to := m[1]+".md", m[2]
			switch {
			case to == "" && strings.HasSuffix(name, ".go"):
				t.Errorf("%s refers to %s as a whole: name the heading", name, page)
			case to != "" && !slices.Contains(anchors[page], to):
				t.Errorf("%s refers to %s#%s, which is no heading", name, page, to)
			}
		}
		if slices.Contains(sources, name) {
			for _, m := range ownReference.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(anchors[filepath.Base(name)], m[1]) {
					t.Errorf("%s refers to its #%s, which is no heading", name, m[1])
				}
			}
		}
		if !strings.Contains(text, "notes") {
			return
		}
		if found := notebook.FindString(lead.ReplaceAllString(text, " ")); found != "" {
			t.Errorf("%s refers to %q, which no reader has", name, found)
		}
	})
	if links < 80 {
		t.Errorf("only %d references found", links)
	}
}

// Each section says how well it is known what it says.
func TestSourcesNameTheirGrade(t *testing.T) {
	for _, name := range sources {
		page, _ := readSources(t, name)
		all := sections(page)
		if len(all) < 20 {
			t.Errorf("%s has only %d headings", name, len(all))
		}
		for _, s := range all {
			graded := slices.ContainsFunc(grades, func(grade string) bool { return strings.Contains(s.extent, grade) })
			if (s.level == 2 || s.level == 3) && !graded {
				t.Errorf("%s, %q: how is it known? Name one of %q", name, s.title, grades)
			}
		}
	}
}

// Each check has a section about what it reads.
func TestEveryCheckHasItsSignals(t *testing.T) {
	_, anchors := readSources(t, "checks/SIGNALS.md")
	files, err := filepath.Glob("../checks/cause_*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		seen++
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "cause_"), ".go")
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(anchors, id) || !strings.Contains(string(source), "(checks/SIGNALS.md#"+id+")") {
			t.Errorf("checks/SIGNALS.md has no section %q, or %s does not link to it", id, filepath.Base(file))
		}
	}
	if seen < 20 {
		t.Errorf("only %d checks found", seen)
	}
}
