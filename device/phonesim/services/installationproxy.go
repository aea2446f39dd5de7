package services

import (
	"context"
	"net"
	"slices"

	"lifeboat/device/phonesim/wire"
)

// browseChunk is how many apps one answer of a Browse holds.
const browseChunk = 20

// InstalledApps is com.apple.mobile.installation_proxy: what is installed.
type InstalledApps struct{ Apps []App }

// Serve runs one connection.
func (a *InstalledApps) Serve(_ context.Context, conn net.Conn) error {
	for {
		request, err := wire.Read(conn)
		if err != nil {
			return err
		}
		options := request.Dict("ClientOptions")
		switch request.String("Command") {
		case "Browse":
			err = a.browse(conn, options)
		case "Lookup":
			err = wire.WriteXML(conn, map[string]any{
				"Status": "Complete", "LookupResult": a.lookup(options),
			})
		default:
			err = wire.WriteXML(conn, map[string]any{
				"Error": "APIInternalError", "ErrorDescription": "unknown command",
			})
		}
		if err != nil {
			return err
		}
	}
}

func (a *InstalledApps) browse(conn net.Conn, options wire.Dict) error {
	apps := a.of(options.String("ApplicationType"))
	at := 0
	for chunk := range slices.Chunk(apps, browseChunk) {
		entries := make([]map[string]any, 0, len(chunk))
		for _, app := range chunk {
			entries = append(entries, app.attributes(options))
		}
		err := wire.WriteXML(conn, map[string]any{
			"Status": "BrowsingApplications", "Total": len(apps),
			"CurrentIndex": at, "CurrentAmount": len(chunk), "CurrentList": entries,
		})
		if err != nil {
			return err
		}
		at += len(chunk)
	}
	return wire.WriteXML(conn, map[string]any{"Status": "Complete"})
}

func (a *InstalledApps) lookup(options wire.Dict) map[string]any {
	wanted := options.Strings("BundleIDs")
	result := map[string]any{}
	for _, app := range a.of(options.String("ApplicationType")) {
		if wanted == nil || slices.Contains(wanted, app.BundleID) {
			result[app.BundleID] = app.attributes(options)
		}
	}
	return result
}

// of returns the apps of a type: "User", "System", or any for both.
func (a *InstalledApps) of(kind string) []App {
	return slices.DeleteFunc(slices.Clone(a.Apps), func(app App) bool {
		return kind == "User" && app.System || kind == "System" && !app.System
	})
}

// attributes is what a computer gets of an app: what it asked for, or
// all but the costly ones.
func (a App) attributes(options wire.Dict) map[string]any {
	kind := "User"
	if a.System {
		kind = "System"
	}
	all := map[string]any{
		"CFBundleIdentifier": a.BundleID, "CFBundleDisplayName": a.Name, "CFBundleName": a.Name,
		"CFBundleVersion": a.Version, "CFBundleShortVersionString": a.Version,
		"ApplicationType": kind, "Path": "/private/var/containers/Bundle/Application/" + a.BundleID + ".app",
	}
	asked := options.Strings("ReturnAttributes")
	if asked == nil {
		return all
	}
	all["StaticDiskUsage"], all["DynamicDiskUsage"] = a.Static, a.Dynamic
	if a.SINF != nil {
		all["ApplicationSINF"], all["iTunesMetadata"] = a.SINF, a.Metadata
	}
	if a.Entitlements != nil {
		all["Entitlements"] = a.Entitlements
	}
	for key := range all {
		if !slices.Contains(asked, key) {
			delete(all, key)
		}
	}
	return all
}
