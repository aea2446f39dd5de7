package vault

import (
	"path/filepath"
	"sync"

	"github.com/spf13/afero"
)

// removers is how many folders are emptied at the same time. A disk that
// seeks between many small files is faster with several requests at hand.
const removers = 8

// removeTree removes a staging folder or an earlier backup. Their files lie
// in hundreds of folders, one or two levels down, which are removed side by side.
func removeTree(fsys afero.Fs, dir string) error {
	var folders []string
	for _, top := range subfolders(fsys, dir) {
		if below := subfolders(fsys, top); len(below) > 0 {
			folders = append(folders, below...)
		} else {
			folders = append(folders, top)
		}
	}
	queue := make(chan string)
	var workers sync.WaitGroup
	for range min(removers, len(folders)) {
		workers.Go(func() {
			for folder := range queue {
				fsys.RemoveAll(folder) // what fails here fails below again, and is told
			}
		})
	}
	for _, folder := range folders {
		queue <- folder
	}
	close(queue)
	workers.Wait()
	return fsys.RemoveAll(dir)
}

// subfolders lists the real folders in dir; links are left alone.
func subfolders(fsys afero.Fs, dir string) (all []string) {
	if info, err := fsys.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	entries, err := afero.ReadDir(fsys, dir)
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if entry.IsDir() {
			all = append(all, filepath.Join(dir, entry.Name()))
		}
	}
	return all
}
