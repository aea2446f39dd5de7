package sleepinhibit

import (
	"context"
	"errors"
	"os"

	"github.com/godbus/dbus/v5"
)

// hold takes an inhibitor lock of systemd-logind (or elogind), which lasts
// as long as the file that stands for it is open: it ends with the program.
// https://systemd.io/INHIBITOR_LOCKS
func hold(ctx context.Context, why string) (func(), error) {
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer bus.Close()
	if !bus.SupportsUnixFDs() {
		return nil, errors.New("the bus passes no files")
	}
	var lock dbus.UnixFD
	err = bus.Object("org.freedesktop.login1", "/org/freedesktop/login1").
		CallWithContext(ctx, "org.freedesktop.login1.Manager.Inhibit", 0, "sleep:idle", "Lifeboat", why, "block").
		Store(&lock)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(lock), "inhibitor")
	return func() { file.Close() }, nil
}
