package lockdownd

import (
	"context"
	"errors"
	"io"
	"net"

	"lifeboat/device/phonesim/wait"
	"lifeboat/device/phonesim/wire"
)

// protocolName is what QueryType answers on a phone that runs normally.
const protocolName = "com.apple.mobile.lockdown"

// visit is one computer's connection to lockdownd.
type visit struct {
	*Daemon
	raw     net.Conn // the pipe itself
	conn    net.Conn // raw, or TLS upon it while a session lasts
	session *session
	// after runs once the answer is on its way: the step into or out of TLS.
	after func(context.Context) error
}

// reply is what a handler adds to the answer.
type reply = map[string]any

// requests are the questions that lockdownd knows.
var requests = map[string]func(*visit, wire.Dict) (reply, error){
	"QueryType":    (*visit).queryType,
	"GetValue":     (*visit).getValue,
	"SetValue":     (*visit).setValue,
	"RemoveValue":  (*visit).removeValue,
	"Pair":         (*visit).pair,
	"ValidatePair": (*visit).validatePair,
	"Unpair":       (*visit).unpair,
	"StartSession": (*visit).startSession,
	"StopSession":  (*visit).stopSession,
	"StartService": (*visit).startService,
	"Goodbye":      (*visit).goodbye,
}

var errGoodbye = errors.New("goodbye")

// Serve answers requests on conn until the computer hangs up.
func (d *Daemon) Serve(ctx context.Context, conn net.Conn) {
	if d.Faults.Silent {
		io.Copy(io.Discard, conn)
		return
	}
	v := &visit{Daemon: d, raw: conn, conn: conn}
	for {
		request, err := wire.Read(v.conn)
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				d.Log.Debug("lockdownd connection dropped", "error", err)
			}
			return
		}
		if err := v.answer(ctx, request); err != nil {
			if !errors.Is(err, errGoodbye) {
				d.Log.Debug("lockdownd connection ended", "error", err)
			}
			return
		}
	}
}

func (v *visit) answer(ctx context.Context, request wire.Dict) error {
	name := request.String("Request")
	answer := reply{"Request": name}
	handle, known := requests[name]
	if !known {
		handle = func(*visit, wire.Dict) (reply, error) { return nil, UnknownRequestError }
	}
	v.after = nil
	if v.Script != nil {
		if scripted, ok := v.Script(request); ok {
			return wire.WriteXML(v.conn, scripted)
		}
	}
	extra, err := handle(v, request)
	var named Error
	if errors.As(err, &named) {
		answer["Error"] = string(named)
	} else if err != nil && !errors.Is(err, errGoodbye) {
		return err
	}
	for key, value := range extra {
		answer[key] = value
	}
	v.Log.Debug("lockdownd", "request", name, "domain", request.String("Domain"),
		"key", request.String("Key"), "service", request.String("Service"), "error", err)
	if err := wait.For(ctx, v.Latency); err != nil {
		return err
	}
	if err := wire.WriteXML(v.conn, answer); err != nil {
		return err
	}
	if errors.Is(err, errGoodbye) {
		return err
	}
	if v.after != nil {
		return v.after(ctx)
	}
	return nil
}

// note tells what was asked.
func (v *visit) note(what string) {
	if v.Asked != nil {
		v.Asked(what)
	}
}

func (v *visit) queryType(wire.Dict) (reply, error) { return reply{"Type": protocolName}, nil }

func (v *visit) goodbye(wire.Dict) (reply, error) { return nil, errGoodbye }
