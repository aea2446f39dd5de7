// Package mobilebackup2 is the host's side of com.apple.mobilebackup2: the
// requests that begin a backup or a restore or change the password, and the operations
// with which the phone then drives the host (device/PROTOCOL.md#mobilebackup2).
//
// The phone leads. Each of its messages is answered on its own, with no
// reliance on an order; one that is not known is answered too, so that the
// phone never waits forever.
package mobilebackup2

import (
	"errors"
	"fmt"
	"io"

	"lifeboat/backup/devicelink"
	"lifeboat/backup/keybag"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
)

// Service is the name lockdownd starts the service by.
const Service = "com.apple.mobilebackup2"

// Session is one connection, past its greeting. It is for one goroutine.
type Session struct{ dl *devicelink.Conn }

// Open agrees on the versions of both layers. Deadlines and closing are the
// business of whoever owns rw.
func Open(rw io.ReadWriter) (*Session, error) {
	s := &Session{dl: devicelink.NewConn(rw)}
	if err := s.dl.Exchange(); err != nil {
		return nil, err
	}
	err := s.dl.Process(map[string]any{
		"MessageName": "Hello", "SupportedProtocolVersions": []float64{2.0, 2.1},
	})
	if err != nil {
		return nil, err
	}
	answer, err := s.response()
	if err != nil {
		return nil, err
	}
	if answer.Code != 0 {
		return nil, &fault.Error{
			Code: fault.ProtocolRefused, Op: "greet mobilebackup2",
			Domain: "MBErrorDomain", Number: answer.Code, Text: answer.Text,
		}
	}
	return s, nil
}

// Backup asks for a backup of the phone. Serve must follow. A full one is
// made if the phone finds nothing to build on, or if full demands it.
func (s *Session) Backup(udid string, full bool) error {
	request := map[string]any{"MessageName": "Backup", "TargetIdentifier": udid, "SourceIdentifier": udid}
	if full {
		request["Options"] = map[string]any{"ForceFullBackup": true}
	}
	return s.dl.Process(request)
}

// ChangePassword asks to switch encryption on (old empty), off (new empty),
// or to change its password. Serve must follow.
func (s *Session) ChangePassword(udid string, old, new keybag.Password) error {
	request := map[string]any{"MessageName": "ChangePassword", "TargetIdentifier": udid}
	if !old.Empty() {
		request["OldPassword"] = old.Reveal()
	}
	if !new.Empty() {
		request["NewPassword"] = new.Reveal()
	}
	return s.dl.Process(request)
}

// EnableCloudBackup asks to switch the phone's iCloud Backup on or off. Serve
// must follow. The switch stands at two places, since versions of iOS look at
// one or the other (device/PROTOCOL.md#requests-of-the-host).
func (s *Session) EnableCloudBackup(udid string, on bool) error {
	return s.dl.Process(map[string]any{
		"MessageName": "EnableCloudBackup", "TargetIdentifier": udid, "SourceIdentifier": udid,
		"CloudBackupState": on, "Options": map[string]any{"CloudBackupState": on},
	})
}

// Disconnect sends the phone that the host ends the session.
func (s *Session) Disconnect(reason string) error { return s.dl.Disconnect(reason) }

// Response is the phone's final answer to a request.
type Response struct {
	// Code is 0 for success, else a number of MBErrorDomain.
	Code int
	// Text is the phone's own words, possibly empty.
	Text string
	// Content reports whether content of a backup had come before, in a restore
	// whether some was sent.
	Content bool
}

// Fault gives the answer as an error; nil for success.
func (r Response) Fault(op string) error {
	if r.Code == 0 {
		return nil
	}
	if !r.Content {
		return fault.FromMobileBackupAtStart(op, r.Code, r.Text)
	}
	return fault.FromMobileBackup(op, r.Code, r.Text)
}

// Serve answers the phone until its final answer, or until the connection
// fails. h may be nil for a request that touches no files.
func (s *Session) Serve(h *Host) (Response, error) {
	for {
		m, err := s.dl.Receive()
		if err != nil {
			return Response{}, err
		}
		if h != nil && h.OnMessage != nil {
			h.OnMessage(m.Name)
		}
		switch m.Name {
		case "DLMessageProcessMessage":
			if answer, err := parseResponse(m); !errors.Is(err, errNoResponse) {
				answer.Content = h != nil && h.content
				return answer, err
			}
			continue
		case "DLMessageDisconnect":
			reason, _ := m.Text(0)
			return Response{}, &fault.Error{
				Code: fault.PhoneGone, Op: "serve the phone", Domain: "DeviceLink", Text: reason,
				Err: errors.New("the phone ended the session"),
			}
		case "DLMessagePing", "DLMessageStatusResponse", "DLMessageVersionExchange", "DLMessageDeviceReady":
			continue // these want no answer
		}
		reply, err := h.handle(s.dl, m)
		if err != nil {
			return Response{}, err
		}
		if err := s.dl.Respond(reply.status, reply.text, reply.object); err != nil {
			return Response{}, err
		}
	}
}

// response waits for a final answer and nothing else, as after Hello.
func (s *Session) response() (Response, error) {
	for {
		m, err := s.dl.Receive()
		if err != nil {
			return Response{}, err
		}
		switch m.Name {
		case "DLMessagePing":
			continue
		case "DLMessageProcessMessage":
			return parseResponse(m)
		}
		return Response{}, fault.New(fault.PhoneNonsense, "greet mobilebackup2", fmt.Errorf("%s instead of an answer", m.Name))
	}
}

// errNoResponse: a dictionary that is no final answer.
var errNoResponse = errors.New("not a response")

func parseResponse(m devicelink.Message) (Response, error) {
	const op = "read the phone's answer"
	d, ok := m.Dict(0)
	if !ok {
		return Response{}, fault.New(fault.PhoneNonsense, op, errors.New("it is no dictionary"))
	}
	if d["MessageName"] != "Response" {
		return Response{}, fault.New(fault.PhoneNonsense, op, errNoResponse)
	}
	code, ok := safeplist.Code(d["ErrorCode"])
	if !ok {
		return Response{}, fault.New(fault.PhoneNonsense, op, errors.New("it has no error code"))
	}
	text, _ := d["ErrorDescription"].(string)
	return Response{Code: code, Text: text}, nil
}
