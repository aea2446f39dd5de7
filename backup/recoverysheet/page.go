package recoverysheet

import (
	"time"

	"codeberg.org/go-pdf/fpdf"

	"lifeboat/assets/words"
)

// Measures of the page in millimetres. The lowest text stays above what US
// Letter cuts off.
const (
	left   = 22.0
	top    = 20.0
	width  = 166.0
	inset  = 5.0
	hairy  = 0.3
	points = 25.4 / 72 // of a point
	labels = 42.0      // the column of what the facts are
)

// style is a font at a size.
type style struct {
	face    int     // of typeset.own
	size    float64 // in points
	leading float64 // from line to line, in points
}

var (
	plain = style{regularFace, 10, 14}
	small = style{regularFace, 9.5, 13}
	bold  = style{boldFace, 11, 15}
	large = style{boldFace, 20, 26}
	mono  = style{monoFace, 15, 25}
)

// page is the one page while it is drawn.
type page struct {
	pdf     *fpdf.Fpdf
	say     *words.Catalogue
	typeset *typesetter
	x, y    float64 // of what comes next; y is its top
	width   float64 // in millimetres
}

func newPage(say *words.Catalogue, made time.Time, others source) (*page, error) {
	t, err := newTypesetter(others)
	if err != nil {
		return nil, err
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(left, top, left)
	pdf.SetCatalogSort(true) // the same file each time
	pdf.SetCreationDate(made.UTC())
	pdf.SetModificationDate(made.UTC())
	pdf.SetTitle(say.Say("recoverysheet.title", nil), true)
	pdf.SetCreator("Lifeboat", true)
	for i, f := range ownFonts {
		pdf.AddUTF8FontFromBytes(families[i], "", f)
	}
	pdf.AddPage()
	pdf.SetLineWidth(hairy)
	pdf.SetDrawColor(110, 110, 110)
	return &page{pdf: pdf, say: say, typeset: t, x: left, y: top, width: width}, pdf.Error()
}

// gap leaves room, in millimetres.
func (p *page) gap(mm float64) { p.y += mm }

// rule draws a line to write on.
func (p *page) rule() { p.pdf.Line(p.x, p.y, p.x+p.width, p.y) }

// box draws a frame around what draw draws.
func (p *page) box(draw func()) {
	start := p.y
	p.x, p.y, p.width = p.x+inset, p.y+inset-1, p.width-2*inset
	draw()
	p.x, p.y, p.width = p.x-inset, p.y+inset, p.width+2*inset
	p.pdf.Rect(p.x, start, p.width, p.y-start, "D")
}

// fact is a line of what and its value, which may take some lines. For none there
// is a line to write on.
func (p *page) fact(what, value string, most int) {
	y := p.y
	p.paragraph(plain, 1, what)
	below := p.y
	p.y, p.x, p.width = y, p.x+labels, p.width-labels
	p.paragraph(plain, most, value)
	if value == "" {
		p.gap(plain.leading * points)
		p.rule()
	}
	p.x, p.width = p.x-labels, p.width+labels
	p.y = max(p.y, below) + 1
}

// paragraph writes a text within the width, in as many lines as it needs, but no
// more than most.
func (p *page) paragraph(s style, most int, text string) {
	for _, line := range p.typeset.lines(s, text, p.width/points, most) {
		p.draft(s, p.x, p.y+s.size*points, line)
		p.y += s.leading * points
	}
}

// letters writes a part of a password, one letter in each place, and marks each
// space, which paper does not show. It returns whether there are any.
func (p *page) letters(text []rune) (spaces bool) {
	advance := mono.size * 0.6 * points
	base := p.y + mono.size*points
	for i, r := range text {
		x := p.x + float64(i)*advance
		if r != ' ' {
			p.draft(mono, x, base, p.typeset.letter(mono, r))
			continue
		}
		spaces = true
		p.pdf.SetDrawColor(0, 0, 0)
		from, to := x+0.2*advance, x+0.8*advance
		p.pdf.Line(from, base-0.6, from, base+0.6)
		p.pdf.Line(from, base+0.6, to, base+0.6)
		p.pdf.Line(to, base+0.6, to, base-0.6)
		p.pdf.SetDrawColor(110, 110, 110)
	}
	p.y += mono.leading * points
	return spaces
}

// draft draws runs from left to right: as text what Lifeboat's own fonts have,
// which can be searched and copied, and anything else as shapes.
func (p *page) draft(s style, x, base float64, runs []run) {
	for _, r := range runs {
		if r.text != "" {
			p.pdf.SetFont(families[s.face], "", s.size)
			p.pdf.Text(x, base, r.text)
		} else {
			p.shape(x, base, r.contours)
		}
		x += r.advance * points
	}
}

// shape fills contours, whose coordinates are points from the baseline, up.
func (p *page) shape(x, base float64, contours []contour) {
	if len(contours) == 0 {
		return
	}
	at := func(q point) (float64, float64) { return x + q.x*points, base - q.y*points }
	p.pdf.SetFillColor(0, 0, 0)
	for _, c := range contours {
		px, py := at(c.from)
		p.pdf.MoveTo(px, py)
		for _, b := range c.curves {
			ax, ay := at(b[0])
			bx, by := at(b[1])
			cx, cy := at(b[2])
			p.pdf.CurveBezierCubicTo(ax, ay, bx, by, cx, cy)
		}
		p.pdf.ClosePath()
	}
	p.pdf.DrawPath("F")
}
