package overlay

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
)

// The whiteout log is a header and records, which are only ever added:
//
//	header   8 "LBGONE01" | 20 zero | 4 CRC
//	content  1 'I' | 3 zero | 20 id | 4 zero | 4 CRC
//	path     1 'P' | 1 zero | 2 length n, 1 to 4096 | n path | 4 CRC
//
// Numbers are little-endian; each CRC is the CRC-32C of all before it in the
// record. The first record that is not right ends the file: what comes after
// it was never complete.
const (
	fixedSize = 32
	magic     = "LBGONE01"
	kindID    = 'I'
	kindPath  = 'P'
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged means that a whiteout log is none, or not of this format.
var ErrDamaged = errors.New("the list of removed files is damaged")

// record is one removal: path is empty for content.
type record struct {
	id   catalog.ID
	path string
}

func sealed(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func header() []byte {
	b := make([]byte, fixedSize-4, fixedSize)
	copy(b, magic)
	return sealed(b)
}

func idRecord(id catalog.ID) []byte {
	b := make([]byte, fixedSize-4, fixedSize)
	b[0] = kindID
	copy(b[4:], id[:])
	return sealed(b)
}

func pathRecord(name string) []byte {
	b := make([]byte, 4, 4+len(name)+4)
	b[0] = kindPath
	binary.LittleEndian.PutUint16(b[2:], uint16(len(name)))
	return sealed(append(b, name...))
}

// parse reads records after the header, and hands each to take until that says
// no. It returns how many bytes of r were right; err is one of reading or of
// take.
func parse(r io.Reader, take func(record) (bool, error)) (right int64, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		one, size, err := next(in)
		if err != nil || size == 0 {
			return right, err
		}
		ok, err := take(one)
		if err != nil || !ok {
			return right, err
		}
		right += int64(size)
	}
}

// next reads one record. Its size is zero if there is none any more, or none
// that is right.
func next(in *bufio.Reader) (one record, size int, err error) {
	head, err := in.Peek(4)
	if err != nil {
		return one, 0, unlessEOF(err)
	}
	switch {
	case head[0] == kindID && head[1]|head[2]|head[3] == 0:
		size = fixedSize
	case head[0] == kindPath && head[1] == 0:
		length := int(binary.LittleEndian.Uint16(head[2:]))
		if length == 0 || length > maxName {
			return one, 0, nil
		}
		size = 4 + length + 4
	default:
		return one, 0, nil
	}
	b, err := in.Peek(size)
	if err != nil {
		return one, 0, unlessEOF(err)
	}
	body, sum := b[:size-4], binary.LittleEndian.Uint32(b[size-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return one, 0, nil
	}
	if body[0] == kindPath {
		one.path = string(body[4:])
	} else {
		copy(one.id[:], body[4:])
	}
	_, err = in.Discard(size)
	return one, size, err
}

func unlessEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// whiteoutLog is open for adding.
type whiteoutLog struct {
	fs     afero.Fs
	name   string
	file   afero.File
	end    int64 // where the next record goes
	torn   int64
	listed bool // the name of the file itself is durable
}

// openGoneFile reads what is there, and cuts off what is torn.
func openGoneFile(fsys afero.Fs, name string, take func(record) (bool, error)) (*whiteoutLog, error) {
	file, err := fsys.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	g := &whiteoutLog{fs: fsys, name: name, file: file}
	if err := g.replay(take); err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

func (g *whiteoutLog) replay(take func(record) (bool, error)) error {
	info, err := g.file.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	if size >= fixedSize {
		head := make([]byte, fixedSize)
		if _, err := g.file.ReadAt(head, 0); err != nil {
			return err
		}
		if string(head) != string(header()) {
			return ErrDamaged
		}
		right, err := parse(io.NewSectionReader(g.file, fixedSize, size-fixedSize), take)
		if err != nil {
			return err
		}
		g.end = fixedSize + right
	}
	g.torn = size - g.end
	if g.torn > 0 {
		if err := g.file.Truncate(g.end); err != nil {
			return err
		}
	}
	if g.end == 0 {
		return g.append(header())
	}
	return nil
}

// append adds one record. After an error, the next one is written over what
// may have come through of this one.
func (g *whiteoutLog) append(b []byte) error {
	if _, err := g.file.WriteAt(b, g.end); err != nil {
		return err
	}
	g.end += int64(len(b))
	return nil
}

// sync makes the records durable, and once the name of the file.
func (g *whiteoutLog) sync() error {
	if err := g.file.Sync(); err != nil || g.listed {
		return err
	}
	err := disk.SyncFolder(g.fs, path.Dir(g.name))
	g.listed = err == nil
	return err
}
