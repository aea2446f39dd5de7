package format

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/spf13/afero"
	"howett.net/plist"
)

// ITunesFiles are the files of the phone's /iTunes_Control/iTunes folder
// that Info.plist keeps (device/PROTOCOL.md#infoplist).
var ITunesFiles = []string{
	"ApertureAlbumPrefs", "IC-Info.sidb", "IC-Info.sidv", "PhotosFolderAlbums", "PhotosFolderName",
	"PhotosFolderPrefs", "VoiceMemos.plist", "iPhotoAlbumPrefs", "iTunesApplicationIDs", "iTunesPrefs", "iTunesPrefs.plist",
}

// Info is what Info.plist is made of. The host writes it; the phone only
// reads it back when the backup is restored.
type Info struct {
	UDID string
	// Root is the whole root domain of lockdownd.
	Root map[string]any
	// ITunesSettings is the domain com.apple.iTunes, MinITunesVersion what
	// com.apple.mobile.iTunes says; both may be absent.
	ITunesSettings   map[string]any
	MinITunesVersion string
	// Apps are all apps of the user's.
	Apps []InfoApp
	// Books is /Books/iBooksData2.plist, nil if absent.
	Books []byte
	// Files are those of ITunesFiles that the phone has.
	Files map[string][]byte
	// Date is when the backup was begun.
	Date time.Time
}

// InfoApp is one app in Info.plist. Only those with a licence and metadata
// are kept in full; without them an app cannot be put back from here.
type InfoApp struct {
	BundleID             string
	SINF, Metadata, Icon []byte
}

// fromRoot maps keys of Info.plist to those of the root domain that they
// copy. Optional ones are left out if the phone lacks them.
var fromRoot = []struct {
	key, source string
	optional    bool
}{
	{"Build Version", "BuildVersion", false},
	{"Device Name", "DeviceName", false},
	{"Display Name", "DeviceName", false},
	{"Product Type", "ProductType", false},
	{"Product Version", "ProductVersion", false},
	{"Serial Number", "SerialNumber", false},
	{"ICCID", "IntegratedCircuitCardIdentity", true},
	{"IMEI", "InternationalMobileEquipmentIdentity", true},
	{"MEID", "MobileEquipmentIdentifier", true},
	{"Phone Number", "PhoneNumber", true},
}

// Dict gives the keys and types that idevicebackup2 writes.
func (i Info) Dict() map[string]any {
	apps, installed := map[string]any{}, []string{}
	for _, app := range i.Apps {
		installed = append(installed, app.BundleID)
		if len(app.SINF) == 0 || len(app.Metadata) == 0 {
			continue
		}
		entry := map[string]any{"ApplicationSINF": app.SINF, "iTunesMetadata": app.Metadata}
		if len(app.Icon) > 0 {
			entry["PlaceholderIcon"] = app.Icon
		}
		apps[app.BundleID] = entry
	}
	files := map[string]any{}
	for name, data := range i.Files {
		files[name] = data
	}
	settings := i.ITunesSettings
	if settings == nil {
		settings = map[string]any{}
	}
	d := map[string]any{
		"Applications":           apps,
		"Installed Applications": installed,
		"GUID":                   guid(),
		"Last Backup Date":       i.Date.UTC().Truncate(time.Second),
		"Target Identifier":      i.UDID,
		"Target Type":            "Device",
		"Unique Identifier":      strings.ToUpper(i.UDID),
		"iTunes Files":           files,
		"iTunes Settings":        settings,
		"iTunes Version":         cmp.Or(i.MinITunesVersion, "10.0.1"),
	}
	for _, f := range fromRoot {
		if value, ok := i.Root[f.source].(string); ok || !f.optional {
			d[f.key] = value
		}
	}
	if len(i.Books) > 0 {
		d["iBooks Data 2"] = i.Books
	}
	return d
}

// guid is a random name of the backup, of 32 hexadecimal digits.
func guid() string {
	var b [16]byte
	rand.Read(b[:])
	return strings.ToUpper(hex.EncodeToString(b[:]))
}

// WriteInfo writes Info.plist into dir.
func WriteInfo(fs afero.Fs, dir string, info Info) error {
	data, err := plist.MarshalIndent(info.Dict(), plist.XMLFormat, "\t")
	if err != nil {
		return fmt.Errorf("encode %s: %w", InfoName, err)
	}
	return afero.WriteFile(fs, path.Join(dir, InfoName), data, 0o600)
}
