package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	h := HostTable()
	dated(t, h.AsOf)
	apple := regexp.MustCompile(`^[a-z0-9.-]+\.(icloud|apple|icloud-content)\.com$`)
	for _, host := range append([]string{h.Control}, h.Hosts...) {
		if !apple.MatchString(host) {
			t.Errorf("host %q is not Apple's", host)
		}
	}
	if slices.Contains(h.Hosts, h.Control) {
		t.Error("the control is one of those that it is to be held against")
	}
	if h.Services[0] != "iCloud Backup" || h.Issuers[0] != "Apple Inc." {
		t.Errorf("services %q, issuers %q", h.Services, h.Issuers)
	}
	for _, list := range [][]string{h.Hosts, h.Services, h.Issuers, h.Antivirus} {
		if sorted := slices.Sorted(slices.Values(list)); len(slices.Compact(sorted)) != len(list) || slices.Contains(list, "") {
			t.Errorf("%q has a twin or an empty name", list)
		}
	}
	for _, part := range h.Antivirus {
		if part != strings.ToLower(part) || len(part) < 4 {
			t.Errorf("%q matches too much, or nothing", part)
		}
		for _, issuer := range h.Issuers {
			if strings.Contains(strings.ToLower(issuer), part) {
				t.Errorf("%q is taken for an antivirus program", issuer)
			}
		}
	}
}

func TestBrokenHosts(t *testing.T) {
	for _, text := range []string{
		"", "hosts", `{"as_of":"2026-11-23"}`, `{"as_of":"soon","hosts":["a"],"control":"b","services":["c"],"issuers":["d"]}`,
		`{"as_of":"2026-11-23","host":["a"]}`,
	} {
		if _, err := parseHosts([]byte(text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
