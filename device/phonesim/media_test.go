package phonesim_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lifeboat/device/phonesim"
)

// afc asks something of AFC about a path, and returns the data of the answer
// as its texts; the status where it is one.
func afc(s *frames, op uint64, path string) (texts []string, status uint64) {
	s.t.Helper()
	packet := []byte("CFA6LPAA")
	for _, n := range []uint64{uint64(41 + len(path)), uint64(41 + len(path)), 1, op} {
		packet = binary.LittleEndian.AppendUint64(packet, n)
	}
	s.Write(append(append(packet, path...), 0))
	head := make([]byte, 40)
	if _, err := io.ReadFull(s, head); err != nil {
		s.t.Fatal(err)
	}
	body := make([]byte, binary.LittleEndian.Uint64(head[8:])-40)
	if _, err := io.ReadFull(s, body); err != nil {
		s.t.Fatal(err)
	}
	if binary.LittleEndian.Uint64(head[32:]) == 1 {
		return nil, binary.LittleEndian.Uint64(body)
	}
	return strings.Split(strings.TrimSuffix(string(body), "\x00"), "\x00"), 0
}

// names lists a folder without its dots.
func names(s *frames, path string) []string {
	s.t.Helper()
	list, _ := afc(s, 0x03, path)
	list = slices.DeleteFunc(list, func(name string) bool { return strings.HasPrefix(name, ".") })
	slices.Sort(list)
	return list
}

func TestCameraRoll(t *testing.T) {
	l := newLab(t, with(t, "photos", "3@4MB", "movies", "2@3GB"))
	s := l.service(l.pair("HOST"), "com.apple.afc")
	want := []string{"IMG_0001.HEIC", "IMG_0002.HEIC", "IMG_0003.HEIC", "IMG_0004.MOV", "IMG_0005.MOV"}
	if got := names(s, "/DCIM/100APPLE"); !slices.Equal(got, want) {
		t.Errorf("folder holds %q", got)
	}
	for name, size := range map[string]string{"IMG_0003.HEIC": "4000000", "IMG_0004.MOV": "3000000000"} {
		about, _ := afc(s, 0x0A, "/DCIM/100APPLE/"+name)
		if i := slices.Index(about, "st_size"); i < 0 || about[i+1] != size {
			t.Errorf("%s: %q, want size %s", name, about, size)
		}
	}
}

// New crash reports are there once the mover has run.
func TestCrashReports(t *testing.T) {
	tick := newClock() // 2026-10-04 12:00 UTC, 13:00 on the phone
	l := newLab(t, func(c *phonesim.Config) {
		c.Now = tick.now
		with(t, "ios", "18.4.1", "crash", "backupd@3d", "crash", "backupd@3d", "crash", "JetsamEvent@1d", "crash", "panic-full@2h", "crash", "cloudd@20d")(c)
	})
	r := l.pair("HOST")
	s := l.service(r, "com.apple.crashreportcopymobile")
	folders := []string{"DiagnosticLogs", "Retired"}
	if got := names(s, "/"); !slices.Equal(got, folders) {
		t.Errorf("before the mover ran: %q", got)
	}
	for range 2 {
		mover := l.service(r, "com.apple.crashreportmover")
		if said, err := io.ReadAll(mover); string(said) != "ping\x00" || err != nil {
			t.Errorf("the mover said %q, %v", said, err)
		}
	}
	want := []string{
		"DiagnosticLogs", "JetsamEvent-2026-10-03-125958.ips", "Retired", "backupd-2026-10-01-125959.ips",
		"backupd-2026-10-01-130000.ips", "cloudd-2026-09-14-125956.ips", "panic-full-2026-10-04-105957.000.ips",
	}
	if got := names(s, "."); !slices.Equal(got, want) {
		t.Errorf("reports\n%q, want\n%q", got, want)
	}
	// What a computer removed does not come back.
	if _, status := afc(s, 0x08, "/cloudd-2026-09-14-125956.ips"); status != 0 {
		t.Errorf("remove: status %d", status)
	}
	io.Copy(io.Discard, l.service(r, "com.apple.crashreportmover"))
	if got := names(s, "/"); slices.Contains(got, "cloudd-2026-09-14-125956.ips") || len(got) != len(want)-1 {
		t.Errorf("after one was removed: %q", got)
	}
	about, _ := afc(s, 0x0A, "/backupd-2026-10-01-130000.ips")
	at := fmt.Sprint(tick.now().Add(-72 * time.Hour).UnixNano())
	if i := slices.Index(about, "st_mtime"); i < 0 || about[i+1] != at {
		t.Errorf("stat %q, want the time %s", about, at)
	}
	text, err := os.ReadFile(filepath.Join(l.phone.StateDir(), "crashes", "backupd-2026-10-01-130000.ips"))
	head, body, _ := bytes.Cut(text, []byte("\n"))
	if err != nil || !bytes.Contains(head, []byte(`"bug_type":"309"`)) || !bytes.Contains(head, []byte("iPhone OS 18.4.1 (22E252)")) ||
		!bytes.Contains(head, []byte("2026-10-01 13:00:00.00 +0100")) || !bytes.Contains(body, []byte("SIGABRT")) {
		t.Errorf("report: %s, %v", text, err)
	}
}
