package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"lifeboat/backup/catalog"
	"lifeboat/backup/disk"
	"lifeboat/backup/format"
)

// folderMax bounds how many contents of one folder are sorted in memory: 8
// MiB of them. A backup has a 256th of its files in each. Of a folder with
// more, only what should be there is looked for.
const folderMax = 256 << 10

// lying is a content that lies on the disk.
type lying struct {
	id catalog.ID
	// size in bytes, or one of the following.
	size int64
}

const (
	notThere   = -1
	notRegular = -2 // a folder, a link, a device
	notLegible = -3 // the disk does not tell
)

// folder is what one of the 256 folders holds.
type folder struct {
	prefix   byte
	contents []lying  // in order of their ids
	others   []string // the first names that are no content's
	more     int      // how many more there are
	crowded  bool     // contents are not all
	err      error
}

// folders gives the folders in their order. Some are read ahead, at the same
// time.
func (p *proof) folders(ctx context.Context) <-chan chan folder {
	ahead := make(chan chan folder, p.workers)
	go func() {
		defer close(ahead)
		for n := range 256 {
			one := make(chan folder, 1)
			go func() { one <- p.folder(ctx, byte(n)) }()
			select {
			case ahead <- one:
			case <-ctx.Done():
				<-one
				return
			}
		}
	}()
	return ahead
}

// folder reads one folder.
func (p *proof) folder(ctx context.Context, prefix byte) folder {
	f := folder{prefix: prefix}
	name := fmt.Sprintf("%02x", prefix)
	dir := path.Join(p.backup.subject.Dir, name)
	info, err := p.backup.lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f
	case err != nil:
		f.err = err
		return f
	case !info.IsDir():
		f.others = []string{name}
		return f
	}
	f.err = disk.EachName(p.backup.subject.Fs, dir, func(file string) error {
		if id, ok := catalog.ParseID(file); !ok || id[0] != prefix {
			f.other(path.Join(name, file))
			return ctx.Err()
		} else if len(f.contents) >= p.backup.folderMax {
			f.crowded = true
			f.more++
		} else if size := p.sizeOf(path.Join(dir, file)); size != notThere {
			f.contents = append(f.contents, lying{id, size})
		}
		return ctx.Err()
	})
	if errors.Is(f.err, fs.ErrNotExist) {
		// It went after it was seen. Its contents are missed one by one, and
		// [proof.still] reports whether the drive went with it.
		f.err = nil
	}
	slices.SortFunc(f.contents, func(a, b lying) int { return a.id.Compare(b.id) })
	slices.Sort(f.others)
	return f
}

func (f *folder) other(name string) {
	if len(f.others) == listMax {
		f.more++
		return
	}
	f.others = append(f.others, name)
}

// sizeOf gives the size of a content, or why it has none.
func (p *proof) sizeOf(path string) int64 {
	info, err := p.backup.lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notThere
	case err != nil:
		return notLegible
	case !info.Mode().IsRegular():
		return notRegular
	}
	return info.Size()
}

// pathOf is where a content lies.
func (p *proof) pathOf(id catalog.ID) string {
	return path.Join(p.backup.subject.Dir, format.BlobPath(id.String()))
}

// isPrefix reports whether a name is that of one of the 256 folders.
func isPrefix(name string) bool {
	return len(name) == 2 && format.ValidFileID(name+"00000000000000000000000000000000000000")
}
