package device

import (
	"context"
	"net"
	"sync"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/services/diagnostics"
	"lifeboat/device/services/profiles"
)

// extraLimit is what [Mux.ExtraFor] is outside of tests.
const extraLimit = 5 * time.Second

// Facts reads everything that the checks need and that takes no longer than
// a moment, in one session of lockdownd, with what services report beside it. s is
// what [Phone.Inspect] has just returned, so that nothing is asked twice; with the
// zero Summary, or one that has aged, Facts looks for itself. A phone that is not ready gives the facts that it does
// report, and a Readiness that says why there are no more. Errors are those of
// [Phone.Inspect].
//
// The facts of facts.Deep are left unread: [Phone.Deep] is for them.
func (p *Phone) Facts(ctx context.Context, s Summary) (facts.Phone, error) {
	f := facts.Phone{
		UDID: p.UDID, Connection: p.Connection, SpeedBits: p.SpeedBits, GatheredAt: time.Now().UTC(),
	}
	lockdownd := p.session()
	defer lockdownd.close()
	if !s.fresh() {
		var err error
		if s, err = lockdownd.inspect(ctx); err != nil {
			return f, err
		}
	}
	f.Readiness = s.Readiness
	if f.Readiness == facts.Untrusted || f.Readiness == facts.Silent {
		f.Name, f.ProductType, f.Version = publicText(s.Name), publicText(s.ProductType), publicText(s.Version)
		return f, nil
	}
	var (
		wg       sync.WaitGroup
		hardware registry
		managed  management
	)
	lockdownd.beside(ctx, &wg, diagnostics.Service, func(ctx context.Context, conn net.Conn, err error) {
		if hardware.err = err; err == nil {
			hardware = readRegistry(ctx, conn)
		}
	})
	lockdownd.beside(ctx, &wg, profiles.Service, func(ctx context.Context, conn net.Conn, err error) {
		if managed.profilesErr, managed.cloudErr = err, err; err == nil {
			managed = readManagement(ctx, conn)
		}
	})
	domains := lockdownd.readDomains(ctx)
	wg.Wait()
	if hardware.err != nil || managed.profilesErr != nil || managed.cloudErr != nil {
		p.mux.log.Info("not all services answered", "registry", hardware.err, "profiles", managed.profilesErr, "cloud", managed.cloudErr)
	}
	for _, d := range domains {
		if code := fault.Of(d.err); code == fault.PhoneGone || code == fault.Cancelled {
			return f, d.err
		}
	}
	f.GatheredAt = time.Now().UTC()
	fillRoot(&f, *s.root)
	fillBackup(&f, domains[domainBackup])
	fillDisk(&f, domains[domainDisk])
	fillBattery(&f, domains[domainBattery])
	fillAccount(&f, domains[domainFindMy], domains[domainSync])
	fillHardware(&f, hardware)
	fillManagement(&f, managed)
	f.SetupDone = datum(domains[domainSetup], "SetupDone", safeplist.Bool)
	f.MinITunes = datum(domains[domainITunes], "MinITunesVersion", asText)
	return f, nil
}

// atMost is a limit for a whole exchange, no longer than one answer may take.
func (p *Phone) atMost(limit time.Duration) time.Duration { return min(limit, p.mux.Timeout) }

// beside starts a service and reads it beside the session, within
// [Mux.ExtraFor]. read is called once, with a connection or an error.
func (s *session) beside(ctx context.Context, wg *sync.WaitGroup, service string, read func(context.Context, net.Conn, error)) {
	ctx, cancel := context.WithTimeout(ctx, s.phone.atMost(s.phone.mux.ExtraFor))
	connect, err := s.start(ctx, service)
	if err != nil {
		cancel()
		read(ctx, nil, err)
		return
	}
	wg.Go(func() {
		defer cancel()
		conn, err := connect(ctx)
		if err == nil {
			defer conn.Close()
		}
		read(ctx, conn, err)
	})
}

// publicText returns the datum of a text that a phone gives to strangers.
func publicText(s string) facts.Datum[string] {
	if s == "" {
		return facts.Datum[string]{Reason: "not reported before trust"}
	}
	return facts.Of(s)
}
