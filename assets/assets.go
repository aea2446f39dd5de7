// Package assets holds what is embedded in the programs: icons, languages
// and knowledge that ages. It is below every other room and imports none.
package assets

import "embed"

// Translations is one folder a language; lifeboat/assets/words reads it.
//
//go:embed translations
var Translations embed.FS
