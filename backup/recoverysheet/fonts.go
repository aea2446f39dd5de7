package recoverysheet

import (
	"io"
	"log"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/fontscan"
)

// source gives a font of this computer that may have a letter; nil if there is none.
type source func(letter rune) *font.Face

// systemFonts looks for this computer's fonts once they are needed, which takes
// seconds the first time. Their list is kept in cache, a folder.
func systemFonts(cache string) source {
	fonts := sync.OnceValue(func() *fontscan.FontMap {
		found := fontscan.NewFontMap(log.New(io.Discard, "", 0))
		if err := found.UseSystemFonts(cache); err != nil {
			return nil // a computer without fonts, or without a place for their list
		}
		found.SetQuery(fontscan.Query{Families: []string{fontscan.SansSerif}})
		return found
	})
	return func(letter rune) *font.Face {
		found := fonts()
		if found == nil {
			return nil
		}
		return found.ResolveFace(letter)
	}
}
