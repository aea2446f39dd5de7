package reveal

import (
	"context"

	"golang.org/x/sys/windows"
)

// folder hands the folder itself to Explorer and not an address of it:
// what an address would have to write as %C3%BC, and shares of a network,
// arrive as they are.
func folder(_ context.Context, dir string) error {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return err
	}
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return err
	}
	return windows.ShellExecute(0, verb, path, nil, nil, windows.SW_SHOWNORMAL)
}
