package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/assets/words"
)

func TestBlocks(t *testing.T) {
	text := "My title\r\n=====\r\n\r\nA line\n    its detail\n\ta tab\n\nHeading\n-------\n--\n- a list\n---\n"
	want := []block{{"h1", "My title"}, {"p", "A line"}, {"detail", "its detail"}, {"detail", "a tab"},
		{"h2", "Heading"}, {"p", "--"}, {"h2", "- a list"}}
	if diff := cmp.Diff(want, blocksOf(text)); diff != "" {
		t.Error(diff)
	}
}

// The page shows what the user made of the text, and needs nothing else.
func TestPageOfEditedText(t *testing.T) {
	text := Build(sick()).Text(words.English())
	text = strings.Replace(text, "iOS version: 26.1 (23B85)", "iOS version: I took it out <script>alert(1)</script>", 1)
	data, err := PageOf(words.English(), text)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, want := range []string{"I took it out &lt;script&gt;", "<title>Lifeboat report for Apple Support</title>", "<h2>The iPhone</h2>", "prefers-color-scheme: dark", "@media print", "Save as PDF"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(page, "23B85") || strings.Contains(page, "<script") {
		t.Error("what was taken out is still there")
	}
	if outside := regexp.MustCompile(`(?i)(https?:|src=|href=|url\(|@import)`).FindString(page); outside != "" {
		t.Errorf("the page reaches outside: %s", outside)
	}
}

func TestPageOfAnything(t *testing.T) {
	for _, text := range []string{"", "===", "\n\n", "a\n===", "---\n---\n---"} {
		if _, err := PageOf(words.English(), text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
