//go:build unix

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"howett.net/plist"
)

// SIGUSR1 plays the script: the phone's name is another afterwards.
func TestPlaySignal(t *testing.T) {
	script := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(script, []byte("@wait\n@set /DeviceName=7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	line, _ := start(t, "--tcp", "127.0.0.1:0", "--files", "1", "--bytes", "1", "--log", script)
	address := line[strings.LastIndexByte(line, '=')+1:]
	if name := deviceName(t, strings.TrimSpace(address)); name == uint64(7) {
		t.Fatalf("before the signal: %v", name)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	var name any
	for end := time.Now().Add(20 * time.Second); name != uint64(7) && time.Now().Before(end); {
		name = deviceName(t, strings.TrimSpace(address))
	}
	if name != uint64(7) {
		t.Errorf("after the signal: %v", name)
	}
}

// deviceName asks the first phone for its name, as a computer does that it
// does not trust yet.
func deviceName(t *testing.T, address string) any {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	document := func(entries string) string {
		return `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>` + entries + `</dict></plist>`
	}
	connect := document("<key>MessageType</key><string>Connect</string><key>DeviceID</key><integer>1</integer><key>PortNumber</key><integer>32498</integer>")
	head := binary.LittleEndian.AppendUint32(nil, uint32(16+len(connect)))
	for _, word := range []uint32{1, 8, 1} {
		head = binary.LittleEndian.AppendUint32(head, word)
	}
	fmt.Fprintf(conn, "%s%s", head, connect)
	if _, err := io.ReadFull(conn, head); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, conn, int64(binary.LittleEndian.Uint32(head))-16); err != nil {
		t.Fatal(err)
	}
	question := document("<key>Request</key><string>GetValue</string><key>Key</key><string>DeviceName</string>")
	fmt.Fprintf(conn, "%s%s", binary.BigEndian.AppendUint32(nil, uint32(len(question))), question)
	if _, err := io.ReadFull(conn, head[:4]); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, binary.BigEndian.Uint32(head))
	if _, err := io.ReadFull(conn, body); err != nil {
		t.Fatal(err)
	}
	var answer map[string]any
	if _, err := plist.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	return answer["Value"]
}
