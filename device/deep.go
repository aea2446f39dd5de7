package device

import (
	"context"
	"sync"
	"time"

	"lifeboat/device/facts"
)

// deepLimits are how long each of the facts that take long may take.
type deepLimits struct {
	apps    time.Duration // a full phone needs minutes to add up its apps
	crashes time.Duration
	photos  time.Duration // what is counted by then counts as incomplete
	film    time.Duration // the cable is measured for so long
}

var usualDeepLimits = deepLimits{
	apps: 5 * time.Minute, crashes: 90 * time.Second, photos: 90 * time.Second,
	film: 3 * time.Second,
}

// opening is how long it may take to open a service, on top of the limits.
const opening = 10 * time.Second

// Deep reads what takes seconds to minutes, all at the same time. Each time
// something has arrived it calls update, one call at a time, with all that
// is there so far; what is still to come is [facts.Pending]. It returns when
// all has been read, or has taken too long, which leaves it unread for that
// reason; or when ctx ends, after which there are no more calls.
func (p *Phone) Deep(ctx context.Context, update func(facts.Deep)) {
	var (
		mu  sync.Mutex
		wg  sync.WaitGroup
		all = facts.PendingDeep()
	)
	arrived := func(set func(*facts.Deep)) {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			set(&all)
			update(all)
		}
	}
	for _, read := range []func(context.Context, func(func(*facts.Deep))){
		p.deepApps, p.deepMedia, p.deepCrashes, p.deepTraffic,
	} {
		wg.Go(func() { read(ctx, arrived) })
	}
	wg.Wait()
}

// deepDatum runs read with a limit and makes a datum of what it returns.
func deepDatum[T any](ctx context.Context, p *Phone, what string, limit time.Duration, read func(context.Context) (T, error)) facts.Datum[T] {
	ctx, cancel := context.WithTimeout(ctx, limit+p.atMost(opening))
	defer cancel()
	v, err := read(ctx)
	if err != nil {
		p.mux.log.Info("not read", "what", what, "error", err)
		return unread[T](err)
	}
	return facts.Of(v)
}
