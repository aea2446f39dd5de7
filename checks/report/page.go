package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"lifeboat/assets/words"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// block is one paragraph of a page: "h1", "h2", "p", or "detail".
type block struct{ Kind, Text string }

// PageOf makes a page of the text of a report, which the user may have
// changed: it shows what stands there and nothing else. A PDF comes from the
// print dialog of whatever shows the page, as the page says on a screen.
func PageOf(cat *words.Catalogue, text string) ([]byte, error) {
	blocks := blocksOf(text)
	title := cat.Say("report.title", nil)
	if len(blocks) > 0 && blocks[0].Kind == "h1" {
		title = blocks[0].Text
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{"Title": title, "Blocks": blocks, "Print": cat.Say("report.print", nil)})
	if err != nil {
		return nil, fmt.Errorf("page of the report: %w", err)
	}
	return b.Bytes(), nil
}

// blocksOf reads a text as [Report.Text] writes it. What has another form is
// a paragraph.
func blocksOf(text string) []block {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	var blocks []block
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			continue
		}
		kind := "p"
		if strings.HasPrefix(lines[i], " ") || strings.HasPrefix(lines[i], "\t") {
			kind = "detail"
		}
		if i+1 < len(lines) {
			switch under := strings.TrimSpace(lines[i+1]); {
			case underlines(under, "="):
				kind, i = "h1", i+1
			case underlines(under, "-"):
				kind, i = "h2", i+1
			}
		}
		blocks = append(blocks, block{kind, line})
	}
	return blocks
}

// underlines reports whether a line is a heading's underline of one sign.
func underlines(line, sign string) bool { return len(line) >= 3 && strings.Trim(line, sign) == "" }
