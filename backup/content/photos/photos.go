package photos

import (
	"context"
	"strings"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// Kind is photos and videos.
var Kind = kind.Kind{ID: "photos", Things: things, Export: exportAll}

func things(ctx context.Context, b *source.Backup, visit func(kind.Thing) error) ([]kind.Note, error) {
	l, err := Open(ctx, b)
	if err != nil {
		return nil, err
	}
	titles := l.titles()
	for i := range l.Assets {
		t := l.Assets[i].thing()
		t.Where = strings.Join(titles[int32(i)], ", ") //nolint:gosec // mostAssets
		if err := visit(t); err != nil {
			return l.Notes, err
		}
	}
	return l.Notes, ctx.Err()
}

// thing is an asset as all kinds have it.
func (a *Asset) thing() kind.Thing {
	return kind.Thing{
		Ref: a.Ref, Title: a.Name, Text: strings.TrimSpace(a.Camera + " " + strings.Join(a.People, ", ")), Date: a.Taken,
		Bytes: a.Bytes(), Presence: a.Presence, Hidden: a.Hidden, Deleted: a.Deleted,
	}
}
