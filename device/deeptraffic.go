package device

import (
	"context"
	"net"

	"lifeboat/device/facts"
	"lifeboat/device/services/packets"
)

// deepTraffic counts the phone's packets for a few seconds.
func (p *Phone) deepTraffic(ctx context.Context, arrived func(func(*facts.Deep))) {
	long := p.mux.CountFor
	d := deepDatum(ctx, p, "traffic", long, func(ctx context.Context) (facts.Traffic, error) {
		return use(ctx, p, packets.Service, func(ctx context.Context, conn net.Conn) (facts.Traffic, error) {
			return packets.Count(ctx, conn, long)
		})
	})
	arrived(func(all *facts.Deep) { all.Traffic = d })
}
