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

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// Service is the name under which lockdownd starts it.
const Service = "com.apple.pcapd"

// Count counts for so long. A phone of which not one packet was seen reports
// nothing: that is a [fault.PhoneSilent]. It owns neither conn nor its end,
// but the connection can be used for nothing else any more.
func Count(ctx context.Context, conn net.Conn, long time.Duration) (facts.Traffic, error) {
	const op = "count packets"
	end := time.Now().Add(long) // before the deadline is set, so that it is never after it
	defer wire.Guard(ctx, conn, long)()
	traffic, seen := facts.Traffic{Seconds: int(long.Seconds())}, false
	for {
		record, err := wire.ReadData(conn)
		if err != nil {
			err = wire.Explain(ctx, op, err)
			// The time is up: that is how it is meant to end.
			if fault.Of(err) == fault.PhoneSilent && seen && !time.Now().Before(end) {
				return traffic, nil
			}
			return facts.Traffic{}, err
		}
		name, err := parseInterface(record)
		if err != nil {
			return facts.Traffic{}, fault.New(fault.PhoneNonsense, op, err)
		}
		seen = true
		add(&traffic, name)
	}
}

// add counts a packet by how the name of its interface begins; others, such as
// lo0 and awdl0, count as none. Wi-Fi is always en0: further ones of that kind are
// cables, this computer's own among them. Tunnels are those of VPNs, filters,
// Wi-Fi calling, and iOS itself.
func add(t *facts.Traffic, name string) {
	switch {
	case name == "en0":
		t.WiFi++
	case strings.HasPrefix(name, "pdp_ip"):
		t.Cellular++
	case strings.HasPrefix(name, "utun"), strings.HasPrefix(name, "ipsec"):
		t.Tunnel++
	}
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
