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
	list := devicelink.Listing{}
	if err := h.eachIn(full, func(info fs.FileInfo) error {
		list = append(list, devicelink.Item{Name: info.Name(), Mode: info.Mode(), Size: info.Size(), Modified: info.ModTime()})
		return nil
	}); err != nil {
		return answer(h.failed("list folder", full, err))
	}
	return reply{object: list}
}

// eachIn does something with every entry of a folder, of which it holds a part at a time.
func (h *Host) eachIn(full string, do func(fs.FileInfo) error) error {
	dir, err := h.Fs.Open(full)
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		infos, err := dir.Readdir(512)
		for _, info := range infos {
			if err := do(info); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
