package device

import (
	"context"

	"lifeboat/device/facts"
	"lifeboat/device/services/packets"
)

// deepTraffic counts the phone's packets for a few seconds.
func (p *Phone) deepTraffic(ctx context.Context, arrived func(func(*facts.Deep))) {
	long := p.mux.CountFor
	d := deepDatum(ctx, p, "traffic", long, func(ctx context.Context) (facts.Traffic, error) {
		conn, err := p.StartService(ctx, packets.Service)
		if err != nil {
			return facts.Traffic{}, err
		}
		defer conn.Close()
		return packets.Count(ctx, conn, long)
	})
	arrived(func(all *facts.Deep) { all.Traffic = d })
}
