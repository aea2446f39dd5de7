package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Names of colours that Fyne has no name for.
const (
	// Card is the ground of a card, one step off the window's ground.
	Card fyne.ThemeColorName = "lifeboat-card"
	// CardBorder is the hairline around a card.
	CardBorder fyne.ThemeColorName = "lifeboat-card-border"
	// Quiet is text that stands back: captions and figures.
	Quiet fyne.ThemeColorName = "lifeboat-quiet"
	// Ask is the colour of a question to the user.
	Ask fyne.ThemeColorName = "lifeboat-ask"
	// Notice is the ground of the band that must be seen, such as the passcode prompt.
	Notice fyne.ThemeColorName = "lifeboat-notice"
	// DemoBand and OnDemoBand are the band that marks a demonstration.
	DemoBand   fyne.ThemeColorName = "lifeboat-demo"
	OnDemoBand fyne.ThemeColorName = "lifeboat-on-demo"
	// BarGround is what a bar has not filled yet.
	BarGround fyne.ThemeColorName = "lifeboat-bar-ground"
	// SafeBand and its like are the grounds of the sentence that says whether a
	// phone is safe.
	SafeBand    fyne.ThemeColorName = "lifeboat-safe-band"
	AgeingBand  fyne.ThemeColorName = "lifeboat-ageing-band"
	UnsafeBand  fyne.ThemeColorName = "lifeboat-unsafe-band"
	UnknownBand fyne.ThemeColorName = "lifeboat-unknown-band"
	// OwnBubble and OtherBubble are the grounds of messages.
	OwnBubble   fyne.ThemeColorName = "lifeboat-own-bubble"
	OtherBubble fyne.ThemeColorName = "lifeboat-other-bubble"
	// FocusRing is the line around whatever has the keyboard.
	FocusRing fyne.ThemeColorName = "lifeboat-focus-ring"
)

// pair is one colour in its light and its dark form.
type pair struct{ light, dark color.NRGBA }

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

func veil(hex uint32, alpha uint8) color.NRGBA {
	c := rgb(hex)
	c.A = alpha
	return c
}

// palette is every colour that Lifeboat sets itself. The test beside it
// holds each text and status colour to WCAG AA on the grounds it stands on.
var palette = map[fyne.ThemeColorName]pair{
	theme.ColorNameBackground:          {rgb(0xF4F7F9), rgb(0x12191E)},
	theme.ColorNameForeground:          {rgb(0x16242D), rgb(0xE9EFF2)},
	theme.ColorNamePrimary:             {rgb(0x0B6478), rgb(0x5CC3DA)},
	theme.ColorNameForegroundOnPrimary: {rgb(0xFFFFFF), rgb(0x06232B)},
	theme.ColorNameHyperlink:           {rgb(0x0B6478), rgb(0x5CC3DA)},
	theme.ColorNameSuccess:             {rgb(0x17693A), rgb(0x63D08F)},
	theme.ColorNameForegroundOnSuccess: {rgb(0xFFFFFF), rgb(0x06260F)},
	theme.ColorNameWarning:             {rgb(0x8A5000), rgb(0xF2B65A)},
	theme.ColorNameForegroundOnWarning: {rgb(0xFFFFFF), rgb(0x2B1A00)},
	theme.ColorNameError:               {rgb(0xB3261E), rgb(0xFF9A8F)},
	theme.ColorNameForegroundOnError:   {rgb(0xFFFFFF), rgb(0x3A0703)},
	theme.ColorNameButton:              {rgb(0xDFE8ED), rgb(0x26333B)},
	theme.ColorNameDisabledButton:      {rgb(0xE6ECEF), rgb(0x1D272D)},
	theme.ColorNameDisabled:            {rgb(0x5F6F79), rgb(0x93A3AD)},
	theme.ColorNamePlaceHolder:         {rgb(0x5B6B75), rgb(0x9AA9B2)},
	theme.ColorNameInputBackground:     {rgb(0xFFFFFF), rgb(0x1A2329)},
	theme.ColorNameInputBorder:         {rgb(0x7A8B96), rgb(0x6B7C87)},
	theme.ColorNameMenuBackground:      {rgb(0xFFFFFF), rgb(0x1E282F)},
	theme.ColorNameOverlayBackground:   {rgb(0xFFFFFF), rgb(0x1A2329)},
	theme.ColorNameSeparator:           {rgb(0xD5DEE3), rgb(0x2D3A42)},
	theme.ColorNameFocus:               {veil(0x0B6478, 0x40), veil(0x5CC3DA, 0x4C)},
	theme.ColorNameSelection:           {veil(0x0B6478, 0x30), veil(0x5CC3DA, 0x40)},
	theme.ColorNameHover:               {veil(0x000000, 0x0F), veil(0xFFFFFF, 0x12)},
	theme.ColorNamePressed:             {veil(0x000000, 0x1E), veil(0xFFFFFF, 0x28)},
	theme.ColorNameScrollBar:           {veil(0x16242D, 0x80), veil(0xE9EFF2, 0x80)},
	theme.ColorNameScrollBarBackground: {veil(0x16242D, 0x10), veil(0xE9EFF2, 0x10)},
	theme.ColorNameShadow:              {veil(0x000000, 0x38), veil(0x000000, 0x80)},

	Card:        {rgb(0xFFFFFF), rgb(0x1A2329)},
	CardBorder:  {rgb(0xDCE4E9), rgb(0x2B3840)},
	Quiet:       {rgb(0x51616B), rgb(0xA3B2BB)},
	Ask:         {rgb(0x5A3EA8), rgb(0xC3B1FF)},
	Notice:      {rgb(0xFFF1D6), rgb(0x3A2E16)},
	DemoBand:    {rgb(0x5A3EA8), rgb(0x4A3A86)},
	OnDemoBand:  {rgb(0xFFFFFF), rgb(0xFFFFFF)},
	BarGround:   {rgb(0xDCE4E9), rgb(0x2B3840)},
	SafeBand:    {rgb(0xE2F3E8), rgb(0x14281C)},
	AgeingBand:  {rgb(0xFFF1D6), rgb(0x3A2E16)},
	UnsafeBand:  {rgb(0xFDE9E7), rgb(0x3A1917)},
	UnknownBand: {rgb(0xE6ECEF), rgb(0x1D272D)},
	OwnBubble:   {rgb(0xD8EDF2), rgb(0x173E49)},
	OtherBubble: {rgb(0xE4EBEF), rgb(0x26333B)},
	FocusRing:   {rgb(0x0B6478), rgb(0x5CC3DA)},
}
