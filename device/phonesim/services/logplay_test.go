package services

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// hear reads lines of syslog and compares the ends of them.
func hear(t *testing.T, r *bufio.Reader, want ...string) {
	t.Helper()
	for _, text := range want {
		line, err := r.ReadString(0)
		if err != nil || !strings.HasSuffix(line, ": "+text+"\n\x00") {
			t.Errorf("heard %q, %v; want %q", line, err, text)
		}
	}
}

// silent checks that nothing is said for a while.
func silent(t *testing.T, conn net.Conn, r *bufio.Reader) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if line, err := r.ReadString(0); err == nil {
		t.Errorf("heard %q", line)
	}
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
}

// playLog parses a script and remembers what its directions did.
func playLog(t *testing.T, script string) (l *Log, acted func() string) {
	t.Helper()
	lines, err := ParseLog(strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var did []string
	l = &Log{Lines: lines, Now: time.Now, Act: func(line LogLine) {
		mu.Lock()
		defer mu.Unlock()
		did = append(did, line.Notify)
	}}
	t.Cleanup(l.Close)
	return l, func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(did, " ")
	}
}

// Each listener hears the opening from its beginning; what comes after a stop
// is sent once, to those who are there.
func TestPlay(t *testing.T) {
	l, acted := playLog(t, `
+0s a[1] default one
@notify opened
+0s a[1] default two
@wait
+0s a[1] default three
@notify played
+0s a[1] default four
@wait
@wait
+0s a[1] default five`)
	listen := func() (net.Conn, *bufio.Reader) {
		conn := serve(t, l.ServeSyslog)
		return conn, bufio.NewReader(conn)
	}
	first, r1 := listen()
	hear(t, r1, "one", "two")
	silent(t, first, r1)
	l.Play()
	hear(t, r1, "three", "four")
	second, r2 := listen()
	hear(t, r2, "one", "two")
	silent(t, second, r2)
	l.Play() // an empty part
	l.Play()
	l.Play() // the script has ended
	hear(t, r1, "five")
	hear(t, r2, "five")
	silent(t, first, r1)
	if got := acted(); got != "opened played" {
		t.Errorf("acted %q", got)
	}
}

// What is played to nobody waits for the next listener, after the opening.
func TestPlayToNobody(t *testing.T) {
	l, acted := playLog(t, "+0s a[1] default one\n@wait\n+0s a[1] default two\n+0s a[1] default three\n@notify done")
	l.Play()
	deadline := time.Now().Add(20 * time.Second)
	for acted() == "" && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	conn := serve(t, l.ServeSyslog)
	r := bufio.NewReader(conn)
	hear(t, r, "one", "two", "three")
	later := serve(t, l.ServeSyslog)
	r = bufio.NewReader(later)
	hear(t, r, "one")
	silent(t, later, r)
}

// A listener who leaves before the end of the opening takes nothing away.
func TestLeavingEarly(t *testing.T) {
	l, acted := playLog(t, "+0s a[1] default one\n+1h a[1] default late\n@wait\n+0s a[1] default two\n@notify done")
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() { l.ServeSyslog(t.Context(), far); close(done) }()
	hear(t, bufio.NewReader(near), "one")
	l.Play()
	deadline := time.Now().Add(20 * time.Second)
	for acted() == "" && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	near.Close()
	<-done
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.unheard) != 1 || l.unheard[0].Text != "two" {
		t.Errorf("unheard: %v", l.unheard)
	}
}

// Close ends a part that plays.
func TestCloseLog(t *testing.T) {
	l, acted := playLog(t, "@wait\n@notify begun\n+1h a[1] default late")
	l.Play()
	deadline := time.Now().Add(20 * time.Second)
	for acted() == "" && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	l.Close()
	l.Play() // nothing
}
