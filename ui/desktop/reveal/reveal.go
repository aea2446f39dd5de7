// Package reveal shows folders in the file manager of the desktop.
package reveal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Folder shows what is in a folder. It returns when the file manager has been asked,
// within some seconds, and is not called on the window's goroutine. What is not there
// is an error, since file managers say nothing of it.
func Folder(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); err != nil {
		return err
	}
	if err := folder(ctx, dir); err != nil {
		return fmt.Errorf("show in the file manager: %w", err)
	}
	return nil
}
