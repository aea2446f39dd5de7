package apps

import (
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/facts"
	"lifeboat/device/fault"
	"lifeboat/device/safeplist"
	"lifeboat/device/wire"
)

type dict = map[string]any

// phone gives each of the answers to a request; an answer may be several frames.
func phone(t *testing.T, answers ...[]dict) net.Conn {
	t.Helper()
	here, there := net.Pipe()
	t.Cleanup(func() { here.Close(); there.Close() })
	go func() {
		defer there.Close()
		for _, frames := range answers {
			if _, err := wire.ReadFrame(there); err != nil {
				return
			}
			for _, f := range frames {
				if wire.WriteFrame(there, f) != nil {
					return
				}
			}
		}
	}()
	return here
}

func TestList(t *testing.T) {
	names := []dict{
		{"CurrentList": []any{dict{"CFBundleIdentifier": "a", "CFBundleDisplayName": "A", "CFBundleName": "x"}, "nonsense"}},
		{"CurrentList": []any{dict{"CFBundleIdentifier": "b", "CFBundleName": "B"}, dict{"CFBundleIdentifier": "c"}, dict{"CFBundleIdentifier": ""}}},
		{"Status": "Complete"},
	}
	sizes := []dict{
		{"LookupResult": dict{
			"a": dict{"DynamicDiskUsage": 7, "Entitlements": dict{networkExtension: []any{5, "packet-tunnel-provider"}}},
			"b": dict{"DynamicDiskUsage": -3, "Entitlements": "none"}, "other": dict{"DynamicDiskUsage": 1},
		}},
		{"Status": "Complete", "LookupResult": dict{"c": "gone"}},
	}
	want := []facts.App{{BundleID: "a", Name: "A", Bytes: 7, Filters: true}, {BundleID: "b", Name: "B"}}
	got, err := List(t.Context(), phone(t, names, sizes))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for name, c := range map[string]struct {
		answers [][]dict
		want    fault.Code
	}{
		"refused at once":      {[][]dict{{{"Error": "APIInternalError"}}}, fault.ServiceRefused},
		"refused later":        {[][]dict{names, {{"Error": "APIInternalError"}}}, fault.ServiceRefused},
		"hung up between":      {[][]dict{names}, fault.PhoneGone},
		"hung up in a listing": {[][]dict{names[:1]}, fault.PhoneGone},
	} {
		if _, err := List(t.Context(), phone(t, c.answers...)); fault.Of(err) != c.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestFilters(t *testing.T) {
	cases := map[string]struct {
		in   any
		want bool
	}{
		"own VPN":          {dict{personalVPN: []any{"allow-vpn"}}, true},
		"own VPN as truth": {dict{personalVPN: true}, true},
		"not":              {dict{personalVPN: false}, false},
		"DNS settings":     {dict{networkExtension: []any{"dns-settings"}}, true},
		"app push only":    {dict{networkExtension: []any{"app-push-provider"}}, false},
		"a text":           {dict{networkExtension: "dns-proxy"}, false},
		"none":             {dict{"com.apple.security.application-groups": []any{"x"}}, false},
		"nothing":          {nil, false},
	}
	for name, c := range cases {
		if got := filters(c.in); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func FuzzDetails(f *testing.F) {
	var b strings.Builder
	wire.WriteFrame(&b, dict{"CFBundleIdentifier": "a", "CFBundleName": "A", "DynamicDiskUsage": 7, "Entitlements": dict{personalVPN: true}})
	f.Add([]byte(b.String()[4:]))
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := safeplist.Dict(in)
		if err != nil {
			return
		}
		app, ok := parseName(d)
		if ok && (app.BundleID == "" || app.Name == "" || len(app.Name) > maxName) {
			t.Fatalf("got %+v", app)
		}
		for _, app := range merge([]facts.App{app}, dict{app.BundleID: d}) {
			if app.Bytes < 0 {
				t.Fatalf("got %+v", app)
			}
		}
	})
}
