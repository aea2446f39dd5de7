package backup

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lifeboat/device/phonesim"
	"lifeboat/device/phonesim/content"
)

// goldenPhone is the phone of the golden folders: a dozen small files. It must
// stay as it is.
func goldenPhone(t *testing.T) *rig {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(4, 2))
	for _, name := range []string{
		"CameraRollDomain/Media/DCIM/100APPLE/IMG_0001.JPG", "CameraRollDomain/Media/DCIM/100APPLE/IMG_0002.JPG",
		"CameraRollDomain/Media/DCIM/100APPLE/IMG_0003.MOV", "HomeDomain/Library/Notes/one.txt",
		"HomeDomain/Library/Notes/two.txt", "HomeDomain/Library/Notes/empty.txt",
		"AppDomain-com.example.notes/Documents/a.bin", "AppDomain-com.example.notes/Documents/b.bin",
		"AppDomain-com.example.notes/Documents/c.bin", "MediaDomain/Media/Recordings/memo.m4a",
		"WirelessDomain/Library/Preferences/x.dat", "HomeDomain/Library/SpringBoard/y.dat",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		data := make([]byte, 200+r.IntN(300))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		if filepath.Base(name) == "empty.txt" {
			data = nil
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	source, err := content.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return newRig(t, func(c *phonesim.Config) { c.Content, c.Apps = source, nil })
}
