package vault

import "golang.org/x/sys/unix"

// volumeNames names file systems by statfs's f_type (linux/magic.h and the file
// systems' own sources).
var volumeNames = map[uint32]string{
	0x4d44: "FAT", 0x2011bab0: "exFAT", 0xef53: "ext4", 0x9123683e: "btrfs", 0x58465342: "XFS", 0xf2f52010: "F2FS",
	0x2fc12fc1: "ZFS", 0xca451a4e: "bcachefs", 0x5346544e: "NTFS", 0x7366746e: "NTFS", 0x482b: "HFS+",
	0x6969: "NFS", 0xff534d42: "SMB", 0xfe534d42: "SMB", 0x517b: "SMB", 0x01021994: "tmpfs", 0x794c7630: "overlayfs",
	0x65735546: "FUSE", 0x52654973: "ReiserFS", 0x01021997: "9P", 0x5346414f: "AFS", 0x00c36400: "CephFS",
}

// volumeSystem names the file system of a folder, "" if it is not known, and
// says whether it holds no file of 4 GiB.
func volumeSystem(dir string) (name string, small bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return "", false
	}
	return systemOf(uint32(s.Type))
}

func systemOf(kind uint32) (name string, small bool) {
	name = volumeNames[kind]
	return name, name == "FAT"
}
