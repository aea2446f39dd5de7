package mobilebackup2

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"lifeboat/backup/devicelink"
	"lifeboat/backup/disk"
)

// moveItems moves: [{from: to, …}, options, percentage]. It stops at the first pair
// that fails.
func moveItems(h *Host, m devicelink.Message) reply {
	pairs, ok := m.Dict(0)
	if !ok {
		return answer(devicelink.BadParameter)
	}
	for _, from := range slices.Sorted(maps.Keys(pairs)) {
		to, ok := pairs[from].(string)
		if !ok {
			return answer(devicelink.BadParameter)
		}
		if err := h.move(from, to); err != nil {
			return answer(err)
		}
	}
	h.percent(m.Percent(1))
	return reply{}
}

// move renames from to to, which it replaces. Nearly all that phones move, by
// the hundred thousand, is one file to where none is, or another file: the disk
// says no to whatever does not fit, and nothing has changed then. Of all else
// the source is looked at first, so that an absent one costs nothing.
func (h *Host) move(from, to string) error {
	source, err := h.resolve(from)
	if err != nil {
		return err
	}
	target, err := h.resolve(to)
	if err != nil {
		return err
	}
	if isContent(from) && isContent(to) && h.Fs.Rename(source, target) == nil {
		return nil
	}
	_, info, err := h.existing(from)
	if err != nil {
		return h.failed("move", source, err)
	}
	if source == target {
		return nil
	}
	if strings.HasPrefix(target, source+"/") {
		return devicelink.BadParameter
	}
	if there, err := disk.Lstat(h.Fs, target); err == nil && (there.IsDir() || info.IsDir()) {
		if err := h.Fs.RemoveAll(target); err != nil {
			return h.failed("replace", target, err)
		}
	}
	return h.failed("move", target, h.withFolder(target, func() error { return h.Fs.Rename(source, target) }))
}

// removeItems removes files and whole folders: [[path…], options, percentage];
// older phones send a single path. What is absent already is no error.
func removeItems(h *Host, m devicelink.Message) reply {
	paths, ok := m.Texts(0)
	if !ok {
		name, ok := m.Text(0)
		if !ok {
			return answer(devicelink.BadParameter)
		}
		paths = []string{name}
	}
	for _, name := range paths {
		if err := h.remove(name); err != nil {
			return answer(err)
		}
	}
	h.percent(m.Percent(1))
	return reply{}
}

func (h *Host) remove(name string) error {
	full, err := h.resolve(name)
	if err != nil {
		return err
	}
	info, err := disk.Lstat(h.Fs, full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
	case info.IsDir():
		err = h.Fs.RemoveAll(full)
	default:
		err = h.Fs.Remove(full) // of a link: the link itself
	}
	return h.failed("remove", full, err)
}

// copyItem copies a file or a whole folder: [from, to, options, percentage].
func copyItem(h *Host, m devicelink.Message) reply {
	from, ok1 := m.Text(0)
	to, ok2 := m.Text(1)
	if !ok1 || !ok2 {
		return answer(devicelink.BadParameter)
	}
	source, info, err := h.existing(from)
	if err != nil {
		return answer(h.failed("copy", source, err))
	}
	target, err := h.resolve(to)
	if err != nil {
		return answer(err)
	}
	if target == source || strings.HasPrefix(target, source+"/") {
		return answer(devicelink.BadParameter)
	}
	if err := h.copy(source, target, info); err != nil {
		return answer(h.failed("copy", target, err))
	}
	h.percent(m.Percent(2))
	return reply{}
}

func (h *Host) copy(source, target string, info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return h.copyFile(source, target)
	case !info.IsDir():
		return devicelink.Loop // a link, or nothing a backup holds
	}
	if err := h.Fs.MkdirAll(target, 0o700); err != nil {
		return err
	}
	return h.eachIn(source, func(child fs.FileInfo) error {
		return h.copy(path.Join(source, child.Name()), path.Join(target, child.Name()), child)
	})
}

func (h *Host) copyFile(source, target string) (err error) {
	in, err := h.Fs.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	out, _, err := h.create(target)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := out.Close(); err == nil {
			err = closeErr
		}
		if err != nil && !errors.Is(err, os.ErrExist) {
			h.Fs.Remove(target)
		}
	}()
	_, err = io.Copy(out, in)
	return err
}
