package recoverysheet

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/math/fixed"

	"lifeboat/assets/words"
)

// The fonts that Lifeboat brings, by [style.face]: those of the Go project, in
// which letters and digits can be told apart. They have Latin, Greek and Cyrillic.
const (
	regularFace = iota
	boldFace
	monoFace
)

var (
	ownFonts = [...][]byte{regularFace: goregular.TTF, boldFace: gobold.TTF, monoFace: gomonobold.TTF}
	families = [...]string{regularFace: "go", boldFace: "gobold", monoFace: "gomono"}
)

// typesetter turns texts into runs, in any script that the fonts have.
type typesetter struct {
	own    []*font.Face
	others source
	shaper shaping.HarfbuzzShaper
}

// run is a piece of a line that is drawn in one go, left to right.
type run struct {
	text     string    // what is drawn as text in the style's own font, or
	contours []contour // as shapes
	advance  float64   // to the next run, in points
}

// contour is a closed curve of Bézier curves, in points from the baseline, up.
type contour struct {
	from   point
	curves [][3]point
}

type point struct{ x, y float64 }

func newTypesetter(others source) (*typesetter, error) {
	t := &typesetter{others: others}
	for _, data := range ownFonts {
		face, err := font.ParseTTF(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("read a font: %w", err)
		}
		t.own = append(t.own, face)
	}
	return t, nil
}

// resolver chooses the font of each letter: Lifeboat's own, and where that has
// none one of this computer's.
type resolver struct {
	t    *typesetter
	face int
}

// ResolveFace is what [shaping.Fontmap] asks for.
func (r resolver) ResolveFace(letter rune) *font.Face {
	if face := r.t.faceOf(r.face, letter); face != nil {
		return face
	}
	return r.t.own[r.face] // which draws a box
}

// faceOf is a font that has a letter as a shape; nil if there is none.
func (t *typesetter) faceOf(face int, letter rune) *font.Face {
	if _, has := t.own[face].NominalGlyph(letter); has {
		return t.own[face]
	}
	other := t.others(letter)
	if other == nil {
		return nil
	}
	glyph, has := other.NominalGlyph(letter)
	if !has || outline(other, glyph) == nil && !unicode.IsSpace(letter) {
		return nil // such as an emoji, which is a picture in most fonts
	}
	return other
}

// missing reports whether no font has a letter.
func (t *typesetter) missing(s style, letter rune) bool { return t.faceOf(s.face, letter) == nil }

// letter is one letter alone.
func (t *typesetter) letter(s style, r rune) []run {
	lines := t.wrap(s, []rune{r}, 1000)
	if len(lines) == 0 {
		return nil
	}
	return lines[0]
}

// lines breaks a text at a width in points. What would be beyond the last line is
// left out, and dots say so.
func (t *typesetter) lines(s style, text string, width float64, most int) [][]run {
	letters := t.drawable(s, text)
	lines := t.wrap(s, letters, width)
	if len(lines) <= most {
		return lines
	}
	sort.Search(len(letters), func(less int) bool {
		shown := strings.TrimRightFunc(string(letters[:len(letters)-1-less]), unicode.IsSpace)
		shorter := t.wrap(s, []rune(shown+"…"), width)
		if len(shorter) > most {
			return false
		}
		lines = shorter
		return true
	})
	return lines[:min(len(lines), most)]
}

// drawable leaves out of a text the symbols that no font has, such as emoji, and
// what belongs to them: a name is the same without. A letter that no font has
// becomes a box. Spaces that belong to nothing go too.
func (t *typesetter) drawable(s style, text string) []rune {
	var kept []rune
	dropped := false
	for _, r := range text {
		joins := r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Sk, r)
		if dropped && joins || unicode.Is(unicode.So, r) && t.missing(s, r) {
			dropped = true
			continue
		}
		dropped = false
		kept = append(kept, r)
	}
	return []rune(strings.Join(strings.Fields(string(kept)), " "))
}

// wrap breaks letters into lines.
func (t *typesetter) wrap(s style, letters []rune, width float64) (lines [][]run) {
	if len(letters) == 0 {
		return nil
	}
	whole := shaping.Input{
		Text: letters, RunEnd: len(letters), Direction: di.DirectionLTR, Language: language.NewLanguage("en"),
		Size: fixed.Int26_6(s.size * 64),
	}
	var splitter shaping.Segmenter
	var shaped []shaping.Output
	for _, piece := range splitter.Split(whole, resolver{t, s.face}) {
		if t.own[s.face] == piece.Face { // a PDF moves on by each letter's own width
			for _, tag := range []string{"kern", "liga", "clig"} {
				piece.FontFeatures = append(piece.FontFeatures, shaping.FontFeature{Tag: opentype.MustNewTag(tag)})
			}
		}
		shaped = append(shaped, t.shaper.Shape(piece))
	}
	var wrapper shaping.LineWrapper
	config := shaping.WrapConfig{Direction: di.DirectionLTR}
	broken, _ := wrapper.WrapParagraphF(config, fixed.Int26_6(width*64), letters, shaping.NewSliceIterator(shaped))
	for _, line := range broken {
		pieces := slices.SortedFunc(slices.Values(line), func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
		var runs []run
		for i := range pieces {
			runs = append(runs, t.run(s, letters, &pieces[i]))
		}
		lines = append(lines, runs)
	}
	return lines
}

// run is text where Lifeboat's own font has all of it, and else shapes.
func (t *typesetter) run(s style, letters []rune, o *shaping.Output) run {
	r := run{advance: float64(o.Advance) / 64}
	missing := slices.ContainsFunc(o.Glyphs, func(g shaping.Glyph) bool { return g.GlyphID == 0 })
	if o.Face == t.own[s.face] && o.Direction == di.DirectionLTR && !missing {
		r.text = string(letters[o.Runes.Offset : o.Runes.Offset+o.Runes.Count])
		return r
	}
	x := 0.0
	scale := s.size / float64(o.Face.Upem())
	for _, g := range o.Glyphs {
		at := point{x + float64(g.XOffset)/64, float64(g.YOffset) / 64}
		r.contours = append(r.contours, contours(outline(o.Face, g.GlyphID), at, scale)...)
		x += float64(g.Advance) / 64
	}
	return r
}

// outline is the shape of a glyph; nil if it is a picture, or nothing.
func outline(face *font.Face, glyph font.GID) []font.Segment {
	switch data := face.GlyphData(glyph).(type) {
	case font.GlyphOutline:
		return data.Segments
	case font.GlyphSVG:
		return data.Outline.Segments
	}
	return nil
}

// contours converts segments of a font, in its own units, to curves.
func contours(segments []font.Segment, at point, scale float64) (all []contour) {
	var last point
	for _, s := range segments {
		var to [3]point
		for i, p := range s.ArgsSlice() {
			to[i] = point{at.x + float64(p.X)*scale, at.y + float64(p.Y)*scale}
		}
		if s.Op == opentype.SegmentOpMoveTo || len(all) == 0 {
			all = append(all, contour{from: to[0]})
			last = to[0]
			continue
		}
		var curve [3]point
		switch s.Op {
		case opentype.SegmentOpLineTo:
			curve = [3]point{last, to[0], to[0]}
		case opentype.SegmentOpQuadTo:
			curve = [3]point{between(last, to[0]), between(to[1], to[0]), to[1]}
		default:
			curve = to
		}
		c := &all[len(all)-1]
		c.curves = append(c.curves, curve)
		last = curve[2]
	}
	return all
}

// between is the point two thirds of the way, where a cubic curve has the control
// points of a quadratic one.
func between(end, control point) point {
	return point{end.x + 2*(control.x-end.x)/3, end.y + 2*(control.y-end.y)/3}
}

// shorten makes a text that came from elsewhere fit for one line, without marks
// piled up on a letter, and cuts it at most characters.
func shorten(text string, most int) string {
	const piled = 3
	var kept []rune
	marks := 0
	for _, r := range words.OneLine(text) {
		if marks++; !unicode.Is(unicode.Mn, r) {
			marks = 0
		}
		if marks > piled {
			continue
		}
		if len(kept) == most {
			return string(kept) + "…"
		}
		kept = append(kept, r)
	}
	return string(kept)
}
