package mobilebackup2

import (
	"errors"
	"io"
	"io/fs"

	"lifeboat/backup/devicelink"
)

// downloadFiles sends files: [[path…], options, percentage, number]. One that cannot be
// sent is named as such and the rest follow; the answer then has a status
// for each of them (device/PROTOCOL.md#downloads). A first backup relies on
// that: the phone asks for a Status.plist that is not there.
func downloadFiles(h *Host, dl *devicelink.Conn, m devicelink.Message) (reply, error) {
	paths, ok := m.Texts(0)
	if !ok {
		// The phone waits for the list's end before the answer.
		return answer(devicelink.BadParameter), dl.EndFiles()
	}
	failures := map[string]any{}
	for _, path := range paths {
		local, err := h.send(dl, path)
		if err != nil {
			return reply{}, err
		}
		if local != nil {
			status := devicelink.StatusOf(local)
			failures[path] = map[string]any{"DLFileErrorString": status.Error(), "DLFileErrorCode": int64(status)}
		}
	}
	if err := dl.EndFiles(); err != nil {
		return reply{}, err
	}
	h.percent(m.Percent(1))
	if len(failures) > 0 {
		return reply{status: devicelink.MultiStatus, text: devicelink.MultiStatus.Error(), object: failures}, nil
	}
	return reply{}, nil
}

func (h *Host) send(dl *devicelink.Conn, path string) (local, err error) {
	full, info, local := h.existing(path)
	if local == nil && !info.Mode().IsRegular() {
		local = devicelink.IsDirectory
	}
	if local != nil {
		local = h.failed("read file", full, local)
		return local, dl.SendMissing(path, devicelink.StatusOf(local))
	}
	file, local := h.Fs.Open(full)
	if local != nil {
		if !errors.Is(local, fs.ErrNotExist) {
			local = h.failed("read file", full, local)
		}
		return local, dl.SendMissing(path, devicelink.StatusOf(local))
	}
	defer file.Close()
	if !h.ReadOnly {
		local, err = dl.SendFile(path, file)
		return h.failed("read file", full, local), err
	}
	h.content = h.content || isContent(path)
	local, err = dl.SendFile(path, counted{file, h.OnBytes})
	if local == nil && err == nil && isContent(path) && h.OnFile != nil {
		h.OnFile()
	}
	return h.failed("read file", full, local), err
}

// counted calls tell, which may be nil, with how many bytes were read.
type counted struct {
	io.Reader
	tell func(n int)
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if n > 0 && c.tell != nil {
		c.tell(n)
	}
	return n, err
}
