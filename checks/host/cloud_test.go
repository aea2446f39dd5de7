package host

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCloudOf(t *testing.T) {
	oneDrive := map[string]string{"OneDrive": `C:\Users\Anna\OneDrive`, "OneDriveCommercial": `D:\Work\OneDrive - Example\`}
	for _, c := range []struct{ goos, dir, home, want string }{
		{"windows", `C:\Users\Anna\OneDrive\Backups`, `C:\Users\Anna`, "OneDrive"},
		{"windows", `c:\users\anna\onedrive`, `C:\Users\Anna`, "OneDrive"},
		{"windows", `\\?\C:\Users\Anna\OneDrive\Documents\x`, `C:\Users\Anna`, "OneDrive"},
		{"windows", `D:\Work\OneDrive - Example\Backups`, `C:\Users\Anna`, "OneDrive"},
		{"windows", `D:/Work/OneDrive - Example`, `C:\Users\Anna`, "OneDrive"},
		{"windows", `D:\Work\OneDrive - Example 2`, `C:\Users\Anna`, ""},
		{"windows", `C:\Users\Anna\OneDriveOld`, `C:\Users\Anna`, ""},
		{"windows", `C:\Users\Anna\OneDrive - Other`, `C:\Users\Anna`, "OneDrive"},
		{"windows", `C:\Users\Anna\Dropbox (Personal)\x`, `C:\Users\Anna`, "Dropbox"},
		{"windows", `C:\Users\Anna\iCloudDrive\x`, `C:\Users\Anna`, "iCloud Drive"},
		{"windows", `C:\Users\Anna\Lifeboat Backups`, `C:\Users\Anna`, ""},
		{"windows", `E:\OneDrive`, `C:\Users\Anna`, ""},
		{"windows", `\\nas\share\Dropbox`, `C:\Users\Anna`, ""},
		{"windows", `C:\Users\Anna`, `C:\Users\Anna`, ""},
		{"darwin", "/Users/anna/Library/Mobile Documents/com~apple~CloudDocs/Backups", "/Users/anna", "iCloud Drive"},
		{"darwin", "/Users/anna/Library/CloudStorage/GoogleDrive-anna@example.com/My Drive", "/Users/anna", "Google Drive"},
		{"darwin", "/Users/anna/Library/CloudStorage/OneDrive-Personal", "/Users/anna", "OneDrive"},
		{"darwin", "/Users/anna/Library/CloudStorage/Dropbox/x", "/Users/anna/", "Dropbox"},
		{"darwin", "/Users/anna/Library/CloudStorage/Box-Box/x", "/Users/anna", "Box"},
		{"darwin", "/Users/anna/Library/CloudStorage", "/Users/anna", ""},
		{"darwin", "/Users/anna/Library/Application Support/MobileSync", "/Users/anna", ""},
		{"darwin", "/Users/Anna/dropbox", "/Users/anna", "Dropbox"},
		{"darwin", "/Volumes/Blue/Dropbox", "/Users/anna", ""},
		{"linux", "/home/anna/Dropbox/x", "/home/anna", "Dropbox"},
		{"linux", "/home/anna/Library/Mobile Documents/x", "/home/anna", ""},
		{"linux", "/home/annabel/Dropbox", "/home/anna", ""},
		{"linux", "/home/Anna/Dropbox", "/home/anna", ""},
		{"linux", "/Dropbox", "", ""},
		{"linux", "", "/home/anna", ""},
	} {
		if got := cloudOf(c.goos, c.dir, c.home, func(name string) string { return oneDrive[name] }); got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.goos, c.dir, got, c.want)
		}
	}
}

// A folder that is a link into one is in there as well, and one that has yet to
// be made; the gathered facts say so.
func TestGatherCloud(t *testing.T) {
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, home)
	}
	if err := os.MkdirAll(filepath.Join(home, "Dropbox", "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{filepath.Join(home, "Dropbox", "b"): "Dropbox", filepath.Join(home, "Dropbox", "new"): "Dropbox", home: ""}
	link := filepath.Join(home, "link")
	// Not everybody may make links on Windows, and Wine says that it did and does not.
	if err := os.Symlink(filepath.Join(home, "Dropbox"), link); err == nil && isLink(link) {
		want[link], want[filepath.Join(link, "new")] = "Dropbox", "Dropbox"
	}
	for dir, service := range want {
		if h := Gather(t.Context(), dir); h.Cloud != service {
			t.Errorf("%s: %q, want %q", dir, h.Cloud, service)
		}
	}
}

func isLink(path string) bool {
	_, err := os.Readlink(path)
	return err == nil
}
