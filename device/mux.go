// Package device is the way to the iPhones of this computer.
//
// It is the only room that imports go-ios, for three things that are right there
// and shared with other programs: the form of a pair record, a connection to a
// device, and the TLS session on it. The clients of usbmuxd, lockdownd and the
// services are our own, since those of go-ios know no context, wait without end,
// and take lengths and types on trust from the phone.
//
// A [Mux] finds phones by the events of usbmuxd. [Connect] leads one from being
// plugged in to being ready: it is looked at without its trust ([Phone.Inspect])
// and asked for it ([Phone.Pair]). A [Phone] can be read at once ([Phone.Facts])
// or at leisure ([Phone.Deep], [Phone.Log]), used
// ([Phone.StartService]) and restarted ([Phone.Restart]). Every failure is a
// *fault.Error, and everything that waits ends with its context.
package device

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/danielpaulus/go-ios/ios"

	"lifeboat/device/fault"
	"lifeboat/device/phoneid"
	"lifeboat/device/transcript"
	"lifeboat/device/usbmux"
)

// ReplyTimeout is how long a phone may take to answer one question of
// lockdownd or to open a service before it counts as silent.
const ReplyTimeout = 20 * time.Second

// countFor is long enough for a phone that is on Wi-Fi to send something.
const countFor = 8 * time.Second

// Mux is the usbmuxd of this computer.
type Mux struct {
	client *usbmux.Client
	log    *slog.Logger
	// Timeout replaces [ReplyTimeout]; tests set it.
	Timeout time.Duration
	// CountFor is how long [Phone.Deep] counts a phone's packets; tests shorten it.
	CountFor time.Duration
	// ExtraFor is how long the facts that a checklist can do without may keep it
	// waiting: the hardware's registry and the profiles. Tests lengthen it, as a
	// busy machine is no phone without them.
	ExtraFor time.Duration
	deep     deepLimits
}

// NewMux returns the usbmuxd at an address in the forms of
// USBMUXD_SOCKET_ADDRESS; "" means that variable, or the system's own
// address. It does not connect yet. A nil log discards.
func NewMux(address string, log *slog.Logger) (*Mux, error) {
	a, err := usbmux.ParseAddress(address)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	// go-ios logs pair records that it cannot parse, bytes included.
	ios.SetLogger(slog.New(slog.DiscardHandler))
	return &Mux{client: usbmux.NewClient(a), log: log, Timeout: ReplyTimeout, CountFor: countFor, ExtraFor: extraLimit, deep: usualDeepLimits}, nil
}

// Record has everything recorded that is said on connections that open from
// now on; nil ends that. The caller closes r.
func (m *Mux) Record(r *transcript.Recorder) { m.client.Record(r) }

func (m *Mux) recorder() *transcript.Recorder { return m.client.Recorder() }

// Phones lists the phones that are connected now, one for each UDID, by USB
// where there is a choice.
func (m *Mux) Phones(ctx context.Context) ([]*Phone, error) {
	entries, err := m.client.Devices(ctx)
	if err != nil {
		return nil, err
	}
	return m.phones(entries), nil
}

// Find returns the connected phone with a UDID, or with "" the only one
// there is. Errors: [fault.NoPhone], [fault.PhoneNotFound], [fault.SeveralPhones].
func (m *Mux) Find(ctx context.Context, udid string) (*Phone, error) {
	phones, err := m.Phones(ctx)
	if err != nil {
		return nil, err
	}
	if udid != "" {
		for _, p := range phones {
			if phoneid.Same(p.UDID, udid) {
				return p, nil
			}
		}
		return nil, fault.New(fault.PhoneNotFound, "find the phone", nil).With("UDID", udid)
	}
	switch len(phones) {
	case 0:
		return nil, fault.New(fault.NoPhone, "find the phone", nil)
	case 1:
		return phones[0], nil
	}
	return nil, fault.New(fault.SeveralPhones, "find the phone", nil).With("Count", len(phones))
}

// phones makes one Phone of all the entries that share a UDID.
func (m *Mux) phones(entries []usbmux.Entry) []*Phone {
	best := map[string]usbmux.Entry{}
	for _, e := range entries {
		have, ok := best[e.UDID]
		if !ok || have.Connection != "USB" && e.Connection == "USB" ||
			have.Connection == e.Connection && e.DeviceID > have.DeviceID {
			best[e.UDID] = e
		}
	}
	list := make([]*Phone, 0, len(best))
	for _, e := range best {
		list = append(list, &Phone{
			UDID: e.UDID, Connection: e.Connection, SpeedBits: e.SpeedBits, DeviceID: e.DeviceID, mux: m,
		})
	}
	slices.SortFunc(list, func(a, b *Phone) int { return strings.Compare(a.UDID, b.UDID) })
	return list
}
