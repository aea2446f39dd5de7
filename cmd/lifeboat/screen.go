//go:build !ci

package main

import (
	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// clampToScreen makes a window no larger than what panels leave of the screen:
// Fyne does not look, and at scale 2 the usual size is larger than Full HD. It is
// called on the window's goroutine once the window is there.
func clampToScreen(w fyne.Window) {
	monitor := glfw.GetPrimaryMonitor()
	if monitor == nil {
		return
	}
	_, _, width, height := monitor.GetWorkarea()
	if width <= 0 || height <= 0 {
		return
	}
	room := fyne.NewSize(float32(width), float32(height)-titleBar)
	if scale := w.Canvas().Scale(); scale > 0 {
		room = fyne.NewSize(float32(width)/scale, (float32(height)-titleBar)/scale)
	}
	size := w.Canvas().Size()
	if size.Width > room.Width || size.Height > room.Height {
		w.Resize(fyne.NewSize(min(size.Width, room.Width), min(size.Height, room.Height)))
	}
}

// titleBar is what the frame that the system draws around a window may take, in
// pixels.
const titleBar = 40
