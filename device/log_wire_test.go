package device_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device"
	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/services"
)

const logScript = `
+0s SpringBoard[34] default Backlight changed to 1
+0s backupd[312] default =scheduler= state changed, enabled:1
+20ms backupd[312] error =cloud-backup= Backup failed: MBErrorDomain(209) für Anna’s iPhone
+0s cloudd[417] fault CKErrorDomain(25)
@wait
+0s accountsd[99] default after the wait
`

// logging plugs in a phone that plays a script, and pairs with it.
func (d *desk) logging(script string, pairs ...string) (*phonesim.Phone, *device.Phone) {
	d.t.Helper()
	lines, err := services.ParseLog(strings.NewReader(script))
	if err != nil {
		d.t.Fatal(err)
	}
	sim := d.plug(func(c *phonesim.Config) {
		c.LogScript = lines
		settings(d.t, pairs...)(c)
	})
	phone := d.find()
	if err := phone.Pair(d.t.Context(), nil); err != nil {
		d.t.Fatal(err)
	}
	return sim, phone
}

func TestLog(t *testing.T) {
	cases := map[string][]string{
		"os_trace_relay":                      nil,
		"syslog_relay":                        {"no-os-trace", "true"},
		"syslog_relay as the other is silent": {"fault", "silent=com.apple.os_trace_relay"},
	}
	for name, settings := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			sim, phone := d.logging(logScript, settings...)
			d.mux.Timeout = 2 * time.Second
			log, err := phone.Log(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want := []facts.LogLine{
				{Process: "backupd", Text: "=scheduler= state changed, enabled:1"},
				{Process: "backupd", Text: "=cloud-backup= Backup failed: MBErrorDomain(209) für Anna’s iPhone"},
				{Process: "cloudd", Text: "CKErrorDomain(25)"},
				{Process: "accountsd", Text: "after the wait"},
			}
			for _, want := range want {
				if want.Process == "accountsd" {
					sim.Play()
				}
				got := <-log.C
				if time.Since(got.At).Abs() > time.Minute {
					t.Errorf("at %v", got.At)
				}
				got.At = time.Time{}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
			log.Close()
			if _, open := <-log.C; open || log.Err() != nil || log.Dropped() != 0 {
				t.Errorf("after Close: open %v, %v, %d dropped", open, log.Err(), log.Dropped())
			}
			log.Close()
		})
	}
}

func TestLogEnds(t *testing.T) {
	t.Run("with its context", func(t *testing.T) {
		d := newDesk(t)
		_, phone := d.logging("@wait\n")
		ctx, cancel := context.WithCancel(t.Context())
		log, err := phone.Log(ctx)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, open := <-log.C; open || fault.Of(log.Err()) != fault.Cancelled {
			t.Errorf("open %v, %v", open, log.Err())
		}
	})
	t.Run("when the phone is unplugged", func(t *testing.T) {
		d := newDesk(t)
		sim, phone := d.logging("@wait\n")
		log, err := phone.Log(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		d.server.Detach(sim)
		if _, open := <-log.C; open || fault.Of(log.Err()) != fault.PhoneGone {
			t.Errorf("open %v, %v", open, log.Err())
		}
	})
	t.Run("before it began", func(t *testing.T) {
		d := newDesk(t)
		_, phone := d.logging("@wait\n", "no-os-trace", "true", "no-service", "com.apple.syslog_relay")
		if _, err := phone.Log(t.Context()); fault.Of(err) != fault.ServiceRefused {
			t.Errorf("got %v", err)
		}
	})
}

// A log that nobody reads loses lines, and holds up neither the phone nor Close.
func TestLogThatNobodyReads(t *testing.T) {
	const lines = 3000
	d := newDesk(t)
	_, phone := d.logging(strings.Repeat("+0s backupd[312] default line\n", lines))
	log, err := phone.Log(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for log.Dropped() < lines/2 {
		select {
		case <-t.Context().Done():
			t.Fatal("never dropped")
		case <-time.After(time.Millisecond):
		}
	}
	log.Close()
	kept := 0
	for range log.C {
		kept++
	}
	if kept+log.Dropped() > lines || kept < 1000 {
		t.Errorf("%d kept, %d dropped", kept, log.Dropped())
	}
}
