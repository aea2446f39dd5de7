package apps

import (
	"time"

	"lifeboat/device/phonesim/content"
)

// AppFile is a file of an app, or one that a person keeps.
type AppFile struct {
	// Domain and Path are as in a backup; see [AppDomain], [OnMyPhone] and
	// [ICloudDrive].
	Domain, Path string
	Data         []byte
	// Changed is its time, that of the phone if it is zero.
	Changed time.Time
}

// Where files lie.
const (
	// OnMyPhone is the domain of "On My iPhone", OnMyPhoneFolder its folder.
	OnMyPhone       = "AppDomainGroup-group.com.apple.FileProvider.LocalStorage"
	OnMyPhoneFolder = "File Provider Storage"
	// ICloudDrive is the domain of files in iCloud Drive that have been
	// fetched, ICloudDriveFolder its folder. An app's own files lie in a folder
	// beside it, such as "Library/Mobile Documents/iCloud~com~example~app".
	ICloudDrive       = homeDomain
	ICloudDriveFolder = "Library/Mobile Documents/com~apple~CloudDocs"
)

// AppDomain is the domain of an app's own files. What a person sees of them
// lies in its folder "Documents".
func AppDomain(bundle string) string { return "AppDomain-" + bundle }

// BuildFiles makes the files of apps.
func BuildFiles(_ Shape, phone Phone) ([]content.Extra, error) {
	var all []content.Extra
	for _, f := range phone.Files {
		e := phone.file(f.Domain, f.Path, f.Data)
		if !f.Changed.IsZero() {
			e.ModTime = f.Changed
		}
		all = append(all, e)
	}
	return all, nil
}
