package usbmuxd

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrInUse: another program answers at the address.
var ErrInUse = errors.New("another program answers there")

// listen opens address: "unix:///abs/path" (any case of the scheme) or
// "HOST:PORT". The second result is the address in the form that both
// libusbmuxd and go-ios take from USBMUXD_SOCKET_ADDRESS.
func listen(address string) (net.Listener, string, error) {
	if len(address) < 7 || !strings.EqualFold(address[:7], "unix://") {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return nil, "", err
		}
		return l, l.Addr().String(), nil
	}
	path := address[7:]
	if !filepath.IsAbs(path) {
		return nil, "", fmt.Errorf("socket path %q is not absolute", path)
	}
	if err := removeStale(path); err != nil {
		return nil, "", err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, "", err
	}
	return l, "UNIX://" + path, nil
}

// removeStale removes a socket that a killed program left behind. It never
// removes anything but a socket, nor one that still answers.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("%s exists and is not a socket", path)
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		conn.Close()
		return fmt.Errorf("%s: %w", path, ErrInUse)
	}
	return os.Remove(path)
}
