package device

import (
	"errors"
	"strings"
	"testing"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/wire"
)

type dict = map[string]any

// iPhone11 is a real battery's entry, iOS 26.6 (checks/SIGNALS.md#hardware-registry).
var iPhone11 = dict{
	"DesignCapacity": uint64(3092), "NominalChargeCapacity": uint64(2564), "AppleRawMaxCapacity": uint64(2633),
	"MaxCapacity": uint64(100), "CurrentCapacity": uint64(9), "CycleCount": uint64(768), "Temperature": uint64(3550),
	"AdapterDetails": dict{"Watts": uint64(12), "Current": uint64(2400), "Description": "usb host"},
}

// but is a copy of d with one value changed, or gone.
func but(d dict, key string, value any) dict {
	c := dict{}
	for k, v := range d {
		c[k] = v
	}
	if c[key] = value; value == nil {
		delete(c, key)
	}
	return c
}

func TestFillHardware(t *testing.T) {
	gone, wrong := facts.Gone[int](), facts.Datum[int]{State: facts.Refused, Reason: "WrongType uint64"}
	type want struct {
		health, cycles, adapter facts.Datum[int]
		temperature             facts.Datum[float64]
	}
	whole := want{facts.Of(83), facts.Of(768), facts.Of(2400), facts.Of(35.5)}
	with := func(change func(*want)) want { w := whole; change(&w); return w }
	cases := map[string]struct {
		in   dict
		want want
	}{
		"real":              {iPhone11, whole},
		"frost":             {but(iPhone11, "Temperature", int64(-250)), with(func(w *want) { w.temperature = facts.Of(-2.5) })},
		"frost as unsigned": {but(iPhone11, "Temperature", uint64(1<<64-250)), with(func(w *want) { w.temperature = facts.Of(-2.5) })},
		"new and better":    {but(iPhone11, "NominalChargeCapacity", uint64(3200)), with(func(w *want) { w.health = facts.Of(103) })},
		"no design":         {but(iPhone11, "DesignCapacity", nil), with(func(w *want) { w.health = gone })},
		"design of nothing": {but(iPhone11, "DesignCapacity", uint64(0)), with(func(w *want) { w.health = wrong })},
		"no nominal":        {but(iPhone11, "NominalChargeCapacity", nil), with(func(w *want) { w.health = gone })},
		"huge":              {but(iPhone11, "NominalChargeCapacity", uint64(1<<62)), with(func(w *want) { w.health = wrong })},
		"no adapter":        {but(iPhone11, "AdapterDetails", nil), with(func(w *want) { w.adapter = gone })},
		"adapter of nought": {but(iPhone11, "AdapterDetails", dict{"Current": uint64(0), "Watts": uint64(0)}), with(func(w *want) { w.adapter = facts.Of(0) })},
		"adapter of text":   {but(iPhone11, "AdapterDetails", "x"), with(func(w *want) { w.adapter = gone })},
		"hotter than fire": {but(iPhone11, "Temperature", uint64(90_000)), with(func(w *want) {
			w.temperature = facts.Datum[float64]{State: facts.Refused, Reason: "WrongType uint64"}
		})},
		"within, as on a Mac with 27": {but(but(but(iPhone11, "DesignCapacity", nil), "NominalChargeCapacity", nil), "BatteryData",
			dict{"DesignCapacity": uint64(5760), "NominalChargeCapacity": uint64(5937), "FullChargeCapacity": uint64(5793), "MaxCapacity": uint64(100)}),
			with(func(w *want) { w.health = facts.Of(103) })},
		"within, and outside": {but(iPhone11, "BatteryData", dict{"NominalChargeCapacity": uint64(1)}), whole},
		"within, and no number": {but(but(iPhone11, "NominalChargeCapacity", nil), "BatteryData", dict{"NominalChargeCapacity": "x"}),
			with(func(w *want) { w.health = facts.Datum[int]{State: facts.Refused, Reason: "WrongType string"} })},
		"nothing": {nil, want{gone, gone, gone, facts.Gone[float64]()}},
	}
	for name, c := range cases {
		var f facts.Phone
		fillHardware(&f, registry{battery: c.in})
		if got := (want{f.BatteryHealth, f.BatteryCycles, f.AdapterCurrent, f.BatteryTemperature}); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

// What was read before the phone fell silent stays.
func TestHalfARegistry(t *testing.T) {
	var f facts.Phone
	fillHardware(&f, registry{battery: iPhone11, err: fault.New(fault.PhoneSilent, "x", errors.New("x"))})
	if f.BatteryCycles != facts.Of(768) || f.WiFiChannel != (facts.Datum[int]{Reason: "phone-silent"}) {
		t.Errorf("got %+v, %+v", f.BatteryCycles, f.WiFiChannel)
	}
}

func TestWiFiChannel(t *testing.T) {
	for name, c := range map[string]struct {
		in   dict
		want facts.Datum[int]
	}{
		"5 GHz":   {dict{"IO80211Channel": uint64(44), "IO80211SSID": ""}, facts.Of(44)},
		"off":     {dict{"IO80211SSID": ""}, facts.Gone[int]()},
		"zero":    {dict{"IO80211Channel": uint64(0)}, facts.Of(0)},
		"a text":  {dict{"IO80211Channel": "44"}, facts.Datum[int]{State: facts.Refused, Reason: "WrongType string"}},
		"no chip": {nil, facts.Gone[int]()},
	} {
		var f facts.Phone
		fillHardware(&f, registry{wifi: c.in})
		if f.WiFiChannel != c.want {
			t.Errorf("%s: got %+v, want %+v", name, f.WiFiChannel, c.want)
		}
	}
}

func TestSyncsToICloud(t *testing.T) {
	cases := map[string]struct {
		in   dict
		want facts.Datum[bool]
	}{
		"real, iOS 16.7.2":  {dict{"Contacts": dict{"Sources": []any{"iCloud"}, "AccountNames": []any{"iCloud"}}}, facts.Of(true)},
		"one of two":        {dict{"Notes": dict{"Sources": []any{"Gmail", "ICLOUD"}}}, facts.Of(true)},
		"only the account":  {dict{"Bookmarks": dict{"AccountNames": "iCloud"}}, facts.Of(true)},
		"somewhere else":    {dict{"Contacts": dict{"Sources": []any{"Gmail", 7}}}, facts.Of(false)},
		"of another kind":   {dict{"Photos": dict{"Sources": []any{"iCloud"}}}, facts.Gone[bool]()},
		"not a dictionary":  {dict{"Contacts": "iCloud"}, facts.Gone[bool]()},
		"nothing":           {nil, facts.Gone[bool]()},
		"a name that holds": {dict{"Contacts": dict{"Sources": []any{"my iCloud"}}}, facts.Of(false)},
	}
	for name, c := range cases {
		if got := syncsToICloud(domain{values: c.in}); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func FuzzRegistry(f *testing.F) {
	for _, entry := range []dict{iPhone11, {"IO80211Channel": 44}, {"DesignCapacity": -1, "NominalChargeCapacity": 1.5, "AdapterDetails": dict{"Current": "x"}}} {
		var b strings.Builder
		if err := wire.WriteFrame(&b, entry); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(b.String()[4:]))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := safeplist.Dict(in)
		if err != nil {
			return
		}
		var p facts.Phone
		fillHardware(&p, registry{battery: d, wifi: d})
		fillAccount(&p, domain{values: d}, domain{values: d})
		fillRoot(&p, rootReading{domain: domain{values: d}})
		if n, known := p.BatteryHealth.Known(); known && n < 0 {
			t.Fatalf("health %d", n)
		}
		if n, known := p.WiFiChannel.Known(); known && n < 0 {
			t.Fatalf("channel %d", n)
		}
	})
}
