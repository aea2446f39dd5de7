package library

import (
	"os"
	"path/filepath"
	"runtime"

	"lifeboat/backup/disk"
	"lifeboat/device/fault"
)

// usualPlaces are the places of other programs on this system.
func usualPlaces() []UsualPlace {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	return usualPlacesOf(runtime.GOOS, home, os.Getenv("APPDATA"))
}

// usualPlacesOf are the places on a system (device/PROTOCOL.md#where-other-programs-keep-backups).
// idevicebackup2 and pymobiledevice3 have none: a folder is given each time.
func usualPlacesOf(goos, home, roaming string) []UsualPlace {
	switch goos {
	case "darwin":
		support := filepath.Join(home, "Library", "Application Support")
		return []UsualPlace{
			{filepath.Join(support, "MobileSync", "Backup"), []Program{Finder, ITunes}},
			{filepath.Join(support, "iMazing", "Backups"), []Program{IMazing}},
		}
	case "windows":
		all := []UsualPlace{{filepath.Join(home, "Apple", "MobileSync", "Backup"), []Program{AppleDevices, ITunes}}}
		if roaming != "" {
			all = append(all,
				UsualPlace{filepath.Join(roaming, "Apple Computer", "MobileSync", "Backup"), []Program{ITunes}},
				UsualPlace{filepath.Join(roaming, "iMazing", "Backups"), []Program{IMazing}})
		}
		return all
	}
	return nil
}

// HandOver is the place where Apple's program on this system looks for the backups
// that it restores, and which program that is; "" where there is none, as on Linux. Of
// several the one counts that is there.
func (l *Library) HandOver() (dir string, program Program) {
	for _, place := range l.usual() {
		of := place.Of[0]
		if of == IMazing {
			continue
		}
		info, err := l.Files().Stat(place.Dir)
		if there := err == nil && info.IsDir(); there {
			return place.Dir, of
		}
		if dir == "" {
			dir, program = place.Dir, of
		}
	}
	return dir, program
}

// makeHandOver is the place of [Library.HandOver], of which the folders are made that
// are missing below the user's own.
func (l *Library) makeHandOver() (string, error) {
	dir, _ := l.HandOver()
	if dir == "" {
		return "", fault.New(fault.DestMissing, "find the folder of Apple's program", nil)
	}
	return dir, disk.Fault("make the folder of Apple's program", dir, l.Files().MkdirAll(filepath.Dir(dir), 0o700))
}
