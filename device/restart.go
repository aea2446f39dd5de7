package device

import (
	"context"

	"lifeboat/device/services/diagnostics"
)

// Restart restarts the phone and returns once the phone has said that it
// will; then it leaves the cable for about a minute, and needs its passcode
// when it is back. It must not be asked for while a backup runs.
func (p *Phone) Restart(ctx context.Context) error {
	conn, err := p.StartService(ctx, diagnostics.Service)
	if err != nil {
		return err
	}
	defer conn.Close()
	return diagnostics.Restart(ctx, conn)
}
