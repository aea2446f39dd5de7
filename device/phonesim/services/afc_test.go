package services

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// afcClient asks with packets made by hand.
type afcClient struct {
	t *testing.T
	net.Conn
	number uint64
}

func newAFC(t *testing.T, dir string, busyFor time.Duration, now func() time.Time) *AFC {
	t.Helper()
	a, err := NewAFC(dir, DeviceInfo{Model: "iPhone15,2", Total: 1000, Free: 400}, busyFor, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func (a *AFC) client(t *testing.T) *afcClient { return &afcClient{t: t, Conn: serve(t, a.Serve)} }

// ask sends fields (uint64, or string with a zero byte) and a payload, and
// returns what the answer holds. A status answer is returned as its number.
func (c *afcClient) ask(op uint64, payload []byte, fields ...any) (gotOp uint64, head, data []byte) {
	c.t.Helper()
	c.number += 3
	var b []byte
	for _, f := range fields {
		switch f := f.(type) {
		case int:
			b = binary.LittleEndian.AppendUint64(b, uint64(f))
		case uint64:
			b = binary.LittleEndian.AppendUint64(b, f)
		case string:
			b = append(append(b, f...), 0)
		}
	}
	h := []byte("CFA6LPAA")
	for _, n := range []uint64{uint64(40 + len(b) + len(payload)), uint64(40 + len(b)), c.number, op} {
		h = binary.LittleEndian.AppendUint64(h, n)
	}
	if _, err := c.Write(append(append(h, b...), payload...)); err != nil {
		c.t.Fatal(err)
	}
	var a struct {
		Magic                    [8]byte
		Entire, This, Number, Op uint64
	}
	if err := binary.Read(c, binary.LittleEndian, &a); err != nil {
		c.t.Fatal(err)
	}
	if string(a.Magic[:]) != "CFA6LPAA" || a.Number != c.number {
		c.t.Fatalf("answer %q to packet %d, want %d", a.Magic, a.Number, c.number)
	}
	head, data = make([]byte, a.This-40), make([]byte, a.Entire-a.This)
	io.ReadFull(c, head)
	io.ReadFull(c, data)
	return a.Op, head, data
}

// status asks for something that is answered by a status.
func (c *afcClient) status(op uint64, payload []byte, fields ...any) uint64 {
	c.t.Helper()
	got, head, _ := c.ask(op, payload, fields...)
	if got != 1 || len(head) != 8 {
		c.t.Fatalf("answer %#x with %d bytes, want a status", got, len(head))
	}
	return binary.LittleEndian.Uint64(head)
}

func (c *afcClient) open(mode int, path string) uint64 {
	c.t.Helper()
	op, head, _ := c.ask(0x0D, nil, mode, path)
	if op != 0x0E {
		c.t.Fatalf("open %s: answer %#x %v", path, op, head)
	}
	return binary.LittleEndian.Uint64(head)
}

func (c *afcClient) read(h uint64, n int) string {
	c.t.Helper()
	op, _, data := c.ask(0x0F, nil, h, n)
	if op != 2 {
		c.t.Fatalf("read: answer %#x", op)
	}
	return string(data)
}

func TestAFCFiles(t *testing.T) {
	dir := t.TempDir()
	c := newAFC(t, dir, 0, time.Now).client(t)
	if s := c.status(0x09, nil, "/Books/a/b"); s != 0 {
		t.Fatalf("mkdir: %d", s)
	}
	h := c.open(3, "/Books/a/Grüße.txt")
	if s := c.status(0x10, []byte("hello phone"), h); s != 0 {
		t.Errorf("write: %d", s)
	}
	if s := c.status(0x14, nil, h); s != 0 {
		t.Errorf("close: %d", s)
	}
	if s := c.status(0x14, nil, h); s != 7 {
		t.Errorf("close again: %d, want 7", s)
	}
	h = c.open(1, "Books/a/Grüße.txt")
	if got := c.read(h, 5); got != "hello" {
		t.Errorf("read %q", got)
	}
	if op, head, _ := c.ask(0x12, nil, h); op != 0x13 || binary.LittleEndian.Uint64(head) != 5 {
		t.Errorf("tell: %#x %v", op, head)
	}
	if s := c.status(0x11, nil, h, 2, uint64(1<<64-5)); s != 0 { // five from the end
		t.Errorf("seek: %d", s)
	}
	if got := c.read(h, 100); got != "phone" {
		t.Errorf("read after seek %q", got)
	}
	if got := c.read(h, 100); got != "" {
		t.Errorf("read at the end %q", got)
	}
	if s := c.status(0x10, []byte("x"), h); s == 0 {
		t.Error("write to a file opened for reading succeeded")
	}

	_, _, data := c.ask(0x0A, nil, "/Books/a/Grüße.txt")
	stat := strings.Split(string(data), "\x00")
	want := map[string]string{"st_size": "11", "st_ifmt": "S_IFREG", "st_nlink": "1", "st_blocks": "1"}
	for i := 0; i+1 < len(stat); i += 2 {
		if w, ok := want[stat[i]]; ok && w != stat[i+1] {
			t.Errorf("%s is %s, want %s", stat[i], stat[i+1], w)
		}
		delete(want, stat[i])
	}
	if len(want) > 0 {
		t.Errorf("stat lacks %v: %q", want, data)
	}
	if _, _, data := c.ask(0x0A, nil, "/Books"); !bytes.Contains(data, []byte("S_IFDIR")) {
		t.Errorf("stat of a folder: %q", data)
	}
	_, _, data = c.ask(0x03, nil, "/Books/a")
	if got := string(data); !strings.Contains(got, "Grüße.txt\x00") || !strings.Contains(got, "b\x00") {
		t.Errorf("folder holds %q", got)
	}
	_, _, data = c.ask(0x0B, nil)
	if got := string(data); !strings.Contains(got, "FSFreeBytes\x00400\x00") || !strings.Contains(got, "Model\x00iPhone15,2\x00") {
		t.Errorf("device info %q", got)
	}
	h = c.open(5, "/Books/a/Grüße.txt")
	c.status(0x10, []byte("!"), h)
	if s := c.status(0x15, nil, h, 3); s != 0 {
		t.Errorf("truncate: %d", s)
	}
	if s := c.status(0x18, nil, "/Books/a/Grüße.txt", "/Books/c.txt"); s != 0 {
		t.Errorf("rename: %d", s)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "Books", "c.txt")); string(text) != "hel" {
		t.Errorf("on disk: %q", text)
	}
	if s := c.status(0x22, nil, "/Books/a"); s != 0 {
		t.Errorf("remove a tree: %d", s)
	}
	if s := c.status(0x08, nil, "/Books/c.txt"); s != 0 {
		t.Errorf("remove: %d", s)
	}
}

func TestAFCRefusals(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := newAFC(t, dir, 0, time.Now)
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	c := a.client(t)
	up := "../../../../../../../.." + filepath.ToSlash(strings.TrimPrefix(outside, filepath.VolumeName(outside)))
	for _, r := range []struct {
		name   string
		op     uint64
		fields []any
		want   uint64
	}{
		{"open what is not there", 0x0D, []any{1, "/none"}, 8},
		{"open through a file", 0x0D, []any{1, "/Books/iBooksData2.plist/x"}, 8},
		{"open a folder", 0x0D, []any{1, "/Books"}, 9},
		{"open outside", 0x0D, []any{1, up}, 8},
		{"open in an odd mode", 0x0D, []any{9, "/x"}, 7},
		{"open with nothing", 0x0D, nil, 7},
		{"read no such handle", 0x0F, []any{42, 1}, 7},
		{"read without a length", 0x0F, []any{1}, 7},
		{"remove a full folder", 0x08, []any{"/Books"}, 33},
		{"remove everything", 0x22, []any{"/"}, 10},
		{"remove a tree that is not there", 0x22, []any{"/none"}, 8},
		{"an operation of the future", 0x99, nil, 15},
	} {
		if got := c.status(r.op, nil, r.fields...); got != r.want {
			t.Errorf("%s: status %d, want %d", r.name, got, r.want)
		}
	}
	if s := c.status(0x0D, nil, 1, "/link"); s == 0 {
		t.Error("a link out of the media folder was followed")
	}
	for range maxHandles {
		c.open(1, "/iTunes_Control/iTunes/iTunesPrefs")
	}
	if s := c.status(0x0D, nil, 1, "/iTunes_Control/iTunes/iTunesPrefs"); s != 7 {
		t.Errorf("one file too many: status %d", s)
	}
}

// A client that hangs up in the middle of a write's payload has not written.
func TestAFCTruncatedPayload(t *testing.T) {
	a := newAFC(t, t.TempDir(), 0, time.Now)
	near, far := net.Pipe()
	result := make(chan error)
	go func() { result <- a.Serve(t.Context(), far) }()
	h := []byte("CFA6LPAA")
	for _, n := range []uint64{40 + 8 + 100, 40 + 8, 1, 0x10, 1} {
		h = binary.LittleEndian.AppendUint64(h, n)
	}
	near.Write(append(h, "only a part"...))
	near.Close()
	if err := <-result; err != io.ErrUnexpectedEOF {
		t.Errorf("Serve returned %v", err)
	}
}

func TestSyncLock(t *testing.T) {
	const lockFile = "/com.apple.itunes.lock_sync"
	const shared, exclusive, release = 5, 6, 12
	a := newAFC(t, t.TempDir(), 0, time.Now)
	one, two := a.client(t), a.client(t)
	h1, h2 := one.open(2, lockFile), two.open(2, lockFile)
	steps := []struct {
		name   string
		client *afcClient
		handle uint64
		how    int
		want   uint64
	}{
		{"one shares", one, h1, shared, 0},
		{"two shares too", two, h2, shared, 0},
		{"one wants it alone", one, h1, exclusive, 19},
		{"two lets go", two, h2, release, 0},
		{"one has it alone", one, h1, exclusive, 0},
		{"one asks again", one, h1, exclusive, 0},
		{"two cannot share", two, h2, shared, 19},
		{"two cannot have it", two, h2, exclusive, 19},
		{"two lets go of nothing", two, h2, release, 0},
		{"still one's", two, h2, exclusive, 19},
		{"nonsense", two, h2, 3, 7},
	}
	for _, s := range steps {
		if got := s.client.status(0x1B, nil, s.handle, s.how); got != s.want {
			t.Errorf("%s: status %d, want %d", s.name, got, s.want)
		}
	}
	one.status(0x14, nil, h1) // closing releases
	if got := two.status(0x1B, nil, h2, exclusive); got != 0 {
		t.Errorf("after one closed: status %d", got)
	}
}

// Hanging up releases too.
func TestSyncLockOfADeadClient(t *testing.T) {
	a := newAFC(t, t.TempDir(), 0, time.Now)
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() { a.Serve(t.Context(), far); close(done) }()
	one := &afcClient{t: t, Conn: near}
	one.status(0x1B, nil, one.open(2, "/lock"), 6)
	near.Close()
	<-done
	two := a.client(t)
	if got := two.status(0x1B, nil, two.open(2, "/lock"), 6); got != 0 {
		t.Errorf("status %d, want 0", got)
	}
}

func TestSyncLockBusy(t *testing.T) {
	now := time.Date(2026, 10, 4, 12, 0, 0, 0, time.UTC)
	a := newAFC(t, t.TempDir(), 12*time.Second, func() time.Time { return now })
	now = now.Add(time.Hour) // it begins with the first try
	c := a.client(t)
	h := c.open(2, "/lock")
	for _, s := range []struct {
		pass time.Duration
		want uint64
	}{{0, 19}, {11 * time.Second, 19}, {time.Second, 0}} {
		now = now.Add(s.pass)
		if got := c.status(0x1B, nil, h, 6); got != s.want {
			t.Errorf("after %v more: status %d, want %d", s.pass, got, s.want)
		}
	}
}

func FuzzReadAFC(f *testing.F) {
	packet := func(entire, this uint64, rest string) []byte {
		h := []byte("CFA6LPAA")
		for _, n := range []uint64{entire, this, 1, 0x0D} {
			h = binary.LittleEndian.AppendUint64(h, n)
		}
		return append(h, rest...)
	}
	f.Add(packet(49, 49, "\x01\x00\x00\x00\x00\x00\x00\x00/"))
	f.Add(packet(1<<63, 40, ""))
	f.Add(packet(39, 39, ""))
	f.Add(packet(40, 1<<63, ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readAFC(bytes.NewReader(data))
		if err == nil && (len(p.fields)+afcHeaderSize > len(data) || p.payload < 0) {
			t.Errorf("%d bytes gave %d of fields and %d of payload", len(data), len(p.fields), p.payload)
		}
		if name, _ := cutPath(p.fields); !filepath.IsLocal(name) {
			t.Errorf("path %q leaves the folder", name)
		}
	})
}
