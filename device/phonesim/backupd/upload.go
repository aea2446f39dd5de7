package backupd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Codes at the head of each piece of a file, or at its end.
const (
	pieceEnd  = 0x00
	pieceData = 0x0C
	pieceEIO  = 0x0B
)

const (
	pieceHead = 5       // length and code
	pieceRoom = 4 << 10 // do not begin a piece with less room than this
	pieceTail = 16      // one more block for the padding
)

// source is one file on its way to the host.
type source struct {
	device string // name on the phone; for information
	host   string // where the host shall put it
	from   io.Reader
	key    []byte    // to encrypt with; nil sends it as it is
	sum    hash.Hash // takes the stored bytes; may be nil
	// fault ends the file with an error after so many stored bytes.
	fault *EntryError
}

// sentFile is what became of a file.
type sentFile struct {
	plain  int64 // bytes read
	stored int64 // bytes the host has
	failed bool  // it ended with an error on the phone
}

// name writes a length and a text.
func (l *link) name(text string) error {
	if err := l.out.write(binary.BigEndian.AppendUint32(nil, uint32(len(text)))); err != nil {
		return err
	}
	return l.out.write([]byte(text))
}

// end writes the last piece of a file.
func (l *link) end(code byte, text string) error {
	piece := binary.BigEndian.AppendUint32(nil, uint32(1+len(text)))
	return l.out.write(append(append(piece, code), text...))
}

// upload sends one file within a list of uploads. Only an error of the
// connection is an error; one of the file itself is reported to the host.
func (l *link) upload(s source) (sentFile, error) {
	var sent sentFile
	seal, err := newSealer(s.key)
	if err != nil {
		return sent, err
	}
	for _, n := range []struct{ what, text string }{{bigName, s.device}, {bigPath, s.host}} {
		if l.isBig(n.what) {
			return sent, l.announce()
		}
		if err := l.name(n.text); err != nil {
			return sent, err
		}
	}
	switch {
	case l.isBig(bigData):
		return sent, l.announce(pieceData)
	case l.isBig(bigText):
		return sent, l.announce(pieceEIO)
	}
	for {
		room, err := l.out.room(pieceHead + pieceRoom + pieceTail)
		if err != nil {
			return sent, err
		}
		data := room[pieceHead:]
		whole := (len(data) - pieceTail) &^ (pieceTail - 1)
		n, readErr := io.ReadFull(s.from, data[:whole])
		sent.plain += int64(n)
		size := n
		atEnd := errors.Is(readErr, io.EOF) || errors.Is(readErr, io.ErrUnexpectedEOF)
		switch {
		case readErr == nil:
			seal.blocks(data[:n])
		case atEnd && sent.plain > 0:
			size = seal.last(data, n)
		case !atEnd:
			sent.failed = true
			return sent, l.end(pieceEIO, readErr.Error())
		}
		if f := s.fault; f != nil && (atEnd || sent.stored+int64(size) >= f.AfterBytes) {
			l.piece(room, int(min(max(f.AfterBytes-sent.stored, 0), int64(size))))
			sent.failed = true
			return sent, l.end(f.Code, f.Text)
		}
		if s.sum != nil {
			s.sum.Write(data[:size])
		}
		l.piece(room, size)
		sent.stored += int64(size)
		if atEnd {
			return sent, l.end(pieceEnd, "")
		}
	}
}

// piece commits a data piece whose bytes stand behind its head; an empty one is
// not sent, as some hosts misread it.
func (l *link) piece(room []byte, size int) {
	if size == 0 {
		return
	}
	binary.BigEndian.PutUint32(room, uint32(1+size))
	room[4] = pieceData
	l.out.commit(pieceHead + size)
}

// beginUploads announces a list of uploads.
func (l *link) beginUploads(p progress, total int64) error {
	return l.send(l.layout.message(p, "DLMessageUploadFiles", total)...)
}

// endUploads ends a list of uploads and waits for the host's answer.
func (l *link) endUploads(about string) (answer, error) {
	if err := l.out.write([]byte{0, 0, 0, 0}); err != nil {
		return answer{}, err
	}
	if err := l.out.flush(); err != nil {
		return answer{}, err
	}
	return l.answer("DLMessageUploadFiles", about)
}

// uploadOne sends a single file as a list of its own.
func (l *link) uploadOne(p progress, total int64, s source) (sentFile, error) {
	if err := l.beginUploads(p, total); err != nil {
		return sentFile{}, err
	}
	sent, err := l.upload(s)
	if err != nil {
		return sent, err
	}
	a, err := l.endUploads(s.host)
	if err != nil {
		return sent, err
	}
	if a.code != 0 {
		return sent, writing(a, s.host)
	}
	if sent.failed {
		return sent, &refusal{code: mbDeviceIO, text: fmt.Sprintf("could not read %s", s.device)}
	}
	return sent, nil
}
