package apps

import (
	"cmp"
	"context"
	"net"
	"slices"

	"lifeboat/device/facts"
	"lifeboat/device/safeplist"
)

// batch is how many apps are asked about at once: their sizes take the phone
// a good part of a second each, and a question that takes minutes looks like
// one that hangs.
const batch = 10

// maxName bounds the name of an app, in bytes; longer ones are left out.
const maxName = 512

// List reads all the user's apps with what takes the phone long to find out, a
// few at a time. It may take minutes. It owns neither conn nor its end.
func List(ctx context.Context, conn net.Conn) ([]facts.App, error) {
	names, err := browse(ctx, conn, parseName, "CFBundleIdentifier", "CFBundleDisplayName", "CFBundleName")
	if err != nil {
		return nil, err
	}
	list := make([]facts.App, 0, len(names))
	for some := range slices.Chunk(names, batch) {
		found, err := lookup(ctx, conn, some)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// lookup adds to apps what takes long. One that was deleted meanwhile is
// left out.
func lookup(ctx context.Context, conn net.Conn, apps []facts.App) ([]facts.App, error) {
	var ids []string
	for _, app := range apps {
		ids = append(ids, app.BundleID)
	}
	found := map[string]any{}
	err := ask(ctx, conn, "Lookup", map[string]any{
		"BundleIDs": ids, "ReturnAttributes": []string{"CFBundleIdentifier", "DynamicDiskUsage", "Entitlements"},
	}, func(answer map[string]any) (more bool) {
		result, _ := answer["LookupResult"].(map[string]any)
		for id, about := range result {
			if len(found) < batch {
				found[id] = about
			}
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return merge(apps, found), nil
}

func merge(apps []facts.App, found map[string]any) []facts.App {
	var list []facts.App
	for _, app := range apps {
		about, ok := found[app.BundleID].(map[string]any)
		if !ok {
			continue
		}
		if n, ok := safeplist.Int(about["DynamicDiskUsage"]); ok && n > 0 {
			app.Bytes = n
		}
		app.Filters = filters(about["Entitlements"])
		list = append(list, app)
	}
	return list
}

func parseName(v any) (facts.App, bool) {
	d, ok := v.(map[string]any)
	if !ok {
		return facts.App{}, false
	}
	name := func(key string) string {
		s, _ := d[key].(string)
		if len(s) > maxName {
			return ""
		}
		return s
	}
	id, _ := d["CFBundleIdentifier"].(string)
	app := facts.App{BundleID: id, Name: cmp.Or(name("CFBundleDisplayName"), name("CFBundleName"), id)}
	return app, id != "" && len(id) < maxID
}

// Entitlements by which an app may route or filter traffic: the first by its
// mere presence, the second by what its list holds
// (checks/SIGNALS.md#vpn-and-filters).
const (
	personalVPN      = "com.apple.developer.networking.vpn.api"
	networkExtension = "com.apple.developer.networking.networkextension"
)

// filtering are the kinds of network extensions that see all traffic.
var filtering = []string{
	"packet-tunnel-provider", "app-proxy-provider", "dns-proxy", "dns-settings",
	"content-filter-provider", "url-filter-provider",
}

func filters(entitlements any) bool {
	d, _ := entitlements.(map[string]any)
	if vpn, has := d[personalVPN]; has && vpn != false {
		return true
	}
	kinds, _ := d[networkExtension].([]any)
	return slices.ContainsFunc(kinds, func(kind any) bool {
		s, ok := kind.(string)
		return ok && slices.Contains(filtering, s)
	})
}
