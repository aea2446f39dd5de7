package library

import (
	"os"
	"path/filepath"
	"runtime"
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
