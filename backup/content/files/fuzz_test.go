package files

import (
	"strings"
	"testing"

	"lifeboat/backup/content/source"
)

// FuzzPlaced: a file that is shown has a name, which is the end of its path.
func FuzzPlaced(f *testing.F) {
	for _, name := range [][2]string{
		{localStorage, localFolder + "a/b.txt"}, {localStorage, localFolder}, {home, mobile + cloudDocs + "/.b.txt.icloud"}, {home, mobile + "iCloud~com~x~y/Documents/b"}, {home, mobile},
		{ofApp + "com.x.y", documents + "../.Trash/x"}, {ofGroup + "group.x", documents + "/"}, {ofApp, documents + "a\x00/."}, {home, mobile + cloudDocs + "/..icloud"},
	} {
		f.Add(name[0], name[1])
	}
	f.Fuzz(func(t *testing.T, domain, name string) {
		file, found := placed(source.File{Domain: domain, Path: name, Kind: 1})
		if found && (file.Name == "" || file.Path == "" || !strings.HasSuffix(strings.TrimRight(file.Path, "/"), strings.Trim(file.Name, "/")) || strings.Contains(strings.Trim(file.Name, "/"), "/")) {
			t.Errorf("%q of %q is %q at %q", name, domain, file.Name, file.Path)
		}
	})
}
