// Package pick asks for a folder or a file's name with the picker of the
// system, which knows the user's drives and favourites: the desktop portal on
// Linux, the shell's dialog on Windows, AppleScript's on macOS.
package pick

import (
	"context"
	"errors"
)

// ErrNone is returned where the desktop has no picker that can be asked; the
// window then shows one of its own.
var ErrNone = errors.New("this desktop has no picker to ask")

// Options are what a picker shows. All may be left empty.
type Options struct {
	Title string
	// Dir is the folder in which it begins.
	Dir string
	// Name is the name that is suggested for a file.
	Name string
	// Parent is the window to which the picker belongs: its id of X11 or its HWND;
	// 0 is none, as under Wayland.
	Parent uintptr
}

// Folder asks for a folder that exists. It takes as long as the user does, and
// returns "" without an error if they cancel. Any error means that nobody was
// asked to the end, [ErrNone] that nobody could be. It is not called on the
// window's goroutine. On Windows the picker stays when ctx ends.
func Folder(ctx context.Context, o Options) (path string, err error) { return folder(ctx, o) }

// Save asks where a file should go, as [Folder] does; the picker itself asks
// before a file that exists is chosen.
func Save(ctx context.Context, o Options) (path string, err error) { return save(ctx, o) }
