package usbmuxd

import (
	"context"
	"errors"
	"io"
	"math/bits"
	"net"

	"lifeboat/device/phonesim/wait"
	"lifeboat/device/phonesim/wire"
)

// message is what goes to a client.
type message = map[string]any

// Numbers of a Result. For pair records the real daemon sends an errno.
const (
	resultOK         = 0
	resultBadCommand = 1
	resultBadDevice  = 2
	resultRefused    = 3
	resultBadVersion = 6

	errnoNoEntry  = 2
	errnoIO       = 5
	errnoArgument = 22
)

func result(number int) message { return message{"MessageType": "Result", "Number": number} }

// commands answer on a socket that stays in command state. Listen and
// Connect, which change the state, are in serve.
var commands = map[string]func(*Daemon, wire.Dict) message{
	"ListDevices":      (*Daemon).listDevices,
	"ListListeners":    (*Daemon).listListeners,
	"ReadBUID":         (*Daemon).readBUID,
	"ReadPairRecord":   (*Daemon).readPairRecord,
	"SavePairRecord":   (*Daemon).savePairRecord,
	"DeletePairRecord": (*Daemon).deletePairRecord,
}

// serve runs one client: any number of commands, until a Listen or a
// successful Connect takes the socket over.
func (d *Daemon) serve(conn net.Conn) {
	for {
		request, tag, err := readFrame(conn)
		if errors.Is(err, errBadVersion) {
			if d.send(conn, result(resultBadVersion), tag) != nil {
				return
			}
			continue
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				d.log.Debug("usbmuxd client dropped", "error", err)
			}
			return
		}
		kind := request.String("MessageType")
		d.log.Debug("usbmuxd request", "type", kind, "program", request.String("ProgName"))
		switch kind {
		case "Listen":
			s := d.subscribe(describe(request))
			if d.send(conn, result(resultOK), tag) != nil {
				d.unsubscribe(s)
				return
			}
			d.relay(conn, s)
			return
		case "Connect":
			p, handler, number := d.route(request)
			if p != nil && wait.For(p.ctx, p.device.Latency) != nil {
				return // unplugged
			}
			if d.send(conn, result(number), tag) != nil {
				return
			}
			if number == resultOK {
				p.run(conn, handler)
				return
			}
		default:
			answer := result(resultBadCommand)
			if command, ok := commands[kind]; ok {
				answer = command(d, request)
			}
			if d.send(conn, answer, tag) != nil {
				return
			}
		}
	}
}

func (d *Daemon) send(conn net.Conn, m message, tag uint32) error {
	frame, err := encodeFrame(m, tag)
	if err != nil {
		return err
	}
	_, err = conn.Write(frame)
	return err
}

// route finds the phone and the port that a Connect names. PortNumber is in
// network byte order, read as a little-endian number.
func (d *Daemon) route(request wire.Dict) (*plug, Handler, int) {
	id, ok := request.Int("DeviceID")
	port, okPort := request.Int("PortNumber")
	if !ok || !okPort || port < 0 || port > 0xffff {
		return nil, nil, resultBadCommand
	}
	p := d.plugged(id)
	if p == nil {
		return nil, nil, resultBadDevice
	}
	handler := p.device.Dial(bits.ReverseBytes16(uint16(port)))
	if handler == nil {
		return nil, nil, resultRefused
	}
	return p, handler, resultOK
}

// run serves the phone's side on conn until either end or the cable is gone.
func (p *plug) run(conn net.Conn, handler Handler) {
	defer context.AfterFunc(p.ctx, func() { conn.Close() })()
	handler(p.ctx, conn)
}

func (d *Daemon) listDevices(wire.Dict) message {
	d.mu.Lock()
	defer d.mu.Unlock()
	return message{"DeviceList": d.present()}
}

func (d *Daemon) listListeners(wire.Dict) message {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := []message{}
	for s := range d.listeners {
		list = append(list, s.info)
	}
	return message{"ListenerList": list}
}

// describe keeps what a client says of itself, for ListListeners.
func describe(request wire.Dict) message {
	info := message{}
	for _, key := range []string{"ClientVersionString", "ProgName", "BundleID", "kLibUSBMuxVersion"} {
		if v, ok := request[key]; ok {
			info[key] = v
		}
	}
	return info
}

func (d *Daemon) readBUID(wire.Dict) message {
	buid, err := d.records.buid()
	if err != nil {
		d.log.Error("read BUID", "error", err)
		return result(errnoIO)
	}
	return message{"BUID": buid}
}

func (d *Daemon) readPairRecord(request wire.Dict) message {
	data, err := d.records.read(request.String("PairRecordID"))
	if err != nil {
		return result(d.errno(err))
	}
	return message{"PairRecordData": data}
}

func (d *Daemon) savePairRecord(request wire.Dict) message {
	data := request.Data("PairRecordData")
	if len(data) == 0 {
		return result(errnoArgument)
	}
	if err := d.records.save(request.String("PairRecordID"), data); err != nil {
		return result(d.errno(err))
	}
	if id, ok := request.Int("DeviceID"); ok && id > 0 {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.announce(message{"MessageType": "Paired", "DeviceID": id})
	}
	return result(resultOK)
}

func (d *Daemon) deletePairRecord(request wire.Dict) message {
	return result(d.errno(d.records.remove(request.String("PairRecordID"))))
}

func (d *Daemon) errno(err error) int {
	switch {
	case err == nil:
		return resultOK
	case errors.Is(err, errNoRecord):
		return errnoNoEntry
	case errors.Is(err, errBadID):
		return errnoArgument
	}
	d.log.Error("pair record", "error", err)
	return errnoIO
}
