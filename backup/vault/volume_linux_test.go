package vault

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestFileSystems(t *testing.T) {
	for kind, want := range map[uint32]string{
		unix.MSDOS_SUPER_MAGIC: "FAT", unix.EXFAT_SUPER_MAGIC: "exFAT", unix.EXT4_SUPER_MAGIC: "ext4",
		unix.BTRFS_SUPER_MAGIC: "btrfs", unix.XFS_SUPER_MAGIC: "XFS", unix.NFS_SUPER_MAGIC: "NFS",
		unix.CIFS_SUPER_MAGIC: "SMB", unix.SMB2_SUPER_MAGIC: "SMB", unix.FUSE_SUPER_MAGIC: "FUSE", 1: "",
	} {
		if name, small := systemOf(kind); name != want || small != (want == "FAT") {
			t.Errorf("%#x: %s, %v", kind, name, small)
		}
	}
}
