package phonesim

import (
	"context"
	"io"
	"net"

	"lifeboat/device/phonesim/lockdownd"
)

// services are the programs that a computer can start on this phone.
func (p *Phone) services() map[string]lockdownd.Service {
	all := map[string]lockdownd.Service{
		"com.apple.mobile.notification_proxy":          {Serve: p.notices.Serve},
		"com.apple.mobile.insecure_notification_proxy": {Serve: p.notices.Serve, Untrusted: true},
		"com.apple.afc": {Serve: p.media.Serve},
		"com.apple.mobilebackup2": {Escrow: true, Serve: func(ctx context.Context, conn net.Conn) error {
			return p.agent.Serve(ctx, conn)
		}},
	}
	for name, service := range all {
		if p.silent(name) {
			service.Serve = listenOnly
			all[name] = service
		}
	}
	return all
}

// listenOnly is a service that hangs.
func listenOnly(_ context.Context, conn net.Conn) error {
	_, err := io.Copy(io.Discard, conn)
	return err
}
