package overlay

import (
	"hash"
	"io"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
)

// hashed makes a file that is empty tell its digest when it is closed.
func (f *FS) hashed(name string, file afero.File) afero.File {
	if f.stored == nil {
		return file
	}
	return &hashed{File: file, name: name, hash: catalog.NewHash(), stored: f.stored}
}

// hashed computes the digest of a file as it is written. Whatever makes the
// bytes on the disk other than those that were written in order ends that.
// It is for one goroutine, as files that are written are.
type hashed struct {
	afero.File
	name   string
	stored func(string, int64, catalog.Digest)
	hash   hash.Hash // nil once there is no digest to tell
	size   int64
	beside *beside // hashes a large file on a goroutine of its own
}

// sideBySide is the size from which on a file is hashed while it is written, in
// bytes: a phone that sends a long video need not wait for both.
const sideBySide = 1 << 20

// beside hashes what it is given, in order, on a goroutine of its own.
type beside struct {
	full, free chan []byte
	done       chan struct{}
}

func startBeside(h hash.Hash) *beside {
	const buffers = 2
	b := &beside{full: make(chan []byte, buffers), free: make(chan []byte, buffers), done: make(chan struct{})}
	for range buffers {
		b.free <- nil
	}
	go func() {
		defer close(b.done)
		for p := range b.full {
			h.Write(p)
			b.free <- p
		}
	}()
	return b
}

// write takes a copy of p.
func (b *beside) write(p []byte) { b.full <- append((<-b.free)[:0], p...) }

// end waits until all is hashed.
func (b *beside) end() {
	close(b.full)
	<-b.done
}

// add adds to the digest.
func (h *hashed) add(p []byte) {
	h.size += int64(len(p))
	if h.beside == nil && h.size >= sideBySide {
		h.beside = startBeside(h.hash)
	}
	if h.beside != nil {
		h.beside.write(p)
		return
	}
	h.hash.Write(p)
}

// end ends the digest, which is nil if there is none to tell.
func (h *hashed) end() (sum hash.Hash) {
	if h.beside != nil {
		h.beside.end()
		h.beside = nil
	}
	sum, h.hash = h.hash, nil
	return sum
}

// Write adds to the file and to the digest.
func (h *hashed) Write(p []byte) (int, error) {
	n, err := h.File.Write(p)
	if h.hash != nil {
		h.add(p[:max(n, 0)])
	}
	if err != nil || n != len(p) {
		h.end()
	}
	return n, err
}

// WriteString is Write.
func (h *hashed) WriteString(s string) (int, error) { return h.Write([]byte(s)) }

// WriteAt ends the digest.
func (h *hashed) WriteAt(p []byte, offset int64) (int, error) {
	h.end()
	return h.File.WriteAt(p, offset)
}

// Truncate ends the digest.
func (h *hashed) Truncate(size int64) error {
	h.end()
	return h.File.Truncate(size)
}

// Read ends the digest, since the next Write goes elsewhere.
func (h *hashed) Read(p []byte) (int, error) {
	h.end()
	return h.File.Read(p)
}

// Seek ends the digest, unless it only asks where the file is.
func (h *hashed) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		h.end()
	}
	return h.File.Seek(offset, whence)
}

// Close closes the file and reports its digest.
func (h *hashed) Close() error {
	err := h.File.Close()
	if sum := h.end(); sum != nil && err == nil {
		h.stored(h.name, h.size, catalog.Sum(sum))
	}
	return err
}

// discard closes a file that is to be removed.
func discard(file afero.File) {
	if h, ok := file.(*hashed); ok {
		h.end()
	}
	file.Close()
}
