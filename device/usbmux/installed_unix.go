//go:build !windows

package usbmux

import (
	"os"
	"os/exec"
	"runtime"
)

// installed reports whether this computer has a usbmuxd that merely does not
// run. On Linux udev starts it only when a phone is plugged in, so a missing
// socket alone proves nothing.
func installed() (ok bool, app string) {
	if runtime.GOOS == "darwin" {
		return true, "" // part of macOS
	}
	if _, err := exec.LookPath("usbmuxd"); err == nil {
		return true, ""
	}
	for _, path := range []string{"/usr/sbin/usbmuxd", "/usr/bin/usbmuxd", "/usr/local/sbin/usbmuxd"} {
		if _, err := os.Stat(path); err == nil {
			return true, ""
		}
	}
	return false, ""
}

// refused adds to ECONNREFUSED what other systems call it.
func refused(error) bool { return false }
