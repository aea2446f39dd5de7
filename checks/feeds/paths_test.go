package feeds

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lifeboat/assets/knowledge"
	"lifeboat/checks"
	"lifeboat/checks/feeds/feedstest"
	"lifeboat/device/facts"
)

const (
	setup   = "setup.icloud.com"
	gateway = "gateway.icloud.com"
)

func TestPaths(t *testing.T) {
	control := knowledge.HostTable().Control
	company := func(w *feedstest.World, organization string, hosts ...string) {
		a := feedstest.NewAuthority(t, organization)
		w.Trust(a)
		for _, host := range hosts {
			w.Signed(host, a)
		}
	}
	for _, tc := range []struct {
		name string
		set  func(w *feedstest.World)
		want string // "setup gateway", or why nothing is said
	}{
		{"free", func(*feedstest.World) {}, "open open"},
		{"one refused", func(w *feedstest.World) { w.Down(setup) }, "blocked open"},
		{"one hangs", func(w *feedstest.World) { w.Hung(gateway) }, "open blocked"},
		{"one not named", func(w *feedstest.World) { w.Unnamed(gateway) }, "open blocked"},
		{"all of iCloud refused, Apple not", func(w *feedstest.World) { w.Down(setup, gateway) }, "blocked blocked"},
		{"all of iCloud refused, Apple read along", func(w *feedstest.World) {
			w.Down(setup, gateway)
			w.Signed(control, feedstest.NewAuthority(t, "Acme Proxy"))
		}, "blocked blocked"},
		{"no network", func(w *feedstest.World) { w.Down(setup, gateway, control) }, checks.Offline},
		{"network hangs", func(w *feedstest.World) { w.Hung(setup); w.Hung(gateway); w.Hung(control) }, checks.Offline},
		{"Apple's page alone is down", func(w *feedstest.World) { w.Down(control) }, "open open"},
		{"read along by nobody known", func(w *feedstest.World) {
			w.Signed(setup, feedstest.NewAuthority(t, "Acme Proxy"))
		}, "intercepted(Acme Proxy, Acme Root) open"},
		{"read along by the company whose root is in the system's list", func(w *feedstest.World) {
			company(w, "Acme Corp", setup, gateway)
		}, "intercepted(Acme Corp, Acme Root) intercepted(Acme Corp, Acme Root)"},
		{"a hotel's own page", func(w *feedstest.World) { w.Named(setup, "hotel.example") }, "intercepted(DigiCert Inc, DigiCert Root) open"},
		{"a hotel without TLS", func(w *feedstest.World) { w.Plain(setup); w.Plain(gateway) }, "intercepted intercepted"},
		{"one out of date", func(w *feedstest.World) { w.Expired(setup) }, "open"},
		{"all out of date: this computer's clock", func(w *feedstest.World) { w.Expired(setup); w.Expired(gateway); w.Expired(control) }, ClockOrExpired},
		{"antivirus on this computer", func(w *feedstest.World) {
			company(w, "AVAST Software s.r.o.", setup, gateway, control)
		}, LocalFilter},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in(t, func(t *testing.T, w *feedstest.World) {
				tc.set(w)
				began := time.Now()
				n := visitor(w, Allowed{Paths: true}).Gather(t.Context())
				if took := time.Since(began); took > patience {
					t.Errorf("took %v", took)
				}
				got := []string{}
				for _, p := range n.Paths.Value {
					state := string(p.State)
					if p.State == checks.HostIntercepted && p.Issuer != "" {
						state += "(" + p.Issuer + ")"
					}
					got = append(got, state)
				}
				if n.Paths.State != facts.Read {
					got = []string{n.Paths.Reason}
				}
				if strings.Join(got, " ") != tc.want {
					t.Errorf("paths %q, want %q", strings.Join(got, " "), tc.want)
				}
			})
		})
	}
}

// A host that is lost once is no wall.
func TestPathsTryTwice(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.DownOnce(setup)
		c := visitor(w, Allowed{Paths: true})
		n := c.Gather(t.Context())
		tried := 0
		for _, address := range w.Dialled() {
			if address == setup+":443" {
				tried++
			}
		}
		if tried != 2 || n.Paths.Value[0].State != checks.HostOpen {
			t.Errorf("tried %d times: %+v", tried, n.Paths)
		}
	})
}

// A certificate is not printed as it comes.
func TestIssuerIsKeptShort(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.Signed(setup, feedstest.NewAuthority(t, "Evil\x1b[31m\n"+strings.Repeat("x", 500)))
		n := visitor(w, Allowed{Paths: true}).Gather(t.Context())
		if got := n.Paths.Value[0].Issuer; len([]rune(got)) > maxIssuer+1 || strings.ContainsAny(got, "\x1b\n") {
			t.Errorf("issuer %q", got)
		}
	})
}

func TestClockSkew(t *testing.T) {
	for _, wrong := range []time.Duration{0, 90 * time.Second, -10 * time.Minute, 26 * time.Hour} {
		for _, allowed := range []Allowed{{Paths: true}, {Status: true}, {Versions: true}} {
			in(t, func(t *testing.T, w *feedstest.World) {
				c := visitor(w, allowed)
				c.Now = func() time.Time { return time.Now().Add(wrong) }
				n := c.Gather(t.Context())
				skew, ok := n.ClockSkew.Known()
				if !ok || (skew-wrong).Abs() > time.Second {
					t.Errorf("%+v: a clock that is %v ahead reads %+v", allowed, wrong, n.ClockSkew)
				}
			})
		}
	}
}

func TestClocksHear(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	date := func(d time.Duration) string { return noon.Add(d).Format(http.TimeFormat) }
	for _, tc := range []struct {
		name string
		head http.Header
		took time.Duration
		want time.Duration
		ok   bool
	}{
		{"right", http.Header{"Date": {date(0)}}, time.Second, 0, true},
		{"ten minutes ahead", http.Header{"Date": {date(-10 * time.Minute)}}, time.Second, 10 * time.Minute, true},
		{"stored for a minute", http.Header{"Date": {date(-time.Minute)}, "Age": {"60"}}, time.Second, 0, true},
		{"nonsense age", http.Header{"Date": {date(0)}, "Age": {"-5"}}, time.Second, 0, true},
		{"slow", http.Header{"Date": {date(0)}}, slowest + time.Second, 0, false},
		{"no date", http.Header{}, time.Second, 0, false},
		{"nonsense", http.Header{"Date": {"noon"}}, time.Second, 0, false},
		{"clock set back meanwhile", http.Header{"Date": {date(0)}}, -time.Second, 0, false},
	} {
		var k clocks
		k.hear(noon, noon.Add(tc.took), tc.head)
		skew, ok := k.skew(true).Known()
		if ok != tc.ok || ok && skew != tc.want {
			t.Errorf("%s: %v, %v, want %v, %v", tc.name, skew, ok, tc.want, tc.ok)
		}
	}

	var k clocks
	k.hear(noon, noon.Add(4*time.Second), http.Header{"Date": {date(-time.Hour)}})
	k.hear(noon, noon.Add(time.Second), http.Header{"Date": {date(0)}})
	k.hear(noon, noon.Add(3*time.Second), http.Header{"Date": {date(time.Hour)}})
	if skew, _ := k.skew(true).Known(); skew != 0 {
		t.Errorf("the quickest answer does not decide: %v", skew)
	}
}

// A host that answers the knock with an endless head is let go.
func TestEndlessHead(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.Handle(setup, func(rw http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(rw).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
			for err == nil {
				_, err = io.WriteString(conn, "X: "+strings.Repeat("x", 1000)+"\r\n")
			}
		})
		n := visitor(w, Allowed{Paths: true}).Gather(t.Context())
		if n.Paths.State != facts.Read || n.Paths.Value[0].State != checks.HostOpen {
			t.Errorf("paths: %+v", n.Paths)
		}
	})
}
