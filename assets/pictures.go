package assets

import "embed"

// Icon is the app's icon, 512 pixels square; icon.svg is its drawing.
//
//go:embed icon.png
var Icon []byte

// Pictures holds pictures/<name>.svg: the five shapes of a check's status,
// which take the colour of the theme, and the drawings of the screens.
//
//go:embed pictures
var Pictures embed.FS
