package usbmux

import (
	"context"
	"strings"

	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/wire"
)

// Entry is one way in which a phone is connected, as usbmuxd reports it.
type Entry struct {
	DeviceID   int    // a handle of this computer, new at every plug-in
	UDID       string // with its dash, also where an old daemon leaves it out
	Connection string // "USB" or "Network"
	SpeedBits  int64  // bit/s, 0 if not known
}

// Event is one change of what is plugged in. Detached events have only DeviceID.
type Event struct {
	Kind  string // "Attached", "Detached" or "Paired"
	Entry Entry
}

// Listen calls each with every event, beginning with one Attached for every
// phone that is there, until ctx ends or the connection does; it returns why.
// From the call of ready on, which may be nil, no event is missed.
func (c *Client) Listen(ctx context.Context, ready func(), each func(Event)) error {
	k, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer k.raw.Close()
	answer, err := k.ask(ctx, map[string]any{"MessageType": "Listen", "ConnType": 1})
	if err != nil {
		return err
	}
	if err := result(answer, "usbmuxd Listen", fault.MuxUnexpected, nil); err != nil {
		return err
	}
	if ready != nil {
		ready()
	}
	defer wire.Guard(ctx, k.raw, 0)()
	for {
		d, err := k.read(ctx, "wait for phones")
		if err != nil {
			return err
		}
		if e, ok := parseEvent(d); ok {
			each(e)
		}
	}
}

func parseEvent(d map[string]any) (Event, bool) {
	kind, _ := d["MessageType"].(string)
	switch kind {
	case "Attached":
		e, ok := parseEntry(d)
		return Event{kind, e}, ok
	case "Detached", "Paired":
		id, ok := safeplist.Int(d["DeviceID"])
		return Event{kind, Entry{DeviceID: int(id)}}, ok
	}
	return Event{}, false
}

// maxUDID is longer than any UDID known: 40 hex digits.
const maxUDID = 64

func parseEntry(d map[string]any) (Entry, bool) {
	p, ok := d["Properties"].(map[string]any)
	if !ok {
		return Entry{}, false
	}
	id, ok := safeplist.Int(d["DeviceID"])
	if !ok || id <= 0 {
		return Entry{}, false
	}
	serial, _ := p["SerialNumber"].(string)
	udid, ok := cleanUDID(serial)
	if !ok {
		return Entry{}, false
	}
	connection, _ := p["ConnectionType"].(string)
	speed, _ := safeplist.Int(p["ConnectionSpeed"])
	return Entry{int(id), udid, connection, speed}, true
}

// cleanUDID checks a UDID, which becomes the name of a folder: hex digits and
// dashes only. The 24-digit form of a USB descriptor gets its dash
// (device/PROTOCOL.md#devices).
func cleanUDID(s string) (string, bool) {
	if len(s) < 8 || len(s) > maxUDID || strings.Trim(s, "0123456789abcdefABCDEF-") != "" {
		return "", false
	}
	if len(s) == 24 && !strings.Contains(s, "-") {
		s = s[:8] + "-" + s[8:]
	}
	return s, true
}
