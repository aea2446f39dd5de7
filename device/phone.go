package device

import (
	"context"
	"errors"
	"net"

	"github.com/danielpaulus/go-ios/ios"

	"lifeboat/device/fault"
	"lifeboat/device/lockdown"
	"lifeboat/device/transcript"
	"lifeboat/device/usbmux"
	"lifeboat/device/wire"
)

// Phone is one connected iPhone. It holds no connection, so that it needs no
// closing; its methods may be used by several goroutines. After the phone
// has been unplugged they fail with [fault.PhoneGone].
type Phone struct {
	UDID       string
	Connection string // "USB" or "Network"
	SpeedBits  int64  // bit/s as usbmuxd reports it, 0 if it does not
	DeviceID   int    // usbmuxd's handle, new at every plug-in
	mux        *Mux
}

// lockdownConn opens a plain connection to lockdownd.
func (p *Phone) lockdownConn(ctx context.Context) (*lockdown.Conn, error) {
	raw, err := p.mux.client.Connect(ctx, p.DeviceID, lockdown.Port)
	if err != nil {
		return nil, err
	}
	return lockdown.New(raw, p.mux.Timeout, p.mux.recorder().Open(transcript.Lockdown, false)), nil
}

// record reads the pairing with this phone; none is [fault.PairingStale].
func (p *Phone) record(ctx context.Context) (ios.PairRecord, error) {
	record, err := p.mux.client.PairRecord(ctx, p.UDID)
	if errors.Is(err, usbmux.ErrNoPairRecord) {
		return record, fault.New(fault.PairingStale, "read the pairing", err)
	}
	return record, err
}

// StartService starts a service of the phone and connects to it, encrypted
// if the phone wants that. The connection closes when ctx ends, and has no
// deadlines of its own.
func (p *Phone) StartService(ctx context.Context, name string) (net.Conn, error) {
	s := p.session()
	defer s.close()
	connect, err := s.start(ctx, name)
	if err != nil {
		return nil, err
	}
	return connect(ctx)
}

// use starts a service, asks it one thing and ends the connection.
func use[T any](ctx context.Context, p *Phone, service string, ask func(context.Context, net.Conn) (T, error)) (answer T, err error) {
	conn, err := p.StartService(ctx, service)
	if err != nil {
		return answer, err
	}
	defer conn.Close()
	return ask(ctx, conn)
}

// connect connects to a service that lockdownd has started.
func (p *Phone) connect(ctx context.Context, name string, service lockdown.Service, record ios.PairRecord) (net.Conn, error) {
	raw, err := p.mux.client.Connect(ctx, p.DeviceID, service.Port)
	if err != nil {
		return nil, err
	}
	dev := ios.NewDeviceConnectionWithConn(raw)
	heard := p.mux.recorder().Open(name, service.Encrypted)
	if service.Encrypted {
		if err := lockdown.Encrypt(ctx, dev, record, p.mux.Timeout); err != nil {
			heard.Ended(err)
			raw.Close()
			return nil, err
		}
	}
	// Not the TLS layer's Close, which would wait to say goodbye to a phone
	// that may no longer listen.
	return wire.Bind(ctx, heard.Over(noTLSClose{dev.Conn(), raw})), nil
}

// noTLSClose closes the socket under a TLS connection at once.
type noTLSClose struct {
	net.Conn
	raw net.Conn
}

func (a noTLSClose) Close() error { return a.raw.Close() }

// Values reads a whole domain of lockdownd; "" is the root domain. An absent
// domain is an empty map.
func (p *Phone) Values(ctx context.Context, domain string) (map[string]any, error) {
	s := p.session()
	defer s.close()
	return s.values(ctx, domain)
}

// Value reads one value; nil means that the phone does not have it.
func (p *Phone) Value(ctx context.Context, domain, key string) (any, error) {
	s := p.session()
	defer s.close()
	return s.value(ctx, domain, key)
}

// Missing reports whether err is lockdownd's word that there is no such value.
func Missing(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Domain == "lockdownd" && e.Text == "MissingValue"
}

// Gone returns a channel that is closed when usbmuxd says that the phone was
// unplugged, or can no longer say. Watching ends with ctx, without closing
// the channel.
func (p *Phone) Gone(ctx context.Context) <-chan struct{} {
	gone := make(chan struct{})
	watch, stop := context.WithCancel(ctx)
	// A phone that left before the watch began sends no event any more.
	look := func() {
		if there, err := p.IsAttached(watch); err != nil || !there {
			stop()
		}
	}
	go func() {
		defer stop()
		p.mux.client.Listen(watch, look, func(e usbmux.Event) {
			if e.Kind == "Detached" && e.Entry.DeviceID == p.DeviceID {
				stop()
			}
		})
		if ctx.Err() == nil {
			close(gone)
		}
	}()
	return gone
}
