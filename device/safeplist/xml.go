package safeplist

import (
	"bytes"
	"fmt"

	"howett.net/plist"
)

// decodeXML decodes an XML plist with the general decoder, once its nesting
// is known to be bounded. XML has no references, so its size bounds the rest.
func decodeXML(data []byte) (v any, err error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	if !xmlStart(text) {
		return nil, ErrFormat // the decoder would try the old text formats next, unbounded
	}
	if err := boundXML(text); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("%w: %v", ErrFormat, r)
		}
	}()
	if _, err := plist.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if v == nil {
		return nil, fmt.Errorf("%w: it is empty", ErrFormat)
	}
	return v, nil
}

func xmlStart(text []byte) bool {
	for _, start := range []string{"<?xml", "<!DOCTYPE", "<plist", "<!--"} {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	return false
}

// boundXML counts elements that are open at the same time, and rather one too
// many: comments, CDATA, declarations and attributes cannot fake a closing tag.
func boundXML(text []byte) error {
	depth := 0
	for {
		i := bytes.IndexByte(text, '<')
		if i < 0 {
			return nil
		}
		text = text[i:]
		end := ">"
		switch {
		case bytes.HasPrefix(text, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(text, []byte("<![CDATA[")):
			end = "]]>"
		case bytes.HasPrefix(text, []byte("<?")):
			end = "?>"
		}
		j := bytes.Index(text, []byte(end))
		if j < 0 {
			return fmt.Errorf("%w: a tag that never ends", ErrFormat)
		}
		tag := text[:j+len(end)]
		text = text[len(tag):]
		switch {
		case end != ">":
		case tag[1] == '!':
			if depth > 0 {
				return fmt.Errorf("%w: a declaration among the values", ErrFormat)
			}
		case tag[1] == '/':
			depth = max(depth-1, 0)
		case tag[len(tag)-2] == '/' && !bytes.ContainsAny(tag, `"'`): // a quoted "/>" ends nothing
		default:
			depth++
		}
		if depth > MaxDepth+1 { // <plist> itself is one
			return ErrTooDeep
		}
	}
}
