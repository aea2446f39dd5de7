package contacts

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// card writes one vCard: version 4.0 (RFC 6350) or 3.0 (RFC 2426), which more programs
// read. Go modules for it were tried and lose what they do not know how to quote, such
// as a semicolon in a name.
type card struct {
	out   strings.Builder
	v4    bool
	items int
}

// vcard is a contact as a vCard, with its picture if it has one.
func (c Contact) vcard(v4 bool, picture []byte) string {
	w := &card{v4: v4}
	w.line("BEGIN", "VCARD")
	w.line("VERSION", map[bool]string{true: "4.0", false: "3.0"}[v4])
	w.line("PRODID", "-//Lifeboat//EN")
	w.line("UID", quote(c.Ref))
	w.line("FN", quote(c.Name()))
	if join("", c.First, c.Last, c.Middle, c.Prefix, c.Suffix) != "" || !v4 {
		w.line("N", structured(c.Last, c.First, c.Middle, c.Prefix, c.Suffix))
	}
	if join("", c.First, c.Last) == "" && c.Organization != "" {
		if v4 {
			w.line("KIND", "org")
		} else {
			w.line("X-ABShowAs", "COMPANY")
		}
	}
	w.given("NICKNAME", c.Nickname)
	if join("", c.Organization, c.Department) != "" {
		w.line("ORG", strings.TrimRight(structured(c.Organization, c.Department), ";"))
	}
	w.given("TITLE", c.JobTitle)
	w.given("NOTE", c.Note)
	w.day("BDAY", c.Birthday)
	if !c.Modified.IsZero() {
		w.line("REV", c.Modified.UTC().Format(map[bool]string{true: "20060102T150405Z", false: "2006-01-02T15:04:05Z"}[v4]))
	}
	for _, v := range c.Phones {
		w.labelled("TEL", v, quote(v.Value))
	}
	for _, v := range c.Mails {
		w.labelled("EMAIL", v, quote(v.Value))
	}
	for _, v := range c.URLs {
		w.labelled("URL", v, uri(v.Value))
	}
	for _, a := range c.Addresses {
		w.labelled("ADR", a.Value, structured("", "", a.Street, a.City, a.State, a.ZIP, a.Country))
	}
	w.more(c)
	w.photo(picture)
	w.line("END", "VCARD")
	return w.out.String()
}

// more writes what the two versions, or Apple's programs, say in ways of their own.
func (w *card) more(c Contact) {
	if len(c.Groups) > 0 {
		quoted := make([]string, len(c.Groups))
		for i, g := range c.Groups {
			quoted[i] = quote(g)
		}
		w.line("CATEGORIES", strings.Join(quoted, ","))
	}
	for _, v := range c.Related {
		if w.v4 {
			w.labelled("RELATED;VALUE=text", v, quote(v.Value))
		} else {
			w.item("X-ABRELATEDNAMES", v.Label, quote(v.Value))
		}
	}
	for _, d := range c.Dates {
		if w.v4 && d.Standard && d.Label == "anniversary" {
			w.day("ANNIVERSARY", d.Day)
			continue
		}
		w.item("X-ABDATE", d.Label, d.Day.UTC().Format(time.DateOnly))
	}
	for _, a := range c.Messaging {
		w.labelled("IMPP;X-SERVICE-TYPE="+parameter(a.Service), a.Value, uri(scheme(a.Service)+":"+a.Value.Value))
	}
	for _, a := range c.Social {
		value := a.URL
		if value == "" {
			value = "x-apple:" + a.Value.Value
		}
		w.line("X-SOCIALPROFILE;TYPE="+parameter(strings.ToLower(a.Service))+";X-USER="+parameter(a.Value.Value), uri(value))
	}
}

// types are Apple's labels as vCards have them.
var types = map[string]string{
	"mobile": "CELL", "iphone": "CELL,IPHONE", "home": "HOME", "work": "WORK", "school": "SCHOOL", "main": "MAIN", "pager": "PAGER",
	"homefax": "HOME,FAX", "workfax": "WORK,FAX", "otherfax": "FAX",
}

// relations are those that version 4 has a word of its own for.
var relations = map[string]string{
	"spouse": "spouse", "wife": "spouse", "husband": "spouse", "partner": "sweetheart", "child": "child", "son": "child", "daughter": "child",
	"mother": "parent", "father": "parent", "parent": "parent", "brother": "sibling", "sister": "sibling", "friend": "friend", "manager": "co-worker", "assistant": "co-worker",
}

// labelled writes a value with its label: as a type where there is one for it, else
// as Apple's and Google's programs do.
func (w *card) labelled(property string, v Value, value string) {
	label := strings.ToLower(strings.ReplaceAll(v.Label, " ", ""))
	kind := types[label]
	if strings.HasPrefix(property, "RELATED") {
		kind = relations[label]
	}
	switch {
	case v.Label == "" || v.Standard && label == "other":
		w.line(property, value)
	case kind == "":
		w.item(property, v.Label, value)
	default:
		for _, k := range strings.Split(kind, ",") {
			if property += ";TYPE="; w.v4 {
				k = strings.ToLower(k)
			}
			property += k
		}
		w.line(property, value)
	}
}

func (w *card) item(property, label, value string) {
	w.items++
	w.line(fmt.Sprintf("item%d.%s", w.items, property), value)
	if label != "" {
		w.line(fmt.Sprintf("item%d.X-ABLabel", w.items), quote(label))
	}
}

func (w *card) given(property, text string) {
	if strings.TrimSpace(text) != "" {
		w.line(property, quote(text))
	}
}

// yearless is the year that a phone writes where the year is not known.
const yearless = 1604

func (w *card) day(property string, t time.Time) {
	t = t.UTC()
	switch {
	case t.IsZero():
	case w.v4 && t.Year() == yearless:
		w.line(property, t.Format("--0102"))
	case w.v4:
		w.line(property, t.Format("20060102"))
	case t.Year() == yearless:
		w.line(property+";X-APPLE-OMIT-YEAR=1604", t.Format(time.DateOnly))
	default:
		w.line(property, t.Format(time.DateOnly))
	}
}

func (w *card) photo(picture []byte) {
	if len(picture) == 0 {
		return
	}
	format := formatOf(picture)
	if format == "" {
		return
	}
	data := base64.StdEncoding.EncodeToString(picture)
	if w.v4 {
		w.line("PHOTO", "data:image/"+format+";base64,"+data)
	} else {
		w.line("PHOTO;ENCODING=b;TYPE="+strings.ToUpper(format), data)
	}
}

// formatOf is the format of a picture by its first bytes, "" if programs would not
// show it.
func formatOf(picture []byte) string {
	for begins, format := range map[string]string{"\xff\xd8\xff": "jpeg", "\x89PNG\r\n": "png", "GIF8": "gif"} {
		if bytes.HasPrefix(picture, []byte(begins)) {
			return format
		}
	}
	return ""
}

// longestLine is where lines are folded, in bytes.
const longestLine = 75

// line writes a line, folded where it is too long, and never within a letter.
func (w *card) line(property, value string) {
	rest := property + ":" + value
	for room := longestLine; len(rest) > room; room = longestLine - 1 {
		cut := room
		for cut > 1 && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		w.out.WriteString(rest[:cut] + "\r\n ")
		rest = rest[cut:]
	}
	w.out.WriteString(rest + "\r\n")
}

var quoter = strings.NewReplacer("\\", "\\\\", "\r\n", "\\n", "\n", "\\n", "\r", "\\n", ",", "\\,", ";", "\\;", "\x00", "")

func quote(text string) string { return quoter.Replace(text) }

func structured(parts ...string) string {
	quoted := make([]string, len(parts))
	for i, p := range parts {
		quoted[i] = quote(p)
	}
	return strings.Join(quoted, ";")
}

// uri is an address on one line. It is not quoted.
func uri(text string) string {
	return strings.NewReplacer("\r", "", "\n", "", "\x00", "", " ", "%20").Replace(text)
}

// scheme is what the address at a messenger begins with.
func scheme(service string) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(service))
	if letters == "" || letters[0] < 'a' {
		return "x-apple"
	}
	return letters
}

// parameter is a value of a parameter, in quotes.
func parameter(text string) string {
	return `"` + strings.NewReplacer(`"`, "'", "\r", " ", "\n", " ", "\x00", "").Replace(text) + `"`
}
