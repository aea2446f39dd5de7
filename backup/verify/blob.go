package verify

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/spf13/afero"

	"lifeboat/backup/format"
)

// worker checks one row after another with one buffer.
type worker struct {
	*proof
	buf []byte
}

func (w *worker) row(ctx context.Context, row format.Row) {
	if ctx.Err() != nil {
		return
	}
	if !format.ValidFileID(row.FileID) || row.FileID != format.FileID(row.Domain, row.Path) {
		w.problem(row, BadRecord, "the name of its content does not belong to its path")
		return
	}
	file, err := format.ParseFile(row.Record)
	if err != nil {
		w.problem(row, BadRecord, "%v", err)
		return
	}
	switch row.Flags {
	case format.FlagFile:
		w.file(ctx, row, file)
	case format.FlagDirectory:
		w.tally(&w.result.Directories)
	case format.FlagLink:
		w.tally(&w.result.Links)
	default:
		w.problem(row, BadRecord, "an entry of unknown kind %d", row.Flags)
	}
}

func (w *worker) tally(n *int) {
	w.mu.Lock()
	*n++
	w.mu.Unlock()
}

// file checks the content of one file.
func (w *worker) file(ctx context.Context, row format.Row, file format.File) {
	path := filepath.Join(w.backup.dir, format.BlobPath(row.FileID))
	info, err := w.lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		w.count(false, 0)
		w.problem(row, Missing, "its content is missing")
		return
	}
	if err != nil || !info.Mode().IsRegular() {
		w.count(err == nil, 0)
		w.problem(row, Unreadable, "its content is no file that can be read: %v", err)
		return
	}
	if want, ok := w.expected(file, info.Size()); !ok {
		w.count(true, 0)
		w.problem(row, WrongSize, "its content has %d bytes, not %d", info.Size(), want)
		return
	}
	key, err := w.key(file, info.Size())
	if err != nil {
		w.count(true, 0)
		w.problem(row, BadKey, "%v", err)
		return
	}
	read, kind, err := w.content(ctx, path, key, file.Size)
	w.count(true, read)
	if err != nil && ctx.Err() == nil {
		w.problem(row, kind, "%v", err)
	}
}

// lstat does not follow a link, which has no place in a backup.
func (w *worker) lstat(path string) (fs.FileInfo, error) {
	if l, ok := w.backup.fs.(afero.Lstater); ok {
		info, _, err := l.LstatIfPossible(path)
		return info, err
	}
	return w.backup.fs.Stat(path)
}

// expected says whether the content may have size bytes, and how many it
// should. Encrypted content has 1 to 16 bytes of padding; an empty file may
// have no content and no key instead (protocol notes 8.4).
func (w *worker) expected(file format.File, size int64) (want int64, ok bool) {
	want = file.Size
	if w.backup.Manifest.Encrypted && file.EncryptionKey != nil {
		want = (file.Size/aes.BlockSize + 1) * aes.BlockSize
	}
	return want, size == want || size == 0 && file.Size == 0
}

// key unwraps the file's key; nil for content that is not encrypted.
func (w *worker) key(file format.File, size int64) ([]byte, error) {
	switch {
	case !w.backup.Manifest.Encrypted:
		return nil, nil
	case file.EncryptionKey == nil && size > 0:
		return nil, errors.New("it has no key")
	case file.EncryptionKey == nil:
		return nil, nil
	}
	return w.backup.keys.UnwrapPrefixed(file.EncryptionKey)
}

var errPadding = errors.New("its content does not decrypt to what it was")

// content reads all bytes of a file's content, and decrypts them if key is given.
func (w *worker) content(ctx context.Context, path string, key []byte, size int64) (read int64, kind Kind, err error) {
	file, err := w.backup.fs.Open(path)
	if err != nil {
		return 0, Unreadable, err
	}
	defer file.Close()
	var mode cipher.BlockMode
	if key != nil {
		defer clear(key)
		block, err := aes.NewCipher(key)
		if err != nil {
			return 0, BadKey, err
		}
		mode = cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize))
	}
	var last [aes.BlockSize]byte
	for ctx.Err() == nil {
		n, err := io.ReadFull(file, w.buf)
		read += int64(n)
		if mode != nil && n > 0 {
			if n%aes.BlockSize != 0 {
				return read, WrongSize, errPadding // it changed while it was read
			}
			mode.CryptBlocks(w.buf[:n], w.buf[:n])
			copy(last[:], w.buf[n-aes.BlockSize:n])
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			if mode != nil && read > 0 && !padded(last[:], size) {
				return read, BadPadding, errPadding
			}
			return read, "", nil
		default:
			return read, Unreadable, err
		}
	}
	return read, Unreadable, ctx.Err()
}

// padded checks the end of a last block (PKCS#7) behind size plain bytes.
func padded(last []byte, size int64) bool {
	n := aes.BlockSize - int(size%aes.BlockSize)
	return bytes.Equal(last[aes.BlockSize-n:], bytes.Repeat([]byte{byte(n)}, n))
}
