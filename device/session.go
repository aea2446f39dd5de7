package device

import (
	"context"
	"errors"
	"net"

	"github.com/danielpaulus/go-ios/ios"

	"lifeboat/device/fault"
	"lifeboat/device/lockdown"
)

// session is a trusted connection to lockdownd, on which all that is wanted at
// one time is asked: each costs a TLS handshake. It opens with the first question,
// and again for the next one when it broke. It is not safe for concurrent use.
type session struct {
	phone  *Phone
	conn   *lockdown.Conn // nil while it is not open
	record ios.PairRecord
}

func (p *Phone) session() *session { return &session{phone: p} }

// open proves to be trusted. The record is read each time, since usbmuxd may have
// paired meanwhile.
func (s *session) open(ctx context.Context) (err error) {
	if s.conn != nil {
		return nil
	}
	if s.record, err = s.phone.record(ctx); err != nil {
		return err
	}
	conn, err := s.phone.lockdownConn(ctx)
	if err != nil {
		return err
	}
	if err := conn.StartSession(ctx, s.record); err != nil {
		conn.Close()
		return err
	}
	s.conn = conn
	return nil
}

// close ends the session; a question that follows opens it again.
func (s *session) close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// ask asks one question. A phone that has hung up since the last one is asked
// once more.
func (s *session) ask(ctx context.Context, question func(*lockdown.Conn) error) error {
	for served := s.conn != nil; ; served = false {
		if err := s.open(ctx); err != nil {
			return err
		}
		err := question(s.conn)
		if err == nil || answered(err) {
			return err
		}
		s.close() // an answer that comes late would be taken for that of the next question
		if !served || fault.Of(err) != fault.PhoneGone || ctx.Err() != nil {
			return err
		}
	}
}

// answered reports whether err is what lockdownd itself said.
func answered(err error) bool {
	var e *fault.Error
	return errors.As(err, &e) && e.Domain == "lockdownd"
}

// values reads a whole domain; "" is the root domain. An absent domain is an
// empty map.
func (s *session) values(ctx context.Context, domain string) (map[string]any, error) {
	v, err := s.value(ctx, domain, "")
	if err != nil {
		return nil, err
	}
	if v == nil {
		return map[string]any{}, nil
	}
	values, ok := v.(map[string]any)
	if !ok {
		return nil, fault.New(fault.PhoneNonsense, "read domain "+domain, errors.New("it is no dictionary"))
	}
	return values, nil
}

// value reads one value; nil means that the phone does not have it.
func (s *session) value(ctx context.Context, domain, key string) (v any, err error) {
	err = s.ask(ctx, func(conn *lockdown.Conn) (err error) {
		v, err = conn.Value(ctx, domain, key)
		return err
	})
	if Missing(err) {
		return nil, nil
	}
	return v, err
}

// start starts a service and returns how to connect to it, which works without
// the session.
func (s *session) start(ctx context.Context, name string) (connect func(context.Context) (net.Conn, error), err error) {
	var service lockdown.Service
	err = s.ask(ctx, func(conn *lockdown.Conn) (err error) {
		service, err = conn.StartService(ctx, name, s.record.EscrowBag)
		return err
	})
	if err != nil {
		return nil, err
	}
	p, record := s.phone, s.record
	return func(ctx context.Context) (net.Conn, error) { return p.connect(ctx, name, service, record) }, nil
}
