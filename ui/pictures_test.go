package ui

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"

	"lifeboat/ui/theme"
)

// TestPictures draws every state of the window into the folder LIFEBOAT_PICTURES,
// light and dark, in each size and scale, for somebody to look at them (make
// pictures). A part is chosen with -run 'TestPictures/dark-640x480-1.5/backups'.
func TestPictures(t *testing.T) {
	dir := os.Getenv("LIFEBOAT_PICTURES")
	if dir == "" {
		t.Skip("for people to look at: make pictures")
	}
	for name, drawn := range map[string]*theme.Lifeboat{"light": theme.Light(), "dark": theme.Dark()} {
		for _, size := range []fyne.Size{fyne.NewSize(minWidth, minHeight), fyne.NewSize(width, height), fyne.NewSize(1600, 1000)} {
			for _, scale := range []float32{1, 1.5, 2} {
				look := fmt.Sprintf("%s-%.0fx%.0f-%v", name, size.Width, size.Height, scale)
				t.Run(look, func(t *testing.T) {
					for _, s := range states {
						t.Run(s.name, func(t *testing.T) {
							inTheme(t, drawn, nil, func(r *rig) {
								r.o.Window.Canvas().(software.WindowlessCanvas).SetScale(scale)
								s.lead(r)
								r.settle(700, 500) // so that each container is laid out anew, as a screen does it
								r.settle(size.Width, size.Height)
								r.photograph(filepath.Join(dir, look, fileName(s.name)+".png"))
							})
						})
					}
				})
			}
		}
	}
}

// fileName is the name of a state as a file's on every system.
func fileName(state string) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == ',' || c == '?' || c == '/' {
			return '-'
		}
		return c
	}, state)
}

// photograph keeps what the window shows.
func (r *rig) photograph(path string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := png.Encode(file, r.o.Window.Canvas().Capture()); err != nil {
		r.t.Error(err)
	}
	if err := file.Close(); err != nil {
		r.t.Error(err)
	}
}
