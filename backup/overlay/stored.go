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
}

// Write adds to the file and to the digest.
func (h *hashed) Write(p []byte) (int, error) {
	n, err := h.File.Write(p)
	if h.hash != nil {
		h.hash.Write(p[:max(n, 0)])
		h.size += int64(n)
	}
	if err != nil || n != len(p) {
		h.hash = nil
	}
	return n, err
}

// WriteString is Write.
func (h *hashed) WriteString(s string) (int, error) { return h.Write([]byte(s)) }

// WriteAt ends the digest.
func (h *hashed) WriteAt(p []byte, offset int64) (int, error) {
	h.hash = nil
	return h.File.WriteAt(p, offset)
}

// Truncate ends the digest.
func (h *hashed) Truncate(size int64) error {
	h.hash = nil
	return h.File.Truncate(size)
}

// Read ends the digest, since the next Write goes elsewhere.
func (h *hashed) Read(p []byte) (int, error) {
	h.hash = nil
	return h.File.Read(p)
}

// Seek ends the digest, unless it only asks where the file is.
func (h *hashed) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		h.hash = nil
	}
	return h.File.Seek(offset, whence)
}

// Close closes the file and tells its digest.
func (h *hashed) Close() error {
	err := h.File.Close()
	if err == nil && h.hash != nil {
		h.stored(h.name, h.size, catalog.Sum(h.hash))
	}
	h.hash = nil
	return err
}

// discard closes a file that is to be removed.
func discard(file afero.File) {
	if h, ok := file.(*hashed); ok {
		h.hash = nil
	}
	file.Close()
}
