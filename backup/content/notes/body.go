package notes

import (
	"errors"
	"strings"
	"unicode/utf16"

	"lifeboat/backup/content/kind"
)

// Style is what a paragraph is.
type Style uint8

// The styles of paragraphs. What is not known is Plain.
const (
	Plain Style = iota
	Title
	Heading
	Subheading
	Fixed // letters of one width
	Dotted
	Dashed
	Numbered
	Check
)

// styles are the numbers by which Notes knows them.
var styles = map[uint64]Style{0: Title, 1: Heading, 2: Subheading, 4: Fixed, 100: Dotted, 101: Dashed, 102: Numbered, 103: Check}

// Paragraph is a line of a note, without the line feed at its end.
type Paragraph struct {
	Style Style
	// Indent is how far it is moved in, at most deepestIndent.
	Indent int
	// Done is a point of a checklist that has been ticked.
	Done   bool
	Pieces []Piece
}

// Piece is a part of a paragraph that looks the same throughout, or an attachment.
type Piece struct {
	Text                            string
	Bold, Italic, Underline, Strike bool
	// Link is an address that it leads to, whatever its scheme. It is untrusted.
	Link string
	// Attachment is the identifier of one that stands here; Text is "" then, and Type
	// is what the text says it is, such as "public.jpeg".
	Attachment, Type string
}

const (
	deepestIndent = 8
	// mostRuns bounds the changes of looks in a note; what is behind them is plain.
	mostRuns = 200_000
	// objectMark stands in a text where an attachment is shown.
	objectMark = '\uFFFC'
)

var errNoBody = errors.New("it holds no text of a note")

// parseBody reads the text of a note as the database keeps it.
func parseBody(data []byte) ([]Paragraph, error) {
	m, err := unpack(data)
	if err != nil {
		return nil, err
	}
	text := inner(m, 2, 3)
	if text == nil {
		return nil, errNoBody
	}
	return paragraphs(text)
}

// run is how a stretch of the text looks.
type run struct {
	units  uint64 // its length in UTF-16
	style  Style
	indent int
	done   bool
	piece  Piece
}

// paragraphs reads a text with its looks. Runs that do not fit the text change its
// looks only: the letters are all there.
func paragraphs(m []byte) ([]Paragraph, error) {
	var text []byte
	var runs []run
	kind.Fields(m, func(f kind.Field) bool {
		switch {
		case f.Number == 2 && f.Data != nil:
			text = f.Data
		case f.Number == 5 && f.Data != nil && len(runs) < mostRuns:
			runs = append(runs, runOf(f.Data))
		}
		return true
	})
	if text == nil {
		return nil, errNoBody
	}
	b := &builder{}
	var at, end uint64 // in units of UTF-16
	next, current := 0, run{}
	for _, letter := range strings.ToValidUTF8(string(text), "\uFFFD") {
		for at >= end {
			if next == len(runs) {
				current, end = run{}, 1<<62
				b.cut()
				break
			}
			current = runs[next]
			end += current.units
			next++
			b.cut()
		}
		b.add(letter, current)
		at += uint64(utf16.RuneLen(letter)) //nolint:gosec // 1 or 2, of valid text
	}
	return b.end(), nil
}

func runOf(m []byte) run {
	var r run
	kind.Fields(m, func(f kind.Field) bool {
		switch f.Number {
		case 1:
			r.units = min(f.Value, 1<<32)
		case 2:
			r.paragraph(f.Data)
		case 5:
			r.piece.Bold, r.piece.Italic = f.Value&1 != 0, f.Value&2 != 0
		case 6:
			r.piece.Underline = f.Value != 0
		case 7:
			r.piece.Strike = f.Value != 0
		case 9:
			r.piece.Link = clean(f.Data)
		case 12:
			r.piece.Attachment, r.piece.Type = clean(inner(f.Data, 1)), clean(inner(f.Data, 2))
		}
		return true
	})
	return r
}

func (r *run) paragraph(m []byte) {
	if number, said := number(m, 1); said {
		r.style = styles[number]
	}
	indent, _ := number(m, 4)
	r.indent = int(min(indent, deepestIndent)) //nolint:gosec // at most 8
	done, _ := number(inner(m, 5), 2)
	r.done = done != 0
}

func clean(text []byte) string { return strings.ToValidUTF8(string(text), "\uFFFD") }

// builder puts letters together to paragraphs.
type builder struct {
	all   []Paragraph
	open  bool // the last of all goes on
	text  strings.Builder
	piece Piece
}

// cut ends the piece.
func (b *builder) cut() {
	if b.text.Len() == 0 {
		return
	}
	b.piece.Text = b.text.String()
	b.text.Reset()
	last := &b.all[len(b.all)-1]
	last.Pieces = append(last.Pieces, b.piece)
}

func (b *builder) add(letter rune, r run) {
	if !b.open {
		b.all = append(b.all, Paragraph{Style: r.style, Indent: r.indent, Done: r.done})
		b.open = true
	}
	switch {
	case letter == '\n':
		b.cut()
		b.open = false
	case letter == objectMark:
		b.cut()
		if r.piece.Attachment != "" {
			last := &b.all[len(b.all)-1]
			last.Pieces = append(last.Pieces, r.piece)
		}
	default:
		b.piece = r.piece
		b.piece.Attachment, b.piece.Type = "", ""
		b.text.WriteRune(letter)
	}
}

func (b *builder) end() []Paragraph {
	if b.open {
		b.cut()
	}
	return b.all
}
