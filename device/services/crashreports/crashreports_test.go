package crashreports

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
)

func TestParseName(t *testing.T) {
	at := time.Date(2026, 11, 20, 2, 3, 4, 0, time.UTC)
	cases := map[string]facts.Crash{
		"backupd-2026-11-20-030304.ips":                               {Process: "backupd", At: at},
		"cloudd-2026-11-20-030304.ips.synced":                         {Process: "cloudd", At: at},
		"BackupAgent2-2026-11-20-030304.000.ips":                      {Process: "BackupAgent2", At: at},
		"apsd-2026-11-20-030304-1.ips":                                {Process: "apsd", At: at},
		"JetsamEvent-2026-11-20-030304.ips":                           {Process: "JetsamEvent", At: at},
		"panic-full-2026-11-20-030304.0002.ips":                       {Process: "panic-full", At: at},
		"backupd.cpu_resource-2026-11-20-030304.ips":                  {Process: "backupd.cpu_resource", At: at},
		"ExcUserFault_backupd-2026-11-20-030304.ips":                  {Process: "ExcUserFault_backupd", At: at},
		"two words-2026-11-20-030304.ips":                             {Process: "two words", At: at},
		"a-2026-11-20-030304-2026-11-20-030304.ips":                   {Process: "a-2026-11-20-030304", At: at},
		"backupd-2026-13-20-030304.ips":                               {},
		"backupd-2026-02-30-030304.ips":                               {},
		"backupd-2026-11-20-250304.ips":                               {},
		"backupd-2026-11-20.ips":                                      {},
		"backupd-2026-11-20-030304.txt":                               {},
		"-2026-11-20-030304.ips":                                      {},
		"Retired":                                                     {},
		"":                                                            {},
		"backupd-2026-11-20-030304.ips\n":                             {},
		strings.Repeat("x", 300) + "-2026-11-20-030304.ips":           {},
		strings.Repeat("x", 129) + "-2026-11-20-030304.ips":           {},
		"log-aggregated-2026-11-20-030304.ips":                        {Process: "log-aggregated", At: at},
		"backupd-٢٠٢٦-11-20-030304.ips":                               {},
		"backupd-2026-11-20-030304.00000000000000000000000000000.ips": {},
	}
	zone := time.FixedZone("GMT+1", 3600)
	for name, want := range cases {
		got, ok := parseName(name, zone)
		if ok != (want != facts.Crash{}) || ok && got != want {
			t.Errorf("%q: got %+v, %v; want %+v", name, got, ok, want)
		}
	}
}

func FuzzCrashName(f *testing.F) {
	f.Add("backupd-2026-11-20-030304.ips")
	f.Add("panic-full-2026-11-20-030304.0002.ips.synced")
	f.Add("JetsamEvent-0000-00-00-000000.ips")
	f.Fuzz(func(t *testing.T, name string) {
		r, ok := parseName(name, time.UTC)
		if ok && (r.Process == "" || !strings.HasPrefix(name, r.Process) || !strings.Contains(name, r.At.Format("2006-01-02-150405"))) {
			t.Fatalf("%q: got %+v", name, r)
		}
	})
}

func TestAwaitMove(t *testing.T) {
	cases := map[string]struct {
		phone func(net.Conn)
		want  fault.Code
	}{
		"done":           {func(c net.Conn) { time.Sleep(50 * time.Second); c.Write([]byte("pi")); c.Write([]byte("ng\x00")) }, ""},
		"no ping":        {func(c net.Conn) { c.Write([]byte("pong")) }, fault.PhoneNonsense},
		"hung up":        {func(c net.Conn) {}, fault.PhoneGone},
		"takes too long": {func(c net.Conn) { io.Copy(io.Discard, c) }, fault.PhoneSilent},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				here, there := net.Pipe()
				go func() {
					defer there.Close()
					c.phone(there)
				}()
				if err := AwaitMove(t.Context(), here); fault.Of(err) != c.want {
					t.Errorf("got %v, want %q", err, c.want)
				}
				here.Close()
			})
		})
	}
}
