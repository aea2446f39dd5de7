package usbmux

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/windows"
)

// serviceName is what iTunes from Apple's site installs: the system starts it.
const serviceName = "Apple Mobile Device Service"

// storeApps are the apps of the Microsoft Store that talk to iPhones, by how
// their folders begin. They bring no service: they run
// AppleMobileDeviceProcess.exe for as long as they are open themselves.
var storeApps = []struct{ folder, name string }{
	{"AppleInc.AppleDevices_", "Apple Devices"},
	{"AppleInc.iTunes_", "iTunes"},
}

// installed reports whether this computer has a usbmuxd that merely does not
// run, and names the app that runs it, if that is one of the Store's.
func installed() (ok bool, app string) {
	if hasService(serviceName) {
		return true, ""
	}
	data, err := os.UserCacheDir() // %LOCALAPPDATA%
	if err != nil {
		return false, ""
	}
	app = storeApp(data)
	return app != "", app
}

// hasService reports whether the system knows a service, running or not.
func hasService(service string) bool {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return false
	}
	defer windows.CloseServiceHandle(manager)
	name, err := windows.UTF16PtrFromString(service)
	if err != nil {
		return false
	}
	handle, err := windows.OpenService(manager, name, windows.SERVICE_QUERY_STATUS)
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED)
	}
	windows.CloseServiceHandle(handle)
	return true
}

// storeApp names the app of the Store that this account has, by the folder
// that Windows keeps for each below data.
func storeApp(data string) string {
	folders, _ := os.ReadDir(filepath.Join(data, "Packages")) // what cannot be read names none
	for _, app := range storeApps {
		if slices.ContainsFunc(folders, func(f fs.DirEntry) bool { return strings.HasPrefix(f.Name(), app.folder) }) {
			return app.name
		}
	}
	return ""
}

// refused adds to ECONNREFUSED what Windows calls it.
func refused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }
