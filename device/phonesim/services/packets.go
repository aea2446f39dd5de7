package services

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"lifeboat/device/phonesim/wait"
	"lifeboat/device/phonesim/wire"
)

// Traffic is what goes over one network interface of the phone.
type Traffic struct {
	// Interface is its name with its number, such as "en0" for Wi-Fi, "pdp_ip0"
	// for mobile data or "utun2" for a tunnel.
	Interface string
	// Rate is how many packets go over it in a second, at least 1.
	Rate int
}

// Packets is com.apple.pcapd: a copy of every packet that goes over the
// phone's network interfaces, as one frame with one data each.
type Packets struct {
	Traffic []Traffic
	Now     func() time.Time
	// Short headers are those before iOS 15.
	Short bool
	// Wait pauses between packets; nil is real time.
	Wait func(ctx context.Context, d time.Duration) error
}

// talkers are programs whose packets are seen, in turns.
var talkers = []struct {
	name string
	pid  int32
}{{"nsurlsessiond", 251}, {"apsd", 118}, {"mDNSResponder", 203}, {"cloudd", 417}}

// Serve runs one connection: it sends packets until the computer leaves.
func (p *Packets) Serve(ctx context.Context, conn net.Conn) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	left := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, conn)
		left <- err
		cancel()
	}()
	p.stream(ctx, conn) //nolint:errcheck // it ends when the computer has left
	conn.Close()
	return <-left
}

// stream sends the packets of all interfaces, each at its own even pace.
func (p *Packets) stream(ctx context.Context, conn net.Conn) error {
	pause := p.Wait
	if pause == nil {
		pause = wait.For
	}
	if len(p.Traffic) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	sent := make([]int, len(p.Traffic)) // by interface
	due := func(i int) time.Duration {
		return time.Duration(sent[i]) * time.Second / time.Duration(p.Traffic[i].Rate)
	}
	indexes := make([]int, len(p.Traffic))
	for i := range indexes {
		indexes[i] = i
	}
	now := time.Duration(0)
	for {
		next := slices.MinFunc(indexes, func(a, b int) int { return int(due(a) - due(b)) })
		at := due(next)
		if err := pause(ctx, at-now); err != nil {
			return err
		}
		now = at
		if err := wire.WriteXML(conn, p.record(p.Traffic[next].Interface, sent[next])); err != nil {
			return err
		}
		sent[next]++
	}
}

// Kinds of interfaces, as SNMP numbers them.
const (
	interfaceOther    = 1 // tunnels
	interfaceEthernet = 6
	interfaceCellular = 0xff
)

// Directions in a record.
const (
	packetOut = 0x01
	packetIn  = 0x10
)

const (
	shortRecordHeader = 95
	recordHeader      = 99 // with the flags of the packet
	inet              = 2  // AF_INET
	withTime          = 0x2000
)

// record is the n-th packet of an interface with the header that pcapd puts
// before it. The interface's name stands there without its number, which is
// a field of its own. Numbers are big-endian, but those of processes and the
// service class, which are as the phone's processor writes them.
func (p *Packets) record(name string, n int) []byte {
	base := strings.TrimRight(name, "0123456789")
	unit, _ := strconv.Atoi(name[len(base):]) // was checked
	kind, before := interfaceOther, 4
	switch {
	case strings.HasPrefix(base, "pdp_ip"):
		kind = interfaceCellular
	case strings.HasPrefix(base, "en"):
		kind, before = interfaceEthernet, 14
	}
	direction := byte(packetOut)
	if n%2 == 1 {
		direction = packetIn
	}
	packet := packetOf(kind, n, direction)
	talker := talkers[n/2%len(talkers)]
	length := recordHeader
	if p.Short {
		length = shortRecordHeader
	}
	h := make([]byte, length, length+len(packet))
	be, le := binary.BigEndian, binary.LittleEndian
	be.PutUint32(h, uint32(length))
	h[4] = 2 // version
	be.PutUint32(h[5:], uint32(len(packet)))
	h[9] = byte(kind)
	be.PutUint16(h[10:], uint16(unit))
	h[12] = direction
	be.PutUint32(h[13:], inet)
	be.PutUint32(h[17:], uint32(before))
	copy(h[25:25+15], base)
	le.PutUint32(h[41:], uint32(talker.pid))
	copy(h[45:45+16], talker.name)
	le.PutUint32(h[66:], 0xffffffff) // no other process that it is done for
	now := p.Now()
	be.PutUint32(h[87:], uint32(now.Unix()))
	be.PutUint32(h[91:], uint32(now.Nanosecond()/1000))
	if !p.Short {
		flags := uint32(withTime | 1) // 1: in, 2: out
		if direction == packetOut {
			flags = withTime | 2
		}
		be.PutUint32(h[95:], flags)
	}
	return append(h, packet...)
}

// Addresses of packets: the phone's in its network, and one of the range
// that is kept for documents.
var (
	phoneAddress = []byte{192, 168, 178, 34}
	cloudAddress = []byte{203, 0, 113, 7}
	phoneMAC     = []byte{0x3e, 0x22, 0xfb, 0x10, 0x20, 0x31}
	routerMAC    = []byte{0x3c, 0xa6, 0x2f, 0x10, 0x20, 0x30}
)

// packetOf makes a TCP packet to or from port 443, of a length that varies. On
// Wi-Fi it is an Ethernet frame; elsewhere the family of its addresses stands
// before it, as the phone's processor writes it.
func packetOf(kind, n int, direction byte) []byte {
	payload := make([]byte, 120+n*997%1200)
	for i := range payload {
		payload[i] = byte(i*31 + n*17) // as good as encrypted
	}
	be := binary.BigEndian
	ip := make([]byte, 40, 40+len(payload))
	ip[0] = 0x45 // version 4, no options
	be.PutUint16(ip[2:], uint16(40+len(payload)))
	be.PutUint16(ip[4:], uint16(n))
	ip[8], ip[9] = 64, 6 // hops, TCP
	from, to := phoneAddress, cloudAddress
	ports := [2]uint16{50123, 443}
	macs := [2][]byte{routerMAC, phoneMAC} // to, from
	if direction == packetIn {
		from, to = to, from
		ports[0], ports[1] = ports[1], ports[0]
		macs[0], macs[1] = macs[1], macs[0]
	}
	copy(ip[12:], from)
	copy(ip[16:], to)
	be.PutUint16(ip[10:], checksum(ip[:20]))
	be.PutUint16(ip[20:], ports[0])
	be.PutUint16(ip[22:], ports[1])
	be.PutUint32(ip[24:], uint32(n)*1400)
	ip[32], ip[33] = 5<<4, 0x18 // header of 20 bytes; PSH and ACK
	be.PutUint16(ip[34:], 2048)
	ip = append(ip, payload...)
	if kind != interfaceEthernet {
		return append([]byte{inet, 0, 0, 0}, ip...)
	}
	return slices.Concat(macs[0], macs[1], []byte{8, 0}, ip)
}

// checksum is that of an IP header whose own is zero.
func checksum(header []byte) uint16 {
	sum := uint32(0)
	for i := 0; i+1 < len(header); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(header[i:]))
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}
