package mobilebackup2

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"lifeboat/backup/devicelink"
	"lifeboat/backup/disk"
)

const (
	maxPath      = 2048 // bytes
	maxComponent = 255  // bytes
	maxLevels    = 32
	// knownMax bounds the memory of folders; a backup has 514.
	knownMax = 8192
)

// resolve turns a path of the phone into one under the root, or refuses it.
//
// The rules are the same on all systems, so that a backup made on one can be
// copied to another: no way up, no NUL or other control character, nothing
// that Windows reads as a drive, a stream, a device or another name. A
// leading slash is dropped, since phones are reported to send one. The first
// component must be the phone's UDID, alone or with a time stamp behind it,
// or a hidden name, which stays beside the backup and is thrown away.
func (h *Host) resolve(name string) (string, error) {
	name = strings.TrimLeft(name, "/")
	if name == "" || len(name) > maxPath || !utf8.ValidString(name) {
		return "", devicelink.BadParameter
	}
	parts := strings.Split(strings.TrimRight(name, "/"), "/")
	if len(parts) > maxLevels || !h.ours(parts[0]) {
		return "", devicelink.BadParameter
	}
	for _, part := range parts {
		if !safeName(part) {
			return "", devicelink.BadParameter
		}
	}
	return path.Join(h.Root, path.Join(parts...)), nil
}

// ours reports whether the first component of a path belongs to this backup.
func (h *Host) ours(first string) bool {
	if stamp, ok := strings.CutPrefix(first, h.UDID); ok {
		return strings.Trim(stamp, "-0123456789") == "" && (stamp == "" || stamp[0] == '-')
	}
	return strings.HasPrefix(first, ".")
}

func safeName(name string) bool {
	if name == "" || len(name) > maxComponent || name == "." || name == ".." {
		return false
	}
	for _, r := range name {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`\:*?"<>|`, r) {
			return false
		}
	}
	if last := name[len(name)-1]; last == '.' || last == ' ' {
		return false
	}
	return !windowsDevice(name)
}

// windowsDevice reports whether Windows takes name, with any extension, for a
// device.
func windowsDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if n, ok := strings.CutPrefix(stem, port); ok && utf8.RuneCountInString(n) == 1 && strings.ContainsAny(n, "0123456789¹²³") {
			return true
		}
	}
	return false
}

// reach makes sure that every folder from the root down to dir is a real one
// and no link out of it. With create, missing ones are made.
func (h *Host) reach(dir string, create bool) error {
	if dir == path.Clean(h.Root) || h.known[dir] {
		return nil
	}
	above := path.Dir(dir)
	if above == dir {
		return fmt.Errorf("%s does not lie below %s: %w", dir, h.Root, fs.ErrInvalid)
	}
	if err := h.reach(above, create); err != nil {
		return err
	}
	made := false
	if create {
		err := h.Fs.Mkdir(dir, 0o700)
		if made = err == nil; !made && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if !made {
		if err := h.realFolder(dir); err != nil {
			return err
		}
	}
	if len(h.known) >= knownMax {
		h.forget()
	}
	if h.known == nil {
		h.known = map[string]bool{}
	}
	h.known[dir] = true
	return nil
}

// realFolder refuses whatever is no folder, and links to folders.
func (h *Host) realFolder(dir string) error {
	info, err := disk.Lstat(h.Fs, dir)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return devicelink.Loop
	case !info.IsDir():
		return devicelink.NotDirectory
	}
	return nil
}

// forget drops what is known of folders, after one was moved or removed.
func (h *Host) forget() { clear(h.known) }

// existing resolves a path whose parents must be there, and looks at what is
// at its end. Links are refused.
func (h *Host) existing(name string) (string, fs.FileInfo, error) {
	full, err := h.resolve(name)
	if err != nil {
		return "", nil, err
	}
	if err := h.reach(path.Dir(full), false); err != nil {
		return full, nil, err
	}
	info, err := disk.Lstat(h.Fs, full)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return full, nil, devicelink.Loop
	}
	return full, info, err
}

// target resolves a path that is to be written, and makes its parents.
func (h *Host) target(name string) (string, error) {
	full, err := h.resolve(name)
	if err != nil {
		return "", err
	}
	return full, h.failed("make folder", path.Dir(full), h.reach(path.Dir(full), true))
}
