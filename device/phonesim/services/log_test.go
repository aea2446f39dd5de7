package services

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

var script = []LogLine{
	{Process: "SpringBoard", PID: 34, Text: "Grüße"},
	{Process: "backupd", PID: 312, Level: LogDebug, Text: "chatter"},
	{After: time.Hour, Process: "backupd", PID: 312, Subsystem: "com.apple.backup", Category: "scheduler", Level: LogError, Text: "=cloud-backup= Backup failed: MBErrorDomain(209)"},
}

// newLog plays script with pauses that only count.
func newLog(paused *time.Duration) *Log {
	return &Log{
		Lines: script,
		Now:   func() time.Time { return time.Date(2026, 10, 4, 9, 5, 7, 42000, time.UTC) },
		Wait:  func(_ context.Context, d time.Duration) error { *paused += d; return nil },
	}
}

func TestSyslog(t *testing.T) {
	var paused time.Duration
	r := bufio.NewReader(serve(t, newLog(&paused).ServeSyslog))
	for _, want := range []string{
		"Oct  4 09:05:07 iPhone SpringBoard[34] <Notice>: Gr\\M-C\\M-<\\M-C\\M^_e\n\x00",
		"Oct  4 09:05:07 iPhone backupd(com.apple.backup)[312] <Error>: =cloud-backup= Backup failed: MBErrorDomain(209)\n\x00",
	} {
		if got, err := r.ReadString(0); got != want {
			t.Errorf("line %q, %v\nwant %q", got, err, want)
		}
	}
	if paused != time.Hour {
		t.Errorf("paused %v", paused)
	}
}

// A listener that leaves in a pause ends the script.
func TestLogEndsWithItsListener(t *testing.T) {
	near, far := net.Pipe()
	log := &Log{Lines: []LogLine{{After: time.Hour}}, Now: time.Now}
	done := make(chan error)
	go func() { done <- log.ServeSyslog(t.Context(), far) }()
	near.Close()
	<-done
}

// traced is one entry of os_trace_relay, cut at the offsets that clients use.
type traced struct {
	pid                                uint32
	level                              byte
	seconds                            uint64
	path, message, subsystem, category string
}

func readTrace(t *testing.T, r io.Reader) traced {
	t.Helper()
	var head struct {
		Magic  byte
		Length uint32
	}
	if err := binary.Read(r, binary.LittleEndian, &head); err != nil {
		t.Fatal(err)
	}
	if head.Magic != 2 {
		t.Fatalf("magic %d", head.Magic)
	}
	b := make([]byte, head.Length)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	at := 129
	text := func(n int) string {
		s := string(b[at : at+n])
		at += n
		return strings.TrimSuffix(s, "\x00")
	}
	e := traced{pid: le.Uint32(b[9:]), level: b[68], seconds: le.Uint64(b[55:])}
	text(int(le.Uint16(b[37:])))
	e.path = text(int(le.Uint16(b[107:])))
	e.message = text(int(le.Uint32(b[109:])))
	e.subsystem = text(int(le.Uint16(b[117:])))
	e.category = text(int(le.Uint16(b[121:])))
	if at != len(b) {
		t.Errorf("%d bytes left over", len(b)-at)
	}
	return e
}

// traceReply reads a reply's length of a length, length and property list.
func traceReply(t *testing.T, r io.Reader) string {
	t.Helper()
	var n, length uint32
	binary.Read(r, binary.LittleEndian, &n)
	if n != 4 {
		t.Fatalf("length of %d bytes", n)
	}
	binary.Read(r, binary.LittleEndian, &length)
	b := make([]byte, length)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTrace(t *testing.T) {
	failed := traced{312, 0x10, 1791104707, "/usr/libexec/backupd", script[2].Text, "com.apple.backup", "scheduler"}
	chatter := traced{312, 0x02, 1791104707, "/usr/libexec/backupd", "chatter", "", ""}
	greeting := traced{34, 0x00, 1791104707, "/usr/libexec/SpringBoard", "Grüße", "", ""}
	for _, c := range []struct {
		name                string
		pid, filter, stream int64
		want                []traced
	}{
		{"all", -1, 0xffff, 0x20, []traced{greeting, chatter, failed}},
		{"no debug", -1, 4, 0, []traced{greeting, failed}},
		{"one process", 312, 4, 0x20, []traced{chatter, failed}},
		{"all, as an unsigned number", 0xffffffff, 4, 0, []traced{greeting, failed}},
	} {
		var paused time.Duration
		conn := serve(t, newLog(&paused).ServeTrace)
		send(t, conn, dict{"Request": "StartActivity", "Pid": c.pid, "MessageFilter": c.filter, "StreamFlags": c.stream})
		if reply := traceReply(t, conn); !strings.Contains(reply, "RequestSuccessful") {
			t.Fatalf("%s: %s", c.name, reply)
		}
		for i, want := range c.want {
			if got := readTrace(t, conn); got != want {
				t.Errorf("%s: entry %d\n%+v, want\n%+v", c.name, i, got, want)
			}
		}
	}
	var paused time.Duration
	conn := serve(t, newLog(&paused).ServeTrace)
	send(t, conn, dict{"Request": "PidList"})
	if reply := traceReply(t, conn); !strings.Contains(reply, "backupd") || !strings.Contains(reply, "<key>312</key>") {
		t.Errorf("processes: %s", reply)
	}
	send(t, conn, dict{"Request": "CreateArchive"})
	if reply := traceReply(t, conn); !strings.Contains(reply, "RequestFailed") {
		t.Errorf("what this phone cannot: %s", reply)
	}
}
