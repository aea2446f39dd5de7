package host

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// CloudFolder names the service whose program keeps dir the same as a copy on the
// internet, such as "OneDrive"; "" if it is in no such folder that is known. It
// asks the file system for links only.
func CloudFolder(dir string) string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	service := cloudOf(runtime.GOOS, dir, home, os.Getenv)
	if real, err := filepath.EvalSymlinks(dir); err == nil && service == "" {
		service = cloudOf(runtime.GOOS, real, home, os.Getenv)
	}
	return service
}

// homeFolders are what the programs call their folder in the home folder,
// unless they were given another. A company's or person's name can follow, as in
// "OneDrive - Example" and "Dropbox (Personal)".
var homeFolders = []struct{ folder, service string }{
	{"OneDrive", "OneDrive"}, {"Dropbox", "Dropbox"}, {"Google Drive", "Google Drive"}, {"iCloudDrive", "iCloud Drive"},
	{"iCloud Drive", "iCloud Drive"}, {"Nextcloud", "Nextcloud"},
}

// providers are the names of ~/Library/CloudStorage on a Mac, which an account follows.
var providers = map[string]string{"GoogleDrive": "Google Drive", "iCloud Drive": "iCloud Drive"}

// cloudOf is CloudFolder by plain facts.
func cloudOf(goos, dir, home string, env func(string) string) string {
	dir, home = slashed(goos, dir), slashed(goos, home)
	if goos == "windows" {
		for _, name := range []string{"OneDrive", "OneDriveConsumer", "OneDriveCommercial"} {
			if _, ok := below(goos, dir, slashed(goos, env(name))); ok {
				return "OneDrive"
			}
		}
	}
	rest, ok := below(goos, dir, home)
	if !ok {
		return ""
	}
	parts := strings.SplitN(rest, "/", 4)
	if goos == "darwin" && len(parts) > 1 && parts[0] == "Library" {
		switch {
		case parts[1] == "Mobile Documents":
			return "iCloud Drive"
		case parts[1] == "CloudStorage" && len(parts) > 2:
			provider, _, _ := strings.Cut(parts[2], "-")
			if name, ok := providers[provider]; ok {
				return name
			}
			return provider
		}
		return ""
	}
	for _, known := range homeFolders {
		if after, ok := cutFold(parts[0], known.folder); ok && (after == "" || strings.HasPrefix(after, " - ") || strings.HasPrefix(after, " (")) {
			return known.service
		}
	}
	return ""
}

// slashed is a path with slashes, none at its end, and without Windows' mark
// for paths that stand as they are.
func slashed(goos, path string) string {
	if goos == "windows" {
		path = strings.TrimPrefix(strings.ReplaceAll(path, `\`, "/"), "//?/")
	}
	return strings.TrimRight(path, "/")
}

// below gives what of dir comes after the folder above, if it lies in there or
// is it.
func below(goos, dir, above string) (rest string, ok bool) {
	if above == "" {
		return "", false
	}
	if goos == "linux" {
		rest, ok = strings.CutPrefix(dir, above)
	} else {
		rest, ok = cutFold(dir, above)
	}
	if rest, slash := strings.CutPrefix(rest, "/"); ok && slash {
		return rest, true
	}
	return "", ok && rest == ""
}

// cutFold is strings.CutPrefix for capital and small letters alike.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
