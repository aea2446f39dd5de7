package services

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// cutPath reads the path that fields begin with, as one inside the media
// folder, and returns what follows it. (The root is an os.Root, which holds
// against symbolic links too.)
func cutPath(fields []byte) (name string, rest []byte) {
	text, rest, _ := bytes.Cut(fields, []byte{0})
	if name = strings.TrimPrefix(path.Clean("/"+string(text)), "/"); name == "" {
		name = "."
	}
	return name, rest
}

// list encodes strings as AFC does: each ended by a zero byte.
func list(texts ...string) []byte { return []byte(strings.Join(texts, "\x00") + "\x00") }

func (s *afcSession) readDir(p afcPacket, _ io.Reader) (afcAnswer, error) {
	name, _ := cutPath(p.fields)
	dir, err := s.root.Open(name)
	if err != nil {
		return afcAnswer{}, err
	}
	defer dir.Close()
	entries, err := dir.Readdirnames(-1)
	if err != nil {
		return afcAnswer{}, err
	}
	return afcAnswer{op: afcData, data: list(append([]string{".", ".."}, entries...)...)}, nil
}

func (s *afcSession) stat(p afcPacket, _ io.Reader) (afcAnswer, error) {
	name, _ := cutPath(p.fields)
	info, err := s.root.Lstat(name)
	if err != nil {
		return afcAnswer{}, err
	}
	kind := "S_IFREG"
	switch info.Mode().Type() {
	case fs.ModeDir:
		kind = "S_IFDIR"
	case fs.ModeSymlink:
		kind = "S_IFLNK"
	}
	changed := strconv.FormatInt(info.ModTime().UnixNano(), 10)
	return afcAnswer{op: afcData, data: list(
		"st_size", strconv.FormatInt(info.Size(), 10),
		"st_blocks", strconv.FormatInt((info.Size()+511)/512, 10),
		"st_nlink", "1", "st_ifmt", kind,
		"st_mtime", changed, "st_birthtime", changed,
	)}, nil
}

func (s *afcSession) deviceInfo(afcPacket, io.Reader) (afcAnswer, error) {
	return afcAnswer{op: afcData, data: list(
		"Model", s.info.Model,
		"FSTotalBytes", strconv.FormatInt(s.info.Total, 10),
		"FSFreeBytes", strconv.FormatInt(s.info.Free, 10),
		"FSBlockSize", "4096",
	)}, nil
}

func (s *afcSession) makeDir(p afcPacket, _ io.Reader) (afcAnswer, error) {
	name, _ := cutPath(p.fields)
	return afcAnswer{}, s.root.MkdirAll(name, 0o700)
}

func (s *afcSession) remove(p afcPacket, _ io.Reader) (afcAnswer, error) {
	name, _ := cutPath(p.fields)
	if name == "." {
		return afcAnswer{}, statusError(afcDenied)
	}
	return afcAnswer{}, s.root.Remove(name)
}

func (s *afcSession) removeAll(p afcPacket, _ io.Reader) (afcAnswer, error) {
	name, _ := cutPath(p.fields)
	if name == "." {
		return afcAnswer{}, statusError(afcDenied)
	}
	if _, err := s.root.Lstat(name); err != nil {
		return afcAnswer{}, err
	}
	return afcAnswer{}, s.root.RemoveAll(name)
}

func (s *afcSession) rename(p afcPacket, _ io.Reader) (afcAnswer, error) {
	from, rest := cutPath(p.fields)
	to, _ := cutPath(rest)
	if from == "." || to == "." {
		return afcAnswer{}, statusError(afcBadArgument)
	}
	return afcAnswer{}, s.root.Rename(from, to)
}

// openFlags are the modes of an open request: r, r+, w, w+, a, a+. All but
// the first make the file.
var openFlags = map[uint64]int{
	1: os.O_RDONLY,
	2: os.O_RDWR | os.O_CREATE,
	3: os.O_WRONLY | os.O_CREATE | os.O_TRUNC,
	4: os.O_RDWR | os.O_CREATE | os.O_TRUNC,
	5: os.O_WRONLY | os.O_CREATE | os.O_APPEND,
	6: os.O_RDWR | os.O_CREATE | os.O_APPEND,
}

// errIsDir: a folder cannot be opened as a file, not even for reading.
var errIsDir = statusError(afcIsDir)

// openFile opens a regular file of the media folder.
func (a *AFC) openFile(name string, flags int) (*os.File, error) {
	info, err := a.root.Stat(name)
	if err == nil && info.IsDir() {
		return nil, errIsDir
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return a.root.OpenFile(name, flags, 0o600)
}
