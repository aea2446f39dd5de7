package pick

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// The portal, as https://flatpak.github.io/xdg-desktop-portal/docs describes it.
const (
	portalName     = "org.freedesktop.portal.Desktop"
	portalPath     = "/org/freedesktop/portal/desktop"
	chooser        = "org.freedesktop.portal.FileChooser"
	requestIface   = "org.freedesktop.portal.Request"
	foldersVersion = 3 // of chooser, from which on it asks for folders
	// startTimeout is how long the portal, which may have to be started, may take
	// to say what it can.
	startTimeout = 5 * time.Second
)

// What a response begins with.
const (
	answered  = 0
	cancelled = 1
)

func folder(ctx context.Context, o Options) (string, error) {
	return ask(ctx, "OpenFile", foldersVersion, o, map[string]dbus.Variant{"directory": dbus.MakeVariant(true)})
}

func save(ctx context.Context, o Options) (string, error) {
	more := map[string]dbus.Variant{}
	if o.Name != "" {
		more["current_name"] = dbus.MakeVariant(o.Name)
	}
	return ask(ctx, "SaveFile", 1, o, more)
}

// ask opens a picker and waits for its answer. github.com/rymdport/portal is not
// used here: it cannot be cancelled, listens only after it has asked, and turns a
// "+" in a path into a space.
func ask(ctx context.Context, method string, version uint32, o Options, options map[string]dbus.Variant) (string, error) {
	conn, err := connect()
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	defer conn.Close()
	portal := conn.Object(portalName, portalPath)
	if has, err := versionOf(ctx, portal); err != nil {
		return "", err
	} else if has < version {
		return "", fmt.Errorf("%w: the portal's version is %d", ErrNone, has)
	}

	token := "lifeboat_" + strings.ToLower(rand.Text())
	sender := strings.ReplaceAll(strings.TrimPrefix(conn.Names()[0], ":"), ".", "_")
	request := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	options["handle_token"] = dbus.MakeVariant(token)
	options["modal"] = dbus.MakeVariant(true)
	if filepath.IsAbs(o.Dir) {
		options["current_folder"] = dbus.MakeVariant(append([]byte(o.Dir), 0))
	}
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	if err := errors.Join(
		conn.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(request), dbus.WithMatchInterface(requestIface), dbus.WithMatchMember("Response")),
		conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, portalName)),
	); err != nil {
		return "", err
	}
	parent := ""
	if o.Parent != 0 {
		parent = fmt.Sprintf("x11:%x", o.Parent)
	}
	var handle dbus.ObjectPath
	if err := portal.CallWithContext(ctx, chooser+"."+method, 0, parent, o.Title, options).Store(&handle); err != nil {
		return "", fmt.Errorf("%w: %w", ErrNone, err)
	}
	return wait(ctx, conn, request, signals)
}

// connect opens a connection of its own, which ends with the question. No bus is
// started for it.
func connect() (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return nil, err
	}
	if err := conn.Auth(nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if err := conn.Hello(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// versionOf asks which version of the chooser there is. Without a desktop's own
// part the portal has none.
func versionOf(ctx context.Context, portal dbus.BusObject) (uint32, error) {
	short, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var value dbus.Variant
	err := portal.CallWithContext(short, "org.freedesktop.DBus.Properties.Get", 0, chooser, "version").Store(&value)
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNone, err)
	}
	version, ok := value.Value().(uint32)
	if !ok {
		return 0, fmt.Errorf("%w: the portal has no version", ErrNone)
	}
	return version, nil
}

// wait waits for the answer to a request.
func wait(ctx context.Context, conn *dbus.Conn, request dbus.ObjectPath, signals <-chan *dbus.Signal) (string, error) {
	for {
		select {
		case <-ctx.Done():
			conn.Object(portalName, request).Go(requestIface+".Close", dbus.FlagNoReplyExpected, nil)
			return "", context.Cause(ctx)
		case s, open := <-signals:
			switch {
			case !open:
				return "", fmt.Errorf("%w: the bus is gone", ErrNone)
			case s.Name == "org.freedesktop.DBus.NameOwnerChanged":
				// Only the bus itself is believed, and only a portal that ended matters.
				if len(s.Body) == 3 && s.Sender == "org.freedesktop.DBus" && s.Body[0] == portalName && s.Body[1] != "" {
					return "", fmt.Errorf("%w: the portal ended", ErrNone)
				}
			case s.Path == request && s.Name == requestIface+".Response":
				return chosen(s.Body)
			}
		}
	}
}

// chosen reads a response.
func chosen(body []any) (string, error) {
	if len(body) != 2 {
		return "", fmt.Errorf("%w: the portal's answer cannot be read", ErrNone)
	}
	code, isCode := body[0].(uint32)
	results, isMap := body[1].(map[string]dbus.Variant)
	switch {
	case !isCode || !isMap:
		return "", fmt.Errorf("%w: the portal's answer cannot be read", ErrNone)
	case code == cancelled:
		return "", nil
	case code != answered:
		return "", fmt.Errorf("%w: the picker ended with %d", ErrNone, code)
	}
	uris, ok := results["uris"].Value().([]string)
	if !ok || len(uris) != 1 {
		return "", fmt.Errorf("%w: the portal's answer names no file", ErrNone)
	}
	return pathOf(uris[0])
}

// pathOf is the path in the address of a file of this computer.
func pathOf(uri string) (string, error) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" || u.Host != "" && u.Host != "localhost" || !filepath.IsAbs(u.Path) || strings.ContainsRune(u.Path, 0) {
		return "", errors.New("what was chosen is no folder of this computer")
	}
	return filepath.Clean(u.Path), nil
}
