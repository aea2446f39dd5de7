package verify

import (
	"bytes"
	"context"
	"errors"
	"hash"
	"io"
	"sync"

	"lifeboat/backup/catalog"
	"lifeboat/backup/cbc"
	"lifeboat/backup/keybag"
)

const (
	// chunkLen is how much is read at once, in bytes.
	chunkLen = 128 << 10
	// chunksAhead is how many chunks of a large file one reader holds while
	// others decrypt them.
	chunksAhead = 4
	// largeFile is the size, in bytes, from which a file's chunks are
	// decrypted by whoever has time.
	largeFile = 2 << 20
	// maxWorkers bounds the readers, and with them memory: half a MiB each.
	maxWorkers = 32
)

// job is a content to be read.
type job struct {
	listed
	size int64
}

// chunk is a part of a content that somebody else shall decrypt.
type chunk struct {
	key  *cbc.Key
	iv   [cbc.BlockSize]byte
	data []byte
	done *sync.WaitGroup
}

// decrypter decrypts chunks into memory of its own: their bytes are still
// needed for the digest. What comes out is of no interest but for the end of
// a content, which its reader decrypts.
type decrypter struct{ scratch [16 << 10]byte }

func (d *decrypter) decrypt(key *cbc.Key, iv [cbc.BlockSize]byte, data []byte) (last []byte) {
	for len(data) > 0 {
		n := min(len(data), len(d.scratch))
		key.Decrypt(d.scratch[:n], data[:n], &iv)
		last, data = d.scratch[n-cbc.BlockSize:n], data[n:]
	}
	return last
}

// reader reads one content after another.
type reader struct {
	*proof
	decrypter
	digest  hash.Hash
	buffers [chunksAhead][]byte
	busy    [chunksAhead]sync.WaitGroup // buffers that are being decrypted
}

// readAll reads contents, as many at a time as there are processors.
func (p *proof) readAll(ctx context.Context, jobs <-chan job) {
	var readers, helpers sync.WaitGroup
	for range p.workers {
		readers.Go(func() {
			r := reader{proof: p, digest: catalog.NewHash()}
			for j := range jobs {
				if ctx.Err() == nil {
					r.job(ctx, j)
				}
			}
		})
		helpers.Go(func() {
			var d decrypter
			for c := range p.chunks {
				d.decrypt(c.key, c.iv, c.data)
				c.done.Done()
			}
		})
	}
	readers.Wait()
	close(p.chunks)
	helpers.Wait()
}

// job reads one content and says what is wrong with it.
func (r *reader) job(ctx context.Context, j job) {
	var key *cbc.Key
	if r.backup.keys != nil && j.hasRow && j.row.how == withKey {
		plain, err := r.backup.keys.UnwrapPrefixed(j.row.key[:])
		if err == nil {
			key, err = cbc.NewKey(plain)
			clear(plain)
		}
		if errors.Is(err, keybag.ErrNoClass) {
			// Only the phone itself opens it; its bytes can be told all the same.
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

// content reads all bytes of a content into the digest, and decrypts them if
// key is given.
func (r *reader) content(ctx context.Context, j job, key *cbc.Key) (read int64, kind Kind, err error) {
	r.digest.Reset()
	file, err := r.backup.subject.Fs.Open(r.pathOf(j.id))
	if err != nil {
		return 0, Unreadable, err
	}
	defer file.Close()
	defer func() {
		for i := range r.busy {
			r.busy[i].Wait()
		}
	}()
	var iv [cbc.BlockSize]byte
	var last []byte
	for n := 0; read < j.size; n = (n + 1) % chunksAhead {
		if ctx.Err() != nil {
			return read, Unreadable, ctx.Err()
		}
		data, err := r.chunk(file, n, j.size-read)
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return read, WrongSize, errMeanwhile
		default:
			return read, Unreadable, err
		}
		read += int64(len(data))
		r.progressed(int64(len(data)))
		if key != nil {
			if len(data)%cbc.BlockSize != 0 {
				return read, BadPadding, errPadding
			}
			c := chunk{key, iv, data, &r.busy[n]}
			iv = [cbc.BlockSize]byte(data[len(data)-cbc.BlockSize:])
			// The end is decrypted here, as it tells whether all is right.
			if read == j.size || j.size < r.backup.largeFile || !r.delegate(c) {
				last = r.decrypt(key, c.iv, data)
			}
		}
		r.digest.Write(data)
	}
	if key != nil && read > 0 && !padded(last) {
		return read, BadPadding, errPadding
	}
	return read, "", nil
}

// chunk reads the next part of a file into buffer n. left is how much is
// still to come, by the size of the file.
func (r *reader) chunk(file io.Reader, n int, left int64) ([]byte, error) {
	if r.buffers[n] == nil {
		r.buffers[n] = make([]byte, chunkLen)
	}
	r.busy[n].Wait()
	data := r.buffers[n][:min(left, chunkLen)]
	_, err := io.ReadFull(file, data)
	return data, err
}

// delegate finds somebody to decrypt a chunk; not ok if all are busy.
func (r *reader) delegate(c chunk) (ok bool) {
	c.done.Add(1)
	select {
	case r.chunks <- c:
		return true
	default:
		c.done.Done()
		return false
	}
}

// padded checks the end of a last block (PKCS#7). Where the plain content ends
// the padding alone says: what the list says of its length is of another moment.
func padded(last []byte) bool {
	n := int(last[cbc.BlockSize-1])
	return n >= 1 && n <= cbc.BlockSize && bytes.Equal(last[cbc.BlockSize-n:], bytes.Repeat([]byte{byte(n)}, n))
}
