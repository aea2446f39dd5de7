package keyring

import (
	"errors"
	"net"
	"os/exec"
	"runtime"
	"slices"
	"syscall"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"

	"lifeboat/device/fault"
)

// explain tells a keyring that is not there from one that is locked, by what the
// system itself names: no text is read.
func explain(op string, err error) error {
	return fault.New(codeOf(err, runtime.GOOS), op, err)
}

// nowhere are D-Bus' names for nobody who keeps passwords: no program does, the
// one that should does not start, or it has no place to keep them in.
var nowhere = []string{
	"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner",
	"org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownInterface",
	"org.freedesktop.DBus.Error.NoServer", "org.freedesktop.DBus.Error.Disconnected",
	"org.freedesktop.DBus.Error.Spawn.ExecFailed", "org.freedesktop.DBus.Error.Spawn.ChildExited", "org.freedesktop.DBus.Error.Spawn.Failed",
	"org.freedesktop.Secret.Error.NoSuchObject",
}

// keychainLocked are the exit codes of macOS' security, which are the low bytes of
// the Keychain's own errors: no question can be asked here (-25308), the wrong
// answer (-25293), no answer (-128).
var keychainLocked = []int{36, 51, 128}

// noSession is Windows' error for a user who is not logged on at this computer,
// as over SSH, and so has no Credential Manager.
const noSession = syscall.Errno(1312)

func codeOf(err error, goos string) fault.Code {
	var bus dbus.Error
	var remote *dbus.Error
	if errors.As(err, &remote) {
		bus = *remote
	}
	if bus.Name != "" || errors.As(err, &bus) {
		switch {
		case slices.Contains(nowhere, bus.Name):
			return fault.KeyringMissing
		case bus.Name == "org.freedesktop.Secret.Error.IsLocked":
			return fault.KeyringLocked
		}
		return fault.KeyringFailed
	}
	var socket *net.OpError
	var program *exec.Error
	var ended *exec.ExitError
	var system syscall.Errno
	switch {
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return fault.KeyringMissing
	case errors.As(err, &ended) && goos == "darwin":
		if slices.Contains(keychainLocked, ended.ExitCode()) {
			return fault.KeyringLocked
		}
	case errors.As(err, &ended), errors.As(err, &program), errors.As(err, &socket):
		return fault.KeyringMissing // there is no session of D-Bus, nor a way to start one
	case errors.As(err, &system) && goos == "windows" && system == noSession:
		return fault.KeyringMissing
	}
	return fault.KeyringFailed
}
