// Package lockdownd is the phone's front door: it tells values, pairs with
// computers, opens sessions over TLS and starts services on ports of their
// own. It speaks the protocol of iOS 7 and later.
package lockdownd

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net"
	"sync"
	"time"
)

// Port is where lockdownd listens on the phone.
const Port = 62078

// Service is a program of the phone that StartService can start.
type Service struct {
	// Serve runs one connection; it may leave conn open when it returns.
	Serve func(ctx context.Context, conn net.Conn) error
	// Escrow: a computer must show its escrow bag to start it.
	Escrow bool
	// Untrusted: it starts without a session, and then without TLS.
	Untrusted bool
}

// Faults are what tests make lockdownd do wrong.
type Faults struct {
	// Silent: connections are accepted and never answered.
	Silent bool
	// ForgetHostOnce: the first StartSession of a trusted computer answers
	// InvalidHostID and the phone forgets it, as after a reset of
	// "Location & Privacy".
	ForgetHostOnce bool
	// NoEscrowBag: Pair succeeds without handing out an escrow bag.
	NoEscrowBag bool
	// RefuseService maps a service's name to the error that StartService
	// answers, such as "InvalidService".
	RefuseService map[string]string
}

// Daemon is one phone's lockdownd.
type Daemon struct {
	Key      *rsa.PrivateKey
	Values   *Values
	Hosts    *Hosts
	Dialog   *Dialog
	Services map[string]Service
	Faults   Faults
	Log      *slog.Logger
	// PlainServices: services are not encrypted, as up to iOS 12.
	PlainServices bool
	// Latency is how much later requests are answered, its own and those to
	// the services that it started.
	Latency time.Duration
	// Slow are services that answer even later, by their names.
	Slow map[string]time.Duration
	// Script is asked for the answer to a request before anything else; false
	// leaves it to this daemon. May be nil.
	Script func(request map[string]any) (answer map[string]any, ok bool)
	// Plain reports whether a service is served without TLS, as on iOS up to
	// 12. May be nil.
	Plain func(service string) bool
	// Asked is called with each value that is asked for, as "domain/key", and each
	// service, as "service NAME". May be nil.
	Asked func(what string)

	forgot  sync.Once
	mu      sync.Mutex
	tickets map[uint16]ticket
	order   []uint16
	next    uint16
}

// PublicKeyPEM is DevicePublicKey as lockdownd tells it: PEM of PKCS#1.
func PublicKeyPEM(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)})
}
