package torture

import (
	"io/fs"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/powerfs"
)

// disk is a kind of file system that backups are kept on.
type disk struct {
	name  string
	names powerfs.Names
	// bare: it cannot write everything through in one call.
	bare bool
}

var disks = []disk{
	{"journal, all at once", powerfs.ByFile, false},
	{"journal, one by one", powerfs.ByFile, true},
	{"least, all at once", powerfs.ByFolder, false},
	{"least, one by one", powerfs.ByFolder, true},
}

func (d disk) format() *powerfs.FS {
	fs := powerfs.New(d.names)
	fs.MkdirAll(root, 0o700)
	fs.Forget()
	return fs
}

// mount is the file system as the vault sees it.
func (d disk) mount(fs *powerfs.FS) afero.Fs {
	if d.bare {
		return oneByOne{fs}
	}
	return fs
}

// oneByOne hides SyncAll.
type oneByOne struct{ afero.Fs }

func (o oneByOne) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	return o.Fs.(afero.Lstater).LstatIfPossible(name)
}

// bare is what was mounted.
func bare(fsys afero.Fs) afero.Fs {
	if o, ok := fsys.(oneByOne); ok {
		return o.Fs
	}
	return fsys
}
