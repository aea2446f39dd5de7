package backupd

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// spool remembers the uploaded files on disk, one file for each of the 256
// prefix folders, so that no list of them is held in memory.
type spool struct {
	dir     string
	pending [prefixes][]byte
	waiting int // bytes in pending
}

// spoolRecord is an identifier and a size; spoolPending is how many bytes of
// records may wait in memory.
const (
	spoolRecord  = 20 + 8
	spoolPending = 256 << 10
)

// add remembers a file of stored bytes.
func (s *spool) add(id string, stored int64) error {
	var record [spoolRecord]byte
	if _, err := hex.Decode(record[:20], []byte(id)); err != nil {
		return fmt.Errorf("spool: %w", err)
	}
	binary.BigEndian.PutUint64(record[20:], uint64(stored))
	prefix := record[0]
	s.pending[prefix] = append(s.pending[prefix], record[:]...)
	if s.waiting += spoolRecord; s.waiting < spoolPending {
		return nil
	}
	for prefix := range prefixes {
		if err := s.write(byte(prefix)); err != nil {
			return err
		}
	}
	s.waiting = 0
	return nil
}

func (s *spool) name(prefix byte) string { return filepath.Join(s.dir, fmt.Sprintf("%02x", prefix)) }

// write appends what waits for one prefix to its file.
func (s *spool) write(prefix byte) error {
	if len(s.pending[prefix]) == 0 {
		return nil
	}
	f, err := os.OpenFile(s.name(prefix), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("spool: %w", err)
	}
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

// each calls visit with the files of one prefix, in the order they came.
func (s *spool) each(prefix byte, visit func(id string, stored int64) error) error {
	f, err := os.Open(s.name(prefix))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("spool: %w", err)
	default:
		defer f.Close()
		if err := eachRecord(bufio.NewReader(f), visit); err != nil {
			return err
		}
	}
	return eachRecord(bytes.NewReader(s.pending[prefix]), visit)
}

func eachRecord(in io.Reader, visit func(id string, stored int64) error) error {
	var record [spoolRecord]byte
	for {
		if _, err := io.ReadFull(in, record[:]); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		if err := visit(hex.EncodeToString(record[:20]), int64(binary.BigEndian.Uint64(record[20:]))); err != nil {
			return err
		}
	}
}
