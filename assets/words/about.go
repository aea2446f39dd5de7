package words

import (
	"strings"
	"text/template"
)

// written is what every sentence calls the device, in the files.
const written = "iPhone"

// About is the catalogue in which the sentences speak of a device by what it
// is, such as "iPad"; in the files all speak of an iPhone. What an argument
// says, such as a device's own name, stays as it is. "" is an iPhone.
func (c *Catalogue) About(device string) *Catalogue {
	if c.base != nil {
		c = c.base
	}
	if device == "" || device == written {
		return c
	}
	if made, ok := c.devices.Load(device); ok {
		return made.(*Catalogue)
	}
	about := &Catalogue{base: c, lang: c.lang, texts: make(map[string]*template.Template, len(c.texts)), sources: c.sources, keys: c.keys}
	for key, t := range c.texts {
		if source := c.sources[key]; strings.Contains(source, written) {
			// One that was parsed before differs in a word without a meaning to
			// templates, so it can be parsed again.
			if again, err := parse(key, strings.ReplaceAll(source, written, device)); err == nil {
				t = again
			}
		}
		about.texts[key] = t
	}
	made, _ := c.devices.LoadOrStore(device, about)
	return made.(*Catalogue)
}
