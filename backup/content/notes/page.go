package notes

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"lifeboat/backup/content/chat"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/export"
)

var (
	topOfPage = template.Must(template.New("top").Parse(`{{with .Title}}<h1 dir="auto">{{.}}</h1>
{{end}}<p class="soft">{{range $i, $f := .Where}}{{if $i}} · {{end}}{{$f}}{{end}}<br>{{.Dates}}</p>
`))

	// block draws paragraphs of one sort. package html/template escapes all that is
	// put in, and takes out addresses that would run something.
	block = template.Must(template.New("block").Parse(`{{define "pieces"}}{{range .}}{{template "piece" .}}{{end}}{{end}}` +
		`{{define "piece"}}{{with .File}}{{template "file" .}}{{else}}{{if .Bold}}<b>{{end}}{{if .Italic}}<i>{{end}}{{if .Underline}}<u>{{end}}{{if .Strike}}<s>{{end}}` +
		`{{if .Href}}<a href="{{.Href}}" rel="noreferrer">{{.Text}}</a>{{else}}{{.Text}}{{end}}` +
		`{{if .Strike}}</s>{{end}}{{if .Underline}}</u>{{end}}{{if .Italic}}</i>{{end}}{{if .Bold}}</b>{{end}}{{with .Address}} &lt;{{.}}&gt;{{end}}{{end}}{{end}}` +
		`{{define "file"}}{{if .Table}}<table>{{range .Table}}<tr>{{range .}}<td dir="auto">{{.}}</td>{{end}}</tr>{{end}}</table>` +
		`{{else if eq .Form "image"}}<a href="{{.Link}}"><img src="{{.Link}}" alt="{{.Name}}" loading="lazy"></a>{{else if eq .Form "video"}}<video src="{{.Link}}" controls preload="none"></video><a href="{{.Link}}">{{.Name}}</a>` +
		`{{else if eq .Form "audio"}}<audio src="{{.Link}}" controls preload="none"></audio><a href="{{.Link}}">{{.Name}}</a>{{else if eq .Form "document"}}<a href="{{.Link}}">{{.Name}}</a>{{else}}{{.Name}}{{end}}{{with .Why}} <span class="soft">{{.}}</span>{{end}}{{end}}` +
		`{{define "list"}}{{if .Numbered}}<ol>{{else}}<ul>{{end}}{{range .Items}}<li dir="auto">{{template "pieces" .Pieces}}{{range .Below}}{{template "list" .}}{{end}}</li>
{{end}}{{if .Numbered}}</ol>{{else}}</ul>{{end}}{{end}}` +
		`{{if .List}}{{template "list" .List}}{{else if eq .Tag "h1"}}<h1 dir="auto">{{template "pieces" .Pieces}}</h1>{{else if eq .Tag "h2"}}<h2 dir="auto">{{template "pieces" .Pieces}}</h2>` +
		`{{else if eq .Tag "h3"}}<h3 dir="auto">{{template "pieces" .Pieces}}</h3>{{else if eq .Tag "pre"}}<pre dir="auto">{{template "pieces" .Pieces}}</pre>` +
		`{{else}}<div dir="auto">{{.Before}}{{template "pieces" .Pieces}}{{if not .Pieces}}<br>{{end}}</div>{{end}}
`))

	indexOfAll = template.Must(template.New("index").Parse(`<h1>{{.Title}}</h1>
<table>{{range .Entries}}
<tr><td dir="auto"><a href="{{.Link}}">{{.Title}}</a></td><td class="soft" dir="auto">{{.Where}}</td><td class="soft">{{.Date}}</td></tr>{{end}}
</table>
`))
)

// shownPiece is a piece as a page shows it.
type shownPiece struct {
	Piece
	// Href is an address that may be followed; Address is one that is only said.
	Href, Address string
	File          *shownFile
}

// shownFile is an attachment as a page shows it.
type shownFile struct {
	Table           [][]string
	Form, Name, Why string
	Link            template.URL
	path            string // below the top of the export, "" if nothing was written
}

type shownBlock struct {
	Tag, Before string
	Pieces      []shownPiece
	List        *shownList
}

type shownList struct {
	Numbered bool
	Items    []shownItem
}

type shownItem struct {
	Pieces []shownPiece
	Below  []*shownList
}

// schemes are those of addresses that a page leads to. Others could run something, or
// open what lies on this computer.
var schemes = map[string]bool{"http": true, "https": true, "mailto": true, "tel": true}

// follows reports whether an address may be followed.
func follows(address string) bool {
	u, err := url.Parse(address)
	return err == nil && schemes[strings.ToLower(u.Scheme)]
}

// show is a piece with what its attachment became.
func show(p Piece, files map[string]*shownFile) shownPiece {
	s := shownPiece{Piece: p, File: files[p.Attachment]}
	switch {
	case p.Attachment == "":
		s.File = nil
	case s.File != nil && s.File.Form == "link": // a link has no file
		s.Text, s.Link, s.File = s.File.Name, s.File.path, nil
	case s.File != nil && s.File.Form == "inline":
		s.Text, s.File = s.File.Name, nil
	}
	if s.Link == "" {
		return s
	}
	if follows(s.Link) {
		s.Href = s.Link
	} else if s.Link != s.Text {
		s.Address = s.Link
	}
	return s
}

func pieces(p Paragraph, files map[string]*shownFile) []shownPiece {
	var all []shownPiece
	for _, piece := range p.Pieces {
		all = append(all, show(piece, files))
	}
	return all
}

var tags = map[Style]string{Title: "h1", Heading: "h2", Subheading: "h3", Fixed: "pre"}

func isList(s Style) bool { return s == Dotted || s == Dashed || s == Numbered }

// blocks groups paragraphs to what a page draws: points that follow each other to a
// list, and lines of letters of one width to a block.
func blocks(text []Paragraph, files map[string]*shownFile) []shownBlock {
	var all []shownBlock
	for i := 0; i < len(text); {
		p := text[i]
		from := i
		for i++; i < len(text) && (p.Style == Fixed && text[i].Style == Fixed || isList(p.Style) && isList(text[i].Style)); i++ {
		}
		switch {
		case isList(p.Style):
			rest := text[from:i]
			for len(rest) > 0 { // less indent than the first begins another one
				var l *shownList
				l, rest = list(rest, files)
				all = append(all, shownBlock{List: l})
			}
			continue
		case p.Style == Fixed:
			b := shownBlock{Tag: "pre"}
			for k, line := range text[from:i] {
				if k > 0 {
					b.Pieces = append(b.Pieces, shownPiece{Piece: Piece{Text: "\n"}})
				}
				b.Pieces = append(b.Pieces, pieces(line, files)...)
			}
			all = append(all, b)
			continue
		}
		all = append(all, shownBlock{Tag: tags[p.Style], Before: strings.Repeat("\u2003", p.Indent) + mark(p, 0), Pieces: pieces(p, files)})
	}
	return all
}

// list takes the points of one list, with those below them, from the front.
func list(text []Paragraph, files map[string]*shownFile) (l *shownList, rest []Paragraph) {
	first := text[0]
	l = &shownList{Numbered: first.Style == Numbered}
	for len(text) > 0 {
		p := text[0]
		switch {
		case p.Indent < first.Indent, p.Indent == first.Indent && (p.Style == Numbered) != l.Numbered:
			return l, text
		case p.Indent > first.Indent:
			var below *shownList
			below, text = list(text, files)
			last := &l.Items[len(l.Items)-1]
			last.Below = append(last.Below, below)
			continue
		}
		l.Items = append(l.Items, shownItem{Pieces: pieces(p, files)})
		text = text[1:]
	}
	return l, nil
}

// mark stands before a paragraph of a text without looks.
func mark(p Paragraph, n int) string {
	switch p.Style {
	case Dotted:
		return "• "
	case Dashed:
		return "– "
	case Numbered:
		return fmt.Sprintf("%d. ", n)
	case Check:
		if p.Done {
			return "☑ "
		}
		return "☐ "
	}
	return ""
}

// text is a note without looks, for a file.
func text(paragraphs []Paragraph, files map[string]*shownFile) string {
	var lines []string
	var counts [deepestIndent + 1]int
	for _, p := range paragraphs {
		if p.Style == Numbered {
			counts[p.Indent]++
			clear(counts[p.Indent+1:])
		} else if !isList(p.Style) || p.Indent == 0 {
			clear(counts[p.Indent:])
		}
		line := strings.Repeat("  ", p.Indent) + mark(p, counts[p.Indent])
		for _, piece := range p.Pieces {
			line += textOf(show(piece, files))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func textOf(p shownPiece) string {
	switch f := p.File; {
	case f != nil && f.Table != nil:
		return tableText(f.Table)
	case f != nil && f.Why != "":
		return "[" + f.Name + ": " + f.Why + "]"
	case f != nil:
		return "[" + f.Name + "]"
	case p.Link != "" && p.Link != p.Text:
		return p.Text + " <" + p.Link + ">"
	}
	return p.Text
}

// tableText is a table without looks.
func tableText(table [][]string) string {
	lines := make([]string, len(table))
	for i, row := range table {
		lines[i] = strings.Join(row, "\t")
	}
	return strings.Join(lines, "\n")
}

// forms are the names of forms that the template knows. A file of none is named and not
// opened by a click.
var forms = map[chat.Form]string{chat.Picture: "image", chat.Video: "video", chat.Sound: "audio", chat.Document: "document"}

// link is the address of a file of the export on a page of it.
func link(page *export.Page, file string) template.URL { return export.Link(page.Path(), file) }

// presence says why an attachment is not, or not wholly, there.
func presence(a Attachment) string {
	switch {
	case a.BrokenTable:
		return "content.notes.table"
	case a.Presence == kind.Small:
		return "content.notes.small"
	case a.Presence == kind.Entry:
		return "content.notes.attachment"
	}
	return ""
}
