// Package assets holds what is embedded in the programs: icons, languages
// and knowledge that ages. It is below every other room and imports none.
package assets

import "embed"

// Translations are message files, <room>.<language>.toml; lifeboat/assets/words reads them.
//
//go:embed translations
var Translations embed.FS
