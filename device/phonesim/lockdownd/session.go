package lockdownd

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"io"
	"strings"
	"time"

	"lifeboat/device/phonesim/wire"
)

// session is what a trusted computer opened.
type session struct {
	id   string
	host Host
}

func (v *visit) startSession(request wire.Dict) (reply, error) {
	v.note("session")
	id := request.String("HostID")
	switch {
	case v.session != nil:
		return nil, SessionActive
	case id == "":
		return nil, MissingHostID
	}
	host, ok := v.Hosts.Find(id)
	if !ok {
		return nil, InvalidHostID
	}
	if v.Faults.ForgetHostOnce {
		forgotten := false
		v.forgot.Do(func() { forgotten = true })
		if forgotten {
			if err := v.Hosts.Forget(id); err != nil {
				return nil, err
			}
			return nil, InvalidHostID
		}
	}
	s := &session{id: newUUID(), host: host}
	v.after = func(ctx context.Context) error {
		secure, err := handshake(ctx, exactRecords(v.raw), v.Key, host)
		if err != nil {
			return fmt.Errorf("secure the session of %s: %w", host.HostID, err)
		}
		v.conn, v.session = secure, s
		return nil
	}
	return reply{"SessionID": s.id, "EnableSessionSSL": true}, nil
}

func (v *visit) stopSession(request wire.Dict) (reply, error) {
	id := request.String("SessionID")
	switch {
	case v.session == nil:
		return nil, SessionInactive
	case id == "":
		return nil, MissingSessionID
	case id != v.session.id:
		return nil, InvalidSessionID
	}
	v.after = v.leaveTLS
	return nil, nil
}

// leaveTLS says goodbye in TLS, waits for the computer's, and goes on in
// plain text on the same pipe, where another session may follow.
func (v *visit) leaveTLS(context.Context) error {
	secure := v.conn.(*tls.Conn)
	v.conn, v.session = v.raw, nil
	if err := secure.CloseWrite(); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, secure); err != nil {
		return err
	}
	return v.raw.SetWriteDeadline(time.Time{}) // CloseWrite forbade writing
}

// newUUID makes a random identifier in upper case, as the phone's are.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails: crypto/rand
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
