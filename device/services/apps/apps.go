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
	defer wire.Guard(ctx, conn, replyTimeout)()
	err := wire.WriteFrame(conn, map[string]any{
		"Command": "Browse",
		"ClientOptions": map[string]any{
			"ApplicationType": "User", "ReturnAttributes": attributes,
		},
	})
	if err != nil {
		return nil, wire.Explain(ctx, "ask for the apps", err)
	}
	var list []T
	for range maxChunks {
		d, err := readAnswer(ctx, conn)
		if err != nil {
			return nil, err
		}
		chunk, _ := d["CurrentList"].([]any)
		for _, v := range chunk {
			if app, ok := parse(v); ok {
				list = append(list, app)
			}
		}
		if d["Status"] == "Complete" {
			return list, nil
		}
		if len(list) > maxApps {
			break
		}
	}
	return nil, fault.New(fault.PhoneNonsense, "read the apps", errors.New("the list does not end"))
}

func readAnswer(ctx context.Context, conn net.Conn) (map[string]any, error) {
	d, err := wire.ReadFrame(conn)
	if err != nil {
		return nil, wire.Explain(ctx, "read the apps", err)
	}
	if name, ok := d["Error"].(string); ok {
		return nil, &fault.Error{Code: fault.ServiceRefused, Op: "read the apps", Domain: "installation_proxy", Text: name}
	}
	return d, nil
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
