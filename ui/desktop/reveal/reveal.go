// Package reveal shows files and folders in the file manager of the desktop.
package reveal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Item shows where a file or folder lies, chosen among its neighbours if the
// file manager can do that. It returns when the file manager has been asked,
// within some seconds, and is not called on the window's goroutine.
func Item(ctx context.Context, path string) error { return shown(ctx, path, item) }

// Folder shows what is in a folder, as [Item] does.
func Folder(ctx context.Context, dir string) error { return shown(ctx, dir, folder) }

// shown shows what is there: file managers say nothing of what is not.
func shown(ctx context.Context, path string, show func(context.Context, string) error) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if err := show(ctx, path); err != nil {
		return fmt.Errorf("show in the file manager: %w", err)
	}
	return nil
}
