package backupd

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"modernc.org/sqlite/vfs"
)

// storedList is the Manifest.db of a host while a restore goes by it: a
// temporary file with the bytes that came, which stay encrypted there. They are
// decrypted block by block as SQLite asks for them, so that neither memory nor
// a disk ever holds the list of what is on somebody's phone. Where that is
// possible the file loses its name at once and goes away with the program.
type storedList struct {
	f       *os.File
	removed bool // it has no name any more
	stored  int64
	block   cipher.Block // nil: not encrypted
	size    int64        // of the database

	window []byte // decrypted, from start on
	start  int64

	names *vfs.FS
}

// listWindow is how much is decrypted at once, in bytes.
const listWindow = 32 << 10

// newStoredList takes what is written to it, in a folder; "" is the system's for
// temporary files.
func newStoredList(dir string) (*storedList, error) {
	f, err := os.CreateTemp(dir, "phonesim-list-*")
	if err != nil {
		return nil, fmt.Errorf("backupd: %w", err)
	}
	return &storedList{f: f, removed: os.Remove(f.Name()) == nil}, nil
}

// Write implements io.Writer.
func (s *storedList) Write(p []byte) (int, error) {
	n, err := s.f.Write(p)
	s.stored += int64(n)
	s.size = s.stored
	return n, err
}

// unlock has it decrypted with a key. Some versions of iOS end the database with
// a padding and others do not: what is behind the last whole page is one.
func (s *storedList) unlock(key []byte) (err error) {
	if s.block, err = aes.NewCipher(key); err != nil {
		return err
	}
	if s.stored == 0 || s.stored%aes.BlockSize != 0 {
		return fmt.Errorf("%d bytes are no number of blocks", s.stored)
	}
	var head [18]byte
	if _, err := s.ReadAt(head[:], 0); err != nil {
		return err
	}
	if !bytes.HasPrefix(head[:], []byte("SQLite format 3\x00")) {
		return errors.New("it is no database")
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	if page < 512 {
		return fmt.Errorf("pages of %d bytes", page)
	}
	if s.stored%page == aes.BlockSize {
		s.size -= aes.BlockSize
	}
	return nil
}

// open has SQLite open the database. It must be closed before the list is.
func (s *storedList) open() (*sql.DB, error) {
	name, names, err := vfs.New(s)
	if err != nil {
		return nil, err
	}
	s.names = names
	db, err := sql.Open("sqlite", "file:Manifest.db?vfs="+name+"&mode=ro&immutable=1&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=temp_store(memory)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// close takes the list away.
func (s *storedList) close() {
	if s.names != nil {
		_ = s.names.Close()
	}
	_ = s.f.Close()
	if !s.removed {
		_ = os.Remove(s.f.Name())
	}
}

// ReadAt gives bytes of the plain database; its header names a journal that is
// not there, which is left out.
func (s *storedList) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		from := at + int64(n)
		if from >= s.size {
			return n, io.EOF
		}
		if from < s.start || from >= s.start+int64(len(s.window)) {
			if err := s.load(from / listWindow * listWindow); err != nil {
				return n, err
			}
		}
		n += copy(p[n:], s.window[from-s.start:])
	}
	return n, nil
}

// load fills the window.
func (s *storedList) load(start int64) error {
	s.window = append(s.window[:0], make([]byte, min(listWindow, s.stored-start))...)
	s.start = start
	if _, err := s.f.ReadAt(s.window, start); err != nil {
		s.window = s.window[:0]
		return err
	}
	if s.block != nil {
		var before [aes.BlockSize]byte
		if start > 0 {
			if _, err := s.f.ReadAt(before[:], start-aes.BlockSize); err != nil {
				return err
			}
		}
		cipher.NewCBCDecrypter(s.block, before[:]).CryptBlocks(s.window, s.window)
	}
	s.window = s.window[:min(int64(len(s.window)), max(s.size-start, 0))]
	if start == 0 && len(s.window) > journalAt+1 {
		s.window[journalAt], s.window[journalAt+1] = rollbackMode, rollbackMode
	}
	return nil
}

// Open implements fs.FS: the database, and none of its companions.
func (s *storedList) Open(name string) (fs.File, error) {
	if name != "Manifest.db" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return listFile{io.NewSectionReader(s, 0, s.size), s}, nil
}

// listFile is the list as SQLite opens it, and its own fs.FileInfo.
type listFile struct {
	*io.SectionReader
	list *storedList
}

// Stat implements fs.File.
func (f listFile) Stat() (fs.FileInfo, error) { return f, nil }

// Close implements fs.File; the list stays.
func (listFile) Close() error { return nil }

// Name, Size, Mode, ModTime, IsDir and Sys implement fs.FileInfo.
func (listFile) Name() string       { return "Manifest.db" }
func (f listFile) Size() int64      { return f.list.size }
func (listFile) Mode() fs.FileMode  { return 0o400 }
func (listFile) ModTime() time.Time { return time.Time{} }
func (listFile) IsDir() bool        { return false }
func (listFile) Sys() any           { return nil }
