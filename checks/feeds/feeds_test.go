package feeds

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/afero"
	"go.uber.org/goleak"

	"lifeboat/assets/words"
	"lifeboat/checks"
	"lifeboat/checks/feeds/feedstest"
	"lifeboat/device/facts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// visitor is a client of a world, with a folder in memory.
func visitor(w *feedstest.World, allowed Allowed) *Client {
	return &Client{
		Dir: "/cache", Fs: afero.NewMemMapFs(), Allowed: allowed,
		Wire: Wire{Dial: w.Dial, Roots: w.Roots, AppleRoots: w.AppleRoots},
	}
}

// Gather is what is known when the last source has answered.
func (c *Client) Gather(ctx context.Context) (last checks.Network) {
	c.Each(ctx, func(n checks.Network) { last = n })
	return last
}

// in runs a test in a bubble with a clock of its own and a world as recorded.
func in(t *testing.T, test func(*testing.T, *feedstest.World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))) // a bubble begins in 2000
		test(t, feedstest.New(t).AsRecorded())
	})
}

func TestGatherAll(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		c := visitor(w, Everything)
		n := c.Gather(t.Context())

		versions, ok := n.Versions.Known()
		if !ok || versions.Source != feedstest.LookupHost || !versions.AsOf.Equal(time.Now()) {
			t.Fatalf("versions: %+v", n.Versions)
		}
		if got := versions.Offered["iPhone13,2"]; !slices.Equal(got, []string{"27.0.1", "26.7.1"}) {
			t.Errorf("an iPhone 12 is offered %q", got)
		}
		if got := versions.Offered["iPhone11,8"]; !slices.Equal(got, []string{"18.7.10"}) {
			t.Errorf("an iPhone XR is offered %q", got)
		}
		for model := range versions.Offered {
			if !strings.HasPrefix(model, "iPhone") {
				t.Errorf("%s is no iPhone", model)
			}
		}
		if status, ok := n.Status.Known(); !ok || len(status.Events) != 0 || !status.AsOf.Equal(time.Now()) {
			t.Errorf("status: %+v", n.Status)
		}
		paths, ok := n.Paths.Known()
		want := []checks.HostPath{
			{Host: "setup.icloud.com", State: checks.HostOpen, Issuer: "DigiCert Inc, DigiCert Root"},
			{Host: "gateway.icloud.com", State: checks.HostOpen, Issuer: "DigiCert Inc, DigiCert Root"},
		}
		if !ok || !slices.Equal(paths, want) {
			t.Errorf("paths: %+v", n.Paths)
		}
		if skew, ok := n.ClockSkew.Known(); !ok || skew.Abs() > time.Second {
			t.Errorf("clock: %+v", n.ClockSkew)
		}
	})
}

// Every connection is to a host that the user was shown, and no request
// says more than which list is wanted.
func TestNothingElseIsDialledOrSent(t *testing.T) {
	for _, s := range Sources() {
		in(t, func(t *testing.T, w *feedstest.World) {
			w.Down(feedstest.LookupHost) // so that the fallback is dialled too
			var allowed Allowed
			*allowed.Switch(s.ID) = true
			c := visitor(w, allowed)
			n := c.Gather(t.Context())
			var want []string
			for _, host := range s.Hosts {
				want = append(want, host+":443")
			}
			got := w.Dialled()
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s dialled %q, and the user is shown %q", s.ID, got, want)
			}
			for id, state := range map[SourceID]string{Versions: n.Versions.Reason, Status: n.Status.Reason, Paths: n.Paths.Reason} {
				if (state == checks.SwitchedOff) != (id != s.ID) {
					t.Errorf("with %s allowed, %s says %q", s.ID, id, state)
				}
			}
			for _, h := range w.Heads() {
				for name := range h {
					if !slices.Contains([]string{"User-Agent", "Accept-Encoding", "Connection"}, name) {
						t.Errorf("%s sends %s: %q", s.ID, name, h[name])
					}
				}
				if h.Get("User-Agent") != "Lifeboat" {
					t.Errorf("the agent is %q", h.Get("User-Agent"))
				}
			}
			for _, asked := range w.Asked() {
				if strings.Contains(asked, "?") {
					t.Errorf("asked %s", asked)
				}
			}
		})
	}
}

func TestNothingAllowed(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		c := visitor(w, Allowed{})
		n := c.Gather(t.Context())
		for name, why := range map[string]string{
			"versions": n.Versions.Reason, "status": n.Status.Reason, "paths": n.Paths.Reason, "clock": n.ClockSkew.Reason,
		} {
			if why != checks.SwitchedOff {
				t.Errorf("%s: %q", name, why)
			}
		}
		if got := w.Dialled(); len(got) != 0 {
			t.Errorf("dialled %q", got)
		}
	})
}

func TestOffline(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		for _, s := range Sources() {
			w.Down(s.Hosts...)
		}
		n := visitor(w, Everything).Gather(t.Context())
		if n.Versions.Reason != checks.Offline || n.Status.Reason != checks.Offline || n.Paths.Reason != checks.Offline || n.ClockSkew.Reason != Unheard {
			t.Errorf("gathered %+v", n)
		}
	})
}

// What is quick is there before what is slow.
func TestEach(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.Hung(feedstest.LookupHost)
		w.Hung("setup.icloud.com")
		var steps []string
		began := time.Now()
		visitor(w, Everything).Each(t.Context(), func(n checks.Network) {
			steps = append(steps, n.Versions.State.String()+"/"+n.Status.State.String()+"/"+n.Paths.State.String())
		})
		want := []string{"not read/read/not read", "read/read/not read", "read/read/read"}
		if !slices.Equal(steps, want) {
			t.Errorf("steps %q, want %q", steps, want)
		}
		if took := time.Since(began); took > patience {
			t.Errorf("took %v", took)
		}
	})
}

// However a server misbehaves, its list is not read, for a reason, in time.
func TestMisbehaviour(t *testing.T) {
	for _, tc := range []struct {
		name string
		host func(w *feedstest.World, host string)
		want string
	}{
		{"refused", func(w *feedstest.World, h string) { w.Down(h) }, checks.Offline},
		{"no such name", func(w *feedstest.World, h string) { w.Unnamed(h) }, checks.Offline},
		{"hangs while connecting", func(w *feedstest.World, h string) { w.Hung(h) }, TimedOut},
		{"hangs while answering", func(w *feedstest.World, h string) {
			w.Handle(h, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		}, TimedOut},
		{"drips", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					_, _ = io.WriteString(rw, " ")
					_ = http.NewResponseController(rw).Flush()
					select {
					case <-time.After(time.Second):
					case <-r.Context().Done():
					}
				}
			})
		}, TimedOut},
		{"signed by itself", func(w *feedstest.World, h string) { w.Signed(h, feedstest.NewAuthority(t, "Acme Proxy")) }, Untrusted},
		{"signed for another", func(w *feedstest.World, h string) { w.Named(h, "hotel.example") }, Untrusted},
		{"out of date", func(w *feedstest.World, h string) { w.Expired(h) }, Untrusted},
		{"no TLS", func(w *feedstest.World, h string) { w.Plain(h) }, Untrusted},
		{"a hotel's page", func(w *feedstest.World, h string) { w.Serve(h, "<html>Welcome {guest}! Log in.</html>") }, Nonsense},
		{"empty", func(w *feedstest.World, h string) { w.Serve(h, "") }, Nonsense},
		{"empty object", func(w *feedstest.World, h string) { w.Serve(h, "{}") }, Nonsense},
		{"deep", func(w *feedstest.World, h string) {
			w.Serve(h, "{\"services\":"+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+"}")
		}, Nonsense},
		{"half", func(w *feedstest.World, h string) { w.Serve(h, feedstest.Lookup[:2000]) }, Nonsense},
		{"too big", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(rw, io.LimitReader(spaces{}, 20<<20)) })
		}, TooBig},
		{"a bomb", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(rw)
				_, _ = io.Copy(z, io.LimitReader(spaces{}, 64<<20))
				_ = z.Close()
			})
		}, TooBig},
		{"huge header", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("X", strings.Repeat("x", 1<<20)) })
		}, checks.Offline},
		{"broken server", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) })
		}, BadAnswer},
		{"not found", func(w *feedstest.World, h string) { w.Handle(h, http.NotFound) }, BadAnswer},
		{"sends elsewhere", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "https://elsewhere.example/list", http.StatusFound)
			})
		}, Moved},
		{"sends to where anybody can read", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "http://"+h+"/list", http.StatusFound)
			})
		}, Moved},
		{"sends in circles", func(w *feedstest.World, h string) {
			w.Handle(h, func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, r.URL.Path, http.StatusFound) })
		}, Moved},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in(t, func(t *testing.T, w *feedstest.World) {
				tc.host(w, feedstest.LookupHost)
				w.Down(feedstest.EndOfLifeHost)
				tc.host(w, feedstest.StatusHost)
				c := visitor(w, Allowed{Versions: true, Status: true})
				began := time.Now()
				n := c.Gather(t.Context())
				if n.Versions.State != facts.NotRead || n.Versions.Reason != tc.want {
					t.Errorf("versions: %+v, want not read: %s", n.Versions, tc.want)
				}
				if n.Status.State != facts.NotRead || n.Status.Reason != tc.want {
					t.Errorf("status: %+v, want not read: %s", n.Status, tc.want)
				}
				if took := time.Since(began); took > patience {
					t.Errorf("took %v", took)
				}
				for _, address := range w.Dialled() {
					if strings.Contains(address, "elsewhere") || strings.HasSuffix(address, ":80") {
						t.Errorf("dialled %s", address)
					}
				}
			})
		})
	}
}

// What is too big is not read to its end first.
func TestStopsReading(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		const all = 256 << 20
		const under = 16 << 20 // the limit, and what is on its way
		var read int64
		w.Handle(feedstest.LookupHost, func(rw http.ResponseWriter, _ *http.Request) {
			read, _ = io.Copy(rw, io.LimitReader(spaces{}, all))
		})
		w.Down(feedstest.EndOfLifeHost)
		n := visitor(w, Allowed{Versions: true}).Gather(t.Context())
		synctest.Wait()
		if n.Versions.Reason != TooBig || read > under {
			t.Errorf("%+v after %d bytes", n.Versions, read)
		}
	})
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// A page may move within its host.
func TestMovedWithinTheHost(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.Handle(feedstest.StatusHost, func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/new" {
				http.Redirect(rw, r, "/new", http.StatusMovedPermanently)
				return
			}
			_, _ = io.WriteString(rw, feedstest.Status)
		})
		if n := visitor(w, Allowed{Status: true}).Gather(t.Context()); n.Status.State != facts.Read {
			t.Errorf("status: %+v", n.Status)
		}
	})
}

// Apple's own root counts for the lookup service alone, and nothing else
// counts there.
func TestRootsAreKeptApart(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.Signed(feedstest.LookupHost, w.Public)
		w.Signed(feedstest.StatusHost, w.Apple)
		w.Signed("setup.icloud.com", w.Apple)
		n := visitor(w, Everything).Gather(t.Context())
		if versions, _ := n.Versions.Known(); versions.Source != feedstest.EndOfLifeHost {
			t.Errorf("versions from %q, though the lookup service was signed by another", versions.Source)
		}
		if n.Status.Reason != Untrusted {
			t.Errorf("status: %+v", n.Status)
		}
		if paths, _ := n.Paths.Known(); len(paths) != 2 || paths[0].State != checks.HostIntercepted {
			t.Errorf("paths: %+v", n.Paths)
		}
	})
}

// Whoever stops waiting gets an answer at once, and nothing stays behind for long.
func TestCancelled(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		for _, s := range Sources() {
			for _, host := range s.Hosts {
				w.Hung(host)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		n := visitor(w, Everything).Gather(ctx)
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
		time.Sleep(firstPatience) // the last dials end by then
		if n.Versions.State != facts.NotRead || n.Status.State != facts.NotRead || n.Paths.State != facts.NotRead {
			t.Errorf("gathered %+v", n)
		}
	})
}

// The words of every source say each host by name.
func TestSourcesAreExplained(t *testing.T) {
	for _, s := range Sources() {
		title, sends := words.English().Text(s.Title), words.English().Text(s.Sends)
		if title == "" || strings.Contains(title, "[") || len(s.Hosts) == 0 {
			t.Errorf("%s: title %q, hosts %q", s.ID, title, s.Hosts)
		}
		for _, host := range s.Hosts {
			if !strings.Contains(sends, host) {
				t.Errorf("%s: %q does not name %s", s.ID, sends, host)
			}
		}
		if (&Allowed{}).Switch(s.ID) == nil {
			t.Errorf("%s has no switch", s.ID)
		}
	}
	if (&Allowed{}).Switch("other") != nil {
		t.Error("a source that does not exist has a switch")
	}
}
