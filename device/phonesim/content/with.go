package content

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// With is a source that holds further files, of few bytes each, in place of
// those of the same name that it had.
func With(source Source, files ...Extra) Source {
	w := &with{Source: source, extra: slices.Clone(files), number: make(map[place]int, len(files))}
	for i, e := range slices.Backward(w.extra) { // the first of one name counts
		w.number[place{e.Domain, e.Path}] = i
	}
	return w
}

// Extra is a file that is added to a source.
type Extra struct {
	Domain, Path string
	Data         []byte
	ModTime      time.Time
}

type with struct {
	Source
	extra  []Extra
	number map[place]int // in extra
}

// place is where a file is.
type place struct{ domain, path string }

func (w *with) find(domain, path string) (Extra, bool) {
	i, added := w.number[place{domain, path}]
	if !added {
		return Extra{}, false
	}
	return w.extra[i], true
}

// Walk implements [Source]: what was added comes last, after the folders above
// it that were not reported yet.
func (w *with) Walk(visit func(File) error) error {
	listed := map[string]bool{}
	above := map[string]bool{}
	for _, e := range w.extra {
		for _, folder := range foldersAbove(e.Path) {
			above[e.Domain+"/"+folder] = true
		}
	}
	err := w.Source.Walk(func(f File) error {
		if _, replaced := w.find(f.Domain, f.Path); replaced {
			return nil
		}
		if key := f.Domain + "/" + f.Path; f.Kind == Directory && above[key] {
			listed[key] = true
		}
		return visit(f)
	})
	if err != nil {
		return err
	}
	for _, e := range w.extra {
		for _, folder := range foldersAbove(e.Path) {
			key := e.Domain + "/" + folder
			if listed[key] {
				continue
			}
			listed[key] = true
			if err := visit(File{Domain: e.Domain, Path: folder, Kind: Directory, Mode: modeDirectory | 0o755, ModTime: e.ModTime}); err != nil {
				return err
			}
		}
		if err := visit(e.file()); err != nil {
			return err
		}
	}
	return nil
}

// foldersAbove are the folders of a path, outermost first; the root of the
// domain is "".
func foldersAbove(name string) []string {
	folders := []string{""}
	for i := range name {
		if name[i] == '/' {
			folders = append(folders, name[:i])
		}
	}
	return folders
}

func (e Extra) file() File {
	return File{
		Domain: e.Domain, Path: strings.TrimPrefix(path.Clean(e.Path), "/"), Kind: Regular, Size: int64(len(e.Data)),
		Mode: modeRegular | 0o600, ModTime: e.ModTime.UTC().Truncate(time.Second),
	}
}

// Open implements [Source].
func (w *with) Open(file File) (io.ReadCloser, error) {
	if e, ours := w.find(file.Domain, file.Path); ours {
		return io.NopCloser(bytes.NewReader(e.Data)), nil
	}
	return w.Source.Open(file)
}
