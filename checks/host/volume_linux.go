package host

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// system is a kind of file system as Linux numbers it.
type system struct {
	name   string
	remote bool
}

// systems are the magic numbers of statfs that backups are likely to meet.
// One that is not here is named by its number and taken for a drive of this computer.
var systems = map[uint32]system{
	unix.EXT4_SUPER_MAGIC: {"ext4", false}, unix.XFS_SUPER_MAGIC: {"xfs", false}, unix.BTRFS_SUPER_MAGIC: {"btrfs", false},
	unix.F2FS_SUPER_MAGIC: {"f2fs", false}, unix.TMPFS_MAGIC: {"tmpfs", false}, unix.OVERLAYFS_SUPER_MAGIC: {"overlay", false},
	unix.MSDOS_SUPER_MAGIC: {"msdos", false}, unix.EXFAT_SUPER_MAGIC: {"exfat", false}, unix.FUSE_SUPER_MAGIC: {"fuse", false},
	0x5346544e: {"ntfs", false}, 0x7366746e: {"ntfs3", false}, 0x2fc12fc1: {"zfs", false}, 0xca451a4e: {"bcachefs", false},
	unix.NFS_SUPER_MAGIC: {"nfs", true}, unix.SMB_SUPER_MAGIC: {"smb", true}, unix.CIFS_SUPER_MAGIC: {"cifs", true},
	unix.SMB2_SUPER_MAGIC: {"smb2", true}, unix.V9FS_MAGIC: {"9p", true}, unix.AFS_SUPER_MAGIC: {"afs", true},
	unix.CODA_SUPER_MAGIC: {"coda", true}, unix.CEPH_SUPER_MAGIC: {"ceph", true},
}

// volumeOf names the file system of dir.
func volumeOf(dir string) (name string, remote bool, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return "", false, fmt.Errorf("statfs: %w", err)
	}
	magic := uint32(s.Type)
	if known, ok := systems[magic]; ok {
		return known.name, known.remote, nil
	}
	return fmt.Sprintf("0x%x", magic), false, nil
}
