package backup

import (
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/afero"
)

// faultFs is a disk that fills up: once so many bytes were written, or so
// many files opened for writing, it answers with err.
type faultFs struct {
	afero.Fs
	disk *disk
}

type disk struct {
	mu           sync.Mutex
	bytes, opens int64 // left; negative: without end
	err          error
	used         int64
	opened       int64
	failures     int
}

func newFaultFs(bytes, opens int64, err error) faultFs {
	return faultFs{afero.NewOsFs(), &disk{bytes: bytes, opens: opens, err: err}}
}

// take asks for room. The probe that looks at the destination is no part of
// a backup.
func (d *disk) take(name string, n, files int64) error {
	if strings.Contains(name, ".lifeboat-probe-") {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.used += n
	d.opened += files
	if d.bytes >= 0 && d.used > d.bytes || d.opens >= 0 && d.opened > d.opens {
		d.failures++
		return &os.PathError{Op: "write", Path: name, Err: d.err}
	}
	return nil
}

func (f faultFs) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if flag&os.O_CREATE != 0 {
		if err := f.disk.take(name, 0, 1); err != nil {
			return nil, err
		}
	}
	file, err := f.Fs.OpenFile(name, flag, perm)
	return faultFile{file, f.disk}, err
}

type faultFile struct {
	afero.File
	disk *disk
}

// Write writes half of what does not fit, as a real disk may.
func (f faultFile) Write(p []byte) (int, error) {
	if err := f.disk.take(f.Name(), int64(len(p)), 0); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

var errFull error = syscall.ENOSPC

// deniedFs takes no new file at all.
type deniedFs struct{ afero.Fs }

func (d deniedFs) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if flag&os.O_CREATE != 0 {
		return nil, &os.PathError{Op: "open", Path: name, Err: syscall.EACCES}
	}
	return d.Fs.OpenFile(name, flag, perm)
}
