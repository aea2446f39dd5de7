package source

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/afero"

	"lifeboat/backup/disk"
	"lifeboat/backup/format"
)

// window is how much of a file is decrypted ahead when it is read in order, in bytes.
const window = 256 << 10

// Reader reads the plain content of a file. Read, Seek and Close are for one
// goroutine; ReadAt may be called by several, also beside them.
type Reader struct {
	file afero.File
	key  cipher.Block // nil: stored plain
	size int64
	at   int64

	buffer []byte // what was decrypted ahead, from start
	start  int64
}

// Open opens the content of a file; the caller must Close it. What is listed and
// not there, or has an end that does not decrypt, is ErrDamaged; what is no file with
// content is ErrNotListed.
func (b *Backup) Open(ctx context.Context, f File) (*Reader, error) {
	if !format.ValidFileID(f.ID) {
		return nil, damaged(f, errors.New("no id of a file"))
	}
	entry, err := b.entry(ctx, f)
	if err != nil {
		return nil, err
	}
	r := &Reader{}
	if b.keys != nil && entry.EncryptionKey != nil {
		plain, err := b.keys.UnwrapPrefixed(entry.EncryptionKey)
		if err != nil {
			return nil, damaged(f, err)
		}
		r.key, err = aes.NewCipher(plain)
		clear(plain)
		if err != nil {
			return nil, damaged(f, err)
		}
	}
	name := "/" + format.BlobPath(f.ID)
	info, err := disk.Lstat(b.fs, name)
	if err != nil {
		return nil, damaged(f, err)
	}
	if !info.Mode().IsRegular() {
		return nil, damaged(f, errors.New("no plain file"))
	}
	if r.file, err = b.fs.Open(name); err != nil {
		return nil, damaged(f, err)
	}
	if r.size, err = r.plainSize(info.Size()); err != nil {
		r.file.Close()
		return nil, damaged(f, err)
	}
	return r, nil
}

// plainSize finds out how long the plain content is, by its padding (PKCS#7).
func (r *Reader) plainSize(stored int64) (int64, error) {
	if r.key == nil || stored == 0 {
		return stored, nil
	}
	if stored%aes.BlockSize != 0 {
		return 0, fmt.Errorf("%d bytes are no whole number of blocks", stored)
	}
	r.size = stored
	var last [aes.BlockSize]byte
	if err := r.decrypt(last[:], stored-aes.BlockSize); err != nil {
		return 0, err
	}
	n := int(last[aes.BlockSize-1])
	if n < 1 || n > aes.BlockSize || !bytes.HasSuffix(last[:], bytes.Repeat([]byte{byte(n)}, n)) {
		return 0, errors.New("its end does not decrypt")
	}
	return stored - int64(n), nil
}

// decrypt fills p, of whole blocks, with what stands at offset, which is one of a
// block. CBC lets any block be decrypted with the one before it.
func (r *Reader) decrypt(p []byte, offset int64) error {
	iv := make([]byte, aes.BlockSize) // zeros before the first block
	if offset > 0 {
		if _, err := r.file.ReadAt(iv, offset-aes.BlockSize); err != nil {
			return short(err)
		}
	}
	if n, err := r.file.ReadAt(p, offset); n < len(p) {
		return short(err)
	}
	cipher.NewCBCDecrypter(r.key, iv).CryptBlocks(p, p)
	return nil
}

func short(err error) error {
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Size is the length of the plain content in bytes.
func (r *Reader) Size() int64 { return r.size }

// ReadAt implements [io.ReaderAt].
func (r *Reader) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errors.New("read before the start")
	}
	if offset >= r.size {
		return 0, io.EOF
	}
	var end error
	if rest := r.size - offset; int64(len(p)) > rest {
		p, end = p[:rest], io.EOF
	}
	if r.key == nil {
		if n, err := r.file.ReadAt(p, offset); n < len(p) {
			return n, short(err)
		}
		return len(p), end
	}
	first := offset / aes.BlockSize * aes.BlockSize
	last := (offset + int64(len(p)) + aes.BlockSize - 1) / aes.BlockSize * aes.BlockSize
	plain := p
	aligned := first == offset && last == offset+int64(len(p))
	if !aligned {
		plain = make([]byte, last-first)
	}
	if err := r.decrypt(plain, first); err != nil {
		return 0, err
	}
	if !aligned {
		copy(p, plain[offset-first:])
	}
	return len(p), end
}

// Read implements [io.Reader].
func (r *Reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if len(p) >= window || r.key == nil {
		n, err := r.ReadAt(p, r.at)
		if r.at += int64(n); n > 0 && err == io.EOF {
			err = nil
		}
		return n, err
	}
	if r.at < r.start || r.at >= r.start+int64(len(r.buffer)) {
		r.start = r.at / aes.BlockSize * aes.BlockSize
		n := min(window, r.size-r.start)
		if int64(cap(r.buffer)) < n {
			r.buffer = make([]byte, n, window)
		}
		r.buffer = r.buffer[:n]
		if m, err := r.ReadAt(r.buffer, r.start); int64(m) < n {
			r.buffer = r.buffer[:0]
			return 0, short(err)
		}
	}
	n := copy(p, r.buffer[r.at-r.start:])
	r.at += int64(n)
	return n, nil
}

// Seek implements [io.Seeker].
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	r.at = offset
	return offset, nil
}

// Close closes the file.
func (r *Reader) Close() error {
	clear(r.buffer)
	return r.file.Close()
}

// ReadAll reads a whole file of at most limit bytes; a longer one is ErrDamaged, as
// none of its kind was seen to be that long.
func (b *Backup) ReadAll(ctx context.Context, f File, limit int64) ([]byte, error) {
	r, err := b.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.size > limit {
		return nil, damaged(f, fmt.Errorf("%d bytes, more than %d", r.size, limit))
	}
	data := make([]byte, r.size)
	if n, err := r.ReadAt(data, 0); int64(n) < r.size {
		return nil, damaged(f, short(err))
	}
	return data, nil
}
