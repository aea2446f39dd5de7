//go:build linux || darwin

package rootfs

import (
	"io/fs"
	"time"

	"golang.org/x/sys/unix"
)

// info is what the system says of a file, as fs.FileInfo.
type info struct {
	name string
	stat unix.Stat_t
}

func (i *info) Name() string       { return i.name }
func (i *info) Size() int64        { return i.stat.Size }
func (i *info) ModTime() time.Time { return time.Unix(i.stat.Mtim.Unix()) }
func (i *info) IsDir() bool        { return i.Mode().IsDir() }

// Sys returns a *unix.Stat_t.
func (i *info) Sys() any { return &i.stat }

// kinds are the types of files, as the system and as Go names them.
var kinds = map[uint32]fs.FileMode{
	unix.S_IFREG:  0,
	unix.S_IFDIR:  fs.ModeDir,
	unix.S_IFLNK:  fs.ModeSymlink,
	unix.S_IFIFO:  fs.ModeNamedPipe,
	unix.S_IFSOCK: fs.ModeSocket,
	unix.S_IFBLK:  fs.ModeDevice,
	unix.S_IFCHR:  fs.ModeDevice | fs.ModeCharDevice,
}

func (i *info) Mode() fs.FileMode {
	kind, known := kinds[uint32(i.stat.Mode)&unix.S_IFMT]
	if !known {
		kind = fs.ModeIrregular
	}
	return kind | fs.FileMode(i.stat.Mode&0o777)
}
