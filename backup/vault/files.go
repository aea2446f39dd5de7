package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
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

// eachName is [disk.EachName]. A folder that is not there has no names.
func (p *place) eachName(dir string, visit func(name string) error) error {
	there := false
	err := disk.EachName(p.fs, dir, func(name string) error {
		there = true
		return visit(name)
	})
	if !there && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// names lists a folder in order: one of the 256, with a few thousand names at
// most.
func (p *place) names(dir string) (all []string, err error) {
	err = p.eachName(dir, func(name string) error {
		all = append(all, name)
		return nil
	})
	slices.Sort(all)
	return all, err
}

// contents ranges over the content files in the 256 folders of dir, in the order
// of their IDs. No more than the names of one folder are held at a time, so files
// may be moved and removed meanwhile. The first error is the last.
func (p *place) contents(dir string) iter.Seq2[catalog.ID, error] {
	return func(yield func(catalog.ID, error) bool) {
		for prefix := range 256 {
			names, err := p.names(join(dir, prefixName(byte(prefix))))
			if err != nil {
				yield(catalog.ID{}, err)
				return
			}
			for _, name := range names {
				if id, ok := catalog.ParseID(name); ok && int(id[0]) == prefix && !yield(id, nil) {
					return
				}
			}
		}
	}
}

// blobName is where a backup keeps a content file.
func blobName(id catalog.ID) string { return format.BlobPath(id.String()) }

const hexDigits = "0123456789abcdef"

func prefixName(prefix byte) string {
	return string([]byte{hexDigits[prefix>>4], hexDigits[prefix&15]})
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
