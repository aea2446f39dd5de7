package disk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// systems are the file systems that backups are likely to meet, by statfs's
// f_type (linux/magic.h and the file systems' own sources). One that is not
// here is taken for a drive of this computer.
var systems = map[uint32]Volume{
	unix.MSDOS_SUPER_MAGIC: {System: "fat"}, unix.EXFAT_SUPER_MAGIC: {System: "exfat"},
	unix.EXT4_SUPER_MAGIC: {System: "ext4"}, unix.XFS_SUPER_MAGIC: {System: "xfs"}, unix.BTRFS_SUPER_MAGIC: {System: "btrfs"},
	unix.F2FS_SUPER_MAGIC: {System: "f2fs"}, 0x2fc12fc1: {System: "zfs"}, 0xca451a4e: {System: "bcachefs"}, unix.REISERFS_SUPER_MAGIC: {System: "reiserfs"},
	0x5346544e: {System: "ntfs"}, 0x7366746e: {System: "ntfs3"}, 0x482b: {System: "hfs"},
	unix.TMPFS_MAGIC: {System: "tmpfs"}, unix.OVERLAYFS_SUPER_MAGIC: {System: "overlay"}, unix.FUSE_SUPER_MAGIC: {System: "fuse"},
	unix.NFS_SUPER_MAGIC: {System: "nfs", Remote: true}, unix.SMB_SUPER_MAGIC: {System: "smb", Remote: true}, unix.CIFS_SUPER_MAGIC: {System: "cifs", Remote: true},
	unix.SMB2_SUPER_MAGIC: {System: "smb2", Remote: true}, unix.V9FS_MAGIC: {System: "9p", Remote: true}, unix.AFS_SUPER_MAGIC: {System: "afs", Remote: true},
	unix.CODA_SUPER_MAGIC: {System: "coda", Remote: true}, unix.CEPH_SUPER_MAGIC: {System: "ceph", Remote: true},
}

// VolumeOf asks the operating system about the volume of dir, an existing
// folder of this computer.
func VolumeOf(dir string) (Volume, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return Volume{}, fmt.Errorf("statfs: %w", err)
	}
	magic := uint32(s.Type)
	v, ok := systems[magic]
	if !ok {
		v.System = fmt.Sprintf("%#x", magic)
	}
	v.Size = product(s.Blocks, blockSize(&s))
	return v, nil
}
