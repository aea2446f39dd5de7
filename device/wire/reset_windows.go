package wire

import (
	"errors"

	"golang.org/x/sys/windows"
)

// reset reports whether err is what Windows calls a connection that broke.
// The ECONNRESET and ECONNABORTED of package syscall are Go's own numbers
// there, which no call returns.
func reset(err error) bool {
	return errors.Is(err, windows.WSAECONNRESET) || errors.Is(err, windows.WSAECONNABORTED) ||
		errors.Is(err, windows.WSAENETRESET) || errors.Is(err, windows.WSAESHUTDOWN)
}
