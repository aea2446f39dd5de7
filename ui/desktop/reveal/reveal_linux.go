package reveal

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"
)

// The interface that file managers share.
const (
	managerName  = "org.freedesktop.FileManager1"
	managerPath  = "/org/freedesktop/FileManager1"
	startTimeout = 5 * time.Second // for a file manager that has to be started
)

// item asks the file manager, and shows the folder around it where none can be asked.
func item(ctx context.Context, path string) error {
	asked := showItem(ctx, path)
	if asked == nil || ctx.Err() != nil {
		return asked
	}
	if err := folder(ctx, filepath.Dir(path)); err != nil {
		return errors.Join(asked, err)
	}
	return nil
}

func showItem(ctx context.Context, path string) error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Auth(nil); err != nil {
		return err
	}
	if err := conn.Hello(); err != nil {
		return err
	}
	short, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	uri := (&url.URL{Scheme: "file", Path: path}).String()
	return conn.Object(managerName, managerPath).CallWithContext(short, managerName+".ShowItems", 0, []string{uri}, "").Err
}

// folder has the program shown that the user has for folders.
func folder(ctx context.Context, dir string) error { return run(ctx, "xdg-open", dir) }
