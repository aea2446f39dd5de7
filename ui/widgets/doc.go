// Package widgets are the parts that pages are made of: texts, buttons, marks,
// bars and layouts. They know no page, no state and no words of their own, and
// follow the theme.
//
// All is drawn on a grid of [Grid] dp, with one left edge: a [Text] has no padding
// of its own. Whatever can be pressed can be reached by the keyboard, shows a ring
// while it has it, and hands on the keys that it has no use for, such as Escape, to
// the window. Nothing moves by itself: what runs is shown by a [Bar] that is drawn
// when its value changes.
package widgets
