package notes

import (
	"path"
	"slices"
	"strings"

	"lifeboat/backup/content/source"
)

// files are the files beside NoteStore.sqlite by what they belong to: a database that
// names one by a path that leads elsewhere finds none.
type files struct {
	medias, fallbacks, previews map[string][]source.File // by identifier in lower case
}

// filesOf sorts the files of the app. They lie in Accounts/<account>, and in folders
// of these names: Media/<id>/<generation>/<name>, FallbackImages/<id>.jpg or
// FallbackImages/<id>/<generation>/<name>, Previews/<id>-<size>.<ending> or
// Previews/<id>-<size>/<generation>/<name>. Before there were accounts these folders
// lay at the top, and before there were generations no folder was for one.
func filesOf(x *source.Index) files {
	all := files{map[string][]source.File{}, map[string][]source.File{}, map[string][]source.File{}}
	for f := range x.All("") {
		if !f.Regular() {
			continue
		}
		parts := strings.Split(strings.ToLower(f.Path), "/")
		if len(parts) > 2 && parts[0] == "accounts" {
			parts = parts[2:]
		}
		if len(parts) < 2 {
			continue
		}
		id := parts[1]
		switch parts[0] {
		case "media":
			if len(parts) > 2 {
				all.medias[id] = append(all.medias[id], f)
			}
		case "fallbackimages":
			id, _, _ = strings.Cut(id, ".")
			all.fallbacks[id] = append(all.fallbacks[id], f)
		case "previews":
			id = id[:min(len(id), uuidLength)]
			all.previews[id] = append(all.previews[id], f)
		}
	}
	return all
}

// uuidLength is that of an identifier, behind which the name of a preview goes on.
const uuidLength = 36

func (x files) media(account string, m media) (source.File, bool) {
	var own []source.File
	for _, f := range x.medias[strings.ToLower(m.id)] {
		if strings.EqualFold(path.Base(f.Path), m.name) {
			own = append(own, f)
		}
	}
	return best(own, account, m.generation)
}

func (x files) fallback(account, id string) (source.File, bool) {
	return best(x.fallbacks[strings.ToLower(id)], account, "")
}

func (x files) preview(account, id string) (source.File, bool) {
	return best(x.previews[strings.ToLower(id[:min(len(id), uuidLength)])], account, "")
}

// best is the file of the right account and generation, else the largest: of previews
// there are several sizes.
func best(all []source.File, account, generation string) (source.File, bool) {
	if len(all) == 0 {
		return source.File{}, false
	}
	score := func(f source.File) int {
		n, name := 0, "/"+strings.ToLower(f.Path)
		if account != "" && strings.Contains(name, "/accounts/"+strings.ToLower(account)+"/") {
			n += 2
		}
		if generation != "" && strings.Contains(name, "/"+strings.ToLower(generation)+"/") {
			n++
		}
		return n
	}
	return slices.MaxFunc(all, func(a, b source.File) int {
		if d := score(a) - score(b); d != 0 {
			return d
		}
		if a.Size != b.Size {
			return int(max(-1, min(1, a.Size-b.Size)))
		}
		return strings.Compare(a.Path, b.Path)
	}), true
}
