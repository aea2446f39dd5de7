// Command emptywindow shows a window of Fyne with nothing in it, for
// .ci/bench-ui to measure Lifeboat's window against.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	a := app.NewWithID("io.github.lifeboat.empty")
	w := a.NewWindow("Empty")
	w.Resize(fyne.NewSize(900, 640))
	w.ShowAndRun()
}
