//go:build !windows

package instance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

func socket(dir, name string) string { return filepath.Join(dir, name+".sock") }

// listen is called by who holds the lock: a socket that is there is left over.
func listen(dir, name string) (net.Listener, error) {
	path := socket(dir, name)
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("%s is no socket", path)
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

func dial(ctx context.Context, dir, name string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "unix", socket(dir, name))
}

// mayRaise has nothing to do: any program may show its window.
func mayRaise() {}
