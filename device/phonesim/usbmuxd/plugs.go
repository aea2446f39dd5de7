package usbmuxd

import (
	"context"
	"slices"
)

// productIPhone is the USB product of an iPhone in its normal mode.
const productIPhone = 0x12a8

// Attach plugs a phone in and returns its DeviceID, which no phone had
// before: a handle of one plugging, not a name of the phone.
func (d *Daemon) Attach(device Device) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lastID++
	p := &plug{id: d.lastID, device: device, location: 0x14100000 + d.lastID<<8}
	p.ctx, p.cut = context.WithCancel(d.ctx)
	d.plugs[p.id] = p
	d.announce(p.attached())
	d.log.Info("phone attached", "udid", device.UDID, "id", p.id)
	return p.id
}

// Detach pulls the cable of the phone with this DeviceID: every connection
// to it is cut and listeners get an event. It does not wait for handlers to
// return, so one of them may call it.
func (d *Daemon) Detach(id int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.plugs[id]
	if !ok {
		return
	}
	delete(d.plugs, id)
	p.cut()
	d.announce(message{"MessageType": "Detached", "DeviceID": id})
	d.log.Info("phone detached", "udid", p.device.UDID, "id", id)
}

func (d *Daemon) plugged(id int64) *plug {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.plugs[int(id)]
}

// present returns the Attached messages of all phones, oldest first. The
// caller holds d.mu.
func (d *Daemon) present() []message {
	ids := make([]int, 0, len(d.plugs))
	for id := range d.plugs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	list := make([]message, 0, len(ids))
	for _, id := range ids {
		list = append(list, d.plugs[id].attached())
	}
	return list
}

func (p *plug) attached() message {
	properties := message{
		"ConnectionType": p.device.Connection,
		"DeviceID":       p.id,
		"SerialNumber":   p.device.UDID,
	}
	if p.device.Connection == "Network" {
		// A sockaddr_in of 169.254.1.1, as the daemon of macOS sends it.
		properties["NetworkAddress"] = []byte{16, 2, 0, 0, 169, 254, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}
		properties["EscapedFullServiceName"] = p.device.UDID + "._apple-mobdev2._tcp.local."
	} else {
		properties["ConnectionSpeed"] = p.device.Speed
		properties["LocationID"] = p.location
		properties["ProductID"] = productIPhone
	}
	return message{"MessageType": "Attached", "DeviceID": p.id, "Properties": properties}
}
