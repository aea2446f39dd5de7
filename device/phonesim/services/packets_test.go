package services

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"howett.net/plist"
)

// captured is a record of pcapd, cut at the offsets that clients use.
type captured struct {
	length, family, before uint32
	kind, direction        byte
	name                   string // with its number
	pid                    uint32
	process                string
	at                     time.Time
	packet                 []byte
}

func readRecord(t *testing.T, conn net.Conn) captured {
	t.Helper()
	var n uint32
	if err := binary.Read(conn, binary.BigEndian, &n); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(conn, body); err != nil {
		t.Fatal(err)
	}
	var b []byte
	if _, err := plist.Unmarshal(body, &b); err != nil {
		t.Fatal(err)
	}
	be, le := binary.BigEndian, binary.LittleEndian
	text := func(from, to int) string { return strings.TrimRight(string(b[from:to]), "\x00") }
	r := captured{
		length: be.Uint32(b), kind: b[9], direction: b[12], family: be.Uint32(b[13:]), before: be.Uint32(b[17:]),
		name: text(25, 41) + string(rune('0'+be.Uint16(b[10:]))), pid: le.Uint32(b[41:]), process: text(45, 62),
		at: time.Unix(int64(be.Uint32(b[87:])), int64(be.Uint32(b[91:]))*1000).UTC(),
	}
	r.packet = b[r.length:]
	if b[4] != 2 || be.Uint32(b[5:]) != uint32(len(r.packet)) {
		t.Errorf("version %d, %d bytes announced, %d there", b[4], be.Uint32(b[5:]), len(r.packet))
	}
	if strings.ContainsAny(text(25, 41), "0123456789") {
		t.Errorf("the name %q has its number in it", text(25, 41))
	}
	return r
}

func TestPackets(t *testing.T) {
	now := time.Date(2026, 10, 4, 9, 5, 7, 42000, time.UTC)
	for _, c := range []struct {
		short  bool
		length uint32
	}{{false, 99}, {true, 95}} {
		var passed atomic.Int64 // the service goes on meanwhile
		p := &Packets{
			Traffic: []Traffic{{"en0", 40}, {"pdp_ip0", 4}, {"utun2", 1}}, Short: c.short,
			Now:  func() time.Time { return now },
			Wait: func(ctx context.Context, d time.Duration) error { passed.Add(int64(d)); return ctx.Err() },
		}
		conn := serve(t, p.Serve)
		count, processes := map[string]int{}, map[string]bool{}
		for range 2 * (40 + 4 + 1) { // two seconds of it
			r := readRecord(t, conn)
			count[r.name]++
			processes[r.process] = true
			kind, before := byte(1), 4
			switch r.name {
			case "en0":
				kind, before = 6, 14
			case "pdp_ip0":
				kind = 0xff
			}
			if r.length != c.length || r.kind != kind || int(r.before) != before || r.family != 2 || !r.at.Equal(now) || r.pid == 0 {
				t.Fatalf("record %+v", r)
			}
			ip := r.packet[before:]
			if ip[0] != 0x45 || int(binary.BigEndian.Uint16(ip[2:])) != len(ip) || checksum(ip[:20]) != 0 || ip[9] != 6 {
				t.Fatalf("%s: IP header % x of %d bytes", r.name, ip[:20], len(ip))
			}
			if out := ip[12] == 192; out != (r.direction == 1) {
				t.Fatalf("%s: direction %d from % x", r.name, r.direction, ip[12:16])
			}
		}
		if count["en0"] != 80 || count["pdp_ip0"] != 8 || count["utun2"] != 2 {
			t.Errorf("packets %v", count)
		}
		if len(processes) < 3 {
			t.Errorf("processes %v", processes)
		}
		if took := time.Duration(passed.Load()); took < 1900*time.Millisecond || took > 2100*time.Millisecond {
			t.Errorf("that took %v, want 2s", took)
		}
	}
}

// A computer that leaves while nothing is sent is noticed.
func TestPacketsEnd(t *testing.T) {
	for _, traffic := range [][]Traffic{nil, {{"en0", 1}}} {
		near, far := net.Pipe()
		done := make(chan struct{})
		go func() {
			(&Packets{Traffic: traffic, Now: time.Now, Wait: func(ctx context.Context, d time.Duration) error {
				if d > 0 {
					<-ctx.Done()
				}
				return ctx.Err()
			}}).Serve(t.Context(), far)
			close(done)
		}()
		near.Close()
		<-done
	}
}
