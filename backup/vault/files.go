package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"slices"
	"sort"

	"lifeboat/backup/disk"
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
	if info, err := file.Stat(); err != nil {
		return err
	} else if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: %w: no file", name, errFormat)
	}
	data, err := io.ReadAll(io.LimitReader(file, maxJSON+1))
	if err != nil {
		return err
	}
	if len(data) > maxJSON {
		return fmt.Errorf("%s: %w: longer than %d bytes", name, errFormat, maxJSON)
	}
	body, ok := unseal(data)
	if !ok {
		return fmt.Errorf("%s: %w: its checksum does not fit", name, errFormat)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s: %w: %w", name, errFormat, err)
	}
	return nil
}

// sealLen is the length of the last line of the vault's own small files: the
// CRC-32C of all before it, in eight hexadecimal digits.
const sealLen = 8 + 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// seal adds the line with the checksum.
func seal(body []byte) []byte {
	return fmt.Appendf(body, "%08x\n", crc32.Checksum(body, castagnoli))
}

// unseal takes it off, and reports whether it fits.
func unseal(data []byte) (body []byte, ok bool) {
	at := len(data) - sealLen
	if at < 0 {
		return nil, false
	}
	body = data[:at]
	return body, bytes.Equal(seal(slices.Clone(body)), data)
}

// writeJSON replaces one of the vault's own small files: afterwards, and after
// a crash at any moment, it is the old one or the new one.
func (p *place) writeJSON(name string, from any) error {
	data, err := json.MarshalIndent(from, "", "  ")
	if err != nil {
		return err
	}
	if info, err := p.lstat(name); err == nil && info.IsDir() { // none of ours
		if err := p.fs.RemoveAll(name); err != nil {
			return err
		}
	}
	return disk.Replace(p.fs, name, name+".new", seal(append(data, '\n')))
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
