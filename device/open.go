package device

import (
	"context"

	"lifeboat/device/services/afc"
	"lifeboat/device/services/apps"
	"lifeboat/device/services/notify"
	"lifeboat/device/services/springboard"
)

// Notifications is a connection to the phone's notification_proxy.
type Notifications = notify.Client

// App is an app that the user installed.
type App = apps.App

// Notifications observes notifications of the phone until it is closed or
// ctx ends.
func (p *Phone) Notifications(ctx context.Context, names ...string) (*Notifications, error) {
	conn, err := p.StartService(ctx, notify.Service)
	if err != nil {
		return nil, err
	}
	n, err := notify.Observe(ctx, conn, names...)
	if err != nil {
		conn.Close()
		return nil, err
	}
	return n, nil
}

// AFC opens the phone's media folder.
func (p *Phone) AFC(ctx context.Context) (*afc.Client, error) {
	conn, err := p.StartService(ctx, afc.Service)
	if err != nil {
		return nil, err
	}
	return afc.New(conn), nil
}

// Apps lists the user's apps.
func (p *Phone) Apps(ctx context.Context) ([]App, error) {
	return use(ctx, p, apps.Service, apps.Browse)
}

// Icons reads the icons of apps as PNG, by bundle id; apps without one are left out.
func (p *Phone) Icons(ctx context.Context, bundleIDs ...string) (map[string][]byte, error) {
	icons := map[string][]byte{}
	if len(bundleIDs) == 0 {
		return icons, nil
	}
	conn, err := p.StartService(ctx, springboard.Service)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	for _, id := range bundleIDs {
		png, err := springboard.Icon(ctx, conn, id)
		if err != nil {
			return icons, err
		}
		if len(png) > 0 {
			icons[id] = png
		}
	}
	return icons, nil
}
