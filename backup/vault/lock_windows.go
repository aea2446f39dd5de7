package vault

import (
	"errors"

	"golang.org/x/sys/windows"

	"lifeboat/backup/disk"
)

// leaving reports whether a lock's file could not be opened since it is just
// being removed: where a removal waits for the last handle, as on exFAT, that
// is "access denied".
func leaving(err error) bool { return disk.Held(err) }

// processLives reports whether a process of this computer runs.
func processLives(pid int) bool {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED)
	}
	defer windows.CloseHandle(process)
	const stillActive = 259
	var code uint32
	return windows.GetExitCodeProcess(process, &code) != nil || code == stillActive
}
