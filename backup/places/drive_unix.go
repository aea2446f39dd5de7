//go:build !windows

package places

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// device is the number of the file system that a folder lies on.
func device(dir string) (number uint64, ok bool) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return uint64(stat.Dev), true
}

// driveOf returns where the drive of a folder is mounted, "" if that is the
// disk of the system or of the user's home folder.
func driveOf(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	number, ok := device(dir)
	if !ok {
		return ""
	}
	if home, err := os.UserHomeDir(); err == nil {
		if own, ok := device(home); ok && own == number {
			return ""
		}
	}
	for {
		above := filepath.Dir(dir)
		if above == dir {
			return ""
		}
		if other, ok := device(above); !ok || other != number {
			return dir
		}
		dir = above
	}
}

// mounted reports whether a drive is there.
func mounted(drive string) bool {
	here, ok := device(drive)
	above, aboveOK := device(filepath.Dir(drive))
	return ok && aboveOK && here != above
}

// labelOf is what people call a drive: where systems mount drives by
// themselves, the folder bears the drive's name.
func labelOf(drive string) string {
	for _, root := range []string{"/Volumes/", "/media/", "/run/media/", "/mnt/"} {
		if strings.HasPrefix(drive, root) {
			return filepath.Base(drive)
		}
	}
	return ""
}

// serialOf: here a drive is mounted by its name, which is distinct enough.
func serialOf(string) (number uint32, ok bool) { return 0, false }

func letters() []string { return nil }
