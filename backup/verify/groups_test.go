package verify

import (
	"slices"
	"testing"

	"lifeboat/assets/words"
)

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		domain, path string
		want         Group
		bundle       string
	}{
		{"CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.HEIC", Photos, ""},
		{"CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.MOV", Videos, ""},
		{"CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.AAE", PhotoData, ""},
		{"CameraRollDomain", "Media/PhotoData/Photos.sqlite", PhotoData, ""},
		{"CameraRollDomain", "Media/PhotoData/Thumbnails/V2/1.JPG", PhotoData, ""},
		{"MediaDomain", "Library/SMS/Attachments/ab/1.heic", Messages, ""},
		{"MediaDomain", "Media/Recordings/1.m4a", Recordings, ""},
		{"HomeDomain", "Library/SMS/sms.db", Messages, ""},
		{"HomeDomain", "Library/AddressBook/AddressBook.sqlitedb", Contacts, ""},
		{"HomeDomain", "Library/CallHistoryDB/CallHistory.storedata", Calls, ""},
		{"HomeDomain", "Library/Preferences/com.apple.x.plist", Settings, ""},
		{"HomeDomain", "Library/Something", Other, ""},
		{"KeychainDomain", "keychain-backup.plist", Passwords, ""},
		{"AppDomain-com.example.maps", "Documents/photo.jpg", Apps, "com.example.maps"},
		{"AppDomainGroup-group.com.example.maps", "x", Apps, "com.example.maps"},
		{"AppDomainPlugin-com.example.maps.widget", "x", Apps, "com.example.maps.widget"},
		{"AppDomainGroup-group.com.apple.notes", "NoteStore.sqlite", Notes, ""},
		{"", "", Other, ""},
	} {
		if got, bundle := Classify(c.domain, c.path); got != c.want || bundle != c.bundle {
			t.Errorf("%s %s: %s, %q", c.domain, c.path, got, bundle)
		}
	}
	for _, r := range rules {
		if !slices.Contains(Groups, r.group) {
			t.Errorf("%+v is of no listed group", r)
		}
	}
}

func TestGroupWords(t *testing.T) {
	say := words.English()
	for _, g := range Groups {
		if key := "verify.group." + string(g); !say.Has(key) {
			t.Errorf("no words at %s", key)
		}
	}
	for want, c := range map[string]GroupCount{
		"3 photos": {Photos, "", 3}, "1 photo": {Photos, "", 1}, "2 files of apps": {Apps, "", 2},
		"1 file of the app com.example.maps": {Apps, "com.example.maps", 1},
	} {
		if got := say.Text(c.Words()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestRanked: however many apps are touched, the list stays short and adds up.
func TestRanked(t *testing.T) {
	groups := map[GroupCount]int{{Group: Photos}: 1, {Group: Other}: 2}
	for i := range 500 {
		groups[GroupCount{Group: Apps, Bundle: string(rune('a'+i%26)) + string(rune('0'+i/26))}] = 3
	}
	total := 0
	all := ranked(groups)
	for _, g := range all {
		total += g.Count
	}
	if len(all) > listMax || total != 1503 || !slices.Contains(all, GroupCount{Photos, "", 1}) {
		t.Errorf("%d groups, %d in all: %v", len(all), total, all)
	}
}
