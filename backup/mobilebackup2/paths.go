package mobilebackup2

import (
	"errors"
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
)

// resolve turns a path of the phone into one under the root, or refuses it.
//
// The rules are the same on all systems, so that a backup made on one can be
// copied to another: no way up, no NUL or other control character, nothing
// that Windows reads as a drive, a stream, a device or another name. A
// leading slash is dropped, since phones are reported to send one. The first
// component must be the phone's UDID, alone or with a time stamp behind it,
// or a hidden name, which stays beside the backup and is thrown away. Of a
// backup that is only read it must be its name, and stands for the root.
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
	if h.ReadOnly {
		parts = parts[1:]
	}
	return path.Join(h.Root, path.Join(parts...)), nil
}

// ours reports whether the first component of a path belongs to this backup.
func (h *Host) ours(first string) bool {
	if h.ReadOnly {
		return first == h.UDID
	}
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

// existing resolves a path, and looks at what is at its end. A link there is
// refused; those on the way are Fs's to refuse.
func (h *Host) existing(name string) (string, fs.FileInfo, error) {
	full, err := h.resolve(name)
	if err != nil {
		return "", nil, err
	}
	info, err := disk.Lstat(h.Fs, full)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return full, nil, devicelink.Loop
	}
	return full, info, err
}

// withFolder does something that needs the folder of full, which is made if it
// is missing.
func (h *Host) withFolder(full string, do func() error) error {
	err := do()
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := h.Fs.MkdirAll(path.Dir(full), 0o700); err != nil {
		return err
	}
	return do()
}
