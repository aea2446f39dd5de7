package feeds

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lifeboat/assets/knowledge"
	"lifeboat/checks"
	"lifeboat/checks/feeds/feedstest"
	"lifeboat/device/facts"
)

// lookup is an answer of the lookup service with one version.
func lookup(version, devices string) string {
	return fmt.Sprintf(`{"PublicAssetSets":{"iOS":[{"ProductVersion":%q,"Build":"24A440","PostingDate":"2026-09-28","SupportedDevices":[%s]}]}}`, version, devices)
}

func TestParseLookup(t *testing.T) {
	offered, err := parseLookup([]byte(feedstest.Lookup))
	if err != nil {
		t.Fatal(err)
	}
	for model, want := range map[string][]string{
		"iPhone13,2": {"27.0.1", "26.7.1"}, "iPhone11,8": {"18.7.10"}, "iPhone10,3": {"16.7.16"}, "iPhone9,1": {"15.8.8"},
		"iPad13,1": nil, "iPhone1,1": nil,
	} {
		if !slices.Equal(offered[model], want) {
			t.Errorf("%s is offered %q, want %q", model, offered[model], want)
		}
	}
	// 27.0 stands among what administrators may still give out: that is not offered.
	if slices.Contains(offered["iPhone13,2"], "27.0") {
		t.Error("a version for administrators was taken")
	}

	mixed := `{"PublicAssetSets":{"iOS":[
		{"ProductVersion":"9.3.6","SupportedDevices":["iPhone4,1"]},
		{"ProductVersion":"27.0.9","SupportedDevices":["iPhone4,1","iPhone4,1","iPhone,1","iPad1,1"]},
		{"ProductVersion":"27.0.10","SupportedDevices":["iPhone4,1"]},
		{"ProductVersion":"27.1 beta","SupportedDevices":["iPhone4,1"]},
		{"ProductVersion":"28","SupportedDevices":["iPhone4,1"]},
		{"ProductVersion":"27.0.9","SupportedDevices":["iPhone4,1"]}]}}`
	offered, err = parseLookup([]byte(mixed))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := offered["iPhone4,1"], []string{"27.0.10", "27.0.9", "9.3.6"}; len(offered) != 1 || !slices.Equal(got, want) {
		t.Errorf("offered %q, want %q", offered, want)
	}
}

func TestParseLookupRefuses(t *testing.T) {
	var models []string
	for i := range 100 {
		for j := range 20 {
			models = append(models, fmt.Sprintf("%q", fmt.Sprintf("iPhone%d,%d", i, j)))
		}
	}
	var versions []string
	for i := range maxOffered + 1 {
		versions = append(versions, fmt.Sprintf(`{"ProductVersion":"%d.%d","SupportedDevices":["iPhone4,1"]}`, 1+i/50, i%50))
	}
	for name, page := range map[string]string{
		"nothing":         "",
		"no list":         `{"PublicAssetSets":{}}`,
		"no iPhone":       lookup("27.0.1", `"iPad1,1"`),
		"no version":      lookup("", `"iPhone4,1"`),
		"a beta only":     lookup("27.1 beta 2", `"iPhone4,1"`),
		"wrong type":      `{"PublicAssetSets":{"iOS":{"ProductVersion":"27.0.1"}}}`,
		"too many models": lookup("27.0.1", strings.Join(models, ",")),
		"too many of one": `{"PublicAssetSets":{"iOS":[` + strings.Join(versions, ",") + `]}}`,
		"too long":        `{"PublicAssetSets":{"iOS":[` + strings.Repeat(`{},`, maxAssets) + `{}]}}`,
		"something after": feedstest.Lookup + "}",
	} {
		if offered, err := parseLookup([]byte(page)); !errors.Is(err, errNonsense) {
			t.Errorf("%s: %d models, %v", name, len(offered), err)
		}
	}
}

func TestParseEndOfLife(t *testing.T) {
	lines, err := parseEndOfLife([]byte(feedstest.EndOfLife))
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 20 {
		t.Errorf("%d lines, want 20", len(lines))
	}
	for _, want := range []knowledge.Line{
		{Major: 1, Latest: "1.1.5"}, {Major: 15, Latest: "15.8.8", Patched: true}, {Major: 17, Latest: "17.7.2"},
		{Major: 18, Latest: "18.7.10", Patched: true}, {Major: 27, Latest: "27.0.1", Patched: true},
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("lines %+v lack %+v", lines, want)
		}
	}
	release := func(name, latest string, maintained bool) string {
		return fmt.Sprintf(`{"name":%q,"isMaintained":%t,"latest":{"name":%q}}`, name, maintained, latest)
	}
	for name, releases := range map[string]string{
		"nothing":          "",
		"other line":       release("27", "26.1", true),
		"no version":       release("27", "", true),
		"a name":           release("Tiger", "10.4", true),
		"twice":            release("27", "27.1", true) + "," + release("27", "27.2", true),
		"newest is at end": release("27", "27.1", false) + "," + release("26", "26.1", true),
	} {
		page := `{"schema_version":"1.2.1","result":{"name":"ios","releases":[` + releases + `]}}`
		if lines, err := parseEndOfLife([]byte(page)); !errors.Is(err, errNonsense) {
			t.Errorf("%s: %+v, %v", name, lines, err)
		}
	}
}

// Which version runs on which iPhone, where only the lines are known.
func TestJoin(t *testing.T) {
	lines, err := parseEndOfLife([]byte(feedstest.EndOfLife))
	if err != nil {
		t.Fatal(err)
	}
	for model, want := range map[string][]string{
		"iPhone13,2": {"27.0.1", "26.7.1", "18.7.10", "16.7.16", "15.8.8"},
		"iPhone11,8": {"18.7.10", "16.7.16", "15.8.8"},
		"iPhone6,1":  {"12.5.8"},
		"iPhone5,3":  {"10.3.3"}, // the last of its line is 10.3.4, for another model
		"iPhone99,1": nil,
	} {
		if got := join(lines)[model]; !slices.Equal(got, want) {
			t.Errorf("%s is offered %q, want %q", model, got, want)
		}
	}

	// Nobody told us yet who may run a line that came after our table.
	newer := append(lines, knowledge.Line{Major: knowledge.IOS().Newest().Major + 1, Latest: "28.0", Patched: true})
	if got, ok := join(newer)["iPhone13,2"]; ok {
		t.Errorf("with a newer line, an iPhone 12 is offered %q", got)
	}
	if got := join(newer)["iPhone11,8"]; !slices.Equal(got, []string{"18.7.10", "16.7.16", "15.8.8"}) {
		t.Errorf("with a newer line, an iPhone XR is offered %q", got)
	}
	if err := soundVersions(checks.VersionList{Offered: join(newer)}); err != nil {
		t.Error(err)
	}
}

func TestVersionsFallBack(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.Down(feedstest.LookupHost)
		c := visitor(w, Allowed{Versions: true})
		n := c.Gather(t.Context())
		list, ok := n.Versions.Known()
		if !ok || list.Source != feedstest.EndOfLifeHost || list.Offered["iPhone13,2"][0] != "27.0.1" {
			t.Errorf("versions: %+v", n.Versions)
		}
		if want := []string{feedstest.LookupHost + ":443", feedstest.EndOfLifeHost + ":443"}; !slices.Equal(w.Dialled(), want) {
			t.Errorf("dialled %q, want %q", w.Dialled(), want)
		}
	})
}

// Which reason counts when both fail: that of Apple.
func TestVersionsReason(t *testing.T) {
	in(t, func(t *testing.T, w *feedstest.World) {
		w.Signed(feedstest.LookupHost, feedstest.NewAuthority(t, "Acme Proxy"))
		w.Serve(feedstest.EndOfLifeHost, "<html>")
		if n := visitor(w, Allowed{Versions: true}).Gather(t.Context()); n.Versions.State != facts.NotRead || n.Versions.Reason != Untrusted {
			t.Errorf("versions: %+v", n.Versions)
		}
	})
}

// FuzzVersions: whatever a server sends, the list that comes out is sound.
func FuzzVersions(f *testing.F) {
	f.Add([]byte(feedstest.Lookup))
	f.Add([]byte(lookup("27.0.1", `"iPhone4,1","iPhone99,99"`)))
	f.Add([]byte(lookup("99999999999999999999.1", `"iPhone4,1"`)))
	f.Add([]byte(`{"PublicAssetSets":{"iOS":null}}`))
	f.Fuzz(func(t *testing.T, page []byte) {
		offered, err := parseLookup(page)
		if err != nil {
			if !errors.Is(err, errNonsense) {
				t.Errorf("error %v", err)
			}
			return
		}
		if err := soundVersions(checks.VersionList{Offered: offered}); err != nil {
			t.Error(err)
		}
	})
}

// FuzzEndOfLife: whatever a server sends, the lines that come out can be joined.
func FuzzEndOfLife(f *testing.F) {
	f.Add([]byte(feedstest.EndOfLife))
	f.Add([]byte(`{"result":{"releases":[{"name":"27","isMaintained":true,"latest":{"name":"27.0.1"}}]}}`))
	f.Add([]byte(`{"result":{"releases":[{"name":"3","isMaintained":true,"latest":{"name":"3.1"}}]}}`))
	f.Fuzz(func(t *testing.T, page []byte) {
		lines, err := parseEndOfLife(page)
		if err != nil {
			if !errors.Is(err, errNonsense) {
				t.Errorf("error %v", err)
			}
			return
		}
		for i, l := range lines {
			if !plainVersion.MatchString(l.Latest) || majorOf(l.Latest) != l.Major || i > 0 && l.Major <= lines[i-1].Major {
				t.Errorf("lines %+v", lines)
			}
		}
		for model, versions := range join(lines) {
			if len(versions) == 0 || !slices.IsSortedFunc(versions, newestFirst) {
				t.Errorf("%s is offered %q", model, versions)
			}
		}
	})
}
