// Package lockdown is a client of lockdownd, which knows who is trusted
// and what the phone is, and which starts the services
// (device/PROTOCOL.md#lockdownd).
package lockdown

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/danielpaulus/go-ios/ios"

	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/transcript"
	"lifeboat/device/wire"
)

// Port is where lockdownd listens on every phone.
const Port = 62078

// label is how Lifeboat introduces itself in every request.
const label = "lifeboat"

// Conn is one connection to lockdownd. It is not safe for concurrent use.
type Conn struct {
	dev     *ios.DeviceConnection
	timeout time.Duration
	record  *transcript.Stream
}

// New takes over an open connection to [Port]; every answer may take up to timeout.
// What is said is recorded in record, which may be nil.
func New(raw net.Conn, timeout time.Duration, record *transcript.Stream) *Conn {
	return &Conn{dev: ios.NewDeviceConnectionWithConn(raw), timeout: timeout, record: record}
}

// Close ends the connection without ceremony; lockdownd takes that as the
// end of the session.
func (c *Conn) Close() error {
	c.record.Ended(nil)
	return c.dev.Close()
}

// Request sends one request and returns its answer. An answer with an Error
// is a *fault.Error with lockdownd's own name in Text.
func (c *Conn) Request(ctx context.Context, name string, keys map[string]any) (map[string]any, error) {
	op := "lockdownd " + name
	request := map[string]any{"Label": label, "Request": name}
	for k, v := range keys {
		request[k] = v
	}
	conn := c.record.Over(c.dev.Conn()) // a new one each time: StartSession puts TLS on it
	answer, err := wire.Ask(ctx, conn, op, c.timeout, request)
	if err != nil {
		return nil, err
	}
	if refusal, ok := answer["Error"].(string); ok {
		if name == startService {
			return answer, fault.FromStartService(op, refusal)
		}
		return answer, fault.FromLockdown(op, refusal)
	}
	if _, ok := answer["Error"]; ok || answer["Result"] == "Failure" {
		return answer, fault.FromLockdown(op, "")
	}
	return answer, nil
}

// StartSession proves to the phone that this is the computer it trusts, and
// turns encryption on. A phone that has forgotten this computer answers
// with [fault.PairingStale].
func (c *Conn) StartSession(ctx context.Context, record ios.PairRecord) error {
	answer, err := c.Request(ctx, "StartSession", map[string]any{
		"HostID": record.HostID, "SystemBUID": record.SystemBUID, "ProtocolVersion": "2",
	})
	if err != nil {
		return err
	}
	if encrypted, _ := safeplist.Bool(answer["EnableSessionSSL"]); !encrypted {
		return nil
	}
	err = Encrypt(ctx, c.dev, record, c.timeout)
	if err != nil {
		c.record.Ended(err)
	}
	return err
}

// Encrypt starts TLS on a connection with the certificates of a pairing. A
// phone that refuses them has forgotten this computer: [fault.PairingStale].
func Encrypt(ctx context.Context, dev *ios.DeviceConnection, record ios.PairRecord, timeout time.Duration) error {
	defer wire.Guard(ctx, dev.Conn(), timeout)()
	err := dev.EnableSessionSsl(record)
	if err == nil || ctx.Err() != nil {
		return wire.Explain(ctx, "encrypt the connection", err)
	}
	if wire.Alert(err) {
		return fault.New(fault.PairingStale, "encrypt the connection", err)
	}
	return wire.Explain(ctx, "encrypt the connection", err)
}

// Value reads one value, or with an empty key a whole domain (as
// map[string]any); an empty domain is the root. An absent value is an error
// whose Text is "MissingValue".
func (c *Conn) Value(ctx context.Context, domain, key string) (any, error) {
	keys := map[string]any{}
	if domain != "" {
		keys["Domain"] = domain
	}
	if key != "" {
		keys["Key"] = key
	}
	answer, err := c.Request(ctx, "GetValue", keys)
	if err != nil {
		return nil, fmt.Errorf("value %s/%s: %w", domain, key, err)
	}
	value, ok := answer["Value"]
	if !ok {
		return nil, fmt.Errorf("value %s/%s: %w", domain, key, fault.FromLockdown("lockdownd GetValue", "MissingValue"))
	}
	return value, nil
}

// startService is the request that starts a service.
const startService = "StartService"

// Service is a service that lockdownd has started. Up to iOS 12 it may not be
// encrypted, although the session is.
type Service struct {
	Port      uint16
	Encrypted bool
}

// StartService starts a service. The escrow bag of the pairing lets the
// phone serve data of protected files while it is locked; mobilebackup2
// does not start without it.
func (c *Conn) StartService(ctx context.Context, name string, escrowBag []byte) (Service, error) {
	keys := map[string]any{"Service": name}
	if len(escrowBag) > 0 {
		keys["EscrowBag"] = escrowBag
	}
	answer, err := c.Request(ctx, startService, keys)
	if err != nil {
		return Service{}, fmt.Errorf("start service %s: %w", name, err)
	}
	port, ok := answer["Port"].(uint64)
	if !ok || port == 0 || port > 65535 {
		return Service{}, fault.New(fault.PhoneNonsense, "start service "+name, fmt.Errorf("port %v", answer["Port"]))
	}
	encrypted, _ := safeplist.Bool(answer["EnableServiceSSL"])
	return Service{uint16(port), encrypted}, nil
}
