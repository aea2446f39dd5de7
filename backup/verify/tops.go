package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"lifeboat/backup/catalog"
	"lifeboat/backup/format"
)

// tops compares the files beside the contents with what is remembered of
// them, and reports whether Manifest.db is as it was.
func (p *proof) tops(ctx context.Context) (sameList bool, err error) {
	remembered := p.backup.subject.Tops
	if remembered == nil && p.level.Depth == Quick {
		return false, nil
	}
	p.result.Tops = map[string]Top{}
	for _, name := range format.TopNames {
		want, known := remembered[name]
		got, err := p.top(ctx, name)
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			if known {
				p.topProblem(name, Missing, "it is missing")
			}
		case err != nil:
			p.topProblem(name, Unreadable, err.Error())
		case known && got.Size != want.Size:
			p.topProblem(name, WrongSize, fmt.Sprintf("it has %d bytes; when it arrived it had %d", got.Size, want.Size))
		case known && !want.Digest.IsZero() && got.Digest != want.Digest:
			p.topProblem(name, Changed, "it is not what once arrived")
		default:
			p.result.Tops[name] = got
			sameList = sameList || name == format.ManifestDBName && known && !want.Digest.IsZero()
		}
	}
	return sameList, nil
}

// info looks whether Info.plist is there and this phone's: programs that
// restore go by it, and do not show a backup without.
func (p *proof) info() {
	s := p.backup.subject
	if s.UDID == "" {
		return
	}
	info, err := format.ReadInfo(s.Fs, s.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.topProblem(format.InfoName, Missing, "it is missing")
	case errors.Is(err, format.ErrContent):
		p.topProblem(format.InfoName, BadRecord, err.Error())
	case err != nil:
		p.topProblem(format.InfoName, Unreadable, err.Error())
	}
	for _, key := range []string{"Target Identifier", "Unique Identifier"} {
		if id, ok := info[key].(string); ok && !strings.HasPrefix(plainUDID(s.UDID), plainUDID(id)) {
			p.topProblem(format.InfoName, BadRecord, "it is of another iPhone")
		}
	}
}

// plainUDID is a UDID in lower case and without its dash.
func plainUDID(udid string) string { return strings.ReplaceAll(strings.ToLower(udid), "-", "") }

// top reads one of the files.
func (p *proof) top(ctx context.Context, name string) (Top, error) {
	full := path.Join(p.backup.subject.Dir, name)
	info, err := p.backup.lstat(full)
	if err != nil {
		return Top{}, err
	}
	if !info.Mode().IsRegular() {
		return Top{}, errIrregular
	}
	file, err := p.backup.subject.Fs.Open(full)
	if err != nil {
		return Top{}, err
	}
	defer file.Close()
	size, sum, err := catalog.DigestOf(ctx, file)
	if err != nil {
		return Top{}, err
	}
	return Top{Size: size, Digest: sum}, nil
}
