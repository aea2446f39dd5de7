package recoverysheet

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/go-text/typesetting/font"
	"golang.org/x/image/font/gofont/goregular"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

var day = time.Date(2026, 11, 29, 12, 0, 0, 0, time.Local)

func made(t *testing.T, s Sheet, others source) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, words.English(), s, others); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// piece is a text on the page, with its place from the page's lower left, in points.
type piece struct {
	x, y float64
	text string
}

var (
	streams = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	texts   = regexp.MustCompile(`(?s)BT ([-\d.]+) ([-\d.]+) Td \((.*?)\) Tj ET`)
	moves   = regexp.MustCompile(`(?m)([-\d.]+) ([-\d.]+) (?:m|l|c|l S)$`)
)

// content is what is drawn on the page, and the texts among it: read from the
// file itself, as a program that shows it would.
func content(t *testing.T, pdf []byte) (drawn string, all []piece) {
	t.Helper()
	for _, m := range streams.FindAllSubmatch(pdf, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		data, err := io.ReadAll(z)
		if err == nil && bytes.Contains(data, []byte(" Tj ET")) {
			drawn += string(data)
		}
	}
	for _, m := range texts.FindAllStringSubmatch(drawn, -1) {
		plain := strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r", `\n`, "\n").Replace(m[3])
		var units []uint16
		for i := 0; i+1 < len(plain); i += 2 {
			units = append(units, uint16(plain[i])<<8|uint16(plain[i+1]))
		}
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		if err := errors.Join(errX, errY); err != nil {
			t.Fatal(err)
		}
		all = append(all, piece{x, y, string(utf16.Decode(units))})
	}
	if len(all) == 0 {
		t.Fatal("no text is found")
	}
	return drawn, all
}

// written is all text of a page, lines and letters joined.
func written(all []piece) string {
	var b strings.Builder
	for i, p := range all {
		if i > 0 && p.y != all[i-1].y {
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// noFonts is a computer without any.
func noFonts(rune) *font.Face { return nil }

// TestSheet: all that a person needs stands on it, and the password only if it
// is wished.
func TestSheet(t *testing.T) {
	s := Sheet{Phone: "Anna's (old) iPhone", Folder: `D:\Backups\of (Anna)`, Made: day}
	_, blank := content(t, made(t, s, noFonts))
	s.Password = keybag.NewPassword("unfold-crispy marble")
	_, full := content(t, made(t, s, noFonts))
	for _, want := range []string{
		"Anna's (old) iPhone", `D:\Backups\of (Anna)`, "29 November 2026", "It opens the backups of this iPhone", "neither the passcode",
		"Nobody can open these backups: not you, not Apple, and not Lifeboat.", "each backup keeps the one that it was made with",
		"In Lifeboat, choose the folder above", "in Finder, choose Restore Backup", `On Windows: move it into the folder Apple\MobileSync\Backup`,
		"Keep it with your important papers",
	} {
		for _, all := range [][]piece{blank, full} {
			if text := written(all); !strings.Contains(text, want) {
				t.Errorf("%q is not on the sheet:\n%s", want, text)
			}
		}
	}
	if text := written(blank); !strings.Contains(text, "Write it here") || strings.Contains(text, "characters") {
		t.Error(text)
	}
	// Of the space only its mark is drawn.
	if text := written(full); !strings.Contains(text, "unfold-crispymarble") || !strings.Contains(text, "20 characters") || !strings.Contains(text, "bracket") || strings.Contains(text, "Write it here") {
		t.Error(text)
	}
}

// TestSameFile: the same sheet is the same file, and the password is in it only
// where it is printed, letter by letter.
func TestSameFile(t *testing.T) {
	s := Sheet{Phone: "Anna", Folder: "/home/anna", Made: day, Password: keybag.NewPassword("unfold-crispy")}
	a, b := made(t, s, noFonts), made(t, s, noFonts)
	if !bytes.Equal(a, b) {
		t.Error("it differs from run to run")
	}
	if !bytes.Contains(a, []byte("/CreationDate (D:"+day.UTC().Format("20060102150405"))) {
		t.Error("it does not say when it was made")
	}
	if len(a) > 200_000 {
		t.Errorf("%d bytes: the fonts are there in full", len(a))
	}
	s.Password = keybag.NewPassword("unfold-crispz")
	if bytes.Equal(a, made(t, s, noFonts)) {
		t.Error("the password is not in it")
	}
}

// lent are the letters of a font that has Hebrew: a narrow alef and a wide bet,
// with the shapes of i and W, and a picture of a lifebuoy without any shape.
type lent struct{ font.Cmap }

func (l lent) Lookup(r rune) (font.GID, bool) {
	switch r {
	case 'א':
		return l.Cmap.Lookup('i')
	case 'ב':
		return l.Cmap.Lookup('W')
	case '🛟':
		return l.Cmap.Lookup(' ')
	}
	return 0, false
}

// TestOtherScripts: what Lifeboat's own fonts have not is drawn with one of the
// computer's, each script in its own direction; a picture is left out.
func TestOtherScripts(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(goregular.TTF))
	if err != nil {
		t.Fatal(err)
	}
	face.Font.Cmap = lent{face.Font.Cmap}
	others := func(rune) *font.Face { return face }
	ts, err := newTypesetter(others)
	if err != nil {
		t.Fatal(err)
	}
	lines := ts.lines(large, "Anna 🛟 אב", 500, 1)
	if len(lines) != 1 || len(lines[0]) != 2 || lines[0][0].text != "Anna " {
		t.Fatalf("%+v", lines)
	}
	hebrew := lines[0][1]
	extent := func(c contour) float64 {
		low, high := c.from.x, c.from.x
		for _, b := range c.curves {
			low, high = min(low, b[2].x), max(high, b[2].x)
		}
		return high - low
	}
	shapes := hebrew.contours
	if hebrew.text != "" || len(shapes) != 3 || extent(shapes[0]) < 2*extent(shapes[1]) || shapes[1].from.x < shapes[0].from.x {
		t.Errorf("the first letter is not the rightmost: %+v", shapes)
	}
	// Without that font there is a box for each, and the sheet is made all the same.
	alone, err := newTypesetter(noFonts)
	if err != nil {
		t.Fatal(err)
	}
	if box := alone.lines(large, "אב", 500, 1); len(box) != 1 || len(box[0]) != 1 || len(box[0][0].contours) < 2 {
		t.Errorf("%+v", box)
	}
	s := Sheet{Phone: "אב", Made: day}
	if bytes.Equal(made(t, s, others), made(t, s, noFonts)) {
		t.Error("the computer's fonts are not used")
	}
}

// TestHostile: whatever a phone is called, the sheet stays one page, with nothing
// beyond its edges and nothing over anything else.
func TestHostile(t *testing.T) {
	ts, err := newTypesetter(noFonts)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Sheet{
		"long":       {Phone: strings.Repeat("A very long name ", 1000), Folder: strings.Repeat("/folder", 5000)},
		"one word":   {Phone: strings.Repeat("W", 5000), Folder: strings.Repeat("W", 5000)},
		"controls":   {Phone: "a\x00\x1b[31m\nb\tc\u202e\u2066d) Tj ET (\\", Folder: "\r\n\x07) Tj ET"},
		"no text":    {Phone: "\xff\xfe\x80", Folder: "/\xff"},
		"emoji":      {Phone: "👨‍👩‍👧‍👦🏳️‍🌈👍🏽🇩🇪", Folder: "/👍🏽"},
		"right":      {Phone: "הטלפון של אמא (iPhone 15) 123", Folder: "/بيت/النسخ"},
		"japanese":   {Phone: strings.Repeat("田中さんの電話", 100), Folder: strings.Repeat("写真", 500)},
		"marks":      {Phone: "Z" + strings.Repeat("\u0335\u0321\u0330", 500), Folder: strings.Repeat("a\u0301", 500)},
		"high plane": {Phone: "𝔄𝔫𝔫𝔞 𠜎𠜱", Folder: "\U0010ffff"},
		"nothing":    {},
		"password":   {Phone: strings.Repeat("W", 500), Folder: strings.Repeat("W", 5000), Password: keybag.NewPassword(strings.Repeat("W ", 64))},
	} {
		s.Made = day
		drawn, all := content(t, made(t, s, noFonts))
		lowest := 842.0
		for _, p := range all {
			if p.x < 60 || p.x > 540 || p.y > 800 {
				t.Errorf("%s: %q is at %v, %v", name, p.text, p.x, p.y)
			}
			lowest = min(lowest, p.y)
		}
		if lowest < 60 {
			t.Errorf("%s: the last line is at %v", name, lowest)
		}
		for _, m := range moves.FindAllStringSubmatch(drawn, -1) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			if x < 55 || x > 545 || y < 50 || y > 800 {
				t.Errorf("%s: a line reaches %v, %v", name, x, y)
			}
		}
		for _, style := range []style{large, plain} {
			for _, line := range ts.lines(style, shorten(s.Phone+s.Folder, maxFolder), 300, 3) {
				end := 0.0
				for _, r := range line {
					end += r.advance
				}
				if end > 301 {
					t.Errorf("%s: a line of 300 points takes %v", name, end)
				}
			}
		}
		text := written(all)
		if !strings.Contains(text, "Keep it with your important papers") {
			t.Errorf("%s: %s", name, text)
		}
		if name == "emoji" && !strings.Contains(text, "an iPhone") {
			t.Errorf("a name of pictures only: %s", text)
		}
	}
}

func TestShorten(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "",
		"a\u0301\u0302\u0303\u0304\u0305b\u0301": "a\u0301\u0302\u0303b\u0301",
		"\u202ea\x1b\nb\xff":                     "a b",
		"0123456789":                             "0123456789",
		"0123456789x":                            "0123456789…",
	} {
		if got := shorten(text, 10); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// TestUnprintable: a password that paper does not hold is not put there half.
func TestUnprintable(t *testing.T) {
	for _, text := range []string{"with 🛟", "田中", "tab\tbed", "\u202eevil", "line\nline", "\xff\xfe", strings.Repeat("x", maxPassword+1)} {
		var b bytes.Buffer
		err := write(&b, words.English(), Sheet{Phone: "Anna", Made: day, Password: keybag.NewPassword(text)}, noFonts)
		if fault.Of(err) != fault.PasswordUnprintable || b.Len() > 0 {
			t.Errorf("%q: %v, %d bytes", text, err, b.Len())
		}
	}
	made(t, Sheet{Made: day, Password: keybag.NewPassword(strings.Repeat("ü", maxPassword))}, noFonts)
}
