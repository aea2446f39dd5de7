package device

import (
	"cmp"
	"context"
	"slices"

	"lifeboat/device/facts"
	"lifeboat/device/services/apps"
)

// deepApps lists the user's apps with their sizes, the largest first.
func (p *Phone) deepApps(ctx context.Context, arrived func(func(*facts.Deep))) {
	d := deepDatum(ctx, p, "apps", p.mux.deep.apps, func(ctx context.Context) ([]facts.App, error) {
		list, err := use(ctx, p, apps.Service, apps.List)
		slices.SortStableFunc(list, func(a, b facts.App) int { return cmp.Compare(b.Bytes, a.Bytes) })
		return list, err
	})
	arrived(func(all *facts.Deep) { all.Apps = d })
}
