package services

import (
	"bytes"
	"fmt"
	"image/png"
	"testing"
)

func TestBrowse(t *testing.T) {
	var apps []App
	for i := range 45 {
		apps = append(apps, App{BundleID: fmt.Sprintf("com.example.%02d", i), System: i%9 == 0, Static: 1, Dynamic: int64(i), SINF: []byte{1}, Metadata: []byte{2}})
	}
	conn := serve(t, (&InstalledApps{apps}).Serve)
	send(t, conn, dict{"Command": "Browse", "ClientOptions": dict{
		"ApplicationType":  "User",
		"ReturnAttributes": []string{"CFBundleIdentifier", "DynamicDiskUsage", "ApplicationSINF"},
	}})
	seen := 0
	for {
		answer := receive(t, conn)
		if answer["Status"] == "Complete" {
			break
		}
		list := answer["CurrentList"].([]any)
		if answer["Total"] != uint64(40) || answer["CurrentIndex"] != uint64(seen) || answer["CurrentAmount"] != uint64(len(list)) {
			t.Errorf("chunk %v/%v/%v after %d", answer["Total"], answer["CurrentIndex"], answer["CurrentAmount"], seen)
		}
		for _, entry := range list {
			if app := entry.(dict); len(app) != 3 || app["ApplicationSINF"] == nil {
				t.Errorf("entry %v", app)
			}
		}
		seen += len(list)
	}
	if seen != 40 {
		t.Errorf("%d apps, want 40", seen)
	}
}

func TestLookup(t *testing.T) {
	conn := serve(t, (&InstalledApps{DefaultApps()}).Serve)
	const id = "net.whatsapp.WhatsApp"
	answer := ask(t, conn, dict{"Command": "Lookup", "ClientOptions": dict{
		"BundleIDs": []string{id, "com.example.none"}, "ReturnAttributes": []string{"StaticDiskUsage", "DynamicDiskUsage"},
	}})
	found := answer["LookupResult"].(dict)
	if len(found) != 1 || found[id].(dict)["DynamicDiskUsage"].(uint64) < 1e9 {
		t.Errorf("lookup: %v", found)
	}
	// Sizes are dear on a phone: they come only when asked for.
	answer = ask(t, conn, dict{"Command": "Lookup", "ClientOptions": dict{"BundleIDs": []string{id}}})
	app := answer["LookupResult"].(dict)[id].(dict)
	if app["StaticDiskUsage"] != nil || app["CFBundleDisplayName"] != "WhatsApp" {
		t.Errorf("lookup without attributes: %v", app)
	}
	if answer := ask(t, conn, dict{"Command": "Uninstall"}); answer["Error"] == nil {
		t.Errorf("unknown command: %v", answer)
	}
}

func TestIcons(t *testing.T) {
	conn := serve(t, (&Icons{DefaultApps()}).Serve)
	var icons [][]byte
	for _, app := range DefaultApps() {
		data, _ := ask(t, conn, dict{"command": "getIconPNGData", "bundleId": app.BundleID})["pngData"].([]byte)
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", app.BundleID, err)
		}
		if size := picture.Bounds().Size(); size.X != iconSize || size.Y != iconSize {
			t.Errorf("%s: %v", app.BundleID, size)
		}
		for _, other := range icons {
			if bytes.Equal(other, data) {
				t.Errorf("%s has another app's icon", app.BundleID)
			}
		}
		icons = append(icons, data)
	}
	if answer := ask(t, conn, dict{"command": "getIconPNGData", "bundleId": "com.example.none"}); answer["pngData"] != nil {
		t.Error("an app that is not there has an icon")
	}
	if answer := ask(t, conn, dict{"command": "dance"}); answer["Error"] == nil {
		t.Errorf("unknown command: %v", answer)
	}
}
