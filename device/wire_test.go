package device_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/lockdownd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a computer with a usbmuxd of its own, into which phones are plugged.
type desk struct {
	t       *testing.T
	server  *phonesim.Server
	mux     *device.Mux
	records string // the folder of the computer's pairings
}

// muxAddress is where a usbmuxd of this system may listen: a socket of its
// own, or a free port on Windows, whose usbmuxd has a port too.
func muxAddress(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "windows" {
		return "UNIX://" + filepath.Join(t.TempDir(), "usbmuxd")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	records := t.TempDir()
	server, err := phonesim.Listen(muxAddress(t), phonesim.PairRecordsIn(records))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	mux, err := device.NewMux(server.Address(), nil)
	if err != nil {
		t.Fatal(err)
	}
	mux.ExtraFor = device.ReplyTimeout
	return &desk{t, server, mux, records}
}

// plug plugs in a phone of the default kind, changed by change.
func (d *desk) plug(change func(*phonesim.Config)) *phonesim.Phone {
	d.t.Helper()
	cfg := phonesim.DefaultConfig()
	if change != nil {
		change(&cfg)
	}
	sim, err := phonesim.NewPhone(cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { sim.Close() })
	d.server.Attach(sim)
	return sim
}

// find returns the only phone.
func (d *desk) find() *device.Phone {
	d.t.Helper()
	phone, err := d.mux.Find(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	return phone
}

func TestReadiness(t *testing.T) {
	cases := []struct {
		name   string
		change func(*phonesim.Config)
		pair   bool
		want   facts.Readiness
		code   fault.Code
	}{
		{"never seen", nil, false, facts.Untrusted, fault.PairingStale},
		{"trusted", nil, true, facts.Ready, ""},
		{"waiting for trust", func(c *phonesim.Config) { c.Trust.Mode = lockdownd.Wait }, false, facts.Untrusted, fault.PairingStale},
		{"forgot this computer", func(c *phonesim.Config) { c.Faults.Lockdown.ForgetHostOnce = true }, false, facts.Untrusted, fault.PairingStale},
		{"in Setup Assistant", func(c *phonesim.Config) { c.ActivationState = "Unactivated" }, true, facts.SetupUnfinished, fault.SetupUnfinished},
		{"says nothing", func(c *phonesim.Config) { c.Faults.Lockdown.Silent = true }, false, facts.Silent, fault.PhoneSilent},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.mux.Timeout = 2 * time.Second
			d.plug(c.change)
			phone := d.find()
			if c.pair {
				if err := phone.Pair(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
			}
			s, err := phone.Inspect(t.Context())
			if err != nil || s.Readiness != c.want || fault.Of(s.Err) != c.code {
				t.Errorf("got %s (%v), %v; want %s (%s)", s.Readiness, s.Err, err, c.want, c.code)
			}
			if c.want != facts.Silent && (s.ProductType != "iPhone15,2" || s.Name == "") {
				t.Errorf("before trust it reported %+v", s)
			}
		})
	}
}

// Nobody has unlocked the phone since it was started: it says that it is
// locked, and of each service what to do.
func TestFirstUnlock(t *testing.T) {
	d := newDesk(t)
	sim := d.plug(nil)
	phone := d.find()
	if err := phone.Pair(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	sim.AwaitFirstUnlock()
	if s, err := phone.Inspect(t.Context()); err != nil || s.Readiness != facts.Locked {
		t.Errorf("%+v, %v", s, err)
	}
	for _, service := range []string{"com.apple.mobilebackup2", "com.apple.mobile.diagnostics_relay", "com.apple.syslog_relay"} {
		conn, err := phone.StartService(t.Context(), service)
		if fault.Of(err) != fault.FirstUnlock {
			t.Errorf("%s: %v", service, err)
		}
		if conn != nil {
			conn.Close()
		}
	}
	f, err := phone.Facts(t.Context(), device.Summary{})
	if err != nil || f.Readiness != facts.Locked || f.PasscodeLocked != facts.Of(true) {
		t.Errorf("%s, %+v, %v", f.Readiness, f.PasscodeLocked, err)
	}
	sim.Trust(phonesim.Unlock)
	conn, err := phone.StartService(t.Context(), "com.apple.mobilebackup2")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// Services of old phones are not encrypted.
func TestPlainServices(t *testing.T) {
	d := newDesk(t)
	d.plug(func(c *phonesim.Config) { c.Version = "12.5.7" })
	phone := d.find()
	if err := phone.Pair(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if apps, err := phone.Apps(t.Context()); err != nil || len(apps) == 0 {
		t.Errorf("%d apps, %v", len(apps), err)
	}
}

func TestLockedAfterTrust(t *testing.T) {
	d := newDesk(t)
	sim := d.plug(nil)
	phone := d.find()
	if err := phone.Pair(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	sim.Trust(phonesim.Lock)
	f, err := phone.Facts(t.Context(), device.Summary{})
	if err != nil || f.Readiness != facts.Locked || f.PasscodeLocked != facts.Of(true) {
		t.Errorf("got %s, %+v, %v", f.Readiness, f.PasscodeLocked, err)
	}
	sim.Trust(phonesim.Unlock)
	f, err = phone.Facts(t.Context(), device.Summary{})
	if err != nil || f.Readiness != facts.Ready || f.PasscodeLocked != facts.Of(false) {
		t.Errorf("unlocked: got %s, %+v, %v", f.Readiness, f.PasscodeLocked, err)
	}
}

func TestPairWaitsForTheUser(t *testing.T) {
	cases := []struct {
		name   string
		locked bool
		answer phonesim.Answer
		waits  []fault.Code
		want   fault.Code
	}{
		{"Trust", false, phonesim.TapTrust, []fault.Code{fault.TrustPending}, ""},
		{"Don't Trust", false, phonesim.TapDontTrust, []fault.Code{fault.TrustPending}, fault.TrustRefused},
		{"unlock, then Trust", true, phonesim.TapTrust, []fault.Code{fault.PhoneLocked, fault.TrustPending}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			sim := d.plug(func(cfg *phonesim.Config) { cfg.Trust.Mode, cfg.Locked = lockdownd.Wait, c.locked })
			var waits []fault.Code
			err := d.find().Pair(t.Context(), func(code fault.Code) {
				waits = append(waits, code)
				switch code {
				case fault.PhoneLocked:
					sim.Trust(phonesim.Unlock)
				case fault.TrustPending:
					sim.Trust(c.answer)
				}
			})
			if fault.Of(err) != c.want || !slices.Equal(waits, c.waits) {
				t.Errorf("got %v after %v; want %q after %v", err, waits, c.want, c.waits)
			}
		})
	}
}

func TestPairEnds(t *testing.T) {
	t.Run("when the user gives up", func(t *testing.T) {
		d := newDesk(t)
		d.plug(func(c *phonesim.Config) { c.Trust.Mode = lockdownd.Wait })
		ctx, cancel := context.WithCancel(t.Context())
		if err := d.find().Pair(ctx, func(fault.Code) { cancel() }); fault.Of(err) != fault.Cancelled {
			t.Errorf("got %v", err)
		}
	})
	t.Run("when the phone is unplugged", func(t *testing.T) {
		d := newDesk(t)
		sim := d.plug(func(c *phonesim.Config) { c.Trust.Mode = lockdownd.Wait })
		if err := d.find().Pair(t.Context(), func(fault.Code) { d.server.Detach(sim) }); fault.Of(err) != fault.PhoneGone {
			t.Errorf("got %v", err)
		}
	})
	t.Run("at once when it is trusted already", func(t *testing.T) {
		d := newDesk(t)
		d.plug(nil)
		phone := d.find()
		for range 2 {
			if err := phone.Pair(t.Context(), func(c fault.Code) { t.Error("asked:", c) }); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("anew after the phone forgot this computer", func(t *testing.T) {
		d := newDesk(t)
		sim := d.plug(nil)
		phone := d.find()
		if err := phone.Pair(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if err := sim.Forget(); err != nil {
			t.Fatal(err)
		}
		if _, err := phone.Values(t.Context(), ""); fault.Of(err) != fault.PairingStale {
			t.Errorf("forgotten: got %v", err)
		}
		if err := phone.Pair(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := phone.Values(t.Context(), ""); err != nil {
			t.Errorf("paired again: %v", err)
		}
	})
}

func TestFactsSayWhatWasRead(t *testing.T) {
	d := newDesk(t)
	last := time.Date(2026, 11, 1, 2, 3, 4, 0, time.UTC)
	d.plug(func(c *phonesim.Config) {
		c.ICloud = phonesim.ICloud{Switch: phonesim.Off, LastBackup: last, Zone: "GMT+1"}
		c.Battery = phonesim.Battery{Level: 17, Charging: false, External: true}
		c.Disk.Available = 123_456_789
		c.Omit = []string{"com.apple.mobile.battery/FullyCharged", "/BuildVersion"}
		c.Refuse = []string{"com.apple.disk_usage/"}
	})
	phone := d.find()
	if err := phone.Pair(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	f, err := phone.Facts(t.Context(), device.Summary{})
	if err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{
		"ready":             f.Readiness == facts.Ready,
		"model":             f.ProductType == facts.Of("iPhone15,2"),
		"switch":            f.CloudBackupEnabled == facts.Of(false),
		"date":              f.LastCloudBackup == facts.Of(last),
		"battery":           f.BatteryLevel == facts.Of(17),
		"charging":          f.BatteryCharging == facts.Of(false),
		"omitted":           f.BatteryFull.State == facts.Absent && f.Build.State == facts.Absent,
		"refused":           f.DataAvailable.State == facts.Refused && f.DataAvailable.Reason == "GetProhibited",
		"no password":       f.WillEncrypt.State == facts.Absent || f.WillEncrypt == facts.Of(false),
		"clock":             f.Clock.State == facts.Read && time.Since(f.Clock.Value).Abs() < time.Minute,
		"speed and cable":   f.SpeedBits == 480_000_000 && f.Connection == "USB",
		"never backed up":   f.LastLocalBackup.State == facts.Absent,
		"gathered just now": time.Since(f.GatheredAt) < time.Minute,
	} {
		if !ok {
			t.Errorf("%s: wrong in %+v", name, f)
		}
	}
}

func TestUnpluggedWhileReading(t *testing.T) {
	d := newDesk(t)
	sim := d.plug(nil)
	phone := d.find()
	gone := phone.Gone(t.Context())
	d.server.Detach(sim)
	<-gone
	if _, err := phone.Facts(t.Context(), device.Summary{}); fault.Of(err) != fault.PhoneGone {
		t.Errorf("got %v", err)
	}
	if _, err := d.mux.Find(t.Context(), ""); fault.Of(err) != fault.NoPhone {
		t.Errorf("got %v", err)
	}
}

func TestTwoPhonesAndTwoWays(t *testing.T) {
	d := newDesk(t)
	d.plug(func(c *phonesim.Config) { c.Connection = "Both" })
	d.plug(func(c *phonesim.Config) { *c = c.Numbered(1) })
	phones, err := d.mux.Phones(t.Context())
	if err != nil || len(phones) != 2 {
		t.Fatalf("got %d phones, %v", len(phones), err)
	}
	if _, err := d.mux.Find(t.Context(), ""); fault.Of(err) != fault.SeveralPhones {
		t.Errorf("which one? got %v", err)
	}
	if _, err := d.mux.Find(t.Context(), "00000000-0000000000000000"); fault.Of(err) != fault.PhoneNotFound {
		t.Errorf("none of them: got %v", err)
	}
	names := make(chan string, 2)
	for _, p := range phones {
		if p.Connection != "USB" {
			t.Errorf("%s is taken over %s", p.UDID, p.Connection)
		}
		go func() {
			err := p.Pair(t.Context(), nil)
			f, e := p.Facts(t.Context(), device.Summary{})
			names <- fmt.Sprintf("%s %v %v", f.Name.Value, err, e)
		}()
	}
	got := []string{<-names, <-names}
	slices.Sort(got)
	if want := []string{"Anna’s iPhone 2 <nil> <nil>", "Anna’s iPhone <nil> <nil>"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestWatch sees phones come and go, and usbmuxd itself.
func TestWatch(t *testing.T) {
	address := muxAddress(t)
	mux, err := device.NewMux(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	states := make(chan string)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		mux.Watch(ctx, func(c device.Change) {
			select {
			case states <- fmt.Sprint(len(c.Phones), " ", fault.Of(c.Err)):
			case <-ctx.Done():
			}
		})
	}()
	want := func(what, state string) {
		t.Helper()
		if got := <-states; got != state {
			t.Errorf("%s: got %q, want %q", what, got, state)
		}
	}
	want("no usbmuxd", "0 "+string(fault.MuxStopped))
	server, err := phonesim.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	want("usbmuxd started", "0 ")
	sim, err := phonesim.NewPhone(phonesim.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	server.Attach(sim)
	want("plugged in", "1 ")
	server.Detach(sim)
	want("unplugged", "0 ")
	server.Close()
	want("usbmuxd stopped", "0 "+string(fault.MuxStopped))
	cancel()
	<-ended
}

func TestServices(t *testing.T) {
	d := newDesk(t)
	sim := d.plug(nil)
	phone := d.find()
	if err := phone.Pair(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	n, err := phone.Notifications(t.Context(), "com.example.observed")
	if err != nil {
		t.Fatal(err)
	}
	for !sim.Observed("com.example.observed") {
		select {
		case <-t.Context().Done():
			t.Fatal("never observed")
		default:
		}
	}
	sim.Notify("com.example.other")
	sim.Notify("com.example.observed")
	if got := <-n.C; got != "com.example.observed" {
		t.Errorf("got %q", got)
	}
	n.Close()
	if _, open := <-n.C; open {
		t.Error("C is open after Close")
	}
	apps, err := phone.Apps(t.Context())
	if err != nil || len(apps) == 0 {
		t.Fatalf("apps: %v, %v", apps, err)
	}
	if icons, err := phone.Icons(t.Context(), apps[0].BundleID); err != nil || len(icons[apps[0].BundleID]) == 0 {
		t.Errorf("icon: %d, %v", len(icons), err)
	}
	if _, err := phone.StartService(t.Context(), "com.example.none"); fault.Of(err) != fault.ServiceRefused {
		t.Errorf("unknown service: %v", err)
	}
	if v, err := phone.Value(t.Context(), "com.apple.mobile.backup", "NoSuchKey"); v != nil || err != nil {
		t.Errorf("absent value: %v, %v", v, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	conn, err := phone.StartService(ctx, "com.apple.mobile.notification_proxy")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("a read outlived its context")
	}
}
