package words

import "strings"

// written is what every sentence calls the device, in the files.
const written = "iPhone"

// About is the catalogue in which the sentences speak of a device by what it
// is, such as "iPad"; in the files all speak of an iPhone. What an argument
// says, such as a device's own name, stays as it is. "", and what could be read
// as a part of a template, is an iPhone.
func (c *Catalogue) About(device string) *Catalogue {
	if c.base != nil {
		c = c.base
	}
	if device == "" || device == written || strings.ContainsAny(device, "{}") {
		return c
	}
	if made, ok := c.devices.Load(device); ok {
		return made.(*Catalogue)
	}
	about := &Catalogue{numbers: c.numbers, parser: newParser(device), messages: c.messages, language: c.language, base: c}
	made, _ := c.devices.LoadOrStore(device, about)
	return made.(*Catalogue)
}
