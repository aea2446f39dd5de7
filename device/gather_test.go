package device

import (
	"errors"
	"math"
	"testing"
	"time"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
)

func TestAsDate(t *testing.T) {
	cases := map[string]struct {
		in   any
		want string // "" means refused
	}{
		// Dates from real phones (checks/SIGNALS.md#dates).
		"2001 epoch, iOS 27":  {uint64(812806913), "2026-10-04T11:41:53Z"},
		"2001 epoch, iOS 18":  {uint64(769034247), "2025-05-15T20:37:27Z"},
		"Unix epoch":          {uint64(1791114113), "2026-10-04T11:41:53Z"},
		"a real of 2001":      {812806913.0, "2026-10-04T11:41:53Z"},
		"a plist date":        {time.Date(2026, 10, 4, 11, 41, 53, 0, time.UTC), "2026-10-04T11:41:53Z"},
		"zero":                {uint64(0), ""},
		"negative":            {int64(-5), ""},
		"beyond all years":    {uint64(math.MaxUint64), ""},
		"not a number at all": {math.NaN(), ""},
		"a text":              {"2026-10-04", ""},
		"endless":             {math.Inf(1), ""},
	}
	for name, c := range cases {
		got, ok := asDate(c.in)
		if ok != (c.want != "") || ok && got.Format(time.RFC3339) != c.want {
			t.Errorf("%s: got %v, %v; want %q", name, got, ok, c.want)
		}
	}
}

func TestDatumSaysHowItCameAbout(t *testing.T) {
	values := domain{values: map[string]any{"On": true, "One": uint64(1), "Two": uint64(2), "Name": "x"}}
	cases := map[string]struct {
		d    domain
		key  string
		want facts.Datum[bool]
	}{
		"read":              {values, "On", facts.Of(true)},
		"1 is true":         {values, "One", facts.Of(true)},
		"2 is nothing":      {values, "Two", facts.Datum[bool]{State: facts.Refused, Reason: "WrongType uint64"}},
		"a text is no bool": {values, "Name", facts.Datum[bool]{State: facts.Refused, Reason: "WrongType string"}},
		"absent":            {values, "Off", facts.Gone[bool]()},
		"refused": {domain{err: fault.FromLockdown("GetValue", "GetProhibited")}, "On",
			facts.Datum[bool]{State: facts.Refused, Reason: "GetProhibited"}},
		"cut": {domain{err: fault.New(fault.PhoneGone, "x", nil)}, "On",
			facts.Datum[bool]{State: facts.NotRead, Reason: "phone-gone"}},
		"a mistake of ours": {domain{err: errors.New("x")}, "On",
			facts.Datum[bool]{State: facts.NotRead, Reason: "internal"}},
	}
	for name, c := range cases {
		if got := datum(c.d, c.key, safeplist.Bool); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}
