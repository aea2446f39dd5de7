package phonesim

import (
	"context"
	"io"
	"net"

	"lifeboat/device/phonesim/lockdownd"
	"lifeboat/device/phonesim/services"
)

// programs are the programs that a computer can start on this phone.
func (p *Phone) programs() map[string]lockdownd.Service {
	c := &p.cfg
	apps := &services.InstalledApps{Apps: c.Apps}
	icons := &services.Icons{Apps: c.Apps}
	profiles := &services.Profiles{
		List: c.Profiles, Supervised: c.Supervised, Organization: c.Organization,
		PairingForbidden: c.PairingForbidden, Asked: p.asked.note,
	}
	packets := &services.Packets{Traffic: p.traffic(), Now: p.now, Short: olderThan(c.Version, 15, 0)}
	diagnostics := &services.Diagnostics{
		Gestalt: olderThan(c.Version, 17, 4), PasscodeSet: c.Passcode.Set, Registry: p.registry,
		Restart: p.restart, Shutdown: p.pullCable, Asked: p.asked.note,
	}
	all := map[string]lockdownd.Service{
		"com.apple.mobile.notification_proxy":          {Serve: p.notices.Serve},
		"com.apple.mobile.insecure_notification_proxy": {Serve: p.notices.Serve, Untrusted: true},
		"com.apple.afc":                       {Serve: p.media.Serve},
		"com.apple.mobile.installation_proxy": {Serve: apps.Serve},
		"com.apple.springboardservices":       {Serve: icons.Serve},
		"com.apple.mobile.diagnostics_relay":  {Serve: diagnostics.Serve},
		"com.apple.mobile.MCInstall":          {Serve: profiles.Serve},
		"com.apple.os_trace_relay":            {Serve: p.script.ServeTrace},
		"com.apple.syslog_relay":              {Serve: p.script.ServeSyslog},
		"com.apple.pcapd":                     {Serve: packets.Serve},
		"com.apple.crashreportmover":          {Serve: p.crashes.ServeMover},
		"com.apple.crashreportcopymobile":     {Serve: p.crashes.ServeFolder},
		"com.apple.mobilebackup2": {Escrow: true, Serve: func(ctx context.Context, conn net.Conn) error {
			return p.agent.Serve(ctx, conn)
		}},
	}
	for _, name := range c.NoServices {
		delete(all, name)
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
