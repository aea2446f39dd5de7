package verify

import (
	"path"
	"strings"

	"lifeboat/assets/words"
)

// Group is what a file is to a person. Each has words at
// verify.group.<group>, with the number of files as N.
type Group string

// The groups.
const (
	Photos     Group = "photos"
	Videos     Group = "videos"
	PhotoData  Group = "photo-data" // albums, thumbnails, edits
	Messages   Group = "messages"
	Contacts   Group = "contacts"
	Calendars  Group = "calendars"
	Notes      Group = "notes"
	Calls      Group = "calls"
	Voicemail  Group = "voicemail"
	Recordings Group = "recordings"
	Mail       Group = "mail"
	Browser    Group = "browser"
	Health     Group = "health"
	Home       Group = "home"
	Passwords  Group = "passwords"
	Books      Group = "books"
	Music      Group = "music"
	Apps       Group = "apps"
	Settings   Group = "settings"
	Other      Group = "other"
	Records    Group = "records" // the backup's own: Manifest.db and its kin
	Locked     Group = "locked"  // not known without the password
)

// Groups lists all groups.
var Groups = []Group{
	Photos, Videos, PhotoData, Messages, Contacts, Calendars, Notes, Calls, Voicemail, Recordings, Mail, Browser,
	Health, Home, Passwords, Books, Music, Apps, Settings, Other, Records, Locked,
}

// rules say of which group a file is: the first that fits. Empty fields fit
// everything; domain and path are the beginnings of those.
var rules = []struct {
	domain, path string
	extensions   string // separated by spaces
	group        Group
}{
	{"AppDomainGroup-group.com.apple.notes", "", "", Notes},
	{"AppDomainGroup-group.com.apple.VoiceMemos", "", "", Recordings},
	{"AppDomain-com.apple.mobilesafari", "", "", Browser},
	{"AppDomain-com.apple.iBooks", "", "", Books},
	{"AppDomain", "", "", Apps},
	{"CameraRollDomain", "Media/PhotoData/Mutations/", "", PhotoData},
	{"CameraRollDomain", "Media/PhotoData/Thumbnails/", "", PhotoData},
	{"CameraRollDomain", "", "heic heif jpg jpeg png gif dng tif tiff webp avif raw", Photos},
	{"CameraRollDomain", "", "mov mp4 m4v avi 3gp", Videos},
	{"CameraRollDomain", "", "", PhotoData},
	{"MediaDomain", "Library/SMS/", "", Messages},
	{"MediaDomain", "Media/Recordings/", "", Recordings},
	{"MediaDomain", "Media/Books/", "", Books},
	{"MediaDomain", "Media/iTunes_Control/", "", Music},
	{"MediaDomain", "", "heic heif jpg jpeg png gif dng tif tiff webp", Photos},
	{"MediaDomain", "", "mov mp4 m4v avi 3gp", Videos},
	{"HomeDomain", "Library/SMS/", "", Messages},
	{"HomeDomain", "Library/AddressBook/", "", Contacts},
	{"HomeDomain", "Library/Calendar/", "", Calendars},
	{"HomeDomain", "Library/Reminders/", "", Calendars},
	{"HomeDomain", "Library/Notes/", "", Notes},
	{"HomeDomain", "Library/CallHistory", "", Calls},
	{"HomeDomain", "Library/Voicemail/", "", Voicemail},
	{"HomeDomain", "Library/Mail", "", Mail},
	{"HomeDomain", "Library/Safari/", "", Browser},
	{"HomeDomain", "Library/Preferences/", "", Settings},
	{"HomeDomain", "Library/Accounts/", "", Settings},
	{"HomeDomain", "Library/ConfigurationProfiles/", "", Settings},
	{"HomeDomain", "Library/SpringBoard/", "", Settings},
	{"WirelessDomain", "Library/CallHistory", "", Calls},
	{"WirelessDomain", "", "", Settings},
	{"HealthDomain", "", "", Health},
	{"HomeKitDomain", "", "", Home},
	{"KeychainDomain", "", "", Passwords},
	{"BooksDomain", "", "", Books},
	{"SystemPreferencesDomain", "", "", Settings},
	{"ManagedPreferencesDomain", "", "", Settings},
	{"RootDomain", "Library/Preferences/", "", Settings},
	{"ConfigurationProfilesDomain", "", "", Settings},
}

// Classify says of which group a file is, and of which app, if it is one's.
func Classify(domain, name string) (g Group, bundle string) {
	extension := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	for _, r := range rules {
		if !strings.HasPrefix(domain, r.domain) || !strings.HasPrefix(name, r.path) {
			continue
		}
		if r.extensions != "" && (extension == "" || !strings.Contains(" "+r.extensions+" ", " "+extension+" ")) {
			continue
		}
		if r.group == Apps {
			bundle = bundleOf(domain)
		}
		return r.group, bundle
	}
	return Other, ""
}

// bundleOf gives the app of AppDomain-<app>, AppDomainPlugin-<app> or
// AppDomainGroup-group.<app>.
func bundleOf(domain string) string {
	_, bundle, _ := strings.Cut(domain, "-")
	return strings.TrimPrefix(bundle, "group.")
}

// Words gives the words for a count: "3 photos". Apps with a bundle are named.
func (c GroupCount) Words() words.Text {
	key := "verify.group." + string(c.Group)
	if c.Group == Apps && c.Bundle != "" {
		key = "verify.group.app"
	}
	return words.T(key, words.Args{"N": words.Count(c.Count), "App": c.Bundle})
}
