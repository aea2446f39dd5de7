package content

import (
	"slices"
	"strings"
)

// peculiarFiles are the files that each generated phone has, the most telling
// ones first, with one link of each sort behind the file that it belongs to.
// Only the size of the Messages database is still open.
func peculiarFiles() []File {
	deep := "Library/Archive/" + strings.Repeat("a very deep folder ", 6) + "/" + strings.Repeat("and one more below ", 6) + "/"
	return []File{
		{Domain: homeDomain, Path: messagesPath},
		{Domain: homeDomain, Path: "Library/Preferences/com.apple.springboard.plist", Size: 1_720},
		{Domain: homeDomain, Path: "Library/Notes/empty.txt"},
		{Domain: homeDomain, Path: "Library/Notes/Grüße aus São Paulo.txt", Size: 1_000}, // composed (NFC)
		{Domain: homeDomain, Path: "Library/Notes/Cafe\u0301 re\u0301sume\u0301.txt", Size: 1_024},
		{Domain: homeDomain, Path: "Library/Notes/🏖️ Urlaub 👨‍👩‍👧‍👦.txt", Size: 15},
		{Domain: homeDomain, Path: "Library/Notes/日本語のメモ.txt", Size: 16},
		{Domain: homeDomain, Path: "Library/Notes/it's 100% \"done\" & <safe>; 10:30 back\\slash.txt", Size: 17},
		{Domain: homeDomain, Path: deep + strings.Repeat("long name ", 20) + ".txt", Size: 333},
		{Domain: keychainDomain, Path: "keychain-backup.plist", Size: 24_000},
		{Domain: wirelessDomain, Path: "Library/Preferences/com.apple.commcenter.plist", Size: 2_048},
		{Domain: healthDomain, Path: "Health/healthdb_secure.sqlite.bin", Size: 40_961},
		{Domain: "AppDomain-" + Apps[2], Path: "Library/Preferences/" + Apps[2] + ".plist", Size: 900},
		{Domain: "AppDomain-" + Apps[2], Path: "Documents/.placeholder"},
		{Domain: mediaDomain, Path: "Media/Recordings/.hidden", Size: 1},
	}
}

// peculiarLinks are the symbolic links of generated phones. They are no files,
// so that they do not count as such.
func peculiarLinks() []File {
	return []File{
		{Domain: homeDomain, Path: "Library/Notes/latest", Kind: Symlink, Target: "empty.txt"},
		{Domain: mediaDomain, Path: "Media/Recordings/outside", Kind: Symlink, Target: "/private/var/mobile/Média"},
	}
}

// sortByDomain adds the links of the domains that appear, and puts the domains
// in order without changing the order within one.
func sortByDomain(files []File) []File {
	sorted := slices.Clone(files)
	for i := range sorted {
		sorted[i].Kind = Regular
	}
	for _, link := range peculiarLinks() {
		if slices.ContainsFunc(files, func(f File) bool { return f.Domain == link.Domain }) {
			sorted = append(sorted, link)
		}
	}
	slices.SortStableFunc(sorted, func(a, b File) int { return strings.Compare(a.Domain, b.Domain) })
	return sorted
}
