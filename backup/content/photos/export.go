package photos

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"lifeboat/assets/words"
	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
	"lifeboat/backup/export"
)

// An asset is written once, into the folder of the month in which it was taken, as
// people look for photos by when they were taken and as each folder stays of a size
// that a file manager can show. Albums are pages that lead there, since a second copy
// would double gigabytes, and one photo can be in ten albums; who wants folders of
// albums can have them ([kind.Options]).
//
// What is not the person's own has folders of its own: shared albums, and what
// others sent. So have hidden and deleted photos, the further ones of a burst, and
// small pictures, so that none is taken for what it is not.

// exporter is one export.
type exporter struct {
	ctx   context.Context
	b     *source.Backup
	lib   *Library
	to    *export.Folder
	o     kind.Options
	say   *words.Catalogue
	share map[int32]string // the shared album of an asset
	where map[int32]string // what was written of those in albums
	in    map[int32]bool   // those in albums
}

func exportAll(ctx context.Context, b *source.Backup, to *export.Folder, o kind.Options) error {
	l, err := Open(ctx, b)
	if err != nil {
		return err
	}
	x := &exporter{ctx: ctx, b: b, lib: l, to: to, o: o, say: o.Say(), share: map[int32]string{}, where: map[int32]string{}, in: map[int32]bool{}}
	for _, album := range l.Albums {
		for _, i := range album.Assets {
			x.in[i] = true
			if album.Shared && l.Assets[i].Origin == SharedAlbum && x.share[i] == "" {
				x.share[i] = x.title(album.Title)
			}
		}
	}
	for i := range l.Assets {
		if !o.Takes(l.Assets[i].thing()) {
			continue
		}
		if err := x.asset(int32(i), &l.Assets[i]); err != nil { //nolint:gosec // mostAssets
			return err
		}
	}
	for i := range l.Albums {
		if err := x.album(&l.Albums[i]); err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) folder(key string) string {
	return x.say.Say("content.photos.folder."+key, nil)
}

// folders are those that an asset goes into.
func (x *exporter) folders(i int32, a *Asset) []string {
	var names []string
	if a.Deleted {
		names = append(names, x.folder("deleted"))
	} else if a.Hidden {
		names = append(names, x.folder("hidden"))
	}
	switch a.Origin {
	case SharedAlbum:
		names = append(names, x.folder("shared-albums"))
		if title := x.share[i]; title != "" {
			return append(names, title)
		}
	case SharedWithYou:
		names = append(names, x.folder("shared-with-you"))
	}
	if a.Taken.IsZero() {
		return append(names, x.folder("undated"))
	}
	t := x.local(a)
	month := x.say.Say("units.month."+strings.ToLower(t.Month().String()), nil)
	names = append(names, strconv.Itoa(t.Year()), fmt.Sprintf("%04d-%02d %s", t.Year(), t.Month(), month))
	if a.Further {
		names = append(names, x.folder("bursts"))
	}
	return names
}

// local is when an asset was taken by the clock there, or by the person's, where
// there is not known.
func (x *exporter) local(a *Asset) time.Time {
	if a.Taken.Location() == time.UTC {
		return a.Taken.In(x.o.In())
	}
	return a.Taken
}

// stem is the name without its ending.
func (a *Asset) stem() string {
	ending := path.Ext(a.Name)
	folded := strings.ToLower(ending)
	known := moving[folded] || still[folded]
	for _, p := range a.parts {
		known = known || strings.EqualFold(p.ending, ending)
	}
	if stem := strings.TrimSuffix(a.Name, ending); known && stem != "" {
		return stem
	}
	return a.Name
}

// endingOf is the ending of a file of an asset, written as in its name where it is
// the same.
func (a *Asset) endingOf(p part) string {
	if ending := path.Ext(a.Name); strings.EqualFold(ending, p.ending) {
		return asciiOnly(ending)
	}
	return asciiOnly(p.ending)
}

// asciiOnly drops an ending that no camera gives.
func asciiOnly(ending string) string {
	if len(ending) > 16 {
		return ""
	}
	for _, r := range ending {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '.' {
			return ""
		}
	}
	return ending
}

// chosen are the files of an asset that an export takes, with their endings. The
// first is the one that an album shows.
func (x *exporter) chosen(a *Asset) (parts []part, endings []string) {
	take := func(mark string, roles ...role) {
		for _, r := range roles {
			for _, p := range a.parts {
				if p.role == r {
					parts, endings = append(parts, p), append(endings, mark+a.endingOf(p))
				}
			}
		}
	}
	switch {
	case x.o.Photos == kind.EditedForm && a.has(edited):
		take("", edited, editedMove)
		if !a.has(editedMove) {
			take("", movie)
		}
	case x.o.Photos == kind.BothForms && a.has(edited):
		take("", original, also, movie)
		take(" "+x.say.Say("content.photos.edited-form", nil), edited, editedMove)
		if a.has(original) {
			take("", recipe)
		}
	default:
		take("", original, also, movie)
	}
	return parts, endings
}

// asset writes one asset, or says why not.
func (x *exporter) asset(i int32, a *Asset) error {
	if err := x.ctx.Err(); err != nil {
		return err
	}
	names := x.folders(i, a)
	parts, endings := x.chosen(a)
	x.leave(a, parts)
	if len(parts) == 0 {
		p, found := a.part(thumb)
		if !found || !x.o.SmallPictures || a.Presence != kind.Small {
			return nil
		}
		names = append([]string{x.folder("small")}, names...)
		parts, endings = []part{p}, []string{".JPG"}
	}
	to, err := x.to.In(names...)
	if err != nil {
		return err
	}
	at, err := x.write(to, a, parts, endings)
	if at != "" && x.in[i] {
		x.where[i] = at
	}
	return err
}

// write copies files of an asset under a common stem, and returns where the first
// stands; "" if none could be read.
func (x *exporter) write(to *export.Folder, a *Asset, parts []part, endings []string) (first string, err error) {
	set, err := to.Together(a.stem(), endings...)
	if err != nil {
		return "", err
	}
	for n, p := range parts {
		at, err := set.Copy(x.ctx, x.b, p.file(a), endings[n], a.Taken)
		if source.Unreadable(err) {
			x.to.Leave(x.called(a), words.T("content.left.unreadable", nil))
			continue
		}
		if err != nil {
			return "", err
		}
		if first == "" {
			first = at
		}
	}
	return first, nil
}

// called is how the report names an asset.
func (x *exporter) called(a *Asset) string {
	if a.Taken.IsZero() {
		return a.Name
	}
	return a.Name + ", " + x.local(a).Format("2006-01-02 15:04")
}

// leave says what of an asset is not in the backup.
func (x *exporter) leave(a *Asset, parts []part) {
	var why string
	switch {
	case len(parts) > 0 && !a.has(original) && x.o.Photos != kind.EditedForm:
		why = "original"
	case len(parts) > 0 && a.Type == LivePhoto && a.has(original) && !a.has(movie):
		why = "movie"
	case len(parts) > 0 && a.Edited && !a.has(edited) && x.o.Photos != kind.OriginalForm:
		why = "edited"
	case len(parts) > 0:
		return
	case a.Presence == kind.Here:
		why = "original" // only the other form is asked for
	case a.Presence == kind.Small && a.InCloud:
		why = "small-in-cloud"
	case a.Presence == kind.Small:
		why = "small"
	case a.InCloud:
		why = "entry-in-cloud"
	default:
		why = "entry"
	}
	x.to.Leave(x.called(a), words.T("content.photos.left."+why, nil))
}
