package services

import "html"

// App is an installed app. Sizes are bytes.
type App struct {
	BundleID, Name, Version string
	// System apps came with iOS.
	System bool
	// Static is the app itself, Dynamic its documents and data.
	Static, Dynamic int64
	// SINF and Metadata are the purchase's licence and description, which a
	// backup carries; nil for apps not from the App Store.
	SINF, Metadata []byte
	// Entitlements tell what the app may do, such as being a VPN.
	Entitlements map[string]any
}

// StoreApp is an app from the App Store. Sizes are bytes.
func StoreApp(id, name, version string, static, dynamic int64) App {
	return App{
		BundleID: id, Name: name, Version: version, Static: static, Dynamic: dynamic,
		SINF:     []byte("sinf of " + id),
		Metadata: []byte(plistHead + "<dict><key>itemName</key><string>" + html.EscapeString(name) + "</string><key>softwareVersionBundleId</key><string>" + html.EscapeString(id) + "</string></dict></plist>\n"),
	}
}

// DefaultApps is what a common phone has installed.
func DefaultApps() []App {
	return []App{
		StoreApp("net.whatsapp.WhatsApp", "WhatsApp", "26.20.75", 214_958_080, 6_871_947_673),
		StoreApp("com.spotify.client", "Spotify", "9.1.12", 301_465_600, 3_758_096_384),
		StoreApp("com.google.photos", "Google Photos", "7.52", 378_535_936, 912_680_960),
		StoreApp("org.openstreetmap.journey", "Journey", "3.4", 88_080_384, 41_943_040),
		{BundleID: "com.apple.mobilesafari", Name: "Safari", Version: "27.0", System: true, Static: 4_194_304, Dynamic: 125_829_120},
		{BundleID: "com.apple.Health", Name: "Health", Version: "1.0", System: true, Static: 2_097_152, Dynamic: 16_777_216},
	}
}
