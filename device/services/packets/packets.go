// Package packets counts what the phone sends and receives, by the interface
// that carries it, as the phone's pcapd reports (checks/SIGNALS.md#packets). Of
// the packets themselves nothing is kept, nor looked at.
package packets

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.pcapd"

// Counts are packets by kind of interface.
type Counts struct {
	WiFi     int // en0
	Cellular int // pdp_ip0, pdp_ip1 and so on
	Tunnel   int // utun and ipsec: VPNs, filters, Wi-Fi calling, and iOS itself
	Other    int // all else, such as lo0 and awdl0
}

// Count counts for so long. A phone of which not one packet was seen reports
// nothing: that is a [fault.PhoneSilent]. It owns neither conn nor its end,
// but the connection can be used for nothing else any more.
func Count(ctx context.Context, conn net.Conn, long time.Duration) (Counts, error) {
	const op = "count packets"
	end := time.Now().Add(long) // before the deadline is set, so that it is never after it
	defer wire.Guard(ctx, conn, long)()
	var c Counts
	for {
		record, err := wire.ReadData(conn)
		if err != nil {
			err = wire.Explain(ctx, op, err)
			// The time is up: that is how it is meant to end.
			if fault.Of(err) == fault.PhoneSilent && c != (Counts{}) && !time.Now().Before(end) {
				return c, nil
			}
			return Counts{}, err
		}
		name, err := parseInterface(record)
		if err != nil {
			return Counts{}, fault.New(fault.PhoneNonsense, op, err)
		}
		c.add(name)
	}
}

// kinds are the interfaces of an iPhone by how their names begin. Wi-Fi is
// always en0: further ones of that kind are cables, this computer's own
// among them.
var kinds = []struct {
	prefix string
	count  func(*Counts) *int
}{
	{"pdp_ip", func(c *Counts) *int { return &c.Cellular }},
	{"utun", func(c *Counts) *int { return &c.Tunnel }},
	{"ipsec", func(c *Counts) *int { return &c.Tunnel }},
}

func (c *Counts) add(name string) {
	if name == "en0" {
		c.WiFi++
		return
	}
	for _, k := range kinds {
		if strings.HasPrefix(name, k.prefix) {
			*k.count(c)++
			return
		}
	}
	c.Other++
}

// Of a record's header, which is packed, big-endian, and begins with its own
// length, only the name of the interface and its number are of interest.
const (
	unitAt   = 10
	nameAt   = 25
	nameSize = 16
)

// parseInterface reads the name of the interface that carried a packet, such
// as "en0". Records that name it without its number have that beside it.
func parseInterface(record []byte) (string, error) {
	if len(record) < nameAt+nameSize {
		return "", fmt.Errorf("record of %d bytes", len(record))
	}
	if n := binary.BigEndian.Uint32(record); n < nameAt+nameSize || uint64(n) > uint64(len(record)) {
		return "", fmt.Errorf("header of %d bytes in a record of %d", n, len(record))
	}
	name, _, _ := bytes.Cut(record[nameAt:nameAt+nameSize], []byte{0})
	if len(name) == 0 {
		return "", errors.New("interface without a name")
	}
	if last := name[len(name)-1]; last >= '0' && last <= '9' {
		return string(name), nil
	}
	return fmt.Sprintf("%s%d", name, binary.BigEndian.Uint16(record[unitAt:])), nil
}
