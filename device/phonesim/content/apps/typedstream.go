package apps

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf16"
)

// styledText is a text as Messages keeps it in attributedBody: an
// NSMutableAttributedString in the old archive format "typedstream", version 4.
type styledText struct {
	text string
	runs []styledRun // which together are as long as the text
}

// styledRun is what goes for so many UTF-16 units of a text.
type styledRun struct {
	length     int
	attributes []attribute
}

// attribute is one property of a run. Its value is a string or an int.
type attribute struct {
	key   string
	value any
}

// objectMarker stands in a text where an attachment is shown.
const objectMarker = '\uFFFC'

// styled is the text of a message whose attachments stand for its markers, in
// their order: every attachment and every text between two is a part of its own.
func styled(text string, attachments []Attachment) styledText {
	s := styledText{text: text}
	part := 0
	add := func(piece string, attributes ...attribute) {
		attributes = append([]attribute{{"__kIMMessagePartAttributeName", part}}, attributes...)
		s.runs = append(s.runs, styledRun{length: len(utf16.Encode([]rune(piece))), attributes: attributes})
		part++
	}
	for text != "" {
		at := strings.IndexRune(text, objectMarker)
		if at < 0 || len(attachments) == 0 {
			add(text)
			break
		}
		if at > 0 {
			add(text[:at])
		}
		mark := string(objectMarker)
		add(mark, attribute{"__kIMFileTransferGUIDAttributeName", attachments[0].GUID})
		attachments, text = attachments[1:], text[at+len(mark):]
	}
	return s
}

// The tags of a typedstream.
const (
	tagInt16  = 0x81
	tagInt32  = 0x82
	tagNew    = 0x84
	tagNil    = 0x85
	tagEnd    = 0x86
	firstBack = 0x92 // the number of the first back reference
)

// archive writes a typedstream. Type texts and names of classes are counted in
// one list, classes and objects in another; what was written once is referred
// to by its number.
type archive struct {
	out     []byte
	strings map[string]int
	classes map[string]int
	objects int
}

// class is a class and those above it.
type class struct {
	name    string
	version int
	super   *class
}

var (
	nsObject         = &class{name: "NSObject"}
	nsAttributed     = &class{name: "NSAttributedString", super: nsObject}
	nsMutableStyled  = &class{name: "NSMutableAttributedString", super: nsAttributed}
	nsString         = &class{name: "NSString", version: 1, super: nsObject}
	nsMutableString  = &class{name: "NSMutableString", version: 1, super: nsString}
	nsDictionary     = &class{name: "NSDictionary", super: nsObject}
	nsValue          = &class{name: "NSValue", super: nsObject}
	nsNumber         = &class{name: "NSNumber", super: nsValue}
	typedstreamMagic = "\x04\x0bstreamtyped\x81\xe8\x03"
)

// typedstream archives a text. mutable takes the classes of texts that can be changed,
// as most messages have them.
func (s styledText) typedstream(mutable bool) []byte {
	a := &archive{out: []byte(typedstreamMagic), strings: map[string]int{}, classes: map[string]int{}}
	outer, inner := nsAttributed, nsString
	if mutable {
		outer, inner = nsMutableStyled, nsMutableString
	}
	a.typed("@")
	a.begin(outer)
	a.typed("@")
	a.text(inner, s.text)
	seen := map[string]int{}
	for _, run := range s.runs {
		key := run.key()
		number, again := seen[key]
		if !again {
			number = len(seen) + 1
			seen[key] = number
		}
		a.typed("iI")
		a.integer(number)
		a.integer(run.length)
		if !again {
			a.typed("@")
			a.dictionary(run.attributes)
		}
	}
	a.end()
	return a.out
}

// key tells runs of different attributes apart.
func (r styledRun) key() string {
	var b strings.Builder
	for _, at := range r.attributes {
		b.WriteString(at.key)
		switch v := at.value.(type) {
		case string:
			b.WriteString("=" + v + ";")
		case int:
			b.WriteString("#" + string(rune(v)) + ";")
		}
	}
	return b.String()
}

// integer writes a number in as few bytes as the format allows.
func (a *archive) integer(n int) {
	switch {
	case n >= -110 && n <= math.MaxInt8:
		a.out = append(a.out, byte(int8(n)))
	case n >= math.MinInt16 && n <= math.MaxInt16:
		a.out = binary.LittleEndian.AppendUint16(append(a.out, tagInt16), uint16(int16(n)))
	default:
		a.out = binary.LittleEndian.AppendUint32(append(a.out, tagInt32), uint32(int32(n)))
	}
}

// typed writes the type of what comes next.
func (a *archive) typed(text string) {
	if n, known := a.strings[text]; known {
		a.integer(firstBack + n - 256) // a signed byte
		return
	}
	a.strings[text] = len(a.strings)
	a.out = append(a.out, tagNew)
	a.integer(len(text))
	a.out = append(a.out, text...)
}

// begin begins an object. Its number comes before that of its class.
func (a *archive) begin(c *class) {
	a.out = append(a.out, tagNew)
	a.objects++
	a.class(c)
}

func (a *archive) end() { a.out = append(a.out, tagEnd) }

func (a *archive) class(c *class) {
	if c == nil {
		a.out = append(a.out, tagNil)
		return
	}
	if n, known := a.classes[c.name]; known {
		a.integer(firstBack + n - 256)
		return
	}
	a.classes[c.name] = a.objects
	a.objects++
	a.out = append(a.out, tagNew)
	a.typed(c.name)
	a.integer(c.version)
	a.class(c.super)
}

func (a *archive) text(c *class, text string) {
	a.begin(c)
	a.typed("+")
	a.integer(len(text))
	a.out = append(a.out, text...)
	a.end()
}

func (a *archive) number(n int) {
	a.begin(nsNumber)
	a.typed("*")
	a.out = append(a.out, tagNew)
	a.objects++
	a.typed("i")
	a.typed("i")
	a.integer(n)
	a.end()
}

func (a *archive) dictionary(attributes []attribute) {
	a.begin(nsDictionary)
	a.typed("i")
	a.integer(len(attributes))
	for _, at := range attributes {
		a.typed("@")
		a.text(nsString, at.key)
		a.typed("@")
		switch v := at.value.(type) {
		case string:
			a.text(nsString, v)
		case int:
			a.number(v)
		}
	}
	a.end()
}
