package usbmux

import (
	"errors"

	"golang.org/x/sys/windows"
)

// serviceName is Apple Mobile Device Service as the service manager knows it,
// for iTunes from Apple's site and for the Store's "Apple Devices".
const serviceName = "Apple Mobile Device Service"

// installed says whether the service exists, running or not.
func installed() bool {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return false
	}
	defer windows.CloseServiceHandle(manager)
	name, err := windows.UTF16PtrFromString(serviceName)
	if err != nil {
		return false
	}
	service, err := windows.OpenService(manager, name, windows.SERVICE_QUERY_STATUS)
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED)
	}
	windows.CloseServiceHandle(service)
	return true
}

// refused adds to ECONNREFUSED what Windows calls it.
func refused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }
