package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"lifeboat/backup/format"
)

// expectedTop are the files that stand beside the folders of content.
var expectedTop = map[string]bool{
	format.InfoName: true, format.StatusName: true, format.ManifestName: true, format.ManifestDBName: true,
}

// strays notes files that the backup does not list. They do no harm, but say
// that somebody, or an interrupted run, was here. The list is only asked for
// each one if the numbers differ.
func (p *proof) strays(ctx context.Context, db *format.ManifestDB) error {
	names, err := p.names(p.backup.dir)
	if err != nil {
		return err
	}
	for name := range names {
		if !expectedTop[name] && !isPrefix(name) {
			p.note(name)
		}
	}
	contents := 0
	count := func(prefix, name string) error {
		if format.ValidFileID(name) && name[:2] == prefix {
			contents++
			return nil
		}
		p.note(filepath.Join(prefix, name))
		return nil
	}
	if err := p.eachContent(ctx, count); err != nil || contents == p.found {
		return err
	}
	return p.eachContent(ctx, func(prefix, name string) error {
		if !format.ValidFileID(name) || name[:2] != prefix {
			return nil
		}
		listed, err := db.Has(ctx, name)
		if err == nil && !listed {
			p.note(filepath.Join(prefix, name))
		}
		return err
	})
}

// eachContent visits what lies in the 256 folders of content.
func (p *proof) eachContent(ctx context.Context, visit func(prefix, name string) error) error {
	for n := range 256 {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		prefix := fmt.Sprintf("%02x", n)
		names, err := p.names(filepath.Join(p.backup.dir, prefix))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for name := range names {
			if err := visit(prefix, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// names lists one folder.
func (p *proof) names(dir string) (map[string]struct{}, error) {
	file, err := p.backup.fs.Open(dir)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	all := map[string]struct{}{}
	for {
		names, err := file.Readdirnames(512)
		for _, name := range names {
			all[name] = struct{}{}
		}
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func isPrefix(name string) bool {
	return len(name) == 2 && format.ValidFileID(name+"00000000000000000000000000000000000000")
}
