package backupd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// spool keeps records, by the 256 prefix folders of a backup. Up to
// spoolPending bytes of them are in memory; beyond that they go to disk, one
// file for each prefix, so that no list of all files of a phone is held.
type spool struct {
	dir     string
	pending [prefixes][]byte
	waiting int            // bytes in pending
	spilled [prefixes]bool // whether there is a file
}

// spoolPending is how many bytes of records may wait in memory.
const spoolPending = 1 << 20

// spoolRest is the file of what was in memory when the spool was kept.
const spoolRest = "rest"

// newSpool is a spool in a new folder.
func newSpool(dir string) (*spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	return &spool{dir: dir}, nil
}

// openSpool is the spool that was kept in a folder, or an empty one.
func openSpool(dir string) (*spool, error) {
	s := &spool{dir: dir}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("spool: %w", err)
	}
	for prefix := range prefixes {
		s.spilled[prefix] = slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == prefixName(byte(prefix)) })
	}
	f, err := os.Open(filepath.Join(dir, spoolRest))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	defer f.Close()
	err = eachRecord(bufio.NewReader(io.LimitReader(f, spoolPending)), func(r record) error {
		s.pending[r.key[0]] = r.append(s.pending[r.key[0]])
		s.waiting += recordSize
		return nil
	})
	return s, err
}

// keep makes the spool last.
func (s *spool) keep() error {
	var all []byte
	for _, waiting := range s.pending {
		all = append(all, waiting...)
	}
	if err := os.WriteFile(filepath.Join(s.dir, spoolRest), all, 0o600); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	return nil
}

// add remembers a record.
func (s *spool) add(r record) error {
	prefix := r.key[0]
	s.pending[prefix] = r.append(s.pending[prefix])
	if s.waiting += recordSize; s.waiting < spoolPending {
		return nil
	}
	return s.spill()
}

// spill writes what waits to the files of the prefixes.
func (s *spool) spill() error {
	if err := os.Remove(filepath.Join(s.dir, spoolRest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("spool: %w", err)
	}
	for prefix := range prefixes {
		if err := s.write(byte(prefix)); err != nil {
			return err
		}
	}
	s.waiting = 0
	return nil
}

func (s *spool) name(prefix byte) string { return filepath.Join(s.dir, prefixName(prefix)) }

// write appends what waits for one prefix to its file.
func (s *spool) write(prefix byte) error {
	if len(s.pending[prefix]) == 0 {
		return nil
	}
	f, err := os.OpenFile(s.name(prefix), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.spilled[prefix] = true
	_, err = f.Write(s.pending[prefix])
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	s.pending[prefix] = s.pending[prefix][:0]
	return nil
}

// eachSpilled is each for what went to disk.
func (s *spool) eachSpilled(prefix byte, visit func(r record) error) error {
	f, err := os.Open(s.name(prefix))
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	defer f.Close()
	return eachRecord(bufio.NewReaderSize(f, 32<<10), visit)
}

// each calls visit with the records of one prefix, in the order they came. The
// end of a file that was cut in the middle of a record counts for nothing.
func (s *spool) each(prefix byte, visit func(r record) error) error {
	if s.spilled[prefix] {
		if err := s.eachSpilled(prefix, visit); err != nil {
			return err
		}
	}
	for waiting := s.pending[prefix]; len(waiting) > 0; waiting = waiting[recordSize:] {
		if err := visit(parseRecord(waiting)); err != nil {
			return err
		}
	}
	return nil
}

func eachRecord(in io.Reader, visit func(r record) error) error {
	var data [recordSize]byte
	for {
		_, err := io.ReadFull(in, data[:])
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("spool: %w", err)
		}
		if err := visit(parseRecord(data[:])); err != nil {
			return err
		}
	}
}

// load reads the records of one prefix; the newest of a key counts.
func (s *spool) load(prefix byte) (map[fileKey]record, error) {
	all := map[fileKey]record{}
	err := s.each(prefix, func(r record) error {
		all[r.key] = r
		return nil
	})
	return all, err
}
