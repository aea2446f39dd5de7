package source

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// This file reads a write-ahead log of SQLite (https://www.sqlite.org/fileformat2.html,
// section 4), so that a database can be read with its newest rows although nothing of
// it may be written anywhere. The -shm beside it is only an index of the log, and is
// made anew here.

const (
	walHeader   = 32
	frameHeader = 24
	// maxPages bounds the pages that a log may replace: a log of 64 GiB.
	maxPages = 16 << 20
)

// wal is a log over a database: which page stands where in it.
type wal struct {
	file     io.ReaderAt
	pageSize int64
	pages    map[uint32]int64 // offset of a page's bytes, by its number from 1
	size     int64            // of the database after the last commit, in bytes; 0 without one
}

var errNoLog = errors.New("no write-ahead log")

// readWAL reads which pages a log holds, up to its last commit. What follows the
// first frame that is not of this log, or is damaged, does not count, as SQLite has
// it: that is the rest of an earlier log, or of a write that was cut off. progress is
// called now and then and may end it.
func readWAL(file io.ReaderAt, size int64, progress func() error) (*wal, error) {
	head := make([]byte, walHeader)
	if size < walHeader {
		return nil, errNoLog // emptied, as after a checkpoint
	}
	if _, err := file.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	magic := binary.BigEndian.Uint32(head)
	w := &wal{file: file, pageSize: int64(binary.BigEndian.Uint32(head[8:])), pages: map[uint32]int64{}}
	if magic&^1 != 0x377f0682 || w.pageSize < 512 || w.pageSize > 65536 || bits.OnesCount64(uint64(w.pageSize)) != 1 {
		return nil, errNoLog
	}
	sum := walSum{big: magic&1 == 1}
	sum.add(head[:24])
	if !sum.is(head[24:]) {
		return nil, errNoLog
	}
	frame := make([]byte, frameHeader+w.pageSize)
	pending := map[uint32]int64{}
	for n, at := 0, int64(walHeader); at+int64(len(frame)) <= size; n, at = n+1, at+int64(len(frame)) {
		if n%1024 == 0 {
			if err := progress(); err != nil {
				return nil, err
			}
		}
		if _, err := file.ReadAt(frame, at); err != nil && err != io.EOF {
			return nil, err
		}
		page := binary.BigEndian.Uint32(frame)
		sum.add(frame[:8])
		sum.add(frame[frameHeader:])
		if string(frame[8:16]) != string(head[16:24]) || !sum.is(frame[16:24]) || page == 0 {
			break
		}
		if pending[page] = at + frameHeader; len(pending)+len(w.pages) > maxPages {
			return nil, fmt.Errorf("a write-ahead log of more than %d pages", maxPages)
		}
		if commit := binary.BigEndian.Uint32(frame[4:]); commit > 0 {
			for page, at := range pending {
				w.pages[page] = at
			}
			clear(pending)
			w.size = int64(commit) * w.pageSize
		}
	}
	if w.size == 0 {
		return nil, errNoLog
	}
	return w, nil
}

// walSum is the running checksum of a log.
type walSum struct {
	a, b uint32
	big  bool
}

func (s *walSum) add(p []byte) {
	var order binary.ByteOrder = binary.LittleEndian
	if s.big {
		order = binary.BigEndian
	}
	for ; len(p) >= 8; p = p[8:] {
		s.a += order.Uint32(p) + s.b
		s.b += order.Uint32(p[4:]) + s.a
	}
}

func (s *walSum) is(p []byte) bool {
	return binary.BigEndian.Uint32(p) == s.a && binary.BigEndian.Uint32(p[4:]) == s.b
}
