package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"lifeboat/backup/content/source"
)

// Set is the names of files that belong together, such as the two halves of a Live
// Photo: they differ in what follows their common stem, and keep it.
type Set struct {
	folder *Folder
	names  map[string]string // by ending
}

// longestStem bounds a common stem in bytes, so that no name with an ending has to
// be shortened.
const longestStem = longestName - 60

// Together takes names for files that belong together: a stem, made safe, with each
// of these endings, which are ASCII and at most 40 bytes, such as ".HEIC" and
// " edited.JPG". If one of them is taken, all get a number.
func (f *Folder) Together(stem string, endings ...string) (*Set, error) {
	safe := SafeName(stem)
	if len(safe) > longestStem {
		safe = shorten(safe, longestStem)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	taken, err := f.takenIn(f.dir)
	if err != nil {
		return nil, err
	}
	key := f.dir + "//" + folded(safe)
	for n := f.next[key] + 1; ; n++ {
		name := safe
		if n > 1 {
			name = fmt.Sprintf("%s (%d)", safe, n)
		}
		// Two sets share no stem, even if all their endings differ: they would look
		// like one. No file has the name that stands for a stem.
		mine := []string{"/" + folded(name)}
		names := map[string]string{}
		for _, ending := range endings {
			names[ending] = name + ending
			mine = append(mine, folded(name+ending))
		}
		if slices.ContainsFunc(mine, func(m string) bool { return taken[m] }) {
			continue
		}
		for _, m := range mine {
			taken[m] = true
		}
		f.next[key] = n
		return &Set{folder: f, names: names}, nil
	}
}

// Copy is Folder.Copy under the name of the set that has this ending.
func (s *Set) Copy(ctx context.Context, b *source.Backup, from source.File, ending string, modified time.Time) (string, error) {
	name, found := s.names[ending]
	if !found {
		return "", errors.Join(fs.ErrNotExist, errors.New("no name of the set"))
	}
	return copied(ctx, b, from, func() (*File, error) { return s.folder.create(name, modified) })
}
