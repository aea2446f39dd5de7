package diagnostics

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/fault"
	"lifeboat/device/wire"
)

type dict = map[string]any

// exchange runs do with a phone that gives one answer, and returns the request.
func exchange(t *testing.T, answer dict, do func(net.Conn)) dict {
	t.Helper()
	here, there := net.Pipe()
	defer here.Close()
	asked := make(chan dict, 1)
	go func() {
		defer there.Close()
		request, _ := wire.ReadFrame(there)
		asked <- request
		wire.WriteFrame(there, answer)
	}()
	do(here)
	return <-asked
}

func TestRegistry(t *testing.T) {
	battery := dict{"CycleCount": uint64(12)}
	cases := map[string]struct {
		entry  Entry
		answer dict
		asks   dict
		want   dict
		fault  fault.Code
	}{
		"by class": {Entry{Class: "A"}, dict{"Status": "Success", "Diagnostics": dict{"IORegistry": battery}},
			dict{"Request": "IORegistry", "EntryClass": "A"}, battery, ""},
		"by name, not there": {Entry{Name: "B"}, dict{"Status": "Success", "Diagnostics": dict{}},
			dict{"Request": "IORegistry", "EntryName": "B"}, nil, ""},
		"not a dictionary": {Entry{Name: "B"}, dict{"Status": "Success", "Diagnostics": dict{"IORegistry": "x"}},
			dict{"Request": "IORegistry", "EntryName": "B"}, nil, ""},
		"refused": {Entry{Name: "B"}, dict{"Status": "UnknownRequest"},
			dict{"Request": "IORegistry", "EntryName": "B"}, nil, fault.ServiceRefused},
		"nonsense": {Entry{Name: "B"}, dict{"Status": "Success"},
			dict{"Request": "IORegistry", "EntryName": "B"}, nil, fault.PhoneNonsense},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			asked := exchange(t, c.answer, func(conn net.Conn) {
				got, err := Registry(t.Context(), conn, c.entry)
				if fault.Of(err) != c.fault || !cmp.Equal(got, c.want) {
					t.Errorf("got %v, %v; want %v", got, err, c.want)
				}
			})
			if d := cmp.Diff(c.asks, asked); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRestart(t *testing.T) {
	for status, want := range map[string]fault.Code{"Success": "", "Failure": fault.ServiceRefused} {
		asked := exchange(t, dict{"Status": status}, func(conn net.Conn) {
			if err := Restart(t.Context(), conn); fault.Of(err) != want {
				t.Errorf("%s: got %v", status, err)
			}
		})
		if asked["Request"] != "Restart" || asked["WaitForDisconnect"] != true {
			t.Errorf("asked %v", asked)
		}
	}
}
