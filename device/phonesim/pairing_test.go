package phonesim_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"sync"
	"testing"
	"time"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/lockdownd"
)

// clock is a phone's clock that only a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 10, 4, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func TestTrustDialog(t *testing.T) {
	const pending, denied, locked = "PairingDialogResponsePending", "UserDeniedPairing", "PasswordProtected"
	tick := newClock()
	// A step is what happens, and then what a Pair request is answered.
	type step struct {
		before func(*phonesim.Phone)
		want   any
	}
	tap := func(a phonesim.Answer) func(*phonesim.Phone) { return func(p *phonesim.Phone) { p.Trust(a) } }
	for _, c := range []struct {
		name, trust string
		steps       []step
	}{
		{"yes", "yes", []step{{nil, nil}}},
		{"pending for two requests", "pending=2", []step{{nil, pending}, {nil, pending}, {nil, nil}}},
		{"until Trust is tapped", "pending", []step{{nil, pending}, {nil, pending}, {tap(phonesim.TapTrust), nil}}},
		{"until Don't Trust is tapped", "pending", []step{{nil, pending}, {tap(phonesim.TapDontTrust), denied}, {tap(phonesim.TapTrust), nil}}},
		{"refused", "refuse", []step{{nil, denied}, {nil, denied}}},
		{"locked, then unlocked", "locked", []step{{nil, locked}, {nil, locked}, {tap(phonesim.Unlock), nil}}},
		{"after a minute", "after=1m", []step{
			{nil, pending},
			{func(*phonesim.Phone) { tick.pass(59 * time.Second) }, pending},
			{func(*phonesim.Phone) { tick.pass(time.Second) }, nil},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, func(cfg *phonesim.Config) {
				cfg.Now = tick.now
				if err := cfg.Set("trust", c.trust); err != nil {
					t.Fatal(err)
				}
			})
			r := l.newHost("HOST")
			f := l.lockdown()
			for i, s := range c.steps {
				if s.before != nil {
					s.before(l.phone)
				}
				answer := f.ask(r.pairRequest())
				if answer["Error"] != s.want {
					t.Fatalf("request %d: error %v, want %v", i+1, answer["Error"], s.want)
				}
				bag, _ := answer["EscrowBag"].([]byte)
				if (s.want == nil) != (len(bag) == 32) {
					t.Errorf("request %d: escrow bag of %d bytes", i+1, len(bag))
				}
			}
		})
	}
}

// A computer that comes with new keys at every try, as idevicepair does, is
// still the same computer to the dialog; another computer is not.
func TestDialogIsOfTheComputer(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) { c.Trust = lockdownd.Trust{Mode: lockdownd.Wait, Polls: 1} })
	first, second, other := l.newHost("ONE"), l.newHost("TWO"), l.newHost("THREE")
	second.buid = first.buid
	f := l.lockdown()
	for i, c := range []struct {
		r    *record
		want any
	}{
		{first, "PairingDialogResponsePending"},
		{other, "PairingDialogResponsePending"},
		{second, nil},
		{other, nil},
	} {
		if got := f.ask(c.r.pairRequest())["Error"]; got != c.want {
			t.Errorf("request %d: %v, want %v", i+1, got, c.want)
		}
	}
}

func TestPairRefusesBadRecords(t *testing.T) {
	l := newLab(t, nil)
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	foreign := newRecord(t, "H", "B", pem.EncodeToMemory(&pem.Block{
		Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&stranger.PublicKey),
	}))
	good := l.newHost("H")
	change := func(key string, value any) dict {
		request := good.pairRequest()
		record := request["PairRecord"].(dict)
		if record[key] = value; value == nil {
			delete(record, key)
		}
		return request
	}
	f := l.lockdown()
	for name, c := range map[string]struct {
		request dict
		want    string
	}{
		"no record":         {dict{"Request": "Pair"}, "MissingPairRecord"},
		"no host":           {change("HostID", nil), "MissingHostID"},
		"no certificate":    {change("HostCertificate", nil), "InvalidPairRecord"},
		"not PEM":           {change("RootCertificate", []byte("root")), "InvalidPairRecord"},
		"not a certificate": {change("RootCertificate", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{1}})), "InvalidPairRecord"},
		"another phone":     {foreign.pairRequest(), "InvalidPairRecord"},
	} {
		if got := f.ask(c.request)["Error"]; got != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	if got := f.ask(good.pairRequest())["Error"]; got != nil {
		t.Errorf("a good record: %v", got)
	}
}

func TestSeveralHostsUnpairAndForget(t *testing.T) {
	l := newLab(t, nil)
	one, two := l.pair("ONE"), l.pair("TWO")
	if bytes.Equal(one.escrow, two.escrow) {
		t.Error("two computers have the same escrow bag")
	}
	l.session(one)
	l.session(two)
	f := l.lockdown()
	ask := func(request string, r *record) any {
		return f.ask(dict{"Request": request, "PairRecord": dict{"HostID": r.hostID}})["Error"]
	}
	start := func(r *record) any {
		return l.lockdown().ask(dict{"Request": "StartSession", "HostID": r.hostID, "SystemBUID": r.buid})["Error"]
	}
	if got := ask("ValidatePair", one); got != nil {
		t.Errorf("ValidatePair: %v", got)
	}
	if got := ask("Unpair", one); got != nil {
		t.Errorf("Unpair: %v", got)
	}
	for _, request := range []string{"ValidatePair", "Unpair"} {
		if got := ask(request, one); got != "InvalidHostID" {
			t.Errorf("%s of a computer that left: %v", request, got)
		}
	}
	if got := start(one); got != "InvalidHostID" {
		t.Errorf("session of a computer that left: %v", got)
	}
	l.session(two)
	if err := l.phone.Forget(); err != nil {
		t.Fatal(err)
	}
	if got := start(two); got != "InvalidHostID" {
		t.Errorf("session after the phone forgot all: %v", got)
	}
}

func TestPairingOutlivesThePhone(t *testing.T) {
	cfg := phonesim.DefaultConfig()
	cfg.StateDir = t.TempDir()
	server, err := phonesim.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var r *record
	for run := range 2 {
		phone, err := phonesim.NewPhone(cfg)
		if err != nil {
			t.Fatal(err)
		}
		l := &lab{t: t, server: server, phone: phone, id: server.Attach(phone)}
		if run == 0 {
			r = l.pair("HOST")
		}
		l.session(r)
		if answer := l.start(r, "com.apple.mobilebackup2", dict{"EscrowBag": r.escrow}); answer["Error"] != nil {
			t.Errorf("run %d: the escrow bag is not known: %v", run+1, answer["Error"])
		}
		if err := phone.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPairingFaults(t *testing.T) {
	l := newLab(t, func(c *phonesim.Config) {
		c.Faults.Lockdown.ForgetHostOnce, c.Faults.Lockdown.NoEscrowBag = true, true
	})
	r := l.pair("HOST")
	if r.escrow != nil {
		t.Error("an escrow bag was handed out")
	}
	start := dict{"Request": "StartSession", "HostID": r.hostID, "SystemBUID": r.buid}
	for range 2 { // forgotten at the first, unknown at the second
		if got := l.lockdown().ask(start)["Error"]; got != "InvalidHostID" {
			t.Errorf("session: %v, want InvalidHostID", got)
		}
	}
	l.session(l.pair("HOST")) // forgotten only once
}
