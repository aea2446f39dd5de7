package apps

import (
	"io"
	"slices"
	"strings"
	"sync"

	"lifeboat/device/phonesim/content"
)

// On puts what a phone's apps keep onto a source, in place of files of the
// same name. phone is called once, when the content is first needed.
//
// What a generated source has of the same kinds, but in no database, moves to
// apps of its own: files of the camera that no library tells of would be
// nothing that a real phone has.
func On(source content.Source, shape Shape, phone func() Phone) content.Source {
	return &on{made: sync.OnceValues(func() (content.Source, error) {
		files, err := Build(shape, phone())
		if err != nil {
			return nil, err
		}
		return content.With(&moved{source}, files...), nil
	})}
}

type on struct {
	made func() (content.Source, error)
}

// Walk implements [content.Source].
func (o *on) Walk(visit func(content.File) error) error {
	source, err := o.made()
	if err != nil {
		return err
	}
	return source.Walk(visit)
}

// Open implements [content.Source].
func (o *on) Open(file content.File) (io.ReadCloser, error) {
	source, err := o.made()
	if err != nil {
		return nil, err
	}
	return source.Open(file)
}

// move is a folder that has another place, under a name that no app has.
type move struct{ fromDomain, from, toDomain, to string }

var moves = []move{
	{"CameraRollDomain", "Media/DCIM", "AppDomain-com.example.sketchbook", "Documents/Imported Pictures"},
	{"MediaDomain", "Media/Recordings", "AppDomain-com.example.podcasts", "Documents/Imported Episodes"},
	{"HomeDomain", "Library/SMS/Attachments", "AppDomain-com.example.diary", "Documents/Imported Stickers"},
}

// moved is a source with some folders in another place.
type moved struct{ content.Source }

// Walk implements [content.Source]: what moves comes where it was, after the
// folders above it that were not listed yet.
func (m *moved) Walk(visit func(content.File) error) error {
	listed := map[string]bool{}
	return m.Source.Walk(func(f content.File) error {
		for _, to := range moves {
			if rest, below := strings.CutPrefix(f.Path, to.from); f.Domain == to.fromDomain && below && (rest == "" || rest[0] == '/') {
				f.Domain, f.Path = to.toDomain, to.to+rest
			}
		}
		if !slices.ContainsFunc(moves, func(to move) bool { return to.toDomain == f.Domain }) {
			return visit(f)
		}
		for _, folder := range above(f.Path) {
			if key := f.Domain + "/" + folder; !listed[key] {
				listed[key] = true
				if err := visit(content.File{Domain: f.Domain, Path: folder, Kind: content.Directory, Mode: 0o040755, ModTime: f.ModTime}); err != nil {
					return err
				}
			}
		}
		if f.Kind == content.Directory {
			listed[f.Domain+"/"+f.Path] = true
		}
		return visit(f)
	})
}

// above are the folders of a path, outermost first; the root of a domain is ""
// and has none.
func above(name string) []string {
	if name == "" {
		return nil
	}
	folders := []string{""}
	for i := range name {
		if name[i] == '/' {
			folders = append(folders, name[:i])
		}
	}
	return folders
}

// Open implements [content.Source].
func (m *moved) Open(f content.File) (io.ReadCloser, error) {
	for _, to := range moves {
		if rest, below := strings.CutPrefix(f.Path, to.to+"/"); below && f.Domain == to.toDomain {
			f.Domain, f.Path = to.fromDomain, to.from+"/"+rest
			break
		}
	}
	return m.Source.Open(f)
}
