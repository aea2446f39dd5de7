// Package words turns keys into sentences.
//
// Rooms that decide (checks, backup, device) never hold a sentence: they
// return a [Text], which is a key and its arguments. Whoever shows it (ui,
// lifeboatctl) renders it with a [Catalogue]. A new language is one folder
// in assets/translations, with the same files and keys as "en".
package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"text/template"
	"time"

	"lifeboat/assets"
)

// Args fill a sentence's placeholders. Besides strings, which are made fit for
// one line ([OneLine]), and numbers they may be [Bytes], [Date], [Span], [Text]
// or []Text, which are worded by the catalogue.
type Args map[string]any

// Text is a sentence yet to be worded. The zero Text is the empty sentence.
type Text struct {
	Key  string
	Args Args
}

// T is shorthand for a Text.
func T(key string, args Args) Text { return Text{Key: key, Args: args} }

// Bytes is a size in bytes, worded in decimal units as phones and disks are sold.
type Bytes int64

// Date is a moment, worded as a local date.
type Date time.Time

// Span is a duration, worded roughly: "3 minutes", "2 hours".
type Span time.Duration

// Catalogue holds the sentences of one language, with English for what it lacks.
type Catalogue struct {
	lang    string
	texts   map[string]*template.Template
	sources map[string]string // what texts were made of
	keys    []string
	devices sync.Map   // by their names, what [Catalogue.About] made
	base    *Catalogue // of which it was made; nil for one of an iPhone
}

// Keys lists every key, sorted.
func (c *Catalogue) Keys() []string { return c.keys }

// Has reports whether key has a sentence.
func (c *Catalogue) Has(key string) bool { _, ok := c.texts[key]; return ok }

// English is the catalogue that every other falls back to.
var English = sync.OnceValue(func() *Catalogue {
	c, err := load("en")
	if err != nil {
		panic(err) // embedded data, proven by a test
	}
	return c
})

// For returns the catalogue of a language tag such as "de-AT" or "en_GB.UTF-8";
// English where there is none.
func For(tag string) *Catalogue {
	lang := strings.ToLower(tag)
	if end := strings.IndexAny(lang, "-_.@"); end >= 0 {
		lang = lang[:end]
	}
	if lang == "en" {
		return English()
	}
	c, err := load(lang)
	if err != nil {
		return English()
	}
	for key, t := range English().texts {
		if _, ok := c.texts[key]; !ok {
			c.texts[key], c.sources[key] = t, English().sources[key]
		}
	}
	c.keys = English().keys
	return c
}

// load reads every file of one language folder. Each is a JSON object whose
// nested names, joined by dots, are the keys.
func load(lang string) (*Catalogue, error) {
	c := &Catalogue{lang: lang, texts: map[string]*template.Template{}, sources: map[string]string{}}
	dir := path.Join("translations", lang)
	files, err := fs.ReadDir(assets.Translations, dir)
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", lang, err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(assets.Translations, path.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		var tree map[string]any
		if err := json.Unmarshal(data, &tree); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", dir, f.Name(), err)
		}
		if err := c.add("", tree); err != nil {
			return nil, fmt.Errorf("%s/%s: %w", dir, f.Name(), err)
		}
	}
	for key := range c.texts {
		c.keys = append(c.keys, key)
	}
	sort.Strings(c.keys)
	return c, nil
}

func (c *Catalogue) add(prefix string, tree map[string]any) error {
	for name, v := range tree {
		key := strings.TrimPrefix(prefix+"."+name, ".")
		switch v := v.(type) {
		case string:
			if _, twice := c.texts[key]; twice {
				return fmt.Errorf("key %q stands twice", key)
			}
			t, err := parse(key, v)
			if err != nil {
				return err
			}
			c.texts[key], c.sources[key] = t, v
		case map[string]any:
			if err := c.add(key, v); err != nil {
				return err
			}
		default:
			return fmt.Errorf("key %q is neither text nor object", key)
		}
	}
	return nil
}

func parse(key, source string) (*template.Template, error) {
	return template.New(key).Option("missingkey=error").Funcs(funcs).Parse(source)
}

// Say words a key with its arguments. A missing key or argument gives the
// key itself in brackets, which a test over all keys keeps from happening.
func (c *Catalogue) Say(key string, args Args) string {
	if key == "" {
		return ""
	}
	t, ok := c.texts[key]
	if !ok {
		return "[" + key + "]"
	}
	var b strings.Builder
	if err := t.Execute(&b, c.worded(args)); err != nil {
		return "[" + key + "]"
	}
	return b.String()
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

// funcs are what a sentence may call: {{plural .Days "day" "days"}} gives
// "1 day" or "3 days".
var funcs = template.FuncMap{
	"plural": func(n any, one, other string) (string, error) {
		switch v := n.(type) {
		case int:
			return counted(int64(v), one, other), nil
		case int64:
			return counted(v, one, other), nil
		case uint64:
			return counted(int64(v), one, other), nil
		}
		return "", fmt.Errorf("plural of %T", n)
	},
}

func counted(n int64, one, other string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%s %s", grouped(n), other)
}
