package vault

import "golang.org/x/sys/unix"

// volumeNames names file systems by f_fstypename; others keep the system's name.
var volumeNames = map[string]string{"msdos": "FAT", "exfat": "exFAT", "apfs": "APFS", "hfs": "HFS+", "smbfs": "SMB", "nfs": "NFS", "ntfs": "NTFS"}

// volumeSystem names the file system of a folder, "" if it is not known, and
// says whether it holds no file of 4 GiB.
func volumeSystem(dir string) (name string, small bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return "", false
	}
	kind := unix.ByteSliceToString(s.Fstypename[:])
	if name, ok := volumeNames[kind]; ok {
		return name, name == "FAT"
	}
	return kind, false
}
