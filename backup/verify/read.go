package verify

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"hash"
	"io"
	"sync"

	"lifeboat/backup/catalog"
	"lifeboat/backup/keybag"
)

const (
	// chunkLen is how much is read at once, in bytes.
	chunkLen = 128 << 10
	// maxWorkers bounds the readers, and with them memory: chunkLen each.
	maxWorkers = 32
)

// job is a content to be read.
type job struct {
	listed
	size int64
}

// reader reads one content after another.
type reader struct {
	*proof
	digest hash.Hash
	buffer []byte
}

// readAll reads contents, as many at a time as there are processors.
func (p *proof) readAll(ctx context.Context, jobs <-chan job) {
	var readers sync.WaitGroup
	for range p.workers {
		readers.Go(func() {
			r := reader{proof: p, digest: catalog.NewHash(), buffer: make([]byte, chunkLen)}
			for j := range jobs {
				if ctx.Err() == nil {
					r.job(ctx, j)
				}
			}
		})
	}
	readers.Wait()
}

// job reads one content and says what is wrong with it.
func (r *reader) job(ctx context.Context, j job) {
	var key cipher.Block
	if r.backup.keys != nil && j.hasRow && j.row.how == withKey {
		plain, err := r.backup.keys.UnwrapPrefixed(j.row.key[:])
		if err == nil {
			key, err = aes.NewCipher(plain)
			clear(plain)
		}
		if errors.Is(err, keybag.ErrNoClass) {
			// Only the phone itself opens it; its bytes can be hashed all the same.
			r.odd(j.id, OddClass, err.Error())
		} else if err != nil {
			r.problem(j.id, BadKey, err.Error())
			r.seen(j.size, true)
			return
		}
	}
	read, kind, err := r.content(ctx, j, key)
	if ctx.Err() != nil {
		return
	}
	// All bytes were read where err is nil or about their padding.
	known := j.entry.Digest
	differs := !known.IsZero() && known != catalog.Sum(r.digest)
	switch {
	case differs && (err == nil || kind == BadPadding):
		r.problem(j.id, Changed, "its content is not what once arrived")
	case err != nil:
		r.problem(j.id, kind, err.Error())
	case known.IsZero():
		r.computed(catalog.Entry{ID: j.id, Size: read, Digest: catalog.Sum(r.digest)})
	}
	r.seen(j.size, true)
}

// content reads all bytes of a content into the digest. Where key is given, its
// end must decrypt to right padding. What else it decrypts to shows nothing: in
// CBC mode any bytes do, and a block depends only on itself and on the one
// before it.
func (r *reader) content(ctx context.Context, j job, key cipher.Block) (read int64, kind Kind, err error) {
	r.digest.Reset()
	file, err := r.backup.subject.Fs.Open(r.pathOf(j.id))
	if err != nil {
		return 0, Unreadable, err
	}
	defer file.Close()
	var before, last [aes.BlockSize]byte
	for read < j.size {
		if ctx.Err() != nil {
			return read, Unreadable, ctx.Err()
		}
		data := r.buffer[:min(j.size-read, chunkLen)]
		switch _, err := io.ReadFull(file, data); err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return read, WrongSize, errMeanwhile
		default:
			return read, Unreadable, err
		}
		read += int64(len(data))
		r.progressed(int64(len(data)))
		if key != nil {
			if len(data)%aes.BlockSize != 0 {
				return read, BadPadding, errPadding
			}
			before = last
			if end := len(data) - aes.BlockSize; end > 0 {
				before = [aes.BlockSize]byte(data[end-aes.BlockSize:])
			}
			last = [aes.BlockSize]byte(data[len(data)-aes.BlockSize:])
		}
		r.digest.Write(data)
	}
	if key != nil && read > 0 && !padded(key, before, last) {
		return read, BadPadding, errPadding
	}
	return read, "", nil
}

// padded checks the end of a content (PKCS#7), given its last two encrypted
// blocks. Where the plain content ends the padding alone says: what the list
// says of its length is of another moment.
func padded(key cipher.Block, before, last [aes.BlockSize]byte) bool {
	cipher.NewCBCDecrypter(key, before[:]).CryptBlocks(last[:], last[:])
	n := int(last[aes.BlockSize-1])
	return n >= 1 && n <= aes.BlockSize && bytes.Equal(last[aes.BlockSize-n:], bytes.Repeat([]byte{byte(n)}, n))
}
