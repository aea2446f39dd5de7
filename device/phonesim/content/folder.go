package content

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"time"
	"unicode/utf8"
)

// Folder is a phone whose content is a folder of this computer, laid out
// DIR/<Domain>/<relative path>. Links are reported, never followed, and nothing
// outside of the folder is read. Entries that are neither file nor folder nor
// link, names that are no UTF-8 (iOS has none), and folders that cannot be
// listed are left out.
func Folder(dir string) (Source, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("content folder: %w", err)
	}
	defer root.Close()
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("content folder: %w", err)
	}
	return folder(dir), nil
}

// folder is where it lies. It is opened for each use, as a Source is never
// closed and Windows lets nobody remove a folder that is open.
type folder string

// Walk implements [Source], in the order of the names' bytes.
func (f folder) Walk(visit func(File) error) error {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return fmt.Errorf("content folder: %w", err)
	}
	defer root.Close()
	return opened{root}.all(visit)
}

// Open implements [Source].
func (f folder) Open(file File) (io.ReadCloser, error) {
	root, err := os.OpenRoot(string(f))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Open(filepath.FromSlash(path.Join(file.Domain, file.Path)))
}

// opened is a folder while it is listed.
type opened struct{ root *os.Root }

func (f opened) all(visit func(File) error) error {
	domains, err := f.list(".")
	if err != nil {
		return fmt.Errorf("content folder: %w", err)
	}
	for _, domain := range domains {
		if !domain.IsDir() || !utf8.ValidString(domain.Name()) {
			continue
		}
		if err := f.walk(domain.Name(), "", visit); err != nil {
			return err
		}
	}
	return nil
}

// walk tells one directory and all that it holds.
func (f opened) walk(domain, relative string, visit func(File) error) error {
	host := path.Join(domain, relative)
	info, err := f.root.Lstat(filepath.FromSlash(host))
	if err != nil {
		return nil // gone since it was listed
	}
	entry, ok := f.describe(domain, relative, info)
	if !ok {
		return nil
	}
	if err := visit(entry); err != nil {
		return err
	}
	if entry.Kind != Directory {
		return nil
	}
	names, err := f.list(host)
	if err != nil {
		return nil
	}
	for _, name := range names {
		if !utf8.ValidString(name.Name()) {
			continue
		}
		if err := f.walk(domain, path.Join(relative, name.Name()), visit); err != nil {
			return err
		}
	}
	return nil
}

// describe turns what the computer says of a file into what a phone says.
func (f opened) describe(domain, relative string, info fs.FileInfo) (File, bool) {
	file := File{
		Domain:  domain,
		Path:    relative,
		Mode:    uint32(info.Mode().Perm()),
		ModTime: info.ModTime().UTC().Truncate(time.Second),
	}
	switch info.Mode().Type() {
	case 0:
		file.Kind, file.Size = Regular, info.Size()
		file.Mode |= modeRegular
	case fs.ModeDir:
		file.Kind = Directory
		file.Mode |= modeDirectory
	case fs.ModeSymlink:
		target, err := f.root.Readlink(filepath.FromSlash(path.Join(domain, relative)))
		if err != nil {
			return File{}, false
		}
		file.Kind, file.Target = Symlink, target
		file.Mode |= modeSymlink
	default:
		return File{}, false
	}
	return file, true
}

// list reads one directory, sorted by name.
func (f opened) list(host string) ([]fs.DirEntry, error) {
	dir, err := f.root.Open(filepath.FromSlash(host))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries, err
}
