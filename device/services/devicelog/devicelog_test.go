package devicelog

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

// entry is one of os_trace_relay's, without mark and length.
func entry(at time.Time, program, text string) []byte {
	b := make([]byte, entryHeader)
	le := binary.LittleEndian
	le.PutUint16(b[entryPathSize:], uint16(len(program)+1))
	le.PutUint64(b[entrySeconds:], uint64(at.Unix()))
	le.PutUint32(b[entryMicros:], uint32(at.Nanosecond()/1000))
	le.PutUint16(b[entryImageSize:], 4)
	le.PutUint32(b[entryMessageSize:], uint32(len(text)+1))
	return append(b, program+"\x00lib\x00"+text+"\x00"...)
}

// change returns entry with some bytes of its header set.
func change(entry []byte, at int, to ...byte) []byte {
	b := bytes.Clone(entry)
	copy(b[at:], to)
	return b
}

func TestParseEntry(t *testing.T) {
	at := time.Date(2026, 11, 20, 2, 3, 4, 567_000, time.UTC)
	plain := entry(at, "/usr/libexec/backupd", "=cloud-backup= Backup failed: X")
	line := facts.LogLine{At: at, Process: "backupd", Text: "=cloud-backup= Backup failed: X"}
	with := func(change func(*facts.LogLine)) *facts.LogLine { l := line; change(&l); return &l }
	cases := map[string]struct {
		in   []byte
		want *facts.LogLine // nil: makes no sense
	}{
		"plain":                   {plain, &line},
		"no text":                 {change(plain, entryMessageSize, 0, 0, 0, 0), with(func(l *facts.LogLine) { l.Text = "" })},
		"several lines":           {entry(at, "backupd", "one\ntwo\x1b[0m"), with(func(l *facts.LogLine) { l.Text = "one two [0m" })},
		"half a character":        {entry(at, "backupd", "a\xc3"), with(func(l *facts.LogLine) { l.Text = "a" })},
		"long":                    {entry(at, "backupd", strings.Repeat("x", 20_000)), with(func(l *facts.LogLine) { l.Text = strings.Repeat("x", maxText) })},
		"cut header":              {plain[:entryHeader-1], nil},
		"cut text":                {plain[:len(plain)-1], nil},
		"text longer than all":    {change(plain, entryMessageSize, 0xff, 0xff, 0xff, 0xff), nil},
		"path longer than all":    {change(plain, entryPathSize, 0xff, 0xff), nil},
		"no program":              {change(plain, entryPathSize, 0, 0), nil},
		"a time beyond all years": {change(plain, entrySeconds, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), nil},
		"too many microseconds":   {change(plain, entryMicros, 0xff, 0xff, 0xff, 0xff), nil},
	}
	for name, c := range cases {
		got, ok := parseEntry(c.in)
		if ok != (c.want != nil) || ok && !cmp.Equal(got, *c.want) {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, ok, c.want)
		}
	}
}

func TestParseSyslog(t *testing.T) {
	line := func(process, text string) *facts.LogLine {
		return &facts.LogLine{Process: process, Text: text}
	}
	cases := map[string]*facts.LogLine{
		"Nov  4 10:11:12 iPhone backupd(com.apple.backup)[312] <Notice>: =scheduler= on\n\x00": line("backupd", "=scheduler= on"),
		"\nNov 24 10:11:12 Annas-iPhone cloudd[7] <Error>: Domain(1)\n\x00":                    line("cloudd", "Domain(1)"),
		"Nov 24 10:11:12 Anna's iPhone 2 cloudd[7] <Warning>: a[1] <Error>: b\x00":             line("cloudd", "a[1] <Error>: b"),
		`Nov 24 10:11:12 i x[7] <Info>: Anna\M-b\M^@\M^Ys`:                                     line("x", "Anna’s"),
		`Nov 24 10:11:12 i x[7] <Fault>: a\^Jb\\c\303\274\240 \M- \q\`:                         line("x", `a b\cü \M- \q\`),
		"Nov 24 10:11:12 i x[7] <Debug>: ":                                                     line("x", ""),
		"Nov 24 10:11:12 i x[7777777777] <Debug>: y":                                           nil,
		"Nov 24 10:11:12 i x <Debug>: y":                                                       nil,
		"24 Nov 10:11:12 i x[7] <Debug>: y":                                                    nil,
		"":                                                                                     nil,
		"=== syslog ===\x00":                                                                   nil,
	}
	for in, want := range cases {
		got, ok := parseSyslog(in)
		if ok != (want != nil) || ok && got != *want {
			t.Errorf("%q: got %+v, %v; want %+v", in, got, ok, want)
		}
	}
}

// status is an answer of os_trace_relay with a length of n bytes.
func status(n int, text string) []byte {
	var frame bytes.Buffer
	wire.WriteFrame(&frame, map[string]any{"Status": text})
	body := frame.Bytes()[4:]
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	length := binary.LittleEndian.AppendUint64(nil, uint64(len(body)))
	return append(append(b, length[:n]...), body...)
}

func framed(entry []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte{entryMark}, uint32(len(entry))), entry...)
}

// relay is a phone that reads one request, sends bytes, and then hangs up or,
// with stay, says no more.
func relay(t *testing.T, stay bool, bytes ...[]byte) (conn net.Conn, asked <-chan map[string]any) {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close() })
	requests := make(chan map[string]any, 1)
	go func() {
		defer there.Close()
		request, _ := wire.ReadFrame(there)
		requests <- request
		for _, b := range bytes {
			there.Write(b)
		}
		if stay {
			io.Copy(io.Discard, there)
		}
	}()
	return here, requests
}

func TestTrace(t *testing.T) {
	at := time.Unix(1_795_000_000, 0).UTC()
	for _, n := range []int{2, 4, 8} {
		conn, asked := relay(t, false, status(n, "RequestSuccessful"),
			framed(entry(at, "/sbin/a", "one")), framed([]byte("nonsense")), framed(entry(at, "/sbin/b", "two")))
		trace, err := StartTrace(t.Context(), conn, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"Request": "StartActivity", "Pid": int64(-1), "MessageFilter": uint64(4), "StreamFlags": uint64(0)}
		if got := <-asked; !cmp.Equal(got, want) {
			t.Errorf("asked %v", got)
		}
		for _, want := range []string{"one", "two"} {
			if got, err := trace.Next(); got.Text != want || err != nil {
				t.Errorf("got %+v, %v; want %s", got, err, want)
			}
		}
		if _, err := trace.Next(); fault.Of(err) != fault.PhoneGone {
			t.Errorf("at the end: %v", err)
		}
	}
}

func TestTraceDoesNotStart(t *testing.T) {
	cases := map[string]struct {
		answer []byte
		stay   bool
		want   fault.Code
	}{
		"refused":         {status(4, "RequestFailed"), false, fault.ServiceRefused},
		"hung up":         {nil, false, fault.PhoneGone},
		"silent":          {nil, true, fault.PhoneSilent},
		"length too long": {[]byte{9, 0, 0, 0}, true, fault.PhoneNonsense},
		"no length":       {[]byte{0, 0, 0, 0}, true, fault.PhoneNonsense},
		"plist too long":  {[]byte{4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, true, fault.PhoneNonsense},
		"no plist":        {[]byte{1, 0, 0, 0, 3, 'a', 'b', 'c'}, true, fault.PhoneNonsense},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn, _ := relay(t, c.stay, c.answer)
				if _, err := StartTrace(t.Context(), conn, 5*time.Second); fault.Of(err) != c.want {
					t.Errorf("got %v, want %s", err, c.want)
				}
				conn.Close()
			})
		})
	}
}

func TestTraceEnds(t *testing.T) {
	for name, bytes := range map[string][]byte{
		"wrong mark": {3, 0, 0, 0, 0}, "entry too long": {2, 0xff, 0xff, 0xff, 0xff},
	} {
		conn, _ := relay(t, true, status(4, "RequestSuccessful"), bytes)
		trace, err := StartTrace(t.Context(), conn, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trace.Next(); fault.Of(err) != fault.PhoneNonsense {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSyslog(t *testing.T) {
	at := time.Date(2026, 11, 20, 2, 3, 4, 0, time.UTC)
	here, there := net.Pipe()
	defer here.Close()
	go func() {
		defer there.Close()
		io.WriteString(there, "banner\x00Nov 24 10:11:12 i a[1] <Error>: one\n\x00")
		io.WriteString(there, "Nov 24 10:11:12 i a[1] <Error>: "+strings.Repeat("long", maxLine)+"\n\x00")
		io.WriteString(there, "Nov 24 10:11:12 i a[1] <Error>: two\n\x00Nov 24 10:11:12 i a[1] <Error>: cut")
	}()
	log := NewSyslog(context.Background(), here, func() time.Time { return at })
	for _, want := range []string{"one", "two"} {
		if got, err := log.Next(); got.Text != want || got.At != at || err != nil {
			t.Errorf("got %+v, %v; want %s", got, err, want)
		}
	}
	if got, err := log.Next(); fault.Of(err) != fault.PhoneGone {
		t.Errorf("at the end: %+v, %v", got, err)
	}
}

// sound reports whether a line can be shown.
func sound(line facts.LogLine) bool {
	return utf8.ValidString(line.Process+line.Text) && !strings.ContainsAny(line.Process+line.Text, "\n\x00\x1b") &&
		len(line.Process) <= maxProcess && len(line.Text) <= maxText
}

func FuzzTraceEntry(f *testing.F) {
	f.Add(framed(entry(time.Unix(1_795_000_000, 0), "/sbin/a", "text")))
	f.Add(framed(entry(time.Unix(0, 0), "", "")))
	f.Add([]byte{entryMark, 0xff, 0xff, 0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		b, err := readEntry(bytes.NewReader(in))
		if err != nil {
			return
		}
		if len(b)+5 > len(in) {
			t.Fatal("more than came")
		}
		if line, ok := parseEntry(b); ok && (!sound(line) || line.At.Year() > 9999) {
			t.Fatalf("got %+v", line)
		}
	})
}

func FuzzSyslogLine(f *testing.F) {
	f.Add("Nov  4 10:11:12 iPhone backupd(com.apple.backup)[312] <Notice>: text\n\x00")
	f.Add(`Nov 24 10:11:12 i x[7] <Info>: Anna\M-b\M^@\M^Ys \^J \\ \303`)
	f.Fuzz(func(t *testing.T, in string) {
		if line, ok := parseSyslog(in); ok && !sound(line) {
			t.Fatalf("got %+v", line)
		}
	})
}
