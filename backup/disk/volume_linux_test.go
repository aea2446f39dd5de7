package disk

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestSystems(t *testing.T) {
	for kind, want := range map[uint32]Volume{
		unix.MSDOS_SUPER_MAGIC: {System: "fat"}, unix.EXFAT_SUPER_MAGIC: {System: "exfat"}, unix.EXT4_SUPER_MAGIC: {System: "ext4"},
		unix.BTRFS_SUPER_MAGIC: {System: "btrfs"}, unix.XFS_SUPER_MAGIC: {System: "xfs"}, unix.NFS_SUPER_MAGIC: {System: "nfs", Remote: true},
		unix.CIFS_SUPER_MAGIC: {System: "cifs", Remote: true}, unix.SMB2_SUPER_MAGIC: {System: "smb2", Remote: true}, unix.FUSE_SUPER_MAGIC: {System: "fuse"}, 1: {},
	} {
		got := systems[kind]
		if got != want || got.Small() != (want.System == "fat") {
			t.Errorf("%#x: %+v, small %v", kind, got, got.Small())
		}
	}
	if v, err := VolumeOf("/proc/self"); err != nil || v.System == "" || v.Remote {
		t.Errorf("/proc: %+v, %v", v, err)
	}
	dir := t.TempDir()
	if v, err := VolumeOf(dir); err != nil || v.Size == 0 {
		t.Errorf("%+v, %v", v, err)
	} else if free, err := Free(dir); err != nil || free > v.Size {
		t.Errorf("%d bytes are free of %d: %v", free, v.Size, err)
	}
}
