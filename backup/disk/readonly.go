package disk

import "github.com/spf13/afero"

// readOnly refuses every change, with syscall.EPERM.
type readOnly struct {
	afero.Fs
	afero.Lstater
	under afero.Fs
}

// ReadOnly is fsys without any way to change something in it, for what is to be
// looked at only.
func ReadOnly(fsys afero.Fs) afero.Fs {
	refusing := afero.NewReadOnlyFs(fsys)
	return readOnly{refusing, refusing.(afero.Lstater), fsys}
}

// Under is the file system that [ReadOnly] was made of; ok is false for any other one.
func Under(fsys afero.Fs) (under afero.Fs, ok bool) {
	r, ok := fsys.(readOnly)
	return r.under, ok
}
