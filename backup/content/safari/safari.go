// Package safari reads the bookmarks, the Reading List and the history of the browser
// out of a backup.
package safari

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Kind is the row of this kind in the registry.
var Kind = kind.Kind{ID: "safari", Things: things, Export: write}

// places are where Safari's files are; newer ones count first.
var places = []string{"AppDomain-com.apple.mobilesafari", "HomeDomain"}

const folder = "library/safari/"

// stored are the databases of a backup.
type stored struct {
	bookmarks []source.File
	histories []profiled
}

type profiled struct {
	source.File
	profile string
}

// find looks for the databases.
func find(ctx context.Context, b *source.Backup) (stored, error) {
	var all stored
	for _, domain := range places {
		for f, err := range b.Contents(ctx, domain) {
			if err != nil {
				return all, err
			}
			rest, below := strings.CutPrefix(strings.ToLower(f.Path), folder)
			if !below || f.Domain != domain || !f.Regular() {
				continue
			}
			switch profile, in := strings.CutPrefix(path.Dir(rest), "profiles/"); {
			case rest == "bookmarks.db":
				all.bookmarks = append(all.bookmarks, f)
			case rest == "history.db":
				all.histories = append(all.histories, profiled{f, ""})
			case in && path.Base(rest) == "history.db" && !strings.Contains(profile, "/"):
				all.histories = append(all.histories, profiled{f, path.Base(path.Dir(f.Path))})
			}
		}
	}
	if len(all.bookmarks)+len(all.histories) == 0 {
		return all, fmt.Errorf("Safari: %w", source.ErrNotListed) //nolint:staticcheck // it is a name
	}
	return all, ctx.Err()
}

// read gives all bookmarks, and has each history visited by histories.
// What cannot be read is in the notes; if that is all, the error is source.ErrDamaged.
func read(ctx context.Context, b *source.Backup, bookmarks func(Bookmarks) error, histories func(*history) error) ([]kind.Note, error) {
	files, err := find(ctx, b)
	if err != nil {
		return nil, err
	}
	var notes []kind.Note
	var broken error
	good := 0
	damaged := func(err error, key string) error {
		if !errors.Is(err, source.ErrDamaged) || ctx.Err() != nil {
			if err == nil {
				good++
			}
			return err
		}
		broken = err
		notes = append(notes, kind.Note{Text: words.T(key, nil), Partial: true})
		return nil
	}
	for _, f := range files.bookmarks {
		all, err := readBookmarks(ctx, b, f)
		if told := bookmarks(all); told != nil { // those that came before the damage too
			return notes, told
		}
		if err := damaged(err, "content.safari.bookmarks-unreadable"); err != nil {
			return notes, err
		}
	}
	for _, f := range files.histories {
		h, err := openHistory(ctx, b, f.File, f.profile)
		if err == nil {
			err = histories(h)
			h.Close()
		}
		if err := damaged(err, "content.safari.history-unreadable"); err != nil {
			return notes, err
		}
	}
	if broken != nil && good == 0 {
		return notes, broken
	}
	if len(files.histories) == 0 && !b.Info().Encrypted {
		notes = append(notes, kind.Note{Text: words.T("content.safari.no-history", nil)})
	}
	return notes, nil
}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	return read(ctx, b, func(all Bookmarks) error {
		for _, list := range [][]*Bookmark{all.Bar, all.Menu, all.ReadingList} {
			if err := walk(list, func(s step) error {
				if s.Folder {
					return nil
				}
				return visit(s.thing())
			}); err != nil {
				return err
			}
		}
		return nil
	}, func(h *history) error {
		return h.pages(ctx, func(v Visit) error { return visit(v.page()) })
	})
}
