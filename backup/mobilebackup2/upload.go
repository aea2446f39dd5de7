package mobilebackup2

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/afero"

	"lifeboat/backup/devicelink"
	"lifeboat/backup/disk"
)

// uploadFiles receives files: [options, percentage, total bytes], then the raw
// list of files (device/PROTOCOL.md#uploads). Whatever goes wrong here, the list
// is read to its end, so that both sides stay in step, and the first problem is
// the answer.
func uploadFiles(h *Host, dl *devicelink.Conn, m devicelink.Message) (reply, error) {
	steps := newSteps(h, m)
	var problem error
	err := eachUpload(dl, func(file *devicelink.Upload) error {
		local, err := h.receive(file, steps)
		if problem == nil {
			problem = local
		}
		return err
	})
	if err != nil {
		return reply{}, err
	}
	h.percent(m.Percent(0))
	return answer(problem), nil
}

// eachUpload has take read each file of a list to its end.
func eachUpload(dl *devicelink.Conn, take func(*devicelink.Upload) error) error {
	for {
		file, err := dl.NextUpload()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = take(file)
		}
		if err != nil {
			return err
		}
	}
}

// steps moves the phone's percentage along within one list, from where the
// message before left it. More bytes may come than were announced.
type steps struct {
	host       *Host
	start, end float64
	total, got int64
}

func newSteps(h *Host, m devicelink.Message) *steps {
	s := &steps{host: h, start: h.at}
	if start, ok := m.Number(0); ok { // the older layout
		s.start = start
	}
	if end, ok := m.Percent(0); ok && end <= 100 {
		s.end = end
	}
	s.total, _ = m.Int(2)
	return s
}

func (s *steps) add(n int) {
	if s.host.OnBytes != nil {
		s.host.OnBytes(n)
	}
	s.got += int64(n)
	if s.total > 0 && s.got <= s.total && s.end > s.start {
		s.host.tellPercent(s.start + (s.end-s.start)*float64(s.got)/float64(s.total))
	}
}

// receive stores one file. local is a problem of this side, err one of the
// connection. A file that is not complete is removed again.
func (h *Host) receive(file *devicelink.Upload, steps *steps) (local, err error) {
	h.content = h.content || isContent(file.Path)
	if h.trouble != nil {
		return h.trouble, drain(file)
	}
	full, local := h.resolve(file.Path)
	if local != nil {
		h.Log.Warn("refused a path of the phone", "path", file.Path, "err", local)
		return local, drain(file)
	}
	out, again, local := h.create(full)
	if local != nil {
		return h.failed("create file", full, local), drain(file)
	}
	local, err = h.store(out, file, steps)
	if closeErr := out.Close(); local == nil {
		local = closeErr
	}
	if local == nil && err == nil && file.Status == devicelink.OK {
		if isContent(file.Path) && !again && h.OnFile != nil {
			h.OnFile()
		}
		return nil, nil
	}
	removeErr := h.Fs.Remove(full)
	if err != nil {
		return nil, err
	}
	if local != nil {
		return h.failed("write file", full, local), nil
	}
	h.skip(file)
	return h.failed("remove partial file", full, removeErr), nil
}

// store copies to out until the file's end, or drains it if out fails.
func (h *Host) store(out afero.File, file *devicelink.Upload, steps *steps) (local, err error) {
	if h.buffer == nil {
		h.buffer = make([]byte, 256<<10)
	}
	for {
		n, err := io.ReadFull(file, h.buffer)
		if n > 0 {
			if _, local := out.Write(h.buffer[:n]); local != nil {
				return local, drain(file)
			}
			steps.add(n)
		}
		switch {
		case err == nil:
		case err == io.EOF, err == io.ErrUnexpectedEOF && file.Ended():
			return nil, nil
		default:
			return nil, err
		}
	}
}

// create opens a new file. O_EXCL never follows a link; what is in the way
// is removed first, unless it is a folder: again reports that there was
// something, such as the file itself, which phones may send a second time.
func (h *Host) create(full string) (out afero.File, again bool, err error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	err = h.withFolder(full, func() (err error) {
		out, err = h.Fs.OpenFile(full, flags, 0o600)
		return err
	})
	if !errors.Is(err, os.ErrExist) {
		return out, false, err
	}
	info, err := disk.Lstat(h.Fs, full)
	if err != nil {
		return nil, true, err
	}
	if info.IsDir() {
		return nil, true, devicelink.IsDirectory
	}
	if err := h.Fs.Remove(full); err != nil {
		return nil, true, err
	}
	out, err = h.Fs.OpenFile(full, flags, 0o600)
	return out, true, err
}

func (h *Host) skip(file *devicelink.Upload) {
	h.Log.Warn("the phone could not read a file", "file", file.Device, "status", int(file.Status), "text", file.Text)
	one := Skipped{Device: file.Device, Status: file.Status, Text: file.Text}
	h.nSkipped++
	if len(h.skipped) < maxSkipped {
		h.skipped = append(h.skipped, one)
	}
	if h.OnSkipped != nil {
		h.OnSkipped(one)
	}
}

// drain reads a file to its end for nothing.
func drain(file *devicelink.Upload) error {
	_, err := io.Copy(io.Discard, file)
	return err
}
