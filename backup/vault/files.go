package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
)

// maxJSON bounds the vault's own small files, in bytes.
const maxJSON = 1 << 20

// errFormat: one of the vault's own files does not hold what it should.
var errFormat = errors.New("unexpected content")

// readJSON reads one of the vault's own small files.
func (p *place) readJSON(name string, into any) error {
	file, err := p.fs.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxJSON+1))
	if err != nil {
		return err
	}
	if len(data) > maxJSON {
		return fmt.Errorf("%s: %w: longer than %d bytes", name, errFormat, maxJSON)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w: %w", name, errFormat, err)
	}
	return nil
}

// writeJSON replaces one of the vault's own small files: afterwards, and after
// a crash at any moment, it is the old one or the new one.
func (p *place) writeJSON(name string, from any) error {
	data, err := json.MarshalIndent(from, "", "  ")
	if err != nil {
		return err
	}
	fresh := name + ".new"
	if err := p.fs.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := p.fs.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(data, '\n'))
	if err == nil {
		err = syncFile(file)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := p.fs.Rename(fresh, name); err != nil {
		return err
	}
	return syncDir(p.fs, path.Dir(name))
}

// eachName visits the names in a folder, in no order, without holding them all.
// A folder that is not there has none.
func (p *place) eachName(dir string, visit func(name string) error) error {
	file, err := p.fs.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	for {
		names, err := file.Readdirnames(512)
		for _, name := range names {
			if err := visit(name); err != nil {
				return err
			}
		}
		if err == io.EOF || err == nil && len(names) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// names lists a folder in order: one of the 256, with a few thousand names at
// most.
func (p *place) names(dir string) (all []string, err error) {
	err = p.eachName(dir, func(name string) error {
		all = append(all, name)
		return nil
	})
	sort.Strings(all)
	return all, err
}

// move renames a file, and makes the folder it goes to.
func (p *place) move(from, to string) error {
	err := p.fs.Rename(from, to)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := p.fs.MkdirAll(path.Dir(to), 0o700); err != nil {
		return err
	}
	return p.fs.Rename(from, to)
}
