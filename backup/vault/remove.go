package vault

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"sync"

	"github.com/spf13/afero"
)

// removers is how many folders are emptied at the same time. A disk that
// seeks between many small files is faster with several requests at hand.
const removers = 8

const removingName = "removing"

// discard removes a folder of the vault, if it is there. It is renamed first, so
// that after a crash nobody takes half of it for all.
func (v *Vault) discard(dir string) error {
	if there, err := v.exists(dir); !there {
		return err
	}
	if err := v.fs.MkdirAll(v.own(removingName), 0o700); err != nil {
		return err
	}
	doomed := v.own(removingName, rand.Text())
	if err := v.fs.Rename(dir, doomed); err != nil {
		return err
	}
	if err := v.syncDirs(v.own(), v.own(removingName)); err != nil {
		return err
	}
	v.removeTree(doomed) // what stays costs room until the next Open, and nothing else
	v.fs.Remove(v.own(removingName))
	return nil
}

// sweep removes what an earlier program could not.
func (v *Vault) sweep() error {
	v.remove(v.own(repairingName))
	if err := v.fs.RemoveAll(v.own(adoptFolder)); err != nil {
		return err
	}
	err := v.eachName(v.own(removingName), func(name string) error {
		return v.removeTree(v.own(removingName, name))
	})
	if err != nil {
		v.log.Warn("something of no use cannot be removed", "err", err)
	}
	return nil
}

// removeTree removes a folder. Its files lie in hundreds of folders, some
// levels down, which are removed side by side.
func (p *place) removeTree(dir string) error {
	folders := []string{dir}
	for range 4 {
		var below []string
		for _, folder := range folders {
			below = append(below, p.subfolders(folder)...)
		}
		if len(below) == 0 {
			break
		}
		folders = below
	}
	queue := make(chan string)
	var workers sync.WaitGroup
	for range min(removers, len(folders)) {
		workers.Go(func() {
			for folder := range queue {
				p.fs.RemoveAll(folder) // what fails here fails below again, and is reported
			}
		})
	}
	for _, folder := range folders {
		queue <- folder
	}
	close(queue)
	workers.Wait()
	return p.fs.RemoveAll(dir)
}

// subfolders lists the real folders in dir; links are left alone.
func (p *place) subfolders(dir string) (all []string) {
	entries, err := afero.ReadDir(p.fs, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if entry.IsDir() {
			all = append(all, join(dir, entry.Name()))
		}
	}
	return all
}
