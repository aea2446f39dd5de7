package lockdownd

import (
	"errors"
	"testing"
)

func TestValuesOmitAndRefuse(t *testing.T) {
	up := true
	domains := map[string]map[string]any{
		"":     {"A": 1, "B": 2},
		"d":    {"X": "x", "Y": "y", "Live": func() any { return up }, "Gone": func() any { return nil }},
		"hide": {"Z": 1},
		"shut": {"Z": 1},
	}
	v := NewValues(domains, []string{"/A", "d/X", "hide/"}, []string{"/B", "d/Y", "shut/"})
	for _, c := range []struct {
		domain, key string
		want        any
		err         error
	}{
		{"", "A", nil, MissingValue},
		{"", "B", nil, GetProhibited},
		{"d", "X", nil, MissingValue},
		{"d", "Y", nil, GetProhibited},
		{"d", "Live", true, nil},
		{"d", "Gone", nil, MissingValue},
		{"d", "None", nil, MissingValue},
		{"none", "None", nil, MissingValue},
		{"hide", "Z", nil, MissingValue},
		{"shut", "Z", nil, GetProhibited},
	} {
		if got, err := v.Get(c.domain, c.key); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s/%s: %v, %v; want %v, %v", c.domain, c.key, got, err, c.want, c.err)
		}
	}
	// A whole domain has what may be read of it, and no more.
	for _, c := range []struct {
		domain string
		size   int
		err    error
	}{{"", 0, nil}, {"d", 1, nil}, {"hide", 0, nil}, {"none", 0, nil}, {"shut", 0, GetProhibited}} {
		if all, err := v.Domain(c.domain); len(all) != c.size || !errors.Is(err, c.err) {
			t.Errorf("domain %q: %v, %v", c.domain, all, err)
		}
	}
	v.Set("new", "K", 1)
	if got, _ := v.Get("new", "K"); got != 1 {
		t.Errorf("set in a new domain: %v", got)
	}
	v.Set("new", "K", nil)
	if _, err := v.Get("new", "K"); err != MissingValue {
		t.Errorf("after it was taken away: %v", err)
	}
}
