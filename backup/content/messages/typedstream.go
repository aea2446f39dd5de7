package messages

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"
)

// A typedstream is an archive of Objective-C objects, older than property lists, in
// which Messages keeps the text of a message with its attributes: the column
// attributedBody. The format is known from what others found out, not from Apple:
//
//   - It begins with the version 4, the text "streamtyped" and the system's version 1000.
//   - A number is one signed byte, or 0x81 and two bytes, or 0x82 and four, or 0x87 and
//     eight, the lowest first.
//   - 0x84 begins what is new, 0x85 stands for nil, 0x86 ends an object; other values
//     from 0x92 (as a signed byte: -110) refer to what came before, in the order in which
//     it began. Texts that name types and classes are counted by themselves.
//   - A value follows the text of its type: "@" an object, "+" bytes with their length,
//     "*" a C string, "i" a number, and so on.
//
// Only the way to the text is read: the first string within the object. What comes
// behind it (which part has which attributes) need not be understood.
const (
	streamHead = "\x04\x0bstreamtyped"

	tag16    = 0x81
	tag32    = 0x82
	tagReal  = 0x83
	tagNew   = 0x84
	tagNil   = 0x85
	tagEnd   = 0x86
	tag64    = 0x87
	firstRef = -110
)

// Bounds of what is read before the text comes: real messages have one object within
// another, and fewer than ten classes.
const (
	maxStreamDepth = 16
	maxStreamNames = 100
	maxStreamItems = 1000
)

var (
	errStream = errors.New("no typedstream, or one of an unknown form")
	errFound  = errors.New("the text was found")
)

// stream reads a typedstream.
type stream struct {
	rest  []byte
	names []string // texts of types and names of classes, by their numbers
	items int      // what was read, to bound it
	text  []byte
}

// streamText is the text of an attributed string. Without one the error is set, and
// with a text that could only be found by looking for it, it is not.
func streamText(data []byte) (string, error) {
	text, err := parseStream(data)
	if err != nil {
		if text, err = scanStream(data); err != nil {
			return "", err
		}
	}
	return strings.ToValidUTF8(string(text), "\uFFFD"), nil
}

func parseStream(data []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(data, []byte(streamHead))
	if !ok {
		return nil, errStream
	}
	s := &stream{rest: rest}
	if _, err := s.number(); err != nil { // the system's version
		return nil, err
	}
	if err := s.values(0); !errors.Is(err, errFound) {
		return nil, errStream
	}
	return s.text, nil
}

// scanStream looks for the text by what stands before it: a class of strings, then
// the type "+".
func scanStream(data []byte) ([]byte, error) {
	at := bytes.Index(data, []byte("String"))
	for at >= 0 {
		rest := data[at+len("String"):]
		plus := bytes.Index(rest[:min(len(rest), 40)], []byte{1, '+'})
		if plus >= 0 {
			s := &stream{rest: rest[plus+2:]}
			if text, err := s.bytes(); err == nil && utf8.Valid(text) {
				return text, nil
			}
		}
		next := bytes.Index(rest, []byte("String"))
		if next < 0 {
			break
		}
		at += len("String") + next
	}
	return nil, errStream
}

func (s *stream) take(n uint64) ([]byte, error) {
	if n > uint64(len(s.rest)) {
		return nil, errStream
	}
	taken := s.rest[:n]
	s.rest = s.rest[n:]
	return taken, nil
}

// head takes one byte, if it is this one.
func (s *stream) head(tag byte) bool {
	if len(s.rest) == 0 || s.rest[0] != tag {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// number reads a number. One of several bytes is unsigned, as lengths are.
func (s *stream) number() (int64, error) {
	one, err := s.take(1)
	if err != nil {
		return 0, err
	}
	width := map[byte]uint64{tag16: 2, tag32: 4, tag64: 8}[one[0]]
	switch {
	case width > 0:
		raw, err := s.take(width)
		if err != nil {
			return 0, err
		}
		var wide [8]byte
		copy(wide[:], raw)
		return int64(binary.LittleEndian.Uint64(wide[:])), nil //nolint:gosec // who uses it bounds it
	case one[0] >= tag16 && int8(one[0]) < firstRef: //nolint:gosec // a tag
		return 0, errStream
	}
	return int64(int8(one[0])), nil //nolint:gosec // signed by its format
}

func (s *stream) bytes() ([]byte, error) {
	n, err := s.number()
	if err != nil || n < 0 {
		return nil, errStream
	}
	return s.take(uint64(n))
}

// name reads a text of a type or a class, which comes once in full.
func (s *stream) name() (string, error) {
	if s.head(tagNil) {
		return "", nil
	}
	if s.head(tagNew) {
		text, err := s.bytes()
		if err != nil || len(s.names) >= maxStreamNames {
			return "", errStream
		}
		s.names = append(s.names, string(text))
		return string(text), nil
	}
	n, err := s.number()
	if n -= firstRef; err != nil || n < 0 || n >= int64(len(s.names)) {
		return "", errStream
	}
	return s.names[n], nil
}

// values reads the values of an object to its end, each after its types.
func (s *stream) values(depth int) error {
	for len(s.rest) > 0 && !s.head(tagEnd) {
		types, err := s.name()
		if err != nil {
			return err
		}
		for _, t := range types {
			if s.items++; s.items > maxStreamItems {
				return errStream
			}
			if err := s.value(t, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// value reads a value. The first bytes that come are the text.
func (s *stream) value(kind rune, depth int) (err error) {
	switch kind {
	case '+':
		if s.text, err = s.bytes(); err == nil {
			err = errFound
		}
	case '@':
		if depth >= maxStreamDepth {
			return errStream
		}
		return s.object(depth + 1)
	case '*', '%', ':':
		_, err = s.name()
	case 'c', 'C', 'B':
		_, err = s.take(1)
	case 's', 'S', 'i', 'I', 'l', 'L', 'q', 'Q':
		_, err = s.number()
	case 'f', 'd':
		if s.head(tagReal) {
			_, err = s.take(map[rune]uint64{'f': 4, 'd': 8}[kind])
		} else {
			_, err = s.number()
		}
	default:
		err = errStream
	}
	return err
}

// object reads an object: its class and those above it, then its values.
func (s *stream) object(depth int) error {
	if s.head(tagNil) {
		return nil
	}
	if !s.head(tagNew) {
		_, err := s.number() // one that came before
		return err
	}
	for s.head(tagNew) { // classes, each with its version; the last has none above it
		if _, err := s.name(); err != nil {
			return err
		}
		if _, err := s.number(); err != nil {
			return err
		}
	}
	if !s.head(tagNil) {
		if _, err := s.number(); err != nil {
			return err
		}
	}
	return s.values(depth)
}
