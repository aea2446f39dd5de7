package catalog

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/extsort"
)

// unfinished is what a catalogue's name ends in until it is complete.
const unfinished = ".new"

// Write writes a catalogue durably and in one step: name holds either what it
// held before, or everything that s gives. What was half written when the
// program died lies at name+".new" and is of no use; the next Write
// replaces it.
//
// sources are files that s reads from. They are closed when that is done, for
// one of them may be the file that is replaced, and some disks replace no file
// that is open.
func Write(fsys afero.Fs, name string, s Stream, sources ...*File) (Totals, error) {
	return Fill(fsys, name, func(put func(Entry) error) error {
		for e, err := range extsort.All(s) {
			if err == nil {
				err = put(e)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}, sources...)
}

// Fill is [Write] of all that fill gives to put, whose error it must return. fill
// is called once, on the caller's goroutine, and may call put only until it returns.
func Fill(fsys afero.Fs, name string, fill func(put func(Entry) error) error, sources ...*File) (Totals, error) {
	t, err := write(fsys, name+unfinished, fill)
	for _, source := range sources {
		err = errors.Join(err, source.Close())
	}
	if err != nil {
		return Totals{}, err
	}
	if err := fsys.Rename(name+unfinished, name); err != nil {
		return Totals{}, errors.Join(err, fsys.Remove(name+unfinished))
	}
	return t, disk.SyncFolder(fsys, path.Dir(name))
}

// write writes a catalogue at path, durably, and removes it again if that fails.
func write(fsys afero.Fs, path string, fill func(put func(Entry) error) error) (t Totals, err error) {
	file, err := fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return Totals{}, err
	}
	defer func() {
		err = errors.Join(err, file.Close())
		if err != nil {
			err = errors.Join(fmt.Errorf("write catalogue %s: %w", path, err), fsys.Remove(path))
		}
	}()
	w := bufio.NewWriterSize(file, 64<<10)
	if t, err = encode(w, fill); err != nil {
		return Totals{}, err
	}
	if err := w.Flush(); err != nil {
		return Totals{}, err
	}
	return t, file.Sync()
}

// encode writes the bytes of a catalogue.
func encode(w io.Writer, fill func(put func(Entry) error) error) (Totals, error) {
	b := header()
	if _, err := w.Write(b[:]); err != nil {
		return Totals{}, err
	}
	var (
		t    trailer
		last ID
	)
	index := 0
	err := fill(func(e Entry) error {
		if index > 0 && e.ID.Compare(last) <= 0 {
			return fmt.Errorf("%s comes after %s", e.ID, last)
		}
		last = e.ID
		if err := t.add(e); err != nil {
			return fmt.Errorf("%s: %w", e.ID, err)
		}
		e.encode(&b, index)
		index++
		t.crc = crc32.Update(t.crc, castagnoli, b[:])
		_, err := w.Write(b[:])
		return err
	})
	if err != nil {
		return Totals{}, err
	}
	b = t.encode()
	_, err = w.Write(b[:])
	return t.Totals, err
}
