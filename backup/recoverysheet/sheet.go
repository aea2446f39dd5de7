// Package recoverysheet writes a sheet of paper, as PDF, that still helps when the
// person who chose a backup password, or the computer, is not at hand: which
// phone, where its backups are, what the password is for, how everything is got
// back, and room for the password itself.
package recoverysheet

import (
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"lifeboat/assets/words"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
)

// Sheet is what stands on the paper. The same Sheet gives the same file, as long
// as the computer has the same fonts.
type Sheet struct {
	// Phone is the phone's own name; "" is not known. Device is what it is, such as
	// "iPad"; "" is an iPhone.
	Phone, Device string
	// Folder is where its backups are kept, as the person knows it; for "" there
	// is room to write it by hand.
	Folder string
	// Made is the day of the sheet.
	Made time.Time
	// Password is printed on the sheet if it is not empty; else there is room to
	// write it by hand.
	Password keybag.Password
	// Cache is a folder that may hold the list of this computer's fonts; "" is
	// the user's own for caches. Fonts are looked for only if a text has letters
	// that Lifeboat's own do not have.
	Cache string
}

// Bounds of what is printed, in characters. A phone's name comes from the phone.
const (
	maxPhone    = 120
	maxFolder   = 400
	maxPassword = 128
)

// Write writes the sheet as one page of A4, which fits US Letter too. A password
// that cannot be printed so that it can be typed again, since it is too long or
// the computer has no letters for it, is [fault.PasswordUnprintable], and nothing
// is written.
func Write(w io.Writer, say *words.Catalogue, s Sheet) error {
	return write(w, say, s, systemFonts(s.Cache))
}

func write(w io.Writer, say *words.Catalogue, s Sheet, others source) error {
	p, err := newPage(say.About(s.Device), s.Made, others)
	if err != nil {
		return fmt.Errorf("write the recovery sheet: %w", err)
	}
	if !s.Password.Empty() && !p.printable(s.Password) {
		return fault.New(fault.PasswordUnprintable, "write the recovery sheet", nil)
	}
	p.draw(s)
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("write the recovery sheet: %w", err)
	}
	return nil
}

// printable reports whether every character of a password can be seen and typed
// again from paper.
func (p *page) printable(password keybag.Password) bool {
	text := password.Reveal()
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxPassword || words.OneLine(text) != text {
		return false
	}
	for _, r := range text {
		if p.typeset.missing(mono, r) {
			return false
		}
	}
	return true
}

// draw fills the page from top to bottom.
func (p *page) draw(s Sheet) {
	say := p.say.Say
	p.paragraph(small, 1, say("recoverysheet.for", nil))
	p.gap(1)
	name := shorten(s.Phone, maxPhone)
	if len(p.typeset.drawable(large, name)) == 0 {
		name = say("recoverysheet.nameless", nil)
	}
	p.paragraph(large, 2, name)
	p.gap(3)
	p.fact(say("recoverysheet.folder", nil), shorten(s.Folder, maxFolder), 4)
	p.fact(say("recoverysheet.made", nil), p.say.Text(words.T("recoverysheet.day", words.Args{"Date": words.Date(s.Made)})), 1)
	p.gap(3)
	if s.Password.Empty() {
		p.box(func() {
			p.paragraph(bold, 1, say("recoverysheet.write", nil))
			p.gap(11)
			p.rule()
			p.gap(11)
			p.rule()
		})
	} else {
		p.password(s.Password)
	}
	for _, section := range []string{"what", "without", "back", "keep"} {
		p.gap(4)
		p.paragraph(bold, 1, say("recoverysheet."+section+".title", nil))
		p.gap(1)
		if section == "back" {
			for i, step := range []string{"lifeboat", "finder", "apple-devices"} {
				p.gap(float64(min(i, 1)) * 1.5)
				p.paragraph(plain, 6, say("recoverysheet.back."+step, nil))
			}
			continue
		}
		p.paragraph(plain, 8, say("recoverysheet."+section+".text", nil))
	}
}

// password prints a password in letters that can be told apart.
func (p *page) password(password keybag.Password) {
	text := []rune(password.Reveal())
	const perLine = 40
	p.box(func() {
		p.paragraph(bold, 1, p.say.Say("recoverysheet.password", nil))
		p.gap(3)
		spaces := false
		for len(text) > 0 {
			line := text[:min(perLine, len(text))]
			text = text[len(line):]
			spaces = p.letters(line) || spaces
		}
		p.gap(1)
		key := "recoverysheet.typed"
		if spaces {
			key = "recoverysheet.typed-spaces"
		}
		p.paragraph(small, 2, p.say.Say(key, words.Args{"N": words.Count(utf8.RuneCountInString(password.Reveal()))}))
	})
}
