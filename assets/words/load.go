package words

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"lifeboat/assets"
)

// Catalogue holds the sentences of one language, with English for what it
// lacks. It may be used by several goroutines.
type Catalogue struct {
	numbers  *message.Printer
	parser   *parser
	messages map[string]sentence // by their keys

	language language.Tag
	files    []*i18n.MessageFile // of which it was made
	devices  sync.Map            // by their names, what [Catalogue.About] made
	base     *Catalogue          // of which About made it; nil for one of an iPhone
}

// sentence is one with the language that it is written in.
type sentence struct {
	*i18n.Message
	localizer *i18n.Localizer
}

// Keys lists every key, sorted.
func (c *Catalogue) Keys() []string { return slices.Sorted(maps.Keys(c.messages)) }

// Has reports whether key has a sentence.
func (c *Catalogue) Has(key string) bool { return c.messages[key].Message != nil }

// English is the catalogue that every other falls back to.
var English = sync.OnceValue(func() *Catalogue {
	c, err := load(language.English)
	if err != nil {
		panic(err) // embedded data, proven by a test
	}
	return c
})

// For returns the catalogue of a language tag such as "de-AT" or "en_GB.UTF-8";
// English where there is none.
func For(tag string) *Catalogue {
	if end := strings.IndexAny(tag, ".@"); end >= 0 {
		tag = tag[:end]
	}
	tags := languages()
	if _, i := language.MatchStrings(language.NewMatcher(tags), tag); i > 0 {
		if c, err := load(language.English, tags[i]); err == nil {
			return c
		}
	}
	return English()
}

// languages are those that have a file, English first.
func languages() []language.Tag {
	tags := []language.Tag{language.English}
	for _, name := range filesOf("*") {
		if tag := language.Make(strings.Split(name, ".")[1]); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// filesOf names the files of a language, by its tag; "*" are all.
func filesOf(tag string) []string {
	names, _ := fs.Glob(assets.Translations, "translations/*."+tag+".toml") // the pattern is sound
	return names
}

// load reads every file of some languages, the last of which is the one that
// the catalogue speaks.
func load(tags ...language.Tag) (*Catalogue, error) {
	var files []*i18n.MessageFile
	for _, tag := range tags {
		for _, name := range filesOf(tag.String()) {
			data, err := fs.ReadFile(assets.Translations, name)
			if err != nil {
				return nil, err
			}
			file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	return build(files, tags[len(tags)-1]), nil
}

// build makes a catalogue. What go-i18n makes of a sentence is made anew each
// time that it is said: of nearly 2,000 a window shows some dozens.
func build(files []*i18n.MessageFile, tag language.Tag) *Catalogue {
	c := &Catalogue{
		numbers:  message.NewPrinter(tag),
		parser:   newParser(written),
		messages: map[string]sentence{}, language: tag, files: files,
	}
	localizers := map[language.Tag]*i18n.Localizer{}
	for _, file := range files {
		if localizers[file.Tag] == nil {
			localizers[file.Tag] = i18n.NewLocalizer(i18n.NewBundle(file.Tag), file.Tag.String())
		}
		for _, m := range file.Messages {
			c.messages[m.ID] = sentence{m, localizers[file.Tag]}
		}
	}
	return c
}

// parser makes go-i18n take a missing argument for an error, and the sentences
// speak of a device. It keeps what it has parsed.
type parser struct {
	template.TextParser
	device string
	parsed sync.Map // template.ParsedTemplate by their sources
}

func (p *parser) Parse(source, left, right string) (template.ParsedTemplate, error) {
	if parsed, ok := p.parsed.Load(source); ok {
		return parsed.(template.ParsedTemplate), nil
	}
	parsed, err := p.TextParser.Parse(strings.ReplaceAll(source, written, p.device), left, right)
	if err == nil {
		p.parsed.Store(source, parsed)
	}
	return parsed, err
}

// newParser is one whose sentences speak of a device.
func newParser(device string) *parser {
	return &parser{TextParser: template.TextParser{Option: "missingkey=error"}, device: device}
}
