package profiles

import (
	"context"
	"net"
	"reflect"
	"strings"
	"testing"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/wire"
)

type dict = map[string]any

// phone answers one request with each answer, and then hangs up.
func phone(t *testing.T, answers ...dict) net.Conn {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close(); there.Close() })
	go func() {
		for _, answer := range answers {
			if _, err := wire.ReadFrame(there); err != nil {
				return
			}
			if wire.WriteFrame(there, answer) != nil {
				return
			}
		}
		there.Close()
	}()
	return here
}

var acknowledged = dict{"Status": "Acknowledged"}

var fullList = dict{
	"Status": "Acknowledged", "OrderedIdentifiers": []any{"b", "a"},
	"ProfileMetadata": dict{
		"a": dict{"PayloadDisplayName": "A", "PayloadRemovalDisallowed": true, "PayloadContent": []any{
			dict{"PayloadType": "com.apple.mdm"}, dict{"PayloadType": "com.apple.mdm"}, dict{}, "com.apple.dnsSettings.managed", 7,
		}},
		"b": dict{"PayloadDisplayName": "B", "PayloadOrganization": "Example", "PayloadRemovalDisallowed": false},
	},
	"ProfileManifest": dict{"b": dict{"IsActive": true, "PayloadTypes": []any{"com.apple.proxy.http.global"}}},
}

var fullWant = []facts.Profile{
	{Name: "B", Organization: "Example", Payloads: []string{"com.apple.proxy.http.global"}},
	{Name: "A", Locked: true, Payloads: []string{"com.apple.mdm", "com.apple.dnsSettings.managed"}},
}

func TestList(t *testing.T) {
	cases := map[string]struct {
		answers []dict
		want    []facts.Profile
		fault   fault.Code
	}{
		"at once":                {[]dict{fullList}, fullWant, ""},
		"after a mere status":    {[]dict{acknowledged, fullList}, fullWant, ""},
		"never":                  {[]dict{acknowledged, acknowledged}, nil, ""},
		"none":                   {[]dict{{"Status": "Acknowledged", "OrderedIdentifiers": []any{}}}, nil, ""},
		"without an order":       {[]dict{{"ProfileMetadata": dict{"x": dict{"PayloadDisplayName": "X"}}}}, []facts.Profile{{Name: "X"}}, ""},
		"an order without facts": {[]dict{{"OrderedIdentifiers": []any{"x", 5, strings.Repeat("y", 5000)}}}, []facts.Profile{{}}, ""},
		"refused":                {[]dict{{"Status": "Error"}}, nil, fault.ServiceRefused},
		"hung up":                {[]dict{acknowledged}, nil, fault.PhoneGone},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := List(t.Context(), phone(t, c.answers...))
			if fault.Of(err) != c.fault || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
		})
	}
}

func TestManagement(t *testing.T) {
	cases := map[string]struct {
		answers []dict
		want    Cloud
		known   bool
		fault   fault.Code
	}{
		"supervised": {[]dict{{"CloudConfiguration": dict{"IsSupervised": true, "OrganizationName": "School"}}}, Cloud{true, "School"}, true, ""},
		"as number":  {[]dict{acknowledged, {"CloudConfiguration": dict{"IsSupervised": 1}}}, Cloud{Supervised: true}, true, ""},
		"nobody's":   {[]dict{{"CloudConfiguration": dict{}}}, Cloud{}, true, ""},
		"no word":    {[]dict{acknowledged, acknowledged}, Cloud{}, false, ""},
		"nonsense":   {[]dict{{"CloudConfiguration": "x"}}, Cloud{}, false, ""},
		"refused":    {[]dict{{"Status": "Error"}}, Cloud{}, false, fault.ServiceRefused},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, known, err := Management(t.Context(), phone(t, c.answers...))
			if fault.Of(err) != c.fault || got != c.want || known != c.known {
				t.Errorf("got %+v, %v, %v; want %+v, %v", got, known, err, c.want, c.known)
			}
		})
	}
}

func TestListEndsWithItsContext(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		wire.ReadFrame(there)
		cancel()
	}()
	if _, err := List(ctx, here); fault.Of(err) != fault.Cancelled {
		t.Errorf("got %v", err)
	}
}

func TestManyProfilesAreCut(t *testing.T) {
	var ids, types []any
	for i := range 3000 {
		ids, types = append(ids, "x"), append(types, strings.Repeat("t", i%600+1))
	}
	got := parseList(dict{"OrderedIdentifiers": ids, "ProfileMetadata": dict{"x": dict{"PayloadContent": types}}})
	if len(got) != maxProfiles || len(got[0].Payloads) != maxPayloads {
		t.Errorf("got %d profiles with %d payloads", len(got), len(got[0].Payloads))
	}
}

func FuzzList(f *testing.F) {
	var b strings.Builder
	wire.WriteFrame(&b, fullList)
	f.Add([]byte(b.String()[4:]))
	f.Add([]byte("<plist><dict><key>OrderedIdentifiers</key><array><integer>1</integer></array></dict></plist>"))
	f.Fuzz(func(t *testing.T, in []byte) {
		answer, err := safeplist.Dict(in)
		if err != nil {
			return
		}
		list := parseList(answer)
		if len(list) > maxProfiles {
			t.Fatalf("%d profiles", len(list))
		}
		for _, p := range list {
			if len(p.Name) > maxText || len(p.Payloads) > maxPayloads {
				t.Fatalf("got %+v", p)
			}
		}
	})
}
