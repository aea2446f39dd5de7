package mobilebackup2

import (
	"errors"
	"io"
	"io/fs"

	"lifeboat/backup/devicelink"
)

// createDirectory makes a folder and its parents: [path, options, percentage].
func createDirectory(h *Host, m devicelink.Message) reply {
	path, ok := m.Text(0)
	if !ok {
		return answer(devicelink.BadParameter)
	}
	h.percent(m.Percent(1))
	full, err := h.resolve(path)
	if err != nil {
		return answer(err)
	}
	if err := h.Fs.MkdirAll(full, 0o700); err != nil {
		return answer(h.failed("make folder", full, err))
	}
	if _, info, err := h.existing(path); err == nil && !info.IsDir() {
		return answer(devicelink.NotDirectory)
	}
	return reply{}
}

// contentsOfDirectory lists one level: [path, options, percentage]. A folder that is
// absent is an empty one, as phones expect.
func contentsOfDirectory(h *Host, m devicelink.Message) reply {
	path, ok := m.Text(0)
	if !ok {
		return answer(devicelink.BadParameter)
	}
	h.percent(m.Percent(1))
	full, info, err := h.existing(path)
	if errors.Is(err, fs.ErrNotExist) {
		return reply{}
	}
	if err != nil {
		return answer(h.failed("list folder", full, err))
	}
	if !info.IsDir() {
		return answer(devicelink.NotDirectory)
	}
	list, err := h.list(full)
	if err != nil {
		return answer(h.failed("list folder", full, err))
	}
	return reply{object: list}
}

func (h *Host) list(full string) (devicelink.Listing, error) {
	dir, err := h.Fs.Open(full)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	all := devicelink.Listing{}
	for {
		infos, err := dir.Readdir(512)
		for _, info := range infos {
			all = append(all, devicelink.Item{Name: info.Name(), Mode: info.Mode(), Size: info.Size(), Modified: info.ModTime()})
		}
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
