package replay

import (
	"errors"
	"strconv"
	"strings"
)

// parser reads values from the front of s.
type parser struct{ s string }

var errValue = errors.New("a value that is none")

func (p *parser) done() bool {
	p.s = strings.TrimLeft(p.s, " ")
	return p.s == ""
}

// until takes what stands before one of the characters in stop.
func (p *parser) until(stop string) string {
	i := strings.IndexAny(p.s, stop)
	if i < 0 {
		i = len(p.s)
	}
	word := p.s[:i]
	p.s = p.s[i:]
	return word
}

func (p *parser) take(c byte) bool {
	if p.s != "" && p.s[0] == c {
		p.s = p.s[1:]
		return true
	}
	return false
}

func (p *parser) value(depth int) (any, error) {
	if depth > maxDepth || p.done() {
		return nil, errValue
	}
	switch p.s[0] {
	case '"':
		p.take('"')
		word := p.until(`"`)
		if !p.take('"') {
			return nil, errValue
		}
		return word, nil
	case '[':
		p.take('[')
		return p.list(depth)
	case '{':
		p.take('{')
		return p.dict(depth)
	}
	return p.word()
}

func (p *parser) list(depth int) (any, error) {
	list := []any{}
	for {
		if p.done() {
			return nil, errValue
		}
		if p.take(']') {
			return list, nil
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

// dict reads a dictionary. Its keys are words, or the hidden ones as they are
// written.
func (p *parser) dict(depth int) (any, error) {
	d := map[string]any{}
	for {
		if p.done() {
			return nil, errValue
		}
		if p.take('}') {
			return d, nil
		}
		key := p.key()
		if !p.take(':') || key == "" {
			return nil, errValue
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		d[key] = v
	}
}

// key reads a key; of a path the parentheses are part of it.
func (p *parser) key() string {
	if strings.HasPrefix(p.s, "path(") {
		return p.nested()
	}
	return p.until(" :{}[]")
}

// nested takes a word with its parentheses, which hold others.
func (p *parser) nested() string {
	depth := 0
	for i, c := range p.s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				word := p.s[:i+1]
				p.s = p.s[i+1:]
				return word
			}
		case ' ':
			return ""
		}
	}
	return ""
}

func (p *parser) word() (any, error) {
	if strings.HasPrefix(p.s, "path(") {
		word := p.nested()
		if word == "" {
			return nil, errValue
		}
		return Path(word[len("path(") : len(word)-1]), nil
	}
	if rest, ok := strings.CutPrefix(p.s, `error("`); ok {
		text, after, ok := strings.Cut(rest, `")`)
		if !ok {
			return nil, errValue
		}
		p.s = after
		return Failure(text), nil
	}
	word := p.until(" ]}")
	switch word {
	case "true", "false":
		return word == "true", nil
	case "date", "real", "bool", "secret", "other", "more", "folder":
		return Kind(word), nil
	case "":
		return nil, errValue
	}
	name, argument, has := strings.Cut(word, "(")
	if has {
		return called(name, argument)
	}
	if number, ok := strings.CutPrefix(word, "id#"); ok {
		n, err := strconv.Atoi(number)
		return Path("id#" + strconv.Itoa(n)), err
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n, nil
	}
	if f, err := strconv.ParseFloat(word, 64); err == nil && strings.Contains(word, ".") {
		return f, nil
	}
	return nil, errValue
}

// called reads what is written as a name with a number: text(12)#7.
func called(name, argument string) (any, error) {
	number, rest, ok := strings.Cut(argument, ")")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return nil, errValue
	}
	if name == "ago" {
		return Ago(n), nil
	}
	if name == "int" && n >= -64 && n <= 64 {
		return Int(n), nil
	}
	if n < 0 || n > maxInvented {
		return nil, errValue
	}
	switch name {
	case "text":
		of, err := strconv.Atoi(strings.TrimPrefix(rest, "#"))
		return Text{int(n), of}, err
	case "data":
		return Data(n), nil
	}
	return nil, errValue
}

// maxInvented bounds a text or data that is invented, in bytes.
const maxInvented = 16 << 20
