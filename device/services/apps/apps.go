// Package apps asks the phone's installation_proxy what the user installed
// (device/PROTOCOL.md#apps-icons-hardware).
package apps

import (
	"context"
	"errors"
	"net"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.mobile.installation_proxy"

// App is one app of the user's, with what Info.plist of a backup keeps of it.
type App struct {
	BundleID string
	SINF     []byte // ApplicationSINF: the licence
	Metadata []byte // iTunesMetadata: where it was bought
}

// Bounds on what a phone may send.
const (
	maxApps      = 20000
	maxChunks    = 20000
	maxID        = 512             // bytes of a bundle id
	replyTimeout = 2 * time.Minute // a full phone takes long to list its apps
)

// Browse lists the user's apps. It owns neither conn nor its end.
func Browse(ctx context.Context, conn net.Conn) ([]App, error) {
	return browse(ctx, conn, parse, "CFBundleIdentifier", "ApplicationSINF", "iTunesMetadata")
}

// browse lists the user's apps with some of their attributes, as parse reads
// them; it leaves out what parse does not understand.
func browse[T any](ctx context.Context, conn net.Conn, parse func(any) (T, bool), attributes ...string) ([]T, error) {
	var list []T
	err := ask(ctx, conn, "Browse", map[string]any{"ReturnAttributes": attributes}, func(answer map[string]any) (more bool) {
		chunk, _ := answer["CurrentList"].([]any)
		for _, v := range chunk {
			if app, ok := parse(v); ok {
				list = append(list, app)
			}
		}
		return len(list) <= maxApps
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ask sends a command about the user's apps and hands over each of its answers, until
// the last one or one after which read wants no more, which is an error.
func ask(ctx context.Context, conn net.Conn, command string, options map[string]any, read func(map[string]any) (more bool)) error {
	const op = "read the apps"
	defer wire.Guard(ctx, conn, replyTimeout)()
	options["ApplicationType"] = "User"
	if err := wire.WriteFrame(conn, map[string]any{"Command": command, "ClientOptions": options}); err != nil {
		return wire.Explain(ctx, op, err)
	}
	for range maxChunks {
		answer, err := wire.ReadFrame(conn)
		if err != nil {
			return wire.Explain(ctx, op, err)
		}
		if name, ok := answer["Error"].(string); ok {
			return &fault.Error{Code: fault.ServiceRefused, Op: op, Domain: "installation_proxy", Text: name}
		}
		more := read(answer)
		if answer["Status"] == "Complete" {
			return nil
		}
		if !more {
			break
		}
	}
	return fault.New(fault.PhoneNonsense, op, errors.New("the list does not end"))
}

func parse(v any) (App, bool) {
	d, ok := v.(map[string]any)
	if !ok {
		return App{}, false
	}
	id, _ := d["CFBundleIdentifier"].(string)
	sinf, _ := d["ApplicationSINF"].([]byte)
	metadata, _ := d["iTunesMetadata"].([]byte)
	return App{id, sinf, metadata}, id != "" && len(id) < maxID
}
