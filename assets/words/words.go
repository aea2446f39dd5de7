// Package words turns keys into sentences.
//
// Rooms that decide (checks, backup, device) never hold a sentence: they
// return a [Text], which is a key and its arguments. Whoever shows it (ui,
// lifeboatctl) renders it with a [Catalogue].
//
// The sentences stand in assets/translations, in message files of
// [github.com/nicksnyder/go-i18n/v2/i18n], which also chooses among plural
// forms: <room>.<language>.toml. The names of nested tables, joined by dots,
// are the keys. Where a key ends in a word of that format, such as "other",
// the sentence is a table: other = { other = "…" }.
package words

import (
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
)

// Args fill a sentence's placeholders. Besides strings, which are made fit for
// one line ([OneLine]), and numbers they may be [Bytes], [Count], [Date], [Span],
// [Text] or []Text, which are worded by the catalogue. None is ever read as a
// template.
type Args map[string]any

// Text is a sentence yet to be worded. The zero Text is the empty sentence.
type Text struct {
	Key  string
	Args Args
}

// T is shorthand for a Text.
func T(key string, args Args) Text { return Text{Key: key, Args: args} }

// Count is a number of things, worded with the language's separators: "12,345".
// A sentence with plural forms has the one of the Count that it writes, of
// which there must be one: where it speaks of two numbers, the other is a Text.
type Count int64

// Bytes is a size in bytes, worded in decimal units as phones and disks are sold.
type Bytes int64

// Date is a moment, worded as a local date.
type Date time.Time

// Span is a duration, worded roughly: "3 minutes", "2 hours".
type Span time.Duration

// Say returns the text of a key with its arguments. A missing key or argument gives the
// key itself in brackets, which a test over all keys keeps from happening.
func (c *Catalogue) Say(key string, args Args) string {
	if key == "" {
		return ""
	}
	m, known := c.messages[key]
	if !known {
		return "[" + key + "]"
	}
	count, ok := countOf(m.Message, args)
	if !ok {
		return "[" + key + "]"
	}
	text, err := m.localizer.Localize(&i18n.LocalizeConfig{
		DefaultMessage: m.Message, TemplateData: c.worded(args), PluralCount: count, TemplateParser: c.parser,
	})
	if err != nil && text == "" { // with a text it is of the form "other"
		return "[" + key + "]"
	}
	return text
}

// countOf is the count that chooses m's plural form; nil for a sentence without
// any. It fails unless there is exactly one.
func countOf(m *i18n.Message, args Args) (count any, ok bool) {
	if m.One == "" {
		return nil, true
	}
	for name, v := range args {
		if n, counts := v.(Count); counts && strings.Contains(m.Other, "{{."+name+"}}") {
			if count != nil {
				return nil, false
			}
			count = int64(n)
		}
	}
	return count, count != nil
}

// Text words t.
func (c *Catalogue) Text(t Text) string { return c.Say(t.Key, t.Args) }

// Texts words each of ts.
func (c *Catalogue) Texts(ts []Text) []string {
	out := make([]string, 0, len(ts))
	for _, t := range ts {
		out = append(out, c.Text(t))
	}
	return out
}

// worded replaces the typed arguments by their words.
func (c *Catalogue) worded(args Args) map[string]any {
	out := make(map[string]any, len(args))
	for name, v := range args {
		switch v := v.(type) {
		case Count:
			out[name] = c.numbers.Sprint(int64(v))
		case Bytes:
			out[name] = c.bytes(int64(v))
		case Date:
			out[name] = c.date(time.Time(v))
		case Span:
			out[name] = c.span(time.Duration(v))
		case Text:
			out[name] = c.Text(v)
		case []Text:
			out[name] = strings.Join(c.Texts(v), ", ")
		case string:
			out[name] = OneLine(v)
		default:
			out[name] = v
		}
	}
	return out
}
