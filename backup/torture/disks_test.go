package torture

import (
	"io/fs"

	"github.com/spf13/afero"

	"lifeboat/backup/backuptest/heldfs"
	"lifeboat/backup/backuptest/powerfs"
)

// diskModel is a kind of file system that backups are kept on.
type diskModel struct {
	name  string
	names powerfs.Names
	// bare: it cannot write everything through in one call.
	bare bool
	// held: it lets nobody touch the name of what is open.
	held bool
}

var disks = []diskModel{
	{name: "journal, all at once", names: powerfs.ByFile},
	{name: "journal, one by one", names: powerfs.ByFile, bare: true},
	{name: "least, all at once", names: powerfs.ByFolder},
	{name: "least, one by one", names: powerfs.ByFolder, bare: true},
	{name: "what is open is held", names: powerfs.ByFile, bare: true, held: true},
	{name: "as Windows has it", names: powerfs.InOrder, bare: true, held: true},
}

func (d diskModel) format() *powerfs.FS {
	fs := powerfs.New(d.names)
	fs.MkdirAll(root, 0o700)
	fs.Forget()
	return fs
}

// mount is the file system as the vault sees it.
func (d diskModel) mount(fs *powerfs.FS) afero.Fs {
	var mounted afero.Fs = fs
	if d.held {
		mounted = heldfs.New(mounted)
	}
	if d.bare {
		return oneByOne{mounted}
	}
	return mounted
}

// oneByOne hides SyncAll.
type oneByOne struct{ afero.Fs }

func (o oneByOne) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	return o.Fs.(afero.Lstater).LstatIfPossible(name)
}

// bare is what was mounted.
func bare(fsys afero.Fs) afero.Fs {
	if o, ok := fsys.(oneByOne); ok {
		fsys = o.Fs
	}
	if h, ok := fsys.(*heldfs.FS); ok {
		fsys = h.Unwrap()
	}
	return fsys
}
