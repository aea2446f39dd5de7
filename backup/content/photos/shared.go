package photos

import (
	"slices"
	"strings"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// sharedLibrary is a library of its own, of what others sent in messages.
const (
	sharedDomain  = "HomeDomain"
	sharedLibrary = "Library/Photos/Libraries/Syndication.photoslibrary"
)

// shared reads what others sent. Only what is here counts: the rest are links to
// messages, which have pictures of their own. What cannot be read is left out without
// a note, since nobody misses it here.
func (r *reader) shared() error {
	var all []placed
	var database source.File
	name := strings.ToLower(sharedLibrary) + "/database/photos.sqlite"
	for f, err := range r.b.Files(r.ctx, sharedDomain) {
		if err != nil {
			return err
		}
		folded := strings.ToLower(f.Path)
		if folded == name {
			database = f
		} else if p, ok := syndication(folded); ok && len(all) < mostAssets {
			all = append(all, placed{f, p})
		}
	}
	if database.ID == "" {
		return nil
	}
	db, err := r.b.DatabaseOf(r.ctx, database)
	if err != nil {
		return r.ctx.Err()
	}
	defer db.Close()
	if tableOf(db) == "" {
		return nil
	}
	first, notes := len(r.lib.Assets), len(r.lib.Notes)
	files := newFiles(r.lib, syndication)
	if _, err := r.read(db, files); err != nil {
		return err
	}
	for _, f := range all {
		files.add(f)
	}
	files.finish(true)
	r.lib.Notes = r.lib.Notes[:notes]
	r.merge(first)
	return nil
}

// merge leaves those of the assets from first that are here and were not before.
func (r *reader) merge(first int) {
	known := make(map[string]int, first)
	for i, a := range r.lib.Assets[:first] {
		known[a.Ref] = i
	}
	rest := slices.DeleteFunc(r.lib.Assets[first:], func(a Asset) bool {
		i, found := known[a.Ref]
		if found && a.Presence == kind.Here && r.lib.Assets[i].Presence != kind.Here {
			r.lib.Assets[i].parts, r.lib.Assets[i].Presence = a.parts, kind.Here
		}
		return found || a.Presence != kind.Here
	})
	for i := range rest {
		rest[i].Origin, rest[i].pk = SharedWithYou, 0
	}
	r.lib.Assets = r.lib.Assets[:first+len(rest)]
}
