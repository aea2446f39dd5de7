// Package springboard asks the phone's home screen for app icons
// (device/PROTOCOL.md#apps-icons-hardware).
package springboard

import (
	"context"
	"net"
	"time"

	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.springboardservices"

const replyTimeout = 30 * time.Second

// Icon reads the PNG of one app's icon; nil if the phone has none.
func Icon(ctx context.Context, conn net.Conn, bundleID string) ([]byte, error) {
	defer wire.Guard(ctx, conn, replyTimeout)()
	err := wire.WriteBinaryFrame(conn, map[string]any{"command": "getIconPNGData", "bundleId": bundleID})
	if err != nil {
		return nil, wire.Explain(ctx, "ask for an icon", err)
	}
	d, err := wire.ReadFrame(conn)
	if err != nil {
		return nil, wire.Explain(ctx, "read an icon", err)
	}
	png, _ := d["pngData"].([]byte)
	return png, nil
}
