package services

import (
	"fmt"
	"os"
	"path/filepath"
)

// FillCameraRoll puts photos and movies into /DCIM/100APPLE of the media
// folder dir, each of the given size in bytes. The files have a length but no
// content, so that they take no room on disks that can do so.
func FillCameraRoll(dir string, photos int, photoSize int64, movies int, movieSize int64) error {
	for i := range photos + movies {
		name, size := "HEIC", photoSize
		if i >= photos {
			name, size = "MOV", movieSize
		}
		path := filepath.Join(dir, "DCIM", "100APPLE", fmt.Sprintf("IMG_%04d.%s", i+1, name))
		file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		err = file.Truncate(size)
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	return nil
}
