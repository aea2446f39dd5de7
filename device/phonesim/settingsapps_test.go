package phonesim_test

import (
	"io"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
	"lifeboat/device/phonesim/services"
)

// What is set of apps and profiles is what the phone's services tell.
func TestAppsAndProfiles(t *testing.T) {
	l := newLab(t, with(t,
		"no-apps", "true", "app", "com.example.vpn|My VPN & more|20MB|1.5GB|vpn-api,packet-tunnel,dns-settings",
		"app", "com.example.plain|Plain|1000|2000", "apps", "30@2GB",
		"profile", "com.example.mdm|School|School of Ulm|locked|com.apple.mdm,com.apple.vpn.managed",
		"profile", "com.example.cal|Calendar|", "allow-pairing", "false",
	))
	r := l.pair("HOST")
	found := l.service(r, "com.apple.mobile.installation_proxy").ask(dict{"Command": "Lookup", "ClientOptions": dict{
		"ApplicationType":  "User",
		"ReturnAttributes": []string{"CFBundleDisplayName", "StaticDiskUsage", "DynamicDiskUsage", "Entitlements"},
	}})["LookupResult"].(dict)
	if len(found) != 32 {
		t.Errorf("%d apps, want 32", len(found))
	}
	want := dict{
		"CFBundleDisplayName": "My VPN & more", "StaticDiskUsage": uint64(20e6), "DynamicDiskUsage": uint64(1.5e9),
		"Entitlements": dict{
			"com.apple.developer.networking.vpn.api":          []any{"allow-vpn"},
			"com.apple.developer.networking.networkextension": []any{"packet-tunnel-provider", "dns-settings"},
		},
	}
	if diff := cmp.Diff(want, found["com.example.vpn"]); diff != "" {
		t.Error(diff)
	}
	if app := found["com.example.plain"].(dict); app["DynamicDiskUsage"] != uint64(2000) || app["Entitlements"] != nil {
		t.Errorf("a plain app: %v", app)
	}
	var total uint64
	for id, app := range found {
		size := app.(dict)["DynamicDiskUsage"].(uint64)
		if id == "com.example.vpn" || id == "com.example.plain" {
			continue
		}
		if total += size; size < 15e8 || size > 25e8 {
			t.Errorf("%s has %d bytes", id, size)
		}
	}
	if total < 55e9 || total > 65e9 {
		t.Errorf("30 apps of 2 GB have %d bytes", total)
	}

	mc := l.service(r, "com.apple.mobile.MCInstall")
	metadata := mc.ask(dict{"RequestType": "GetProfileList"})["ProfileMetadata"].(dict)
	school, calendar := metadata["com.example.mdm"].(dict), metadata["com.example.cal"].(dict)
	var types []any
	for _, payload := range school["PayloadContent"].([]any) {
		types = append(types, payload.(dict)["PayloadType"])
	}
	if school["PayloadRemovalDisallowed"] != true || school["PayloadOrganization"] != "School of Ulm" || !cmp.Equal(types, []any{"com.apple.mdm", "com.apple.vpn.managed"}) {
		t.Errorf("school's profile: %v", school)
	}
	if calendar["PayloadRemovalDisallowed"] != false || calendar["PayloadContent"] != nil {
		t.Errorf("calendar's profile: %v", calendar)
	}
	if cloud := mc.ask(dict{"RequestType": "GetCloudConfiguration"})["CloudConfiguration"].(dict); cloud["AllowPairing"] != false {
		t.Errorf("cloud configuration: %v", cloud)
	}
}

// Two configurations made from one do not share what is added to them.
func TestSettingsDoNotShare(t *testing.T) {
	base := phonesim.DefaultConfig()
	base.Apps = append(make([]services.App, 0, 100), base.Apps...)
	a, b := base, base
	a.Set("app", "com.example.a|A|1|1")
	b.Set("app", "com.example.b|B|1|1")
	if last := a.Apps[len(a.Apps)-1].BundleID; last != "com.example.a" {
		t.Errorf("the last app is %s", last)
	}
}

// What apps keep is on the phone in the form of its version, beside what else
// is on it.
func TestAppData(t *testing.T) {
	for version, table := range map[string]string{"13.7": "ZGENERICASSET", "27.0.1": "ZASSET"} {
		c := phonesim.DefaultConfig()
		c.StateDir = t.TempDir()
		for _, s := range [][2]string{{"ios", version}, {"app-data", "nasty"}} {
			if err := c.Set(s[0], s[1]); err != nil {
				t.Fatal(err)
			}
		}
		phone, err := phonesim.NewPhone(c)
		if err != nil {
			t.Fatal(err)
		}
		found, others := "", 0
		err = phone.Content().Walk(func(f content.File) error {
			if f.Kind == content.Regular {
				others++
			}
			if path.Base(f.Path) != "Photos.sqlite" {
				return nil
			}
			r, err := phone.Content().Open(f)
			if err != nil {
				return err
			}
			defer r.Close()
			data, err := io.ReadAll(r)
			found = string(data)
			return err
		})
		if err != nil || !strings.Contains(found, "CREATE TABLE "+table+" ") || others < 100 {
			t.Errorf("iOS %s: %v, a library of %d bytes, %d files", version, err, len(found), others)
		}
		if err := phone.Close(); err != nil {
			t.Error(err)
		}
	}
	c := phonesim.DefaultConfig()
	if err := c.Set("app-data", "pretty"); err == nil {
		t.Error("a word that means nothing is taken")
	}
	c.AppData = "pretty"
	if phone, err := phonesim.NewPhone(c); err == nil {
		phone.Close()
		t.Error("a phone has it")
	}
}
