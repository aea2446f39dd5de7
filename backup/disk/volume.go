package disk

import "strings"

// Volume is what a folder of this computer lies on.
type Volume struct {
	// System is the file system in lower case: "ext4", "apfs", "fat32". One
	// without a name here is called as the operating system calls it, which on
	// Linux is a number such as "0x1021994".
	System string
	// Remote: it is another computer's, and reached over the network.
	Remote bool
	// Size is how many bytes it holds, free or not; on Windows those that this
	// user may have. 0 is not known.
	Size uint64
}

// Small reports whether the file system holds no file of 4 GiB or more.
func (v Volume) Small() bool { return strings.HasPrefix(v.System, "fat") }
