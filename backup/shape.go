package backup

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/spf13/afero"
	"howett.net/plist"

	"lifeboat/backup/format"
	"lifeboat/backup/keybag"
	"lifeboat/device/safeplist"
	"lifeboat/device/transcript"
)

// Shape counts what the list of a finished backup is made of, for a
// [transcript.Recorder]: how many rows of each kind there are, and how many
// are of a shape that is not the usual one. It describes no single row.
func Shape(ctx context.Context, fsys afero.Fs, dir string, password keybag.Password) ([]transcript.Count, error) {
	manifest, err := format.ReadManifest(fsys, dir)
	if err != nil {
		return nil, err
	}
	s := shape{fs: fsys, dir: dir, counts: map[string]int64{}, encrypted: manifest.Encrypted}
	var key []byte
	if manifest.Encrypted {
		s.counts["encrypted"] = 1
		bag, err := keybag.Parse(manifest.KeyBag)
		if err != nil {
			return nil, err
		}
		keys, err := bag.Unlock(ctx, password)
		if err != nil {
			return nil, err
		}
		if key, err = keys.UnwrapPrefixed(manifest.ManifestKey); err != nil {
			return nil, err
		}
		defer clear(key)
	}
	db, err := format.OpenManifestDB(ctx, fsys, dir, key)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if info, err := fsys.Stat(path.Join(dir, format.ManifestDBName)); err == nil {
		s.counts["db-bytes"] = info.Size()
		if info.Size()%4096 == 16 {
			s.counts["db-padded"] = 1
		}
	}
	for row, err := range db.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		s.row(&row)
	}
	list := make([]transcript.Count, 0, len(s.counts))
	for _, name := range slices.Sorted(maps.Keys(s.counts)) {
		list = append(list, transcript.Count{Name: name, N: s.counts[name]})
	}
	return list, nil
}

// shape is what was counted so far.
type shape struct {
	fs        afero.Fs
	dir       string
	encrypted bool
	counts    map[string]int64
}

func (s *shape) count(name string, when bool) {
	if when {
		s.counts[name]++
	}
}

func (s *shape) row(row *format.Row) {
	s.count("rows", true)
	s.count("no-domain", row.Domain == "")
	s.count("no-path", row.Path == "")
	s.count("odd-id", row.FileID != format.FileID(row.Domain, row.Path))
	switch row.Flags {
	case format.FlagFile:
		s.count("files", true)
	case format.FlagDirectory:
		s.count("folders", true)
	case format.FlagLink:
		s.count("links", true)
	default:
		s.count("other-flags", true)
	}
	if row.Record == nil {
		s.count("no-record", true)
		return
	}
	root, ok := mbFile(row.Record)
	if !ok {
		s.count("bad-record", true)
		return
	}
	size, sized := safeplist.Int(root["Size"])
	s.count("no-size", !sized)
	s.count("digest", root["Digest"] != nil)
	s.count("extended", root["ExtendedAttributes"] != nil)
	s.count("target", root["Target"] != nil)
	for key := range root {
		if !slices.Contains(usualKeys, key) {
			s.count("odd-keys", true)
			break
		}
	}
	if row.Flags == format.FlagFile && sized {
		s.file(row, size)
	}
	if row.Flags == format.FlagFile {
		class, _ := safeplist.Int(root["ProtectionClass"])
		if class < 0 || class > 4 {
			s.count("class-other", true)
		} else {
			s.count("class-"+string(rune('0'+class)), true)
		}
		s.count("no-key", s.encrypted && root["EncryptionKey"] == nil)
		s.count("empty", sized && size == 0)
		s.count("empty-with-key", sized && size == 0 && root["EncryptionKey"] != nil)
	}
}

// file compares the Size of a row with what is stored.
func (s *shape) file(row *format.Row, size int64) {
	if len(row.FileID) != 40 {
		return
	}
	info, err := s.fs.Stat(path.Join(s.dir, row.FileID[:2], row.FileID))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			s.count("no-content", true)
		}
		return
	}
	stored := info.Size()
	least, most := size, size
	if s.encrypted && stored > 0 {
		least, most = (size/16+1)*16, (size/16+1)*16
	}
	s.count("size-differs", stored < least || stored > most)
	s.count("size-longer", stored > most)
	s.count("size-shorter", stored < least)
}

// usualKeys are those that every MBFile has been seen with.
var usualKeys = []string{
	"$class", "Birth", "Digest", "EncryptionKey", "ExtendedAttributes", "Flags", "GroupID", "InodeNumber", "LastModified",
	"LastStatusChange", "Mode", "ProtectionClass", "RelativePath", "Size", "Target", "UserID",
}

// mbFile is the root object of an archived MBFile, as it stands.
func mbFile(blob []byte) (map[string]any, bool) {
	d, err := safeplist.Dict(blob)
	if err != nil {
		return nil, false
	}
	top, _ := d["$top"].(map[string]any)
	objects, _ := d["$objects"].([]any)
	id, ok := top["root"].(plist.UID)
	if !ok || uint64(id) >= uint64(len(objects)) {
		return nil, false
	}
	root, ok := objects[id].(map[string]any)
	return root, ok
}
