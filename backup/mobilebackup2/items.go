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

// move renames from to to, which it replaces.
func (h *Host) move(from, to string) error {
	if isContent(from) && isContent(to) {
		if err := h.moveContent(from, to); err == nil {
			return nil
		}
	}
	return h.moveAnything(from, to)
}

// moveContent is for nearly all that phones move, by the hundred thousand:
// one file to where none is, or another file. The disk says no to whatever
// does not fit, and nothing has changed then.
func (h *Host) moveContent(from, to string) error {
	source, err := h.resolve(from)
	if err != nil {
		return err
	}
	if err := h.reach(path.Dir(source), false); err != nil {
		return err
	}
	target, err := h.target(to)
	if err != nil {
		return err
	}
	if h.known[source] || h.known[target] {
		h.forget() // a folder with the name of a file
	}
	return h.Fs.Rename(source, target)
}

// moveAnything looks at the source first, so that an absent one costs nothing.
func (h *Host) moveAnything(from, to string) error {
	source, info, err := h.existing(from)
	if err != nil {
		return h.failed("move", source, err)
	}
	target, err := h.target(to)
	if err != nil {
		return err
	}
	if source == target {
		return nil
	}
	if strings.HasPrefix(target, source+"/") {
		return devicelink.BadParameter
	}
	if there, err := disk.Lstat(h.Fs, target); err == nil && (there.IsDir() || info.IsDir()) {
		h.forget()
		if err := h.Fs.RemoveAll(target); err != nil {
			return h.failed("replace", target, err)
		}
	}
	if info.IsDir() {
		h.forget()
	}
	return h.failed("move", target, h.Fs.Rename(source, target))
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
	err = h.reach(path.Dir(full), false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return h.failed("remove", full, err)
	}
	info, err := disk.Lstat(h.Fs, full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
	case info.IsDir():
		h.forget()
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
	target, err := h.target(to)
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
	if err := h.reach(target, true); err != nil {
		return err
	}
	dir, err := h.Fs.Open(source)
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		infos, err := dir.Readdir(512)
		for _, child := range infos {
			if err := h.copy(path.Join(source, child.Name()), path.Join(target, child.Name()), child); err != nil {
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
