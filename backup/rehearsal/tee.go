package rehearsal

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"

	"github.com/spf13/afero"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
)

// tee is the backup as it is sent: what is read of a content is summed up on
// its way.
type tee struct {
	afero.Fs
	run *run
}

// LstatIfPossible implements afero.Lstater.
func (t tee) LstatIfPossible(name string) (fs.FileInfo, bool, error) {
	info, err := disk.Lstat(t.Fs, name)
	return info, true, err
}

// Open implements afero.Fs.
func (t tee) Open(name string) (afero.File, error) {
	file, err := t.Fs.Open(name)
	id, is := catalog.ParseID(path.Base(name))
	if err != nil || !is {
		return file, err
	}
	sent := &sent{plain: sha256.New()}
	sent.remembered, sent.had, sent.err = t.run.View.Stored(id)
	if !t.run.result.Managed {
		sent.had = false
	}
	if sent.err == nil && t.run.manifest.Encrypted {
		sent.err = t.run.key(id, sent)
	}
	return &teeFile{File: file, run: t.run, id: id, sent: sent}, nil
}

// errKey is wrapped by errors about a key that does not open a content.
var errKey = errors.New("its key does not open it")

// key gives what is sent the key that the backup's list has of it.
func (r *run) key(id catalog.ID, s *sent) error {
	row, found, err := r.rows.Row(context.Background(), id.String())
	if err != nil || !found {
		return fmt.Errorf("its row: %w", errors.Join(err, format.ErrContent))
	}
	file, err := format.ParseFile(row.Record)
	if err != nil {
		return err
	}
	s.stored = sha256.New()
	if file.EncryptionKey == nil {
		s.bare = true
		return nil
	}
	key, err := r.keys.UnwrapPrefixed(file.EncryptionKey)
	if err != nil {
		return fmt.Errorf("%w: %w", errKey, err)
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("%w: %w", errKey, err)
	}
	s.mode = cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize))
	return nil
}

// sent is what is known of a content when it was sent.
type sent struct {
	remembered catalog.Entry // of when it arrived, if had
	had        bool
	err        error // why it cannot be what the list says

	mode   cipher.BlockMode // nil: it is stored as it is
	bare   bool             // it has no key, as only empty ones do
	held   []byte           // the end that is not decrypted yet
	size   int64            // stored bytes
	stored hash.Hash        // of them; nil where it is that of the plain ones
	length int64            // plain bytes
	plain  hash.Hash        // of them
}

// add takes bytes as they are stored.
func (s *sent) add(p []byte) {
	s.size += int64(len(p))
	if s.stored != nil {
		_, _ = s.stored.Write(p)
	}
	if s.mode == nil {
		s.length += int64(len(p))
		_, _ = s.plain.Write(p)
		return
	}
	s.held = append(s.held, p...)
	// The last block stays until it is known to be the last.
	if whole := (len(s.held) - 1) / aes.BlockSize * aes.BlockSize; whole > 0 {
		s.open(whole)
	}
}

// open decrypts the first n bytes of what is held.
func (s *sent) open(n int) {
	s.mode.CryptBlocks(s.held[:n], s.held[:n])
	s.length += int64(n)
	_, _ = s.plain.Write(s.held[:n])
	s.held = s.held[:copy(s.held, s.held[n:])]
}

// errEnd: the end of a content does not decrypt to padding.
var errEnd = errors.New("it does not decrypt to what it was")

// end takes the end of the content.
func (s *sent) end() {
	switch {
	case s.err != nil || s.size == 0:
	case s.bare:
		s.err = fmt.Errorf("%w: it has none", errKey)
	case s.mode == nil:
	case len(s.held) != aes.BlockSize:
		s.err = fmt.Errorf("%w: %d bytes are no number of blocks", errEnd, s.size)
	default:
		last := s.held
		s.mode.CryptBlocks(last, last)
		n := int(last[aes.BlockSize-1])
		if n < 1 || n > aes.BlockSize || !bytes.HasSuffix(last, bytes.Repeat([]byte{byte(n)}, n)) {
			s.err = errEnd
			return
		}
		s.length += int64(aes.BlockSize - n)
		_, _ = s.plain.Write(last[:aes.BlockSize-n])
	}
	s.held, s.mode = nil, nil
}

// asRemembered reports whether what was sent is what once arrived, as far as
// anything is remembered of it.
func (s *sent) asRemembered() error {
	if !s.had {
		return nil
	}
	if s.size != s.remembered.Size {
		return fmt.Errorf("it has %d bytes; when it arrived it had %d", s.size, s.remembered.Size)
	}
	sum := s.plain
	if s.stored != nil {
		sum = s.stored
	}
	if !s.remembered.Digest.IsZero() && catalog.Sum(sum) != s.remembered.Digest {
		return errors.New("it is not what once arrived")
	}
	return nil
}

// teeFile is a content while it is read.
type teeFile struct {
	afero.File
	run  *run
	id   catalog.ID
	sent *sent
}

// Read implements io.Reader.
func (f *teeFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.sent.add(p[:n])
	if err != nil && err != io.EOF {
		f.sent.err = fmt.Errorf("%w: %w", errDisk, err)
	}
	return n, err
}

// errDisk: the disk does not give a content back.
var errDisk = errors.New("it cannot be read")

// Close implements io.Closer: what the phone makes of it can be compared now.
func (f *teeFile) Close() error {
	f.sent.end()
	f.run.hold(f.id, f.sent)
	return f.File.Close()
}
