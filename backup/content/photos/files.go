package photos

import (
	"context"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"lifeboat/backup/content/kind"
	"lifeboat/backup/content/source"
)

// role is what a file is to its asset.
type role uint8

const (
	original   role = iota // what the camera made
	movie                  // the moving half of a Live Photo
	edited                 // the edited photo, or the edited video
	editedMove             // the moving half of an edited Live Photo
	also                   // another form of the original, such as the raw one
	recipe                 // how it was edited, for Apple's programs (.AAE)
	thumb                  // a small picture of it, JPEG
)

// part is a file of an asset. What opens it is its id.
type part struct {
	id     [20]byte
	role   role
	rank   uint8 // of small pictures, the larger the better
	ending string
	size   int64
}

// file is what opens it; the names are for errors only.
func (p part) file(a *Asset) source.File {
	return source.File{ID: hex.EncodeToString(p.id[:]), Domain: domain, Path: a.Ref}
}

// part gives the file of a role.
func (a *Asset) part(r role) (part, bool) {
	i := slices.IndexFunc(a.parts, func(p part) bool { return p.role == r })
	if i < 0 {
		return part{}, false
	}
	return a.parts[i], true
}

// has reports whether there is a file of a role.
func (a *Asset) has(r role) bool {
	_, found := a.part(r)
	return found
}

// put adds a file, in place of a worse one of the same role.
func (a *Asset) put(p part) {
	if i := slices.IndexFunc(a.parts, func(q part) bool { return q.role == p.role && p.role != also }); i >= 0 {
		if p.rank > a.parts[i].rank {
			a.parts[i] = p
		}
		return
	}
	a.parts = append(a.parts, p)
}

// moving and still are the endings of videos and photos.
var (
	moving = map[string]bool{".mov": true, ".mp4": true, ".m4v": true, ".3gp": true, ".avi": true}
	still  = map[string]bool{".heic": true, ".heif": true, ".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".tif": true, ".tiff": true,
		".dng": true, ".raw": true, ".cr2": true, ".cr3": true, ".nef": true, ".arw": true, ".orf": true, ".rw2": true, ".raf": true, ".webp": true, ".avif": true, ".jxl": true, ".bmp": true}
)

// placing is to which asset a file belongs, and as what, by its path in lower case.
type placing struct {
	name, stem string // of the asset, below the library; name is "" if only the stem is known
	role       role   // original also stands for movie, also and recipe
	rank       uint8
	own        bool // it is shown also without an entry
}

// cameraRoll places the files of CameraRollDomain; ok is false for what belongs to no
// asset.
func cameraRoll(folded string) (p placing, ok bool) {
	rest, ok := strings.CutPrefix(folded, "media/")
	if !ok || path.Clean(folded) != folded {
		return p, false
	}
	if thumbs, found := strings.CutPrefix(rest, "photodata/thumbnails/v2/"); found {
		p.name, p.role = path.Dir(thumbs), thumb
		p.stem = stemOf(p.name)
		switch path.Base(thumbs) {
		case "5005.jpg":
			p.rank = 3
		case "5003.jpg":
			p.rank = 2
		default:
			p.rank = 1
		}
		return p, path.Ext(thumbs) == ".jpg"
	}
	if edits, found := strings.CutPrefix(rest, "photodata/mutations/"); found {
		stem, file, found := strings.Cut(edits, "/adjustments/")
		if !found || stemOf(file) != "fullsizerender" {
			return p, false
		}
		p.stem, p.role = stem, edited
		return p, moving[path.Ext(file)] || still[path.Ext(file)]
	}
	p.name, p.stem, p.role = rest, stemOf(rest), original
	base, ending := path.Base(rest), path.Ext(rest)
	switch media := moving[ending] || still[ending]; {
	case strings.HasPrefix(base, "."), ending == ".aae":
	case strings.HasPrefix(rest, "dcim/"):
		p.own = true
	case strings.HasPrefix(rest, "photodata/cplassets/"), strings.HasPrefix(rest, "photodata/photocloudsharingdata/"):
		p.own = media
	}
	return p, true
}

// syndication places the files of the library of what others sent.
func syndication(folded string) (p placing, ok bool) {
	rest, ok := strings.CutPrefix(folded, strings.ToLower(sharedLibrary)+"/")
	if !ok || path.Clean(folded) != folded {
		return p, false
	}
	if name, found := strings.CutPrefix(rest, "originals/"); found {
		return placing{name: name, stem: stemOf(name), role: original}, true
	}
	if small, found := strings.CutPrefix(rest, "resources/derivatives/"); found {
		// "masters/a/<uuid>_4_5005_c.jpeg"
		small = strings.TrimPrefix(small, "masters/")
		stem, _, found := strings.Cut(small, "_")
		return placing{stem: stem, role: thumb, rank: 1}, found && strings.HasPrefix(path.Ext(rest), ".jp")
	}
	return p, false
}

func stemOf(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// looseAsset is what no entry names. stand is where its original would lie.
type looseAsset struct {
	Asset
	stand string
}

// files brings the files of a library and its assets together, by their names in
// lower case: the database and the list of files differ in it.
type files struct {
	lib      *Library
	place    func(folded string) (placing, bool)
	first    int      // of the assets
	names    []string // of the assets, from the first
	next     []int32  // the next one of the same stem, or -1
	stems    map[string]int32
	loose    map[string]*looseAsset // by stem, what no entry names
	unlisted int
}

func newFiles(lib *Library, place func(string) (placing, bool)) *files {
	return &files{lib: lib, place: place, first: len(lib.Assets), stems: map[string]int32{}, loose: map[string]*looseAsset{}}
}

// expect tells that the last asset's original has this name, in its library. A name that
// is no plain path is none of the list's.
func (f *files) expect(name string) {
	name = strings.ToLower(name)
	stem, at := stemOf(name), int32(len(f.names)) //nolint:gosec // mostAssets
	f.names = append(f.names, name)
	other, found := f.stems[stem]
	if !found {
		other = -1
	}
	f.next = append(f.next, other)
	f.stems[stem] = at
}

// find gives the asset of a name, or one of its stem.
func (f *files) find(p placing) (a *Asset, exact bool) {
	last, found := f.stems[p.stem]
	if !found {
		return nil, false
	}
	for at := last; at >= 0; at = f.next[at] {
		if last = at; f.names[at] == p.name {
			exact = true
			break
		}
	}
	return &f.lib.Assets[f.first+int(last)], exact
}

// placed is a file of the list with its place.
type placed struct {
	source.File
	placing
}

// batch is how many files are handed over at once, and ahead how many batches may be
// waiting: half a million files.
const (
	batch = 512
	ahead = 1000
)

// list reads which files the backup has while the entries are read: each takes about a
// second for many photos. What it gives ends with an error or nil, after the channel
// has been closed.
func (f *files) list(ctx context.Context, b *source.Backup, domain string) (<-chan []placed, func() error) {
	out := make(chan []placed, ahead)
	var failed error
	go func() {
		defer close(out)
		var full []placed
		send := func() bool {
			select {
			case out <- full:
			case <-ctx.Done():
				failed = ctx.Err()
			}
			full = make([]placed, 0, batch)
			return failed == nil
		}
		for file, err := range b.Files(ctx, domain) {
			if err != nil {
				failed = err
				return
			}
			p, ok := f.place(strings.ToLower(file.Path))
			if !ok {
				continue
			}
			if full = append(full, placed{file, p}); len(full) == batch && !send() {
				return
			}
		}
		send()
	}()
	return out, func() error { return failed }
}

// add takes a file of the list in.
func (f *files) add(file placed) {
	p := file.placing
	one := part{role: p.role, rank: p.rank, size: max(file.Size, 0), ending: kept(path.Ext(file.Path))}
	if _, err := hex.Decode(one.id[:], []byte(file.ID)); err != nil {
		return
	}
	if a, exact := f.find(p); a != nil {
		one.role = roleOf(p, strings.ToLower(one.ending), a.Type.Moves(), exact)
		a.put(one)
		return
	}
	f.addLoose(file.File, p, one)
}

// roleOf is what a file is to an asset that is or is not a video.
func roleOf(p placing, ending string, video, exact bool) role {
	switch {
	case p.role == edited && moving[ending] && !video:
		return editedMove
	case p.role != original, exact:
		return p.role
	case ending == ".aae":
		return recipe
	case moving[ending] && !video:
		return movie
	}
	return also
}

// addLoose keeps a file that no entry names.
func (f *files) addLoose(file source.File, p placing, one part) {
	ending := strings.ToLower(one.ending)
	switch {
	case p.role == edited && moving[ending]:
		one.role = editedMove
	case p.role != original:
	case ending == ".aae":
		one.role = recipe
	case !p.own:
		return
	case moving[ending]:
		one.role = movie
	}
	a := f.loose[p.stem]
	if a == nil {
		a = &looseAsset{Asset: Asset{Type: Video}, stand: "Media/" + p.stem}
		f.loose[p.stem] = a
	}
	switch one.role {
	case original: // of a pair, the photo gives the name
		a.Type = Photo
		if a.has(original) {
			one.role = also
			break
		}
		a.Ref, a.Name, a.Taken = file.Path, path.Base(file.Path), file.Modified
	case movie:
		if a.Ref == "" {
			a.Ref, a.Name, a.Taken = file.Path, path.Base(file.Path), file.Modified
		}
	case thumb:
		if a.Name == "" {
			a.Name = path.Base(path.Dir(file.Path))
		}
	}
	a.put(one)
}

// finish ends the list: what no entry names becomes an asset of its own, and all are
// told what is here of them. Without a library small pictures do, too; with one they
// are leftovers.
func (f *files) finish(listed bool) {
	for _, a := range f.loose {
		if a.Ref == "" {
			if listed || a.Name == "" {
				continue
			}
			a.Ref = a.stand
			if !moving[strings.ToLower(path.Ext(a.Name))] {
				a.Type = Photo
			}
		}
		a.settle()
		f.lib.Assets = append(f.lib.Assets, a.Asset)
		f.unlisted++
	}
	f.loose = nil
	for i := range f.names {
		f.lib.Assets[f.first+i].settle()
	}
}

// settle finds out what is here of an asset.
func (a *Asset) settle() {
	if !a.Listed && a.Type == Video {
		a.turn(movie, original)
	}
	if !a.has(original) {
		// The database may know it by another ending than the file has.
		for i, p := range a.parts {
			if p.role == also && moving[strings.ToLower(p.ending)] == a.Type.Moves() {
				a.parts[i].role = original
				break
			}
		}
	}
	if a.has(movie) && !a.Listed {
		a.Type = LivePhoto
	}
	if a.Type.Moves() {
		a.turn(editedMove, edited)
	}
	a.Edited = a.Edited || a.has(edited)
	switch {
	case a.has(original), a.has(edited):
		a.Presence = kind.Here
	case a.has(thumb):
		a.Presence = kind.Small
	default:
		a.Presence = kind.Entry
	}
	a.parts = slices.Clip(a.parts)
}

// turn gives the file of a role another one, if there is none of that.
func (a *Asset) turn(from, to role) {
	if i := slices.IndexFunc(a.parts, func(p part) bool { return p.role == from }); i >= 0 && !a.has(to) {
		a.parts[i].role = to
	}
}
