package services

import (
	"encoding/binary"
	"io"
	"os"
)

// maxHandles bounds the files one connection may hold open.
const maxHandles = 256

// afcHandle is an open file and the lock name it has.
type afcHandle struct {
	file *os.File
	name string
}

// cutWord takes a number off the fields.
func cutWord(fields []byte) (n uint64, rest []byte, err error) {
	if len(fields) < 8 {
		return 0, nil, statusError(afcBadArgument)
	}
	return binary.LittleEndian.Uint64(fields), fields[8:], nil
}

// handleOf finds the open file that the fields begin with.
func (s *afcSession) handleOf(p afcPacket) (h *afcHandle, id uint64, rest []byte, err error) {
	id, rest, err = cutWord(p.fields)
	if err != nil {
		return nil, 0, nil, err
	}
	h, ok := s.handles[id]
	if !ok {
		return nil, 0, nil, statusError(afcBadArgument)
	}
	return h, id, rest, nil
}

func (s *afcSession) open(p afcPacket, _ io.Reader) (afcAnswer, error) {
	mode, rest, err := cutWord(p.fields)
	if err != nil {
		return afcAnswer{}, err
	}
	flags, ok := openFlags[mode]
	if !ok || len(s.handles) >= maxHandles {
		return afcAnswer{}, statusError(afcBadArgument)
	}
	name, _ := cutPath(rest)
	file, err := s.openFile(name, flags)
	if err != nil {
		return afcAnswer{}, err
	}
	s.last++
	s.handles[s.last] = &afcHandle{file: file, name: name}
	return afcAnswer{op: afcOpened, fields: word(s.last)}, nil
}

func (s *afcSession) read(p afcPacket, _ io.Reader) (afcAnswer, error) {
	h, _, rest, err := s.handleOf(p)
	if err != nil {
		return afcAnswer{}, err
	}
	want, _, err := cutWord(rest)
	if err != nil {
		return afcAnswer{}, err
	}
	data := make([]byte, min(want, maxAFCRead))
	n, err := io.ReadFull(h.file, data)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return afcAnswer{op: afcData, data: data[:n]}, err
}

func (s *afcSession) write(p afcPacket, payload io.Reader) (afcAnswer, error) {
	h, _, _, err := s.handleOf(p)
	if err != nil {
		return afcAnswer{}, err
	}
	_, err = io.Copy(h.file, payload)
	return afcAnswer{}, err
}

func (s *afcSession) seek(p afcPacket, _ io.Reader) (afcAnswer, error) {
	h, _, rest, err := s.handleOf(p)
	if err != nil {
		return afcAnswer{}, err
	}
	whence, rest, err := cutWord(rest)
	if err != nil {
		return afcAnswer{}, err
	}
	offset, _, err := cutWord(rest)
	if err != nil || whence > io.SeekEnd {
		return afcAnswer{}, statusError(afcBadArgument)
	}
	if _, err := h.file.Seek(int64(offset), int(whence)); err != nil {
		return afcAnswer{}, statusError(afcBadArgument)
	}
	return afcAnswer{}, nil
}

func (s *afcSession) tell(p afcPacket, _ io.Reader) (afcAnswer, error) {
	h, _, _, err := s.handleOf(p)
	if err != nil {
		return afcAnswer{}, err
	}
	at, err := h.file.Seek(0, io.SeekCurrent)
	return afcAnswer{op: afcTold, fields: word(uint64(at))}, err
}

func (s *afcSession) truncate(p afcPacket, _ io.Reader) (afcAnswer, error) {
	h, _, rest, err := s.handleOf(p)
	if err != nil {
		return afcAnswer{}, err
	}
	size, _, err := cutWord(rest)
	if err != nil || size > uint64(s.info.Free) {
		return afcAnswer{}, statusError(afcBadArgument)
	}
	return afcAnswer{}, h.file.Truncate(int64(size))
}

func (s *afcSession) lock(p afcPacket, _ io.Reader) (afcAnswer, error) {
	h, _, rest, err := s.handleOf(p)
	if err != nil {
		return afcAnswer{}, err
	}
	how, _, err := cutWord(rest)
	if err != nil {
		return afcAnswer{}, err
	}
	switch how &^ lockNoWait {
	case lockRelease:
		s.locks.release(h.name, h)
		return afcAnswer{}, nil
	case lockShared, lockExclusive:
		if !s.locks.take(h.name, h, how&lockExclusive != 0) {
			return afcAnswer{}, statusError(afcWouldBlock)
		}
		return afcAnswer{}, nil
	}
	return afcAnswer{}, statusError(afcBadArgument)
}

func (s *afcSession) close(p afcPacket, _ io.Reader) (afcAnswer, error) {
	h, id, _, err := s.handleOf(p)
	if err != nil {
		return afcAnswer{}, err
	}
	delete(s.handles, id)
	s.locks.release(h.name, h)
	return afcAnswer{}, h.file.Close()
}

// closeAll ends a connection: its files are closed, its locks released.
func (s *afcSession) closeAll() {
	for _, h := range s.handles {
		s.locks.release(h.name, h)
		h.file.Close()
	}
}
