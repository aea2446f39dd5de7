package messages

import (
	"encoding/binary"
	"strings"
	"testing"
)

// written is how a phone writes an attributed string, after what was published of it;
// length is how the length of the text is written.
func written(class, stringClass, length, text string) string {
	between := ""
	if class == "NSMutableAttributedString" {
		between = "\x84\x84\x12NSAttributedString\x00"
	}
	mutable := ""
	if stringClass == "NSMutableString" {
		mutable = "\x84\x84\x08NSString\x01"
	}
	return "\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84" + string(rune(len(class))) + class + "\x00" + between + "\x84\x84\x08NSObject\x00\x85" +
		"\x92\x84\x84\x84" + string(rune(len(stringClass))) + stringClass + "\x01" + mutable + "\x94\x84\x01+" + length + text +
		"\x86\x84\x02iI\x01\x02\x92\x84\x84\x84\x0cNSDictionary\x00\x94\x84\x01i\x01\x92\x84\x96\x96\x1d__kIMMessagePartAttributeName\x86\x86\x86"
}

func u16(n int) string {
	return "\x81" + string(binary.LittleEndian.AppendUint16(nil, uint16(n))) //nolint:gosec // a test
}

func u32(n int) string {
	return "\x82" + string(binary.LittleEndian.AppendUint32(nil, uint32(n))) //nolint:gosec // a test
}

func TestTypedstream(t *testing.T) {
	emoji, mid, long := "👨‍👩‍👧 Grüße \uFFFC", strings.Repeat("ä", 100), strings.Repeat("漢字🔑", 10_000)
	for name, c := range map[string]struct{ data, want string }{
		"short":                    {written("NSAttributedString", "NSString", "\x05", "Hello"), "Hello"},
		"mutable":                  {written("NSMutableAttributedString", "NSMutableString", "\x05", "Hello"), "Hello"},
		"empty":                    {written("NSAttributedString", "NSString", "\x00", ""), ""},
		"emoji":                    {written("NSAttributedString", "NSString", string(rune(len(emoji))), emoji), emoji},
		"127 bytes":                {written("NSAttributedString", "NSString", "\x7f", strings.Repeat("x", 127)), strings.Repeat("x", 127)},
		"over 127":                 {written("NSAttributedString", "NSString", u16(len(mid)), mid), mid},
		"over 32,767":              {written("NSAttributedString", "NSString", u16(40_000), strings.Repeat("y", 40_000)), strings.Repeat("y", 40_000)},
		"over 65,535":              {written("NSMutableAttributedString", "NSMutableString", u32(len(long)), long), long},
		"cut off after it":         {written("NSAttributedString", "NSString", "\x05", "Hello")[:100], "Hello"},
		"no UTF-8":                 {written("NSAttributedString", "NSString", "\x03", "a\xffb"), "a\uFFFDb"},
		"a type that is not known": {strings.Replace(written("NSAttributedString", "NSString", "\x05", "Hello"), "\x84\x01@\x84", "\x84\x01?\x84", 1), "Hello"},
		"another head":             {"x" + written("NSAttributedString", "NSString", "\x05", "Hello"), "Hello"},
	} {
		if got, err := streamText([]byte(c.data)); err != nil || got != c.want {
			t.Errorf("%s: %.40q, %v", name, got, err)
		}
	}
	whole := written("NSAttributedString", "NSString", "\x05", "Hello")
	for i := range strings.Index(whole, "Hello") + 4 {
		if got, err := streamText([]byte(whole[:i])); err == nil {
			t.Errorf("of the first %d bytes: %q", i, got)
		}
	}
	for name, data := range map[string]string{
		"nothing":             "",
		"a text":              "Hello",
		"longer than it is":   written("NSAttributedString", "NSString", u32(1<<31), "Hello"),
		"a negative length":   written("NSAttributedString", "NSString", "\xf0", "Hello"),
		"objects without end": streamHead + "\x81\xe8\x03\x84\x01@" + strings.Repeat("\x84\x85\x92", 5000),
		"types without end":   streamHead + "\x81\xe8\x03\x84" + u16(30_000) + strings.Repeat("i", 30_000) + strings.Repeat("\x01", 30_000),
	} {
		if got, err := streamText([]byte(data)); err == nil {
			t.Errorf("%s: %.40q", name, got)
		}
	}
}

func FuzzTypedstream(f *testing.F) {
	f.Add([]byte(written("NSAttributedString", "NSString", "\x05", "Hello")))
	f.Add([]byte(written("NSMutableAttributedString", "NSMutableString", u16(3), "a\xffb")))
	f.Add([]byte("NSString\x01\x94\x84\x01+\x81\x02\x00ab"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := streamText(data)
		if err == nil && (len(text) > 3*len(data) || strings.ToValidUTF8(text, "") != text) {
			t.Errorf("%d bytes of %d", len(text), len(data))
		}
	})
}
