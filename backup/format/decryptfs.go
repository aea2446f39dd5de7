package format

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/spf13/afero"
)

// SQLite asks page by page. How much is read and decrypted at once, in bytes,
// grows while it reads on in order, and starts over where it jumps: reading
// all rows goes through the file, looking single files up leaps about.
const (
	minWindow = 8 << 10
	maxWindow = 256 << 10
	// aligned is where windows begin: at no page's middle, as pages have a
	// power of two of bytes and those of phones 4096.
	aligned = 4 << 10
)

// Plain is a file as SQLite shall see it, to read only, without its content: its own
// [fs.FileInfo], and where it is read next.
type Plain struct {
	// File is its name. Length and At are in bytes.
	File       string
	Length, At int64
}

// Stat gives the file itself.
func (p *Plain) Stat() (fs.FileInfo, error) { return p, nil }

// Close does nothing: whoever opened what is read closes it.
func (p *Plain) Close() error { return nil }

// Name, Size, Mode, ModTime, IsDir and Sys implement [fs.FileInfo].
func (p *Plain) Name() string     { return p.File }
func (p *Plain) Size() int64      { return p.Length }
func (*Plain) Mode() fs.FileMode  { return 0o400 }
func (*Plain) ModTime() time.Time { return time.Time{} }
func (*Plain) IsDir() bool        { return false }
func (*Plain) Sys() any           { return nil }

// Seek implements [io.Seeker].
func (p *Plain) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.At
	case io.SeekEnd:
		offset += p.Length
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	p.At = offset
	return offset, nil
}

// database is Manifest.db as SQLite shall see it: plain, read-only, and
// decrypted as it is read. CBC lets any block be decrypted with the one
// before it, so no plain copy of the list of all files ever lies on a disk.
type database struct {
	Plain
	file afero.File
	key  cipher.Block // nil: not encrypted

	failed error // of the disk, the last

	memory []byte // holds buf; it is used again
	buf    []byte // plain bytes from offset start
	start  int64
}

// Open gives SQLite the database, whatever plain name it asks for, and none
// of its companions (a journal, a write-ahead log): a backup has none.
func (d *database) Open(name string) (fs.File, error) {
	if name != ManifestDBName {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return d, nil
}

// Read gives plain bytes.
func (d *database) Read(p []byte) (int, error) {
	if d.At >= d.Length {
		return 0, io.EOF
	}
	if d.At < d.start || d.At >= d.start+int64(len(d.buf)) {
		if err := d.load(d.At / aligned * aligned); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.buf[d.At-d.start:])
	d.At += int64(n)
	return n, nil
}

// load fills the buffer with the window that begins at start.
func (d *database) load(start int64) error {
	n := int64(minWindow)
	if end := d.start + int64(len(d.buf)); start == end && end > 0 {
		n = min(2*int64(len(d.buf)), maxWindow)
	}
	n = min(n, d.Length-start)
	d.buf, d.start = nil, start
	// One block before the window is its initialization vector; the last
	// block may reach beyond the plain database.
	from, to := start, start+n
	if d.key != nil {
		from = max(start-aes.BlockSize, 0)
		to = (to + aes.BlockSize - 1) / aes.BlockSize * aes.BlockSize
	}
	if need := int(to - from); cap(d.memory) < need {
		d.memory = make([]byte, need)
	}
	sealed := d.memory[:to-from]
	if m, err := d.file.ReadAt(sealed, from); m < len(sealed) {
		if err == nil || err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		d.failed = err
		return err
	}
	if d.key == nil {
		d.buf = sealed
		return nil
	}
	iv := make([]byte, aes.BlockSize)
	if start > 0 {
		iv, sealed = sealed[:aes.BlockSize], sealed[aes.BlockSize:]
	}
	cipher.NewCBCDecrypter(d.key, iv).CryptBlocks(sealed, sealed)
	d.buf = sealed[:n]
	return nil
}

// openDatabase finds out where the plain database ends. Phones encrypt it
// with or without padding (device/PROTOCOL.md#content), so its own header says:
// page size at offset 16, number of pages at 28, and whether that number is
// valid where 24 and 92 agree.
func openDatabase(file afero.File, key []byte) (*database, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	d := &database{Plain: Plain{File: ManifestDBName, Length: info.Size()}, file: file}
	if key != nil {
		if d.key, err = aes.NewCipher(key); err != nil {
			return nil, err
		}
		if d.Length%aes.BlockSize != 0 {
			return nil, fmt.Errorf("%s: %w: %d bytes are no whole number of blocks", ManifestDBName, ErrContent, d.Length)
		}
	}
	head := make([]byte, 100)
	if _, err := io.ReadFull(d, head); err != nil {
		return nil, fmt.Errorf("%s: %w: shorter than a database's header", ManifestDBName, ErrContent)
	}
	if !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return nil, fmt.Errorf("%s: %w: it is no SQLite database", ManifestDBName, ErrContent)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	pages := int64(binary.BigEndian.Uint32(head[28:]))
	if !bytes.Equal(head[24:28], head[92:96]) || pages == 0 {
		return d, nil // an old writer: SQLite goes by the file's size
	}
	if page*pages > d.Length {
		return nil, fmt.Errorf("%s: %w: cut short, %d bytes of %d", ManifestDBName, ErrContent, d.Length, page*pages)
	}
	if key != nil {
		if err := d.padding(page * pages); err != nil {
			return nil, err
		}
	}
	d.Length = page * pages
	d.buf = nil
	return d, nil
}

// padding checks what follows the database within its last encrypted block.
func (d *database) padding(plain int64) error {
	if plain == d.Length {
		return nil
	}
	if d.Length-plain == aes.BlockSize {
		if _, err := d.Seek(plain, io.SeekStart); err != nil {
			return err
		}
		tail := make([]byte, aes.BlockSize)
		if _, err := io.ReadFull(d, tail); err != nil {
			return err
		}
		if bytes.Equal(tail, bytes.Repeat([]byte{aes.BlockSize}, aes.BlockSize)) {
			return nil
		}
	}
	return fmt.Errorf("%s: %w: %d bytes follow the database", ManifestDBName, ErrContent, d.Length-plain)
}
