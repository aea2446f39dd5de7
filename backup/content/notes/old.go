package notes

import (
	"context"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

const (
	oldDomain = "HomeDomain"
	oldPath   = "Library/Notes/notes.sqlite"
)

// readOld visits the notes of notes.sqlite with the numbers of their rows.
func readOld(ctx context.Context, b *source.Backup, visit func(Note, int64) error) ([]kind.Note, error) {
	d, err := b.Database(ctx, oldDomain, oldPath, "ZNOTE", "Z_PK")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	column := func(name string) string { return d.Column("n", "ZNOTE", name) }
	body, store, account, join := "NULL", "NULL", "NULL", ""
	switch {
	case d.Has("ZNOTEBODY", "ZCONTENT", "ZOWNER"):
		join = ` LEFT JOIN "ZNOTEBODY" b ON ` + d.Column("b", "ZNOTEBODY", "ZOWNER") + ` = ` + column("Z_PK")
	case d.Has("ZNOTEBODY", "ZCONTENT", "Z_PK") && d.Has("ZNOTE", "ZBODY"):
		join = ` LEFT JOIN "ZNOTEBODY" b ON ` + d.Column("b", "ZNOTEBODY", "Z_PK") + ` = ` + column("ZBODY")
	}
	if join != "" {
		body = d.Column("b", "ZNOTEBODY", "ZCONTENT")
	}
	if d.Has("ZSTORE", "Z_PK", "ZNAME") && d.Has("ZNOTE", "ZSTORE") {
		store = d.Column("s", "ZSTORE", "ZNAME")
		join += ` LEFT JOIN "ZSTORE" s ON ` + d.Column("s", "ZSTORE", "Z_PK") + ` = ` + column("ZSTORE")
		if d.Has("ZACCOUNT", "Z_PK", "ZNAME") && d.Has("ZSTORE", "ZACCOUNT") {
			account = d.Column("a", "ZACCOUNT", "ZNAME")
			join += ` LEFT JOIN "ZACCOUNT" a ON ` + d.Column("a", "ZACCOUNT", "Z_PK") + ` = ` + d.Column("s", "ZSTORE", "ZACCOUNT")
		}
	}
	seen := map[int64]bool{}
	var row int64
	var gone, there bool
	var id, title, snippet, of, in, text string
	var created, modified float64
	return nil, d.Scan(ctx, []any{&row, &id, &title, &snippet, &created, &modified, &gone, &in, &of, &there, &text}, func() error {
		if seen[row] {
			return nil
		}
		seen[row] = true
		n := Note{Title: title, Snippet: snippet, Account: of, Created: kind.Cocoa(created), Modified: kind.Cocoa(modified), Deleted: gone, Text: fromHTML(text)}
		if id != "" {
			n.Ref = "old " + id
		}
		if in != "" {
			n.Folder = []string{in}
		}
		if !there {
			n.State = Away
		}
		return visit(n, row)
	}, `SELECT `+d.Columns("n", "ZNOTE", "Z_PK", "ZGUID", "ZTITLE", "ZSUMMARY", "ZCREATIONDATE", "ZMODIFICATIONDATE", "ZDELETEDFLAG")+`, `+
		store+`, `+account+`, `+body+` IS NOT NULL, `+body+` FROM "ZNOTE" n`+join+` ORDER BY 1`)
}

// headings are the elements of paragraphs that are more than text.
var headings = map[atom.Atom]Style{atom.H1: Title, atom.H2: Heading, atom.H3: Subheading, atom.H4: Subheading, atom.Pre: Fixed}

// unseen are elements whose text nobody sees.
var unseen = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true}

// walker makes paragraphs of HTML. Of all that it says only words, a few looks and
// the addresses of links remain.
type walker struct {
	builder
	look         run
	bold, italic int // how many elements are open that say so
	under, strip int
	lists        []Style
	hidden       int
}

// fromHTML reads the text of an old note. The reader of package html goes from one
// tag to the next, so that nothing can make it go deep.
func fromHTML(text string) []Paragraph {
	w := &walker{}
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken: // the end
			return w.end()
		case html.TextToken:
			if w.hidden == 0 {
				w.words(string(z.Text()))
			}
		case html.StartTagToken:
			w.tag(z.Token(), true)
		case html.EndTagToken:
			w.tag(z.Token(), false)
		case html.SelfClosingTagToken:
			w.tag(z.Token(), true)
		}
	}
}

func (w *walker) tag(t html.Token, opens bool) {
	step := -1
	if opens {
		step = 1
	}
	change := func(n *int) bool {
		*n = max(0, *n+step)
		return *n > 0
	}
	w.cut()
	look := &w.look.piece
	switch t.DataAtom {
	case atom.B, atom.Strong:
		look.Bold = change(&w.bold)
	case atom.I, atom.Em:
		look.Italic = change(&w.italic)
	case atom.U:
		look.Underline = change(&w.under)
	case atom.S, atom.Strike, atom.Del:
		look.Strike = change(&w.strip)
	case atom.A:
		look.Link = ""
		for _, a := range t.Attr {
			if opens && a.Key == "href" {
				look.Link = strings.ToValidUTF8(a.Val, "\uFFFD")
			}
		}
	case atom.Br:
		w.add('\n', w.look)
	case atom.Ul, atom.Ol:
		w.lineEnds()
		w.list(t.DataAtom, opens)
	case atom.Div, atom.P, atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.Pre, atom.Tr, atom.Blockquote, atom.Table:
		w.lineEnds()
		w.look.style = Plain
		if style, known := headings[t.DataAtom]; known && opens {
			w.look.style = style
		}
		if len(w.lists) > 0 && t.DataAtom == atom.Li && opens {
			w.look.style = w.lists[len(w.lists)-1]
		}
	default:
		if unseen[t.DataAtom] && t.Type != html.SelfClosingTagToken {
			change(&w.hidden)
		}
	}
}

func (w *walker) list(what atom.Atom, opens bool) {
	style := Dotted
	if what == atom.Ol {
		style = Numbered
	}
	switch {
	case opens && len(w.lists) <= deepestIndent:
		w.lists = append(w.lists, style)
	case !opens && len(w.lists) > 0:
		w.lists = w.lists[:len(w.lists)-1]
	}
	w.look.indent = max(0, len(w.lists)-1)
}

// lineEnds ends a line that has begun.
func (w *walker) lineEnds() {
	if w.open {
		w.add('\n', w.look)
	}
}

// words adds text as a browser shows it: white space is one space.
func (w *walker) words(text string) {
	text = strings.ToValidUTF8(text, "\uFFFD")
	for i, letter := range text {
		switch {
		case w.look.style == Fixed || !strings.ContainsRune(" \t\r\n\f", letter):
			w.add(letter, w.look)
		case !w.open: // at the beginning of a line
		case i > 0 && strings.ContainsRune(" \t\r\n\f", rune(text[i-1])):
		default:
			w.add(' ', w.look)
		}
	}
}
