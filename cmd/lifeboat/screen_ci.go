//go:build ci

package main

import "fyne.io/fyne/v2"

// clampToScreen does nothing without a screen.
func clampToScreen(fyne.Window) {}
