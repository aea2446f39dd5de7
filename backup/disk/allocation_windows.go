package disk

// Allocation is the unit in which the volume of dir gives room to files, in bytes,
// as Windows formats a volume of its kind: 4 KiB on NTFS, up to 128 KiB on exFAT.
func Allocation(dir string) int64 {
	if v, err := VolumeOf(dir); err == nil && v.System == "exfat" {
		return 128 << 10
	}
	return usualAllocation
}
